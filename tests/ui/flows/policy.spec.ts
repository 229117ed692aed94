import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from '../support/flow'
import { root } from '../support/programs'

interface Configuration {
  app: { security: { csp: Record<string, string>; freezePrototype: boolean } }
}

async function configured(): Promise<Configuration['app']['security']> {
  const text = await readFile(join(root, 'tauri.conf.json'), 'utf8')
  return (JSON.parse(text) as Configuration).app.security
}

test('the window is served under the policy of the app, but for the way of its commands', async ({
  bridge,
}) => {
  const { csp } = await configured()
  for (const path of ['/', '/icon.svg', '/api/nothing', '/nowhere']) {
    const answer = await fetch(bridge.url + path)
    const policy = answer.headers.get('content-security-policy') ?? ''
    const served = Object.fromEntries(
      policy.split(';').map((directive) => {
        const [name = '', ...sources] = directive.trim().split(/\s+/)
        return [name, sources.join(' ')]
      }),
    )
    expect(served, path).toEqual({ ...csp, 'connect-src': "'self'" })
  }
})

test('the policy is in force, and a breach of it would be noticed', async ({ browser, bridge }) => {
  const context = await browser.newContext()
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  await page.goto(bridge.url)
  await page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'document.title = "broken in"'
    document.body.append(script)
  })
  expect(await page.title()).not.toBe('broken in')
  await expect.poll(() => complaints.join('\n')).toMatch(/Content Security Policy/)
  await context.close()
})

test('the window starts where prototypes are frozen, as in the app', async ({ app, page }) => {
  expect((await configured()).freezePrototype).toBe(true)
  await page.addInitScript(() => Object.freeze(Object.prototype))
  await app.open()
  await app.button('Just look around').click()
  await app.go('Settings')
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
})
