/** A provider that a real authorization server plays, a library that federates with it, and a Sifter with a keychain. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { test as base, type Page } from '@playwright/test'

import { APP, LIBRARY } from '../../providers/clients.mjs'
import { Bridge } from '../support/bridge'
import { Keychain } from '../support/keychain'
import { root, start, startCommand, type Running } from '../support/programs'
import { filesBelow } from '../support/traces'

export type Kind = 'google' | 'github' | 'gitlab' | 'microsoft'

export const LABELS: Record<Kind, string> = {
  google: 'Google',
  github: 'GitHub',
  gitlab: 'GitLab',
  microsoft: 'Microsoft',
}

/** Whoever signs in. */
export const LOGIN = 'jane'

export class Played {
  private constructor(
    readonly kind: Kind,
    readonly provider: { url: string; stop: () => Promise<void> },
    readonly library: { url: string; folder: string; running: Running },
    readonly keychain: Keychain,
    readonly bridge: Bridge,
  ) {}

  static async start(kind: Kind): Promise<Played> {
    const port = await freePort()
    const provider = await provide(kind, `http://127.0.0.1:${port}/oauth/callback/${kind}`)
    const library = await startLibrary(kind, provider.url, port)
    const keychain = await Keychain.start()
    const settings = `[sign_in.${kind}]\nclient_id = "${APP.id}"\n${place(kind, provider.url)}\n`
    const bridge = await Bridge.start({ settings, keychain: keychain.environment })
    return new Played(kind, provider, library, keychain, bridge)
  }

  async stop(): Promise<void> {
    await this.bridge.stop()
    await this.keychain.stop()
    await this.library.running.stop()
    await rm(this.library.folder, { recursive: true, force: true })
    await this.provider.stop()
  }

  /** The person signs in on the provider's own pages, and agrees. */
  async agree(browser: Page): Promise<void> {
    if (this.kind === 'github') {
      await browser.getByLabel('Username').fill(LOGIN)
      await browser.getByRole('button', { name: 'Authorize' }).click()
      return
    }
    await browser.locator('input[name=login]').fill(LOGIN)
    await browser.locator('input[name=password]').fill('anything')
    await browser.getByRole('button', { name: 'Sign-in' }).click()
    await browser.getByRole('button', { name: 'Continue' }).click()
  }

  /** Every file that Sifter has written, as text. */
  async written(): Promise<string> {
    const files = await filesBelow(this.bridge.home)
    const texts = files.map((file) => readFile(file, 'latin1'))
    return (await Promise.all(texts)).join('\n')
  }
}

/** Where a provider is, as `settings.toml` and `library.toml` both say it. */
function place(kind: Kind, url: string): string {
  switch (kind) {
    case 'google':
      return `issuer = "${url}"`
    case 'github':
      return `url = "${url}"`
    case 'gitlab':
      return `url = "${url}/gitlab"`
    case 'microsoft':
      return `url = "${url}"\ntenant = "organizations"`
  }
}

async function startLibrary(kind: Kind, provider: string, port: number) {
  const folder = await mkdtemp(join(tmpdir(), 'sifter-library-'))
  const lines = [
    '[[providers]]',
    `kind = "${kind}"`,
    place(kind, provider),
    `client_id = "${LIBRARY.id}"`,
    'client_secret_file = "library-secret"',
    `app_client_id = "${APP.id}"`,
    ...(kind === 'github' ? ['app_client_secret_file = "app-secret"'] : []),
  ]
  await writeFile(join(folder, 'library.toml'), `${lines.join('\n')}\n`)
  await writeFile(join(folder, 'library-secret'), LIBRARY.secret, { mode: 0o600 })
  await writeFile(join(folder, 'app-secret'), APP.secret, { mode: 0o600 })
  const args = ['serve', '--data', folder, '--listen', `127.0.0.1:${port}`, '--owner', 'grace']
  const running = await start('sifter-library', args, /^Library at (http:\S+?)\/?$/)
  return { url: running.said, folder, running }
}

async function provide(kind: Kind, callback: string) {
  const script = join(root, 'tests/providers/serve.mjs')
  const args = [script, kind, callback]
  const running = await startCommand('the provider', 'node', args, /^Provider at (http:\S+)$/)
  return { url: running.said, stop: running.stop }
}

/** A port that was free a moment ago: the provider wants to know the library's before there is one. */
async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** Tests that play a provider, which ends with them whatever comes of them. */
export const test = base.extend<{ play: (kind: Kind) => Promise<Played> }>({
  play: async ({}, use) => {
    const all: Played[] = []
    await use(async (kind) => {
      const played = await Played.start(kind)
      all.push(played)
      return played
    })
    for (const played of all) await played.stop()
  },
})
