import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'

import { Bridge } from '../support/bridge'
import { expect, test as base } from '../support/flow'
import type { Library } from '../support/library'
import { lookAt, LOOKS } from '../support/look'
import { downloadName, samples } from '../support/samples'
import { NO_KEY_SERVERS, signedImage } from '../support/signing'
import type { Window } from '../support/window'

const test = base.extend<{ other: Bridge }>({
  /** Somebody else's Sifter, without a window. */
  other: async ({}, use) => {
    const other = await Bridge.start({ settings: NO_KEY_SERVERS })
    await use(other)
    await other.stop()
  },
})

test.use({ opening: { settings: NO_KEY_SERVERS } })

/** Makes a key without the window; answers its fingerprint. */
async function makeKey(bridge: Bridge, name: string): Promise<string> {
  const request = { name, rsa: false, days: 365, passphrase: null, keep: false }
  return (await bridge.call('key_make', request)).fingerprint
}

async function publishKey(bridge: Bridge, fingerprint: string, library: Library): Promise<void> {
  await bridge.call('key_publish', { fingerprint, address: library.url })
}

async function revokeKey(bridge: Bridge, fingerprint: string): Promise<void> {
  await bridge.call('key_revoke', { fingerprint, cause: 'compromised', passphrase: null })
}

/** Connects a library without the window, as somebody who is not signed in there. */
async function connect(bridge: Bridge, library: Library): Promise<string> {
  const { id } = await bridge.call('server_connect', { address: library.url, allowHttp: false })
  return id
}

/** Grace's key, on the library, and an image that she signed. */
async function graceSigns(other: Bridge, library: Library, name: string): Promise<string> {
  await other.connectAs(library)
  const fingerprint = await makeKey(other, 'Grace <grace@example.org>')
  await publishKey(other, fingerprint, library)
  signedImage(other.at(`${name}.sif`), other.home)
  return fingerprint
}

async function actionsOf(app: Window, group: string): Promise<void> {
  const grid = app.page.getByRole('grid', { name: group })
  await grid
    .getByRole('button', { name: /Actions for/ })
    .first()
    .click()
}

async function openImage(app: Window, file: string, name: string): Promise<void> {
  await app.bridge.willChoose(file)
  await app.page.keyboard.press('Control+o')
  await expect(app.page.getByRole('heading', { level: 1, name })).toBeVisible()
}

test('a key goes public, and its revocation too', async ({ app, bridge, other, page, startLibrary }) => {
  const library = await startLibrary('ada')
  await bridge.connectAs(library)
  await connect(other, library)
  const ada = await makeKey(bridge, 'Ada <ada@example.org>')
  const search = async () => (await other.call('key_search', { text: 'ada@example.org' })).keys
  await app.open()
  await app.go('Keys')
  await actionsOf(app, 'Mine')
  await page.getByRole('menuitem', { name: 'Publish…' }).click()
  await expect(app.sheet).toContainText('Your name and address: Ada <ada@example.org>')
  expect(await search()).toEqual([])
  await app.sheet.getByRole('button', { name: 'Publish on 127.0.0.1' }).click()
  await expect(app.sheet.getByText('Published', { exact: true })).toBeVisible()
  await app.sheet.getByRole('button', { name: 'Close' }).last().click()
  const mine = page.getByRole('grid', { name: 'Mine' })
  await expect(mine).toContainText('Good, published')
  expect((await search()).map(({ id, standing }) => [id, standing])).toEqual([[ada, 'good']])

  await actionsOf(app, 'Mine')
  await page.getByRole('menuitem', { name: 'Take it back…' }).click()
  await app.sheet.getByRole('button', { name: 'Take it back' }).click()
  await expect(app.sheet).toContainText('That you have taken the key back')
  await app.sheet.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByText(/has changed since it was published/)).toBeVisible()
  await app.button('Publish again…').click()
  await app.sheet.getByRole('button', { name: 'Publish on 127.0.0.1' }).click()
  await expect(app.sheet.getByText('Published', { exact: true })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByText(/has changed since it was published/)).toBeHidden()
  expect((await search()).map(({ standing }) => standing)).toEqual(['revoked'])
})

test('a signer nobody knew is found, compared and trusted, and then the image is verified', async ({
  app,
  bridge,
  other,
  page,
  startLibrary,
}) => {
  const library = await startLibrary('grace')
  const grace = await graceSigns(other, library, 'signed')
  await connect(bridge, library)
  await app.open()
  await openImage(app, other.at('signed.sif'), 'signed.sif')
  await page.getByRole('tab', { name: /Signatures/ }).click()
  const card = page.getByRole('region', { name: 'Signature', exact: true })
  await expect(card).toContainText('Not checked')
  await app.button('Find this key…').click()
  await expect(app.sheet.getByRole('textbox')).toHaveValue(grace)
  await page.keyboard.press('Enter')
  const found = app.sheet.getByRole('list', { name: 'Keys that were found' })
  await expect(found).toContainText('Grace <grace@example.org>')
  await found.getByRole('button', { name: /^Trust Grace/ }).click()
  await expect(app.sheet).toContainText('Ask the person by phone')
  await app.sheet.getByRole('button', { name: 'It is the same, trust it' }).click()
  await expect(found).toContainText('Trusted')
  await app.sheet.getByRole('button', { name: 'Close' }).last().click()
  await expect(card).toContainText('Verified')
})

test('somebody is told that a key they trust is revoked, and what it has signed', async ({
  app,
  bridge,
  other,
  page,
  startLibrary,
}) => {
  const library = await startLibrary('grace')
  const grace = await graceSigns(other, library, 'tool')
  const [lab] = (await other.call('server_list', {})).filter(({ id }) => id !== 'this-computer')
  await other.publish(other.at('tool.sif'), 'grace/default/tool', ['1'], lab?.id)
  const serverId = await connect(bridge, library)
  const path = { entity: 'grace', collection: 'default', container: 'tool' }
  const image = { serverId, path, tag: '1', arch: 'amd64' }
  await bridge.ended(await bridge.call('download_start', { image, clash: 'ask' }))
  await bridge.call('key_trust', { fingerprint: grace })
  await app.open()
  await app.go('Settings')
  await app.button('Ask now').click()
  await expect(app.toast('Asked about 1 key. None is revoked.')).toBeVisible()
  await revokeKey(other, grace)
  await publishKey(other, grace, library)
  await app.button('Ask now').click()
  await expect(app.toast('The key of Grace <grace@example.org> is revoked')).toBeVisible()
  const { notices } = await bridge.deeds()
  expect(notices.filter((notice) => notice.includes('grace@example.org'))).toHaveLength(1)
  await app.go('Keys')
  const banner = page.getByRole('alert')
  await expect(banner).toContainText(`It signed ${downloadName('tool_1')}`)
  await banner.getByRole('button', { name: 'Look at it' }).click()
  await expect(page.getByRole('heading', { level: 1, name: downloadName('tool_1') })).toBeVisible()
  await page.getByRole('tab', { name: /Signatures/ }).click()
  const card = page.getByRole('region', { name: 'Signature', exact: true })
  await expect(card).toContainText('Do not use')
  await app.go('Keys')
  await app.reload()
  await app.go('Keys')
  await banner.getByRole('button', { name: 'Dismiss' }).click()
  await expect(banner).toBeHidden()
  await expect(page.getByRole('grid', { name: 'People I trust' })).toContainText('Revoked')
})

test('an image goes into a folder for a computer without internet', async ({ app, bridge }) => {
  await makeKey(bridge, 'Ada <ada@example.org>')
  const image = signedImage(bridge.at('mine.sif'), bridge.home)
  const stick = bridge.at('stick')
  mkdirSync(stick)
  await app.open()
  await app.button('Just look around').click()
  await openImage(app, image, 'mine.sif')
  await app.button('Offline bundle…').click()
  await bridge.willChooseFolder(stick)
  await app.sheet.getByRole('button', { name: 'Choose folder…' }).click()
  await expect(app.sheet).toContainText('stick')
  await app.sheet.getByRole('button', { name: /^Copy / }).click()
  await expect(app.sheet).toContainText('mine-offline is ready in')
  await app.sheet.getByRole('button', { name: 'Show in folder' }).click()
  expect((await bridge.deeds()).revealed).toEqual([bridge.at('stick', 'mine-offline')])
  const files = readdirSync(bridge.at('stick', 'mine-offline')).sort()
  expect(files).toEqual(['SHA256SUMS', 'VERIFY.txt', 'keys.asc', 'mine.sif'])
  expect(readFileSync(bridge.at('stick', 'mine-offline', 'mine.sif'))).toEqual(readFileSync(image))
  // The same name again is refused, and nothing is touched.
  await app.sheet.getByRole('button', { name: 'Close' }).last().click()
  await app.button('Offline bundle…').click()
  await app.sheet.getByLabel('Name of the folder').fill('mine-offline')
  await app.sheet.getByRole('button', { name: /^Copy / }).click()
  await expect(app.sheet.getByRole('article')).toBeVisible()
  expect(existsSync(bridge.at('stick', 'mine-offline-2'))).toBe(false)
})

test('the list of key servers is changed, and a server that does not answer is added on purpose only', async ({
  app,
  bridge,
  page,
  startLibrary,
}) => {
  const library = await startLibrary('grace')
  await app.open()
  await app.button('Just look around').click()
  await app.go('Settings')
  const section = page.getByRole('region', { name: 'Key servers' })
  await expect(section).toContainText('Nobody is asked')
  const address = section.getByLabel('Address of a key server')
  const add = section.getByRole('button', { name: 'Add', exact: true })
  await address.fill('http://127.0.0.1:1')
  await add.click()
  await expect(section.getByRole('article')).toBeVisible()
  await section.getByRole('button', { name: 'Add it all the same' }).click()
  await expect(section.getByRole('list', { name: 'Key servers' })).toContainText('127.0.0.1:1')
  await address.fill(library.url)
  await add.click()
  const items = section.getByRole('list', { name: 'Key servers' }).getByRole('listitem')
  await expect(items).toHaveCount(2)
  await items
    .nth(1)
    .getByRole('button', { name: /Actions for/ })
    .click()
  await page.getByRole('menuitem', { name: 'Ask it earlier' }).click()
  await expect(items.nth(0)).toContainText(library.url)
  const settings = readFileSync(bridge.at('config/settings.toml'), 'utf8')
  expect(settings).toContain(`key_servers = ["${library.url}", "http://127.0.0.1:1"]`)
  await section.getByRole('button', { name: 'Back to the usual ones' }).click()
  await expect(items).toHaveText([/keys.openpgp.org/, /keys.sylabs.io/])
})

for (const { name: how, colorScheme, viewport } of LOOKS) {
  test.describe(how, () => {
    test.use({ colorScheme, viewport })

    test('the sheets of keys, their banners and a bundle are in order and accessible', async ({
      app,
      bridge,
      other,
      page,
      startLibrary,
    }) => {
      test.setTimeout(150_000)
      const look = (name: string) => lookAt(page, name, how)
      const library = await startLibrary('grace')
      const grace = await graceSigns(other, library, 'signed')
      await bridge.connectAs(library)
      const silent = 'http://127.0.0.1:1'
      await bridge.call('key_servers_set', { addresses: [silent] })
      await makeKey(bridge, 'Ada <ada@example.org>')
      await app.open()
      await app.go('Keys')
      await actionsOf(app, 'Mine')
      await page.getByRole('menuitem', { name: 'Publish…' }).click()
      await expect(app.sheet.getByRole('switch')).toHaveCount(2)
      await look('key-publish')
      await app.sheet.getByRole('switch').last().click()
      await app.sheet.getByRole('button', { name: 'Publish on 2 servers' }).click()
      await expect(app.sheet.getByText('Published', { exact: true })).toBeVisible()
      await look('key-published')
      await page.keyboard.press('Escape')
      await actionsOf(app, 'Mine')
      await page.getByRole('menuitem', { name: 'Use on the command line…' }).click()
      await app.sheet.getByRole('switch').click()
      await look('key-lend')
      await page.keyboard.press('Escape')
      await app.button('Find…').click()
      await app.sheet.getByRole('textbox').fill('example.org')
      await page.keyboard.press('Enter')
      await expect(app.sheet.getByRole('listitem')).toHaveCount(2)
      await look('key-find')
      await app.sheet.getByRole('button', { name: /^Add Grace/ }).click()
      await expect(app.sheet.getByText('Met')).toBeVisible()
      await page.keyboard.press('Escape')
      await revokeKey(other, grace)
      await publishKey(other, grace, library)
      await bridge.call('key_recheck', {})
      await expect(page.getByRole('alert')).toBeVisible()
      await look('key-revoked')
      await app.go('Settings')
      await page.getByRole('region', { name: 'Key servers' }).scrollIntoViewIfNeeded()
      await look('key-servers')
      const image = bridge.at('x.sif')
      copyFileSync(samples.hello, image)
      await openImage(app, image, 'x.sif')
      await app.button('Offline bundle…').click()
      await expect(app.sheet.getByLabel('Name of the folder')).not.toHaveValue('')
      await look('bundle')
      const place = bridge.at('stick')
      mkdirSync(place)
      await bridge.willChooseFolder(place)
      await app.sheet.getByRole('button', { name: 'Choose folder…' }).click()
      await expect(app.sheet).toContainText('stick')
      await app.sheet.getByRole('button', { name: /^Copy / }).click()
      await expect(app.sheet).toContainText('is ready in')
      await look('bundle-done')
    })
  })
}
