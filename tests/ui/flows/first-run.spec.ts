import { expect, test } from '../support/flow'
import { samples } from '../support/samples'

test.describe('the first run', () => {
  test('offers three ways to begin, requires none, and does not come back', async ({ app, page }) => {
    await app.open()
    await expect(app.heading('What would you like to do first?')).toBeVisible()
    await expect(page.getByText('No account needed to look around.')).toBeVisible()
    for (const choice of ['Get an image', 'Share an image', 'Connect a server']) {
      await expect(page.getByRole('region', { name: choice })).toBeVisible()
    }
    await expect(page.getByRole('textbox', { name: 'Link or name' })).toBeFocused()

    await app.button('Just look around').click()
    await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
    await app.reload()
    await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
  })

  test('starts the library on this computer and goes all the way to the first upload', async ({
    app,
    bridge,
    context,
    page,
  }) => {
    await app.open()
    await bridge.willChoose(samples.hello)
    await page.getByRole('region', { name: 'Share an image' }).getByRole('button').click()

    await expect(app.sheet.getByText('The library on this computer is off.')).toBeVisible()
    await app.sheet.getByRole('button', { name: 'Start the library on this computer' }).click()
    await expect(app.sheet.getByText('You are not signed in to This computer.')).toBeVisible()
    await app.sheet.getByRole('button', { name: 'Sign in to This computer' }).last().click()

    await app.button('Open the browser').click()
    await expect(app.heading('Waiting for your browser…')).toBeVisible()
    const browser = await context.newPage()
    await browser.goto(await bridge.openedPage())
    await browser.getByRole('button', { name: 'Continue as ada' }).click()
    await expect(browser.getByRole('heading', { name: 'You’re signed in' })).toBeVisible()

    const place = app.sheet.getByRole('combobox', { name: 'Upload to' })
    await expect(place).toHaveValue('ada/default/hello-world')
    await app.sheet.getByRole('button', { name: /^Upload \d+\.\d KiB$/ }).click()
    await expect(app.toast('Uploaded hello-world:latest')).toBeVisible()
  })

  test('says what it needs when a link or a word leads nowhere', async ({ app, page }) => {
    await app.open()
    const choice = page.getByRole('region', { name: 'Get an image' })
    const field = choice.getByRole('textbox', { name: 'Link or name' })
    await field.fill('ab')
    await choice.getByRole('button', { name: 'Get' }).click()
    await expect(choice.getByText('Type three letters or more.')).toBeVisible()
    await field.fill('docker://alpine')
    await field.press('Enter')
    await expect(choice.getByText('Sifter cannot get docker:// links yet.')).toBeVisible()
  })
})
