import { mkdir, readFile } from 'node:fs/promises'

import { expect, test } from '../support/flow'
import { samples } from '../support/samples'

test.beforeEach(async ({ app, bridge }) => {
  await bridge.call('settings_set', { welcomeDone: true })
  await app.open()
})

test('the theme applies at once and is there after a reload', async ({ app, bridge, page }) => {
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  await app.go('Settings')
  const themes = page.getByRole('group', { name: 'Appearance' })
  await expect(themes.getByRole('button', { name: 'System' })).toHaveAttribute('aria-pressed', 'true')
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await background()

  await themes.getByRole('button', { name: 'Dark' }).click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  const dark = await background()
  expect(dark).not.toBe(light)
  await app.reload()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  expect(await background()).toBe(dark)
  expect(await readFile(bridge.at('config', 'settings.toml'), 'utf8')).toContain('theme = "dark"')

  await app.go('Settings')
  await themes.getByRole('button', { name: 'System' }).click()
  await expect(page.locator('html')).not.toHaveAttribute('data-theme', /./)
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect.poll(background).toBe(dark)
})

test('the download folder is chosen in a dialog, and downloads go there', async ({ app, bridge, page }) => {
  await bridge.signIn()
  await bridge.publish(samples.hello, 'ada/default/hello-world', ['latest'])
  await mkdir(bridge.at('images'))
  await app.go('Settings')
  await bridge.willChooseFolder(bridge.at('images'))
  await app.button('Choose folder…').click()
  await expect(page.getByText(bridge.at('images'))).toBeVisible()
  // A dialog that is closed without a choice changes nothing.
  await app.button('Choose folder…').click()
  await app.reload()
  await app.go('Settings')
  await expect(page.getByText(bridge.at('images'))).toBeVisible()

  await app.browse('This computer', 'ada', 'default', 'hello-world')
  await app.button(/^Download \d/).click()
  await expect(app.toast(/Downloaded hello-world_latest\S*\.sif, digest verified/)).toBeVisible()
  const { history } = await bridge.transfers()
  expect(history[0]?.filePresent).toBe(true)
  await app
    .toast(/Downloaded/)
    .locator('..')
    .getByRole('button', { name: 'Show' })
    .click()
  await expect.poll(async () => (await bridge.deeds()).revealed[0]).toContain(bridge.at('images'))
})

test('numbers and switches keep what was chosen', async ({ app, page }) => {
  await app.go('Settings')
  const stepper = page.getByRole('group', { name: 'Transfers at once' })
  const before = Number(await stepper.getByRole('status').textContent())
  await stepper.getByRole('button', { name: 'More at once' }).click()
  await expect(stepper.getByRole('status')).toHaveText(String(before + 1))
  const local = page.getByRole('switch', { name: 'Start the library on this computer with Sifter' })
  const checked = await local.isChecked()
  await local.click()
  await expect(local).toBeChecked({ checked: !checked })
  await app.reload()
  await app.go('Settings')
  await expect(stepper.getByRole('status')).toHaveText(String(before + 1))
  await expect(local).toBeChecked({ checked: !checked })
})

test('the data folder is shown, and the keyboard has a page of help', async ({ app, bridge, page }) => {
  await page.keyboard.press('Control+,')
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
  await app.button('Show data folder').click()
  await expect.poll(async () => (await bridge.deeds()).revealed).toEqual([bridge.at('data')])

  await page.keyboard.press('F1')
  await expect(app.sheet).toHaveAccessibleName('Keyboard shortcuts')
  await expect(app.sheet).toContainText('Ctrl+K')
  await page.keyboard.press('Escape')
  await expect(app.sheet).toBeHidden()
  for (const [key, title] of [
    ['1', 'Home'],
    ['2', 'Transfers'],
    ['3', 'On this computer'],
    ['4', 'This computer'],
    ['5', 'Keys'],
    ['6', 'Accounts'],
    ['7', 'Settings'],
  ] as const) {
    await page.keyboard.press(`Control+${key}`)
    await expect(page.getByRole('heading', { level: 1, name: title, exact: true })).toBeVisible()
  }
})
