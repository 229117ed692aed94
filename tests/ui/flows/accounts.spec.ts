import { readFile, stat, mkdir, writeFile } from 'node:fs/promises'

import { THIS_COMPUTER } from '../support/bridge'
import { expect, test } from '../support/flow'
import type { Window } from '../support/window'

/** The account's page of the library on this computer, signed in. */
async function openAccounts(app: Window): Promise<void> {
  await app.bridge.signIn()
  await app.open()
  await app.go('Accounts')
  await expect(app.heading('Tokens')).toBeVisible()
}

/** Whether a library knows a token. */
async function works(library: string, token: string): Promise<boolean> {
  const answer = await fetch(`${library}/v1/token-status`, { headers: { authorization: `Bearer ${token}` } })
  return answer.ok
}

async function library(app: Window): Promise<string> {
  const servers = await app.bridge.call('server_list', {})
  return servers.find((server) => server.id === THIS_COMPUTER)?.libraryUrl ?? ''
}

test('a token is made, copied without being shown, and revoked', async ({ app, bridge, page }) => {
  await openAccounts(app)
  await app.button('New token…').click()
  await app.sheet.getByRole('textbox', { name: 'Name' }).fill('cluster-login')
  await app.sheet.getByRole('button', { name: 'Create token' }).click()
  await expect(app.sheet).toHaveAccessibleName('cluster-login is ready')
  await app.sheet.getByRole('button', { name: 'Copy token' }).click()
  await expect(app.toast('Token copied. The clipboard is cleared in a minute.')).toBeVisible()
  const token = (await bridge.deeds()).copied.at(-1) ?? ''
  expect(token.length).toBeGreaterThan(199)
  expect(await works(await library(app), token)).toBe(true)
  expect(await page.content()).not.toContain(token)
  await app.sheet.getByRole('button', { name: 'Done' }).click()

  const row = page.getByRole('row', { name: /cluster-login/ })
  await expect(row).toContainText('unknown')
  await row.getByRole('button', { name: 'Revoke cluster-login…' }).click()
  await app.sheet.getByRole('button', { name: 'Revoke token' }).click()
  await expect(app.toast('Revoked cluster-login')).toBeVisible()
  await expect(row).toBeHidden()
  expect(await works(await library(app), token)).toBe(false)
})

test('the command line gets the account after a warning, and its file keeps what it had', async ({
  app,
  bridge,
  page,
}) => {
  const file = bridge.at('singularity', 'remote.yaml')
  await mkdir(bridge.at('singularity'), { mode: 0o700 })
  const before =
    '# mine\nActive: other\nRemotes:\n  other: # keep\n    URI: other.example\n    System: false\n    Exclusive: false\n'
  await writeFile(file, before, { mode: 0o600 })
  await openAccounts(app)
  await app.button('Use on the command line…').click()
  await expect(app.sheet.getByText(/keep their token in a plain file/)).toBeVisible()
  expect(await readFile(file, 'utf8')).toBe(before)
  await app.sheet.getByRole('button', { name: 'Set up singularity' }).click()
  await expect(app.sheet).toHaveAccessibleName('singularity can use this account now')
  await app.sheet.getByRole('button', { name: 'Close' }).last().click()

  const after = await readFile(file, 'utf8')
  expect(after).toContain('# mine\n')
  expect(after).toContain('  other: # keep\n    URI: other.example\n')
  const token = /^ +Token: (\S+)$/m.exec(after)?.[1] ?? ''
  expect(await works(await library(app), token)).toBe(true)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  await expect(page.getByRole('row', { name: /singularity/ })).toContainText('this computer')
  expect(await page.content()).not.toContain(token)
})

test('accounts of the command line are imported one by one', async ({ app, bridge, page, startLibrary }) => {
  const team = await startLibrary('grace')
  const host = new URL(team.url).host
  await mkdir(bridge.at('singularity'), { mode: 0o700 })
  const remotes = `Remotes:\n  team:\n    URI: '${host}'\n    Insecure: true\n    Token: ${team.token()}\n`
  await writeFile(bridge.at('singularity', 'remote.yaml'), remotes, { mode: 0o600 })
  await app.open()
  await app.button('I already use the command line').click()
  await expect(app.sheet.getByText(/^From singularity: .*remote.yaml$/)).toBeVisible()
  await app.sheet.getByRole('button', { name: `Import ${host}` }).click()
  await expect(app.sheet.getByText('Imported')).toBeVisible()
  await app.sheet.getByRole('button', { name: 'Close' }).last().click()
  await app.button('Just look around').click()
  await app.go('Accounts')
  await expect(app.server(host)).toContainText('grace')
  expect(await page.content()).not.toContain(team.token())
  expect(await readFile(bridge.at('singularity', 'remote.yaml'), 'utf8')).toBe(remotes)
})

test('a code is shown for another device, and can be given up', async ({
  app,
  bridge,
  page,
  startLibrary,
}) => {
  const team = await startLibrary('grace')
  const { name } = await bridge.call('server_connect', { address: team.url, allowHttp: false })
  await app.open()
  await app.goToServer(name)
  await app.button('Sign in').click()
  await app.button('Use a code on another device').click()
  await expect(app.heading('Enter this code')).toBeVisible()
  await expect(page.getByText(/^Enter it on http:.*\/device$/)).toBeVisible()
  await expect(page.getByText(/^The code works for (10:00|9:\d\d) more$/)).toBeVisible()
  await app.button('Copy code').click()
  await expect.poll(async () => (await bridge.deeds()).copied.at(-1)).toMatch(/^[A-Z]{4}-[A-Z]{4}$/)
  await app.button('Cancel').click()
  await expect(page.getByRole('heading', { level: 1, name: 'Accounts' })).toBeVisible()
})
