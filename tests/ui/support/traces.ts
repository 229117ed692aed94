/** Everything that Sifter says, keeps, writes and starts, to search for what must not be there. */
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

import type { BrowserContext, Page } from '@playwright/test'

import type { Bridge } from './bridge'

/** How often the programs that the app has started are looked at. */
const LOOK_MS = 50

export class Traces {
  /** What passed between the page, or any other window, and the app. */
  readonly heard: string[] = []
  private readonly started = new Set<string>()
  private readonly ended = new AbortController()
  private readonly looking: NodeJS.Timeout

  constructor(
    private readonly bridge: Bridge,
    private readonly page: Page,
    private readonly context: BrowserContext,
  ) {
    this.tapPage()
    void this.tapEvents().catch(() => undefined)
    this.looking = setInterval(() => void this.lookAtProcesses(), LOOK_MS)
  }

  stop(): void {
    this.ended.abort()
    clearInterval(this.looking)
  }

  /** Where any of the texts is found, as sentences. `allowed` are files of the home that may hold them. */
  async search(secrets: Map<string, string>, allowed: string[] = []): Promise<string[]> {
    const deeds = await this.bridge.deeds()
    const places: [string, Buffer][] = [
      ['what passed between the page and the app', Buffer.from(this.heard.join('\n'))],
      ['the page', Buffer.from(await kept(this.page, this.context))],
      ['arguments and environment of programs', Buffer.from([...this.started].join('\n'))],
      ['opened pages', Buffer.from(deeds.opened.join('\n'))],
      ['shown to the desktop', Buffer.from(JSON.stringify([deeds.notices, deeds.revealed]))],
      ['the output of the app', Buffer.from(this.bridge.complaints())],
    ]
    for (const file of await filesBelow(this.bridge.home)) {
      const name = relative(this.bridge.home, file)
      // A file may be gone again: SQLite's journals come and go.
      const content = await readFile(file).catch(() => Buffer.alloc(0))
      if (!allowed.includes(name)) places.push([name, content])
    }
    const found: string[] = []
    for (const [secret, kind] of secrets) {
      const needles = forms(secret).map(({ name, text }) => ({ name, bytes: Buffer.from(text) }))
      for (const [place, content] of places) {
        const form = needles.find(({ bytes }) => content.includes(bytes))
        if (form) found.push(`a ${kind} (${form.name}) in ${place}`)
      }
    }
    return found
  }

  /** Whether a text was heard, for a search that must find something. */
  hears(text: string): boolean {
    return this.heard.some((line) => line.includes(text))
  }

  private tapPage(): void {
    this.page.on('request', (request) => {
      this.heard.push(request.url(), JSON.stringify(request.headers()), request.postData() ?? '')
    })
    this.page.on('response', async (response) => {
      this.heard.push(JSON.stringify(response.headers()))
      const { url } = this.bridge
      const isAnswer = response.url().startsWith(`${url}/api/`) && !response.url().endsWith('/events')
      if (isAnswer) this.heard.push(await response.text().catch(() => ''))
    })
    this.page.on('console', (message) => this.heard.push(message.text()))
  }

  /** The events of the app, as a window hears them. */
  private async tapEvents(): Promise<void> {
    const answer = await fetch(`${this.bridge.url}/api/events`, { signal: this.ended.signal })
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    for (;;) {
      const piece = await reader?.read()
      if (!piece || piece.done) return
      this.heard.push(piece.value)
    }
  }

  private async lookAtProcesses(id = this.bridge.pid): Promise<void> {
    for (const what of ['cmdline', 'environ']) {
      const text = await readFile(`/proc/${id}/${what}`, 'latin1').catch(() => '')
      if (text) this.started.add(text)
    }
    for (const thread of await readdir(`/proc/${id}/task`).catch(() => [])) {
      const children = await readFile(`/proc/${id}/task/${thread}/children`, 'latin1').catch(() => '')
      for (const child of children.split(' ').filter(Boolean)) await this.lookAtProcesses(Number(child))
    }
  }
}

/** The forms in which a secret may lie somewhere. */
export function forms(secret: string): { name: string; text: string }[] {
  const bytes = Buffer.from(secret)
  const found = [
    { name: 'as it is', text: secret },
    { name: 'URL-encoded', text: encodeURIComponent(secret) },
    { name: 'hexadecimal', text: bytes.toString('hex') },
  ]
  // Inside something longer that was encoded, such as `user:token`: three ways to begin.
  for (const before of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
    const [from, to] = [Math.ceil((before * 4) / 3), Math.floor((whole.length * 4) / 3)]
    for (const alphabet of ['base64', 'base64url'] as const) {
      found.push({ name: alphabet, text: whole.toString(alphabet).slice(from, to) })
    }
  }
  return found.filter(({ text }, at) => found.findIndex((one) => one.text === text) === at)
}

/** Everything a page keeps or shows. */
export async function kept(page: Page, context: BrowserContext): Promise<string> {
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

export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}
