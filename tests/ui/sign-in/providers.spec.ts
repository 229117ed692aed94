/** Each provider, both ways: by the page of the library, and directly by a client id of Sifter's own. */
import { expect, type Page } from '@playwright/test'

import { APP } from '../../providers/clients.mjs'
import { until } from '../support/bridge'
import { listen } from '../support/flow'
import { look } from '../support/look'
import { Window } from '../support/window'
import { LABELS, LOGIN, test, type Kind, type Played } from './played'

const KINDS: Kind[] = ['google', 'github', 'gitlab', 'microsoft']
/** What providers give out; nothing of it may stay. */
const PROVIDERS_TOKENS = /gho_[0-9a-f]{36}|"id_token"|eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/

async function open(
  page: Page,
  played: Played,
): Promise<{ app: Window; name: string; complaints: string[] }> {
  const complaints = listen(page, played.bridge.url)
  const { name } = await played.bridge.call('server_connect', {
    address: played.library.url,
    allowHttp: false,
  })
  const app = new Window(page, played.bridge)
  await app.open()
  await app.goToServer(name)
  await app.button('Sign in').click()
  return { app, name, complaints }
}

/** Google always wants a secret, and GitHub for the way by the browser. It goes by the clipboard. */
async function giveSecret(played: Played): Promise<void> {
  if (played.kind !== 'google' && played.kind !== 'github') return
  await played.bridge.putOnClipboard(APP.secret)
  await played.bridge.call('provider_client_paste_secret', { kind: played.kind })
}

/** Signed in as the right person, the sign-in in the keychain, and nothing of the provider's anywhere. */
async function settled(played: Played, app: Window, name: string): Promise<void> {
  await expect(app.toast(new RegExp(`^Signed in to ${name} as `))).toBeVisible()
  const servers = await played.bridge.call('server_list', {})
  const account = servers.find((server) => server.name === name)?.account
  expect(account?.login).toBe(LOGIN)
  expect(account?.storage).toEqual({ kind: 'keychain', name: 'Secret Service' })
  const stored = played.keychain.secrets().filter((secret) => secret.includes('"k":"oauth"'))
  expect(stored, 'one sign-in in the keychain').toHaveLength(1)
  const tokens = [...(stored[0] ?? '').matchAll(/"(?:at|rt)":"([^"]+)"/g)].map(([, token = '']) => token)
  expect(tokens).toHaveLength(2)
  expect(played.keychain.secrets().join('\n')).not.toMatch(PROVIDERS_TOKENS)
  const written = await played.written()
  expect(written).not.toMatch(PROVIDERS_TOKENS)
  for (const secret of [...tokens, APP.secret])
    expect(written.includes(secret), 'a secret in a file').toBe(false)
}

for (const kind of KINDS) {
  const sample = kind === 'github' ? ' @sample' : ''
  test.describe(`${LABELS[kind]}, by the page of the library${sample}`, () => {
    test('signs in, with a look at who asks', async ({ page, context, play }) => {
      const played = await play(kind)
      const { app, name, complaints } = await open(page, played)
      await app.button(`Sign in with ${LABELS[kind]}`).click()
      const browser = await context.newPage()
      await browser.goto(await played.bridge.openedPage())
      await played.agree(browser)
      await expect(browser.getByText(new RegExp(`You are signed in with ${LABELS[kind]} as`))).toBeVisible()
      await browser.getByRole('button', { name: `Continue as ${LOGIN}` }).click()
      await expect(browser.getByRole('heading', { name: 'You’re signed in' })).toBeVisible()
      await settled(played, app, name)
      expect(complaints).toEqual([])
    })
  })
}

for (const kind of KINDS) {
  const sample = kind === 'google' ? ' @sample' : ''
  test.describe(`${LABELS[kind]}, directly${sample}`, () => {
    test('signs in, and the library gives its own token', async ({ page, context, play }) => {
      const played = await play(kind)
      await giveSecret(played)
      const { app, name, complaints } = await open(page, played)
      await look(page, `sign-in-${kind}-directly`)
      await app.button(`Go to ${LABELS[kind]} directly`).click()
      await expect(app.heading('Waiting for your browser…')).toBeVisible()
      const link = await played.bridge.openedPage()
      expect(new URL(link).origin, 'the provider itself').toBe(played.provider.url)
      const browser = await context.newPage()
      await browser.goto(link)
      await played.agree(browser)
      await expect(browser.getByRole('heading', { name: 'You’re signed in' })).toBeVisible()
      await settled(played, app, name)
      expect(complaints).toEqual([])
    })
  })
}

test('GitHub without a secret signs in by a code', async ({ page, context, play }) => {
  const played = await play('github')
  const { app, name } = await open(page, played)
  await app.button('Go to GitHub directly').click()
  await expect(app.heading('Enter this code')).toBeVisible()
  const code = await page.getByText(/^[A-Z]{4}-[A-Z]{4}$/).innerText()
  const browser = await context.newPage()
  await browser.goto(`${played.provider.url}/login/device`)
  await browser.getByLabel('Code').fill(code)
  await played.agree(browser)
  await expect(browser.getByRole('heading', { name: 'Congratulations, you are all set!' })).toBeVisible()
  await settled(played, app, name)
})

test('a device without a browser signs in by a code of the library, at a provider', async ({
  page,
  context,
  play,
}) => {
  const played = await play('gitlab')
  const { app, name } = await open(page, played)
  await app.button('Use a code on another device').click()
  await expect(app.heading('Enter this code')).toBeVisible()
  const attempt = await until('there is a code', async () => {
    const text = await page.getByText(/^[A-Z]{4}-[A-Z]{4}$/).innerText()
    return text || undefined
  })
  const browser = await context.newPage()
  await browser.goto(`${played.library.url}/device`)
  await browser.getByLabel('Code').fill(attempt)
  await browser.getByRole('button', { name: 'Continue' }).click()
  await browser.getByRole('link', { name: 'Continue with GitLab' }).click()
  await played.agree(browser)
  await browser.getByRole('button', { name: `Continue as ${LOGIN}` }).click()
  await expect(browser.getByRole('heading', { name: 'The device is signed in' })).toBeVisible()
  await settled(played, app, name)
})

test('a person who does not agree is told so in both places, and nothing is kept', async ({
  page,
  context,
  play,
}) => {
  const played = await play('github')
  await giveSecret(played)
  const { app } = await open(page, played)
  await app.button('Go to GitHub directly').click()
  const browser = await context.newPage()
  await browser.goto(await played.bridge.openedPage())
  await browser.getByRole('button', { name: 'Cancel' }).click()
  await expect(browser.getByRole('heading', { name: 'The sign-in was declined' })).toBeVisible()
  await expect(app.problem('The sign-in was declined')).toBeVisible()
  expect(played.keychain.secrets().filter((secret) => secret.includes('"k":"oauth"'))).toEqual([])
})

test('a wrong client secret is named as what it is', async ({ page, context, play }) => {
  const played = await play('github')
  await played.bridge.putOnClipboard('another-secret')
  await played.bridge.call('provider_client_paste_secret', { kind: 'github' })
  const { app } = await open(page, played)
  await app.button('Go to GitHub directly').click()
  const browser = await context.newPage()
  await browser.goto(await played.bridge.openedPage())
  await played.agree(browser)
  await expect(browser.getByRole('heading', { name: 'The sign-in did not work' })).toBeVisible()
  await expect(app.problem('GitHub does not accept Sifter')).toBeVisible()
})
