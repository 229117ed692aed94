import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { expect, test } from '../support/flow'
import { samples } from '../support/samples'

test.beforeEach(async ({ bridge }) => {
  await bridge.call('settings_set', { welcomeDone: true })
})

test('a server is connected, signed in to with a token, used and removed', async ({
  app,
  bridge,
  page,
  startLibrary,
}) => {
  const library = await startLibrary()
  const name = new URL(library.url).host
  await app.open()
  await app.connect(name)
  await expect(app.toast(`Connected to ${name}`)).toBeVisible()
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
  await expect(page.getByText('Browse public images, or sign in to see yours.')).toBeVisible()

  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
  await app.button('Paste a token instead').click()
  await app.button('Open token page').click()
  await expect.poll(async () => (await bridge.deeds()).opened.at(-1)).toBe(`${library.url}/auth/tokens`)
  await app.button('Paste token').click()
  await expect(app.problem('There is no token in the clipboard')).toBeVisible()
  await bridge.putOnClipboard('x'.repeat(200))
  await app.button('Paste token').click()
  await expect(app.problem(`${name} refuses this token`)).toBeVisible()
  await bridge.putOnClipboard(library.token())
  await app.button('Paste token').click()
  await expect(page.getByText('Token for grace')).toBeVisible()
  expect(await app.copied(), 'nothing happens before a yes').toBeUndefined()
  await app.button('Sign in as grace').click()
  await expect(app.toast(`Signed in to ${name} as grace`)).toBeVisible()
  await expect.poll(() => app.copied(), 'the token is taken off the clipboard').toBe('')

  const sheet = await app.choose(samples.hello)
  await expect(sheet.getByRole('combobox', { name: 'Upload to' })).toHaveValue('grace/default/hello-world')
  await sheet.getByRole('button', { name: /^Upload/ }).click()
  await expect(app.toast('Uploaded hello-world:latest')).toBeVisible()
  await app.browse(name, 'grace', 'default', 'hello-world')

  await app.goToServer(name)
  await expect(page.getByText('signed in as grace with a pasted token')).toBeVisible()
  await expect(page.getByText('Tags for each architecture')).toBeVisible()
  await app.button('Remove server…').click()
  await app.sheet.getByRole('button', { name: 'Remove server' }).click()
  await expect(app.toast(`Removed ${name}`)).toBeVisible()
  await expect(app.place(name)).toHaveCount(0)
})

test.describe('an address that does not work', () => {
  test('because it is none', async ({ app }) => {
    await app.open()
    await app.connect('not an address')
    await expect(app.sheet.getByText(/“not an address” is not an address/)).toBeVisible()
    await expect(app.sheet.getByRole('textbox', { name: 'Address' })).toHaveAttribute('aria-invalid', 'true')
  })

  test('because nobody is there', async ({ app }) => {
    await app.open()
    // Port 9 discards, where anything listens at all.
    await app.connect('127.0.0.1:9')
    await expect(app.sheet.getByText('127.0.0.1:9 does not answer')).toBeVisible()
    await expect(app.sheet.getByRole('button', { name: 'Try again' })).toBeVisible()
  })

  test('because the name does not exist', async ({ app }) => {
    await app.open()
    await app.connect('library.invalid')
    await expect(app.sheet.getByText('No server is called library.invalid')).toBeVisible()
  })

  test('because something else answers', async ({ app }) => {
    const other = createServer((_, answer) => answer.end('<h1>A bakery</h1>'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = `127.0.0.1:${(other.address() as AddressInfo).port}`
    await app.open()
    await app.connect(address)
    await expect(app.sheet.getByText(`${address} is not a container library`)).toBeVisible()
    other.closeAllConnections()
    await new Promise((resolve) => other.close(resolve))
  })

  test('because it is not encrypted', async ({ app }) => {
    await app.open()
    await app.connect('http://library.invalid')
    await expect(app.sheet.getByText('library.invalid is not encrypted')).toBeVisible()
    await expect(app.sheet.getByRole('button', { name: 'Connect without encryption' })).toBeVisible()
  })
})

test('a server that stops answering is said to, and comes back', async ({
  app,
  bridge,
  page,
  startLibrary,
  startRelay,
}) => {
  const library = await startLibrary()
  const relay = await startRelay(library)
  const id = await bridge.connectAs(library, relay.url)
  await bridge.publish(samples.hello, 'grace/default/hello-world', ['latest'], id)
  const name = new URL(relay.url).host
  await app.open()
  await app.browse(name, 'grace')
  await relay.stop()

  await page.keyboard.press('Control+r')
  await expect(
    page.getByText('This is what was here before. It could not be brought up to date.'),
  ).toBeVisible()
  await expect(page.getByRole('grid', { name: 'Collections of grace' })).toBeVisible()
  await page.getByRole('button', { name: 'default', exact: true }).first().click()
  await expect(app.problem(`${name} does not answer`)).toBeVisible()
  await expect(page.getByRole('main').getByRole('button', { name: 'Try again' })).toBeVisible()

  await app.goToServer(name)
  await app.button('Check again').click()
  await expect(app.server(name)).toContainText('Library does not answer')
  await expect(app.status).toContainText(`${name} does not answer`)

  await relay.restart()
  await app.button('Check again').click()
  await expect(app.server(name)).toContainText('Library answers')
})

test('the library on this computer is stopped and started again', async ({ app, bridge, page }) => {
  await bridge.signIn()
  await bridge.publish(samples.hello, 'ada/default/hello-world', ['latest'])
  await app.open()
  await app.go('Accounts')
  await app.button('Stop').click()
  await expect(page.getByRole('option', { name: /This computer/ })).toContainText('Library is off')
  await app.go('This computer')
  await expect(page.getByText(/The library on this computer is off\./)).toBeVisible()
  await app.button('Start it').click()
  await expect(page.getByRole('grid').getByRole('button', { name: 'ada' })).toBeVisible()
  await expect(app.place('This computer')).toContainText('· ada')
})
