/** A computer without a keychain: sign-ins last for the session, or lie in a vault that the person has made. */
import { readFile, truncate } from 'node:fs/promises'

import { expect, test } from '../support/flow'
import { look } from '../support/look'
import { Traces } from '../support/traces'

const PASSPHRASE = 'correct horse battery'

test.use({ opening: { keychainless: true } })

test('sign-ins lie in a vault once the person has made one, and are there after a restart', async ({
  app,
  bridge,
  context,
  page,
  startLibrary,
}) => {
  const library = await startLibrary('grace')
  const traces = new Traces(bridge, page, context)
  await bridge.call('settings_set', { welcomeDone: true })
  await bridge.connectAs(library)
  const { host } = new URL(library.url)
  const token = library.token()
  await app.open()
  await app.goToServer(host)
  await expect(page.getByText('this session only')).toBeVisible()
  await look(page, 'vault-none')

  await app.button('Make a vault…').click()
  await app.sheet.getByLabel('Passphrase', { exact: true }).fill('short')
  await app.sheet.getByRole('button', { name: 'Make the vault' }).click()
  await expect(app.sheet.getByText('At least eight characters.')).toBeVisible()
  await look(page, 'vault-make')
  await app.sheet.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE)
  await app.sheet.getByLabel('The same passphrase again').fill(PASSPHRASE)
  await app.sheet.getByRole('button', { name: 'Make the vault' }).click()
  await expect(app.toast('Sign-ins are kept in the vault now')).toBeVisible()
  await expect(page.getByText('the vault, encrypted')).toBeVisible()
  // What was pasted before moved in; what is pasted now goes there at once.
  await bridge.putOnClipboard(token)
  const [server] = (await bridge.call('server_list', {})).filter((one) => one.host === host)
  await bridge.call('sign_in_paste_token', { serverId: server?.id ?? '' })
  const secrets = new Map([[token, 'token']])
  expect(await traces.search(secrets)).toEqual([])
  const file = await readFile(bridge.at('data', 'vault.json'), 'utf8')
  expect(file).not.toContain(PASSPHRASE)

  await page.goto('about:blank')
  await bridge.restart()
  await app.open()
  await app.goToServer(host)
  await expect(
    page.getByText('The vault is closed. The sign-ins in it wait for your passphrase.'),
  ).toBeVisible()
  await expect(app.problem('The vault is closed').first()).toBeVisible()
  await look(page, 'vault-closed')
  await app.button('Open the vault…').first().click()
  await app.sheet.getByLabel('Passphrase', { exact: true }).fill('wrong horse battery')
  await app.sheet.getByRole('button', { name: 'Open' }).click()
  await expect(app.sheet.getByText('This is not the passphrase', { exact: true })).toBeVisible()
  await look(page, 'vault-wrong')
  await app.sheet.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE)
  await app.sheet.getByLabel('Passphrase', { exact: true }).press('Enter')
  await expect(app.toast('The vault is open')).toBeVisible()
  await app.go(server?.name ?? '')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(app.problem('The vault is closed')).toBeHidden()

  await app.go('Settings')
  await app.button('Close it now').scrollIntoViewIfNeeded()
  await app.button('1 hour').click()
  await expect(app.button('1 hour')).toHaveAttribute('aria-pressed', 'true')
  expect((await bridge.call('settings_get', {})).vaultLockMinutes).toBe(60)
  await look(page, 'vault-settings')
  await app.button('Close it now').click()
  await expect(app.toast('The vault is closed')).toBeVisible()
  await app.button('Delete the vault…').click()
  await app.sheet.getByRole('button', { name: 'Delete vault' }).click()
  await expect(app.toast('The vault is deleted')).toBeVisible()
  await app.goToServer(host)
  await expect(page.getByText('needs sign-in').first()).toBeVisible()
  traces.stop()
})

test('a damaged vault is told, and left as it is', async ({ app, bridge, page }) => {
  await bridge.call('settings_set', { welcomeDone: true })
  await bridge.call('vault_create', { passphrase: PASSPHRASE })
  const file = bridge.at('data', 'vault.json')
  await truncate(file, 100)
  const damaged = await readFile(file)
  await bridge.restart()
  await app.open()
  await app.go('Accounts')
  await app.button('Open the vault…').first().click()
  await app.sheet.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE)
  await app.sheet.getByRole('button', { name: 'Open' }).click()
  await expect(app.sheet.getByText('The vault cannot be read')).toBeVisible()
  await look(page, 'vault-damaged')
  expect(await readFile(file)).toEqual(damaged)
})
