import { readFile, rm, writeFile } from 'node:fs/promises'

import { expect, test } from '../support/flow'
import { accessibility, layout } from '../support/inspect'
import { start } from '../support/programs'
import { filesBelow } from '../support/traces'
import type { Window } from '../support/window'

/** An authority that nobody has ever heard of, good for a hundred years. Its key was thrown away. */
const AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBezCCASGgAwIBAgIUEiW9BM/nDDkAcxh3ryuY+jn+07UwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHRmxvdyBDQTAgFw0yNjExMjUyMzA0MjZaGA8yMTI2MTEwMTIz
MDQyNlowEjEQMA4GA1UEAwwHRmxvdyBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABAyhmtdotoSmyQ0fIUMTYpFeuIexbiOL/pTvoMgBCsQ9AnCLC9W1iOdwmaWq
qdyeHuoYxvBjyuvOurSI8T2oif+jUzBRMB0GA1UdDgQWBBRMRreoX2Js77etAUTN
anDx2Zx2nDAfBgNVHSMEGDAWgBRMRreoX2Js77etAUTNanDx2Zx2nDAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIE3OjuQm1PSWGF8HKkiNZWC6dng+
pVg3JMBOKZLeC4ncAiEA5r2CMpCQrNq7/D8vcnArk+PT34ocg5UKjfRCROHUQLU=
-----END CERTIFICATE-----
`

/** One row of the diagnosis. */
const row = (app: Window, name: string) => app.sheet.getByRole('listitem').filter({ hasText: name }).first()

test.beforeEach(async ({ bridge }) => {
  await bridge.call('settings_set', { welcomeDone: true })
})

test('a server that works is found to work, and the report says so', async ({ app, bridge }) => {
  await bridge.signIn()
  await app.open()
  await app.go('Accounts')
  await app.button('Diagnose…').click()
  await expect(app.sheet.getByRole('status')).toHaveText('Everything works.')
  await expect(row(app, 'Discovery')).toContainText('The server names')
  await expect(row(app, 'Library')).toContainText('It answers as version')
  await expect(row(app, 'Account')).toContainText('The token of ada is good.')
  await app.sheet.getByRole('button', { name: 'Copy report' }).click()
  await expect(app.toast(/Report copied/)).toBeVisible()
  await expect.poll(() => app.copied()).not.toBeUndefined()
  const report = (await app.copied()) ?? ''
  expect(report).toContain('Account: good, signed in as ada')
  expect(report).not.toContain('BAD')
})

test('a server that stopped answering is diagnosed from its card', async ({
  app,
  bridge,
  startLibrary,
  startRelay,
}) => {
  const library = await startLibrary()
  const relay = await startRelay(library)
  await bridge.connectAs(library, relay.url)
  const name = new URL(relay.url).host
  await app.open()
  await relay.stop()
  await app.goToServer(name)
  await app.button('Check again').click()
  await app.problem(`${name} does not answer`).getByRole('button', { name: 'Diagnose…' }).click()
  await expect(app.sheet.getByRole('status')).toHaveText('One thing does not work.')
  await expect(row(app, 'Connection')).toContainText('nothing listens at that port')
  await expect(row(app, 'Library')).toContainText('something above has to work first')
  await relay.restart()
  await app.sheet.getByRole('button', { name: 'Look again' }).click()
  await expect(app.sheet.getByRole('status')).toHaveText('Everything works.')
})

test('a certificate that nobody knows is shown, accepted and taken back', async ({
  app,
  bridge,
  page,
  startLibrary,
}) => {
  const library = await startLibrary()
  const front = await start('tls-front', [new URL(library.url).host], /^TLS at (https:\S+)$/)
  const name = new URL(front.said).host
  await app.open()
  await app.connect(front.said)
  await expect(app.problem(/^The certificate of .* is not trusted$/)).toBeVisible()
  await app.sheet.getByRole('button', { name: 'Diagnose…' }).click()
  await expect(app.sheet.getByRole('status')).toHaveText('One thing does not work.')
  await expect(row(app, 'Connection')).toContainText('takes the connection')
  await expect(row(app, 'Encryption')).toContainText('is not trusted')
  await app.sheet.getByRole('button', { name: 'Back' }).click()
  await app.sheet.getByRole('button', { name: 'Connect' }).click()
  await app.sheet.getByRole('button', { name: 'Show certificate' }).click()
  await expect(app.sheet).toHaveAccessibleName('Certificate of localhost')
  await expect(app.sheet.getByText(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)).toBeVisible()
  expect(await layout(page)).toEqual([])
  expect(await accessibility(page)).toEqual([])
  await app.sheet.getByRole('button', { name: 'Trust this certificate for this server' }).click()
  await expect(app.toast('Trusted for localhost only')).toBeVisible()
  await app.sheet.getByRole('button', { name: 'Connect' }).click()
  await expect(app.toast(`Connected to ${name}`)).toBeVisible()

  await app.go('Settings')
  await app.button('Stop trusting the certificate of localhost').click()
  await expect(app.toast('The certificate of localhost is not trusted any more')).toBeVisible()
  await app.goToServer(name)
  await app.button('Check again').click()
  await expect(app.problem(/^The certificate of .* is not trusted$/)).toBeVisible()
  expect((await bridge.call('network_get', {})).trusted).toEqual([])
  await front.stop()
})

test('addresses of a server are entered, checked and put back', async ({
  app,
  bridge,
  page,
  startLibrary,
  startRelay,
}) => {
  const library = await startLibrary()
  const relay = await startRelay(library)
  await bridge.call('server_connect', { address: library.url, allowHttp: false })
  const name = new URL(library.url).host
  await app.open()
  await app.goToServer(name)
  const address = page.getByRole('main').getByText(relay.url, { exact: true })
  await app.button('Edit addresses…').click()
  await expect(app.sheet.getByText(`As discovered: ${library.url}`)).toHaveCount(2)
  await app.sheet.getByRole('textbox', { name: 'Build service' }).fill(library.url + '/nowhere')
  await app.sheet.getByRole('button', { name: 'Check and save' }).click()
  await expect(app.sheet.getByText(/The answer of .* made no sense/)).toBeVisible()
  await app.sheet.getByRole('button', { name: 'Build service as discovered' }).click()
  await app.sheet.getByRole('textbox', { name: 'Library' }).fill(relay.url)
  await app.sheet.getByRole('button', { name: 'Check and save' }).click()
  await expect(app.toast(`Addresses of ${name} saved`)).toBeVisible()
  await expect(address).toBeVisible()
  await app.button('Edit addresses…').click()
  await app.sheet.getByRole('button', { name: 'Library as discovered' }).click()
  await app.sheet.getByRole('button', { name: 'Check and save' }).click()
  await expect(address).toHaveCount(0)
})

test('a proxy is set, keeps its password out of every file, and an authority is added', async ({
  app,
  bridge,
  page,
}) => {
  await app.open()
  await app.go('Settings')
  const network = page.getByRole('region', { name: 'Network' })
  const modes = network.getByRole('group', { name: 'Proxy' })
  await expect(
    network.getByText(/the settings of the desktop count, with their script \(PAC\)/),
  ).toBeVisible()
  await modes.getByRole('button', { name: 'Manual' }).click()
  await network.getByRole('textbox', { name: 'Host' }).fill('proxy.invalid')
  await network.getByRole('textbox', { name: 'Port' }).fill('3128')
  await network.getByRole('textbox', { name: /^Name/ }).fill('ada')
  await network.getByRole('textbox', { name: 'Reach directly' }).fill('lab.example, 10.0.0.0/8')
  await app.button('Use this proxy').click()
  await expect(network.getByText('proxy.invalid:3128 is used now.')).toBeVisible()
  await app.button('Set password…').click()
  await app.sheet.getByLabel('Password').fill('correct horse battery')
  await app.sheet.getByRole('button', { name: 'Keep' }).click()
  await expect(network.getByText(/^Kept in/)).toBeVisible()
  const files = await filesBelow(bridge.home)
  const texts = await Promise.all(files.map((file) => readFile(file, 'latin1')))
  expect(texts.some((text) => text.includes('proxy.invalid'))).toBe(true)
  const password = /correct horse|Y29ycmVjdCBob3JzZS/
  expect(texts.filter((text) => password.test(text))).toEqual([])
  await app.reload()
  await app.go('Settings')
  await expect(network.getByRole('textbox', { name: 'Host' })).toHaveValue('proxy.invalid')
  await expect(network.getByText(/^Kept in/)).toBeVisible()

  await app.connect('library.invalid')
  await expect(app.sheet.getByText('The proxy does not let it through')).toBeVisible()
  await app.sheet.getByRole('button', { name: 'Network settings' }).click()
  await modes.getByRole('button', { name: 'None' }).click()
  await expect(network.getByText('Other computers are reached directly.')).toBeVisible()

  const file = bridge.at('lab.pem')
  await writeFile(file, AUTHORITY)
  await bridge.willChoose(file)
  await app.button('Add a CA…').click()
  const authorities = network.getByRole('list', { name: 'Certificate authorities' })
  await expect(authorities.getByText('Flow CA')).toBeVisible()
  await rm(file)
  await app.button('Remove Flow CA').click()
  await expect(authorities).toHaveCount(0)
})
