/** Client ids for providers, set in Settings. What they are good for is in `sign-in/`. */
import { readFile } from 'node:fs/promises'

import { expect, test } from '../support/flow'
import { look } from '../support/look'

const SECRET = 'f1ow-cl1ent-secret'

test('a client id and its secret are set, kept, and taken away', async ({ app, bridge, page }) => {
  await bridge.call('settings_set', { welcomeDone: true })
  await app.open()
  await app.go('Settings')
  const part = page.getByRole('region', { name: 'Sign-in providers' })
  await expect(part.getByText('No client id')).toHaveCount(4)

  await part.getByRole('button', { name: 'Set the client id for GitHub' }).click()
  await part.getByRole('textbox', { name: 'Client id' }).fill('Iv1.0123')
  await part.getByRole('textbox', { name: 'Web address' }).fill('http://git.example')
  await part.getByRole('button', { name: 'Save' }).click()
  await expect(part.getByRole('article')).toContainText('http://git.example')
  await part.getByRole('textbox', { name: 'Web address' }).fill('https://git.example')
  await part.getByRole('button', { name: 'Save' }).click()

  await bridge.putOnClipboard(SECRET)
  await part.getByRole('button', { name: 'Paste client secret' }).click()
  await expect(part.getByText('Sifter has the client secret.')).toBeVisible()
  await expect.poll(() => app.copied(), 'it is off the clipboard').toBe('')
  await part.scrollIntoViewIfNeeded()
  await look(page, 'settings-providers')
  await part.getByRole('button', { name: 'Close' }).click()
  expect(await page.content()).not.toContain(SECRET)
  expect(await readFile(bridge.at('config/settings.toml'), 'utf8')).not.toContain(SECRET)

  await app.reload()
  await app.go('Settings')
  await expect(part.getByText('Iv1.0123')).toBeVisible()
  await part.getByRole('button', { name: 'Change the client id for GitHub' }).click()
  await part.getByRole('textbox', { name: 'Client id' }).fill('')
  await part.getByRole('button', { name: 'Save' }).click()
  await expect(part.getByText('No client id')).toHaveCount(4)
})
