import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { BrowserContext, Page } from '@playwright/test'

import { LOGIN } from '../support/bridge'
import { expect, test } from '../support/flow'
import { samples } from '../support/samples'

/** The tokens of the library are 256 characters long. Nothing else that passes the window is nearly so. */
const LIKE_A_TOKEN = /[A-Za-z0-9_-]{180,}/

/** Collects everything that passes between a page and the app. */
function wiretap(page: Page, url: string): string[] {
  const heard: string[] = []
  page.on('request', (request) => {
    heard.push(request.url(), JSON.stringify(request.headers()), request.postData() ?? '')
  })
  page.on('response', async (response) => {
    heard.push(JSON.stringify(response.headers()))
    const isAnswer = response.url().startsWith(`${url}/api/`) && !response.url().endsWith('/events')
    if (isAnswer) heard.push(await response.text().catch(() => ''))
  })
  page.on('console', (message) => heard.push(message.text()))
  return heard
}

/** The events of the app, as a window hears them. */
async function listenToEvents(url: string): Promise<{ heard: string[]; stop: () => void }> {
  const heard: string[] = []
  const ended = new AbortController()
  const answer = await fetch(`${url}/api/events`, { signal: ended.signal })
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  const listening = (async () => {
    for (;;) {
      const piece = await reader?.read()
      if (!piece || piece.done) return
      heard.push(piece.value)
    }
  })()
  listening.catch(() => undefined)
  return { heard, stop: () => ended.abort() }
}

/** Everything a page keeps or shows. */
async function kept(page: Page, context: BrowserContext): Promise<string> {
  const inside = await page.evaluate(async () => {
    const fields = [...document.querySelectorAll<HTMLInputElement>('input, textarea')].map(
      ({ value }) => value,
    )
    const databases = await indexedDB.databases()
    const caches_ = await caches.keys()
    return JSON.stringify([
      document.documentElement.outerHTML,
      fields,
      { ...localStorage },
      { ...sessionStorage },
      document.cookie,
      databases,
      caches_,
      history.state as unknown,
      location.href,
    ])
  })
  return inside + JSON.stringify(await context.storageState())
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

test('a token is nowhere in the window, in what passes it, or on the disk', async ({
  app,
  bridge,
  context,
  page,
  startLibrary,
}) => {
  const library = await startLibrary()
  const events = await listenToEvents(bridge.url)
  const heard = wiretap(page, bridge.url)
  await bridge.call('settings_set', { welcomeDone: true })
  await bridge.call('server_start_local', {})
  await app.open()

  // One account through the browser …
  await app.go('Accounts')
  await app.button('Sign in').click()
  await app.button('Continue in the browser').click()
  const link = await bridge.openedPage()
  const browser = await context.browser()?.newContext()
  const other = await browser?.newPage()
  if (!browser || !other) throw new Error('no second browser')
  let answer = ''
  other.on('request', (request) => {
    if (request.url().includes('code=')) answer = request.url()
  })
  await other.goto(link)
  await other.getByRole('button', { name: 'Continue as ada' }).click()
  await expect(app.toast('Signed in to This computer as ada')).toBeVisible()
  await browser.close()

  // … and one with a token that this test knows.
  const token = library.token()
  expect(token).toMatch(LIKE_A_TOKEN)
  const server = await bridge.call('server_connect', { address: library.url, allowHttp: false })
  await app.go('Accounts')
  await page.getByRole('option', { name: new RegExp(server.host) }).click()
  await app.button('Sign in').click()
  await app.button('Paste a token instead').click()
  await bridge.putOnClipboard(token)
  await app.button('Paste token and sign in').click()
  await expect(app.toast(`Signed in to ${server.name} as grace`)).toBeVisible()

  // Both are used, and every place is looked at.
  const sheet = await app.choose(samples.hello)
  await sheet.getByRole('button', { name: /^Upload/ }).click()
  await expect(app.toast('Uploaded hello-world:latest')).toBeVisible()
  const places = [
    'Home',
    'Transfers',
    'On this computer',
    'This computer',
    server.name,
    'Accounts',
    'Settings',
  ]
  const shown: string[] = []
  for (const place of places) {
    await app.go(place)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    shown.push(await kept(page, context))
  }
  events.stop()

  const asked = new URL(link).searchParams
  const secrets = {
    token,
    ticket: asked.get('ticket') ?? '',
    state: asked.get('state') ?? '',
    code: new URL(answer).searchParams.get('code') ?? '',
  }
  const all = [...heard, ...events.heard, ...shown].join('\n')
  expect(all, 'the search sees what passes').toContain(LOGIN)
  expect(all).toContain('grace')
  for (const [name, secret] of Object.entries(secrets)) {
    expect(secret.length, `there is a ${name}`).toBeGreaterThan(15)
    expect(all.includes(secret), `the ${name} is nowhere`).toBe(false)
  }
  expect(LIKE_A_TOKEN.exec(all)?.[0], 'nothing that looks like a token').toBeUndefined()
  expect(all.toLowerCase()).not.toContain('bearer ')
  expect(all.toLowerCase()).not.toMatch(/"authorization"/)

  const files = await filesBelow(bridge.home)
  expect(files.some((file) => file.endsWith('accounts.json'))).toBe(true)
  for (const file of files) {
    const content = await readFile(file)
    for (const [name, secret] of Object.entries(secrets)) {
      expect(content.includes(secret), `the ${name} is not in ${file}`).toBe(false)
    }
  }
})
