import { expect, test } from '../support/flow'
import { samples } from '../support/samples'

test('a file is published without a mouse, from the first page to its arrival', async ({
  app,
  bridge,
  context,
  page,
}) => {
  const press = (key: string) => page.keyboard.press(key)
  await app.open()
  await bridge.willChoose(samples.newer)
  await app.tabTo(page.getByRole('region', { name: 'Share an image' }).getByRole('button'))
  await press('Enter')

  await expect(app.sheet).toBeVisible()
  await app.tabTo(app.sheet.getByRole('button', { name: 'Start the library on this computer' }))
  await press('Enter')
  const signIn = app.sheet.getByRole('button', { name: 'Sign in to This computer' }).last()
  await expect(signIn).toBeVisible()
  await app.tabTo(signIn)
  await press('Enter')
  await app.tabTo(app.button('Continue in the browser'))
  await press(' ')
  await expect(app.heading('Waiting for your browser…')).toBeVisible()

  const browser = await context.newPage()
  await browser.goto(await bridge.openedPage())
  await browser.keyboard.press('Tab')
  await expect(browser.locator(':focus')).toHaveText('Continue as ada')
  await browser.keyboard.press('Enter')
  await expect(browser.getByRole('heading', { name: 'You’re signed in' })).toBeVisible()
  await page.bringToFront()

  const place = app.sheet.getByRole('combobox', { name: 'Upload to' })
  await expect(place).toHaveValue('ada/default/samtools')
  await app.tabTo(place)
  await press('Control+a')
  await page.keyboard.type('ada/genomics/samtools')
  await press('Tab')
  await app.tabTo(app.sheet.getByRole('textbox', { name: 'Tags' }))
  await page.keyboard.type('latest')
  await press('Enter')
  await expect(app.sheet).toContainText('New tag latest for amd64')
  const upload = app.sheet.getByRole('button', { name: 'Upload 2.0 MiB' })
  await app.tabTo(upload)
  await press('Enter')
  await expect(app.sheet).toBeHidden()
  await expect(app.toast('Uploaded samtools:1.22')).toBeVisible()

  // The first page is left by the toast or by the way past it.
  await app.tabTo(app.button('Just look around'))
  await press('Enter')
  await press('Control+j')
  await expect(app.job('samtools_1.22.sif')).toContainText('Arrived')
  await app.tabTo(page.getByRole('main').getByRole('button', { name: 'Copy reference: samtools_1.22.sif' }))
  await press('Enter')
  await expect.poll(() => app.copied()).toBe('library://ada/genomics/samtools:1.22')
})

test('the focus stays in a sheet and returns to what opened it', async ({ app, bridge, page }) => {
  await bridge.call('settings_set', { welcomeDone: true })
  await app.open()
  const opener = app.place('Connect a server…')
  await app.tabTo(opener)
  await page.keyboard.press('Enter')
  await expect(app.sheet).toBeVisible()
  for (let step = 0; step < 12; step += 1) {
    await page.keyboard.press('Tab')
    const outside = await page.evaluate(() => {
      const { activeElement } = document
      return activeElement !== document.body && activeElement?.closest('dialog') === null
    })
    expect(outside, `after ${step + 1} tabs`).toBe(false)
  }
  await page.keyboard.press('Escape')
  await expect(app.sheet).toBeHidden()
  await expect(opener).toBeFocused()
})

test('F6 goes from pane to pane', async ({ app, bridge, page }) => {
  await bridge.call('settings_set', { welcomeDone: true })
  await app.open()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  const panes: string[] = []
  for (let step = 0; step < 3; step += 1) {
    await page.keyboard.press('F6')
    panes.push(await page.evaluate(() => document.activeElement?.tagName ?? ''))
  }
  expect(new Set(panes)).toEqual(new Set(['NAV', 'MAIN']))
})
