import { expect, test } from '../support/flow'
import { samples } from '../support/samples'

test('every empty place says what belongs there and offers a way on', async ({ app, bridge, page }) => {
  await bridge.call('settings_set', { welcomeDone: true })
  await app.open()
  await expect(app.heading('What would you like to do?')).toBeVisible()

  await app.go('Transfers')
  await expect(page.getByText('Nothing is moving. Drop a file, or paste a library:// link.')).toBeVisible()
  await app.button('Paste link').click()
  await expect(page.getByRole('textbox', { name: 'Search or paste a link' })).toBeFocused()

  await app.go('On this computer')
  await expect(
    page.getByText('Nothing was downloaded yet. Search, or paste a library:// link.'),
  ).toBeVisible()

  await app.go('This computer')
  await expect(
    page.getByText('The library on this computer is off. Start it to keep images here without an account.'),
  ).toBeVisible()
  await app.button('Start it').click()
  await expect(page.getByText('Browse public images, or sign in to see yours.')).toBeVisible()

  await bridge.signIn()
  await page.keyboard.press('Control+r')
  await app.browse('This computer', 'ada')
  await expect(page.getByText('No images here yet. Drop a .sif file to upload your first one.')).toBeVisible()
  await bridge.willChoose(samples.hello)
  await app.button('Choose file…').click()
  await expect(app.sheet.getByRole('combobox', { name: 'Upload to' })).toHaveValue('ada/default/hello-world')
})
