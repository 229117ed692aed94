/** What every flow starts from: a Sifter of its own, a window on it, and somebody who watches the console. */
import { test as base, expect, type ConsoleMessage, type Page } from '@playwright/test'

import { Bridge, type Opening } from './bridge'
import { Library } from './library'
import { Relay } from './relay'
import { Window } from './window'

interface Fixtures {
  /** What the Sifter of a test is started with. */
  opening: Opening
  bridge: Bridge
  app: Window
  /** Starts the library of a team. It ends with the test. */
  startLibrary: (owner?: string, quota?: number, settings?: string) => Promise<Library>
  /** Starts a wire to a library. It ends with the test. */
  startRelay: (library: Library) => Promise<Relay>
}

export const test = base.extend<Fixtures>({
  opening: [{}, { option: true }],

  bridge: async ({ opening }, use) => {
    const bridge = await Bridge.start(opening)
    await use(bridge)
    await bridge.stop()
  },

  page: async ({ page, bridge }, use) => {
    const complaints = listen(page, bridge.url)
    await use(page)
    await page.close()
    expect(complaints, 'nobody complains in the console').toEqual([])
  },

  app: async ({ page, bridge }, use) => {
    await use(new Window(page, bridge))
  },

  startLibrary: async ({}, use) => {
    const libraries: Library[] = []
    await use(async (owner, quota, settings) => {
      const library = await Library.start(owner, quota, settings)
      libraries.push(library)
      return library
    })
    for (const library of libraries) await library.stop()
  },

  startRelay: async ({}, use) => {
    const relays: Relay[] = []
    await use(async (library) => {
      const relay = await Relay.start(library.port)
      relays.push(relay)
      return relay
    })
    for (const relay of relays) await relay.stop()
  },
})

export { expect }

/** Notes every error of the page. A command that answers with a `UiError` is no error of the page. */
export function listen(page: Page, url: string): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)))
  page.on('console', (message) => {
    const loud = message.type() === 'error' || message.type() === 'warning'
    if (loud && !isRefusal(message, url)) complaints.push(`${message.type()}: ${message.text()}`)
  })
  return complaints
}

function isRefusal(message: ConsoleMessage, url: string): boolean {
  return message.location().url.startsWith(`${url}/api/`) && message.text().includes('status of 422')
}
