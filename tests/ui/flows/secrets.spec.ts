import { readFile } from 'node:fs/promises'

import { LOGIN } from '../support/bridge'
import { expect, test } from '../support/flow'
import { samples } from '../support/samples'
import { filesBelow, kept, Traces } from '../support/traces'

/** The tokens of the library are 256 characters long. Nothing else that passes the window is nearly so. */
const LIKE_A_TOKEN = /[A-Za-z0-9_-]{180,}/

test('a32 a token is nowhere in the window, in what passes it, or on the disk', async ({
  app,
  bridge,
  context,
  page,
  startLibrary,
}) => {
  const library = await startLibrary()
  const traces = new Traces(bridge, page, context)
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
  await app.signInWithToken(server.host, token)
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
  traces.stop()

  const asked = new URL(link).searchParams
  const secrets = {
    token,
    ticket: asked.get('ticket') ?? '',
    state: asked.get('state') ?? '',
    code: new URL(answer).searchParams.get('code') ?? '',
  }
  const all = [...traces.heard, ...shown].join('\n')
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
