/** All state of the window, one class per area, made once and handed down by context. */
import { getContext, setContext } from 'svelte'

import type { AppEvent } from '../contract/generated'
import type { Host } from '../host/types'
import { Actions } from './actions.svelte'
import { App } from './app.svelte'
import { Downloads } from './downloads.svelte'
import { Library } from './library.svelte'
import { Navigation } from './navigation.svelte'
import { Servers } from './servers.svelte'
import { Sheets } from './sheets.svelte'

export class Sifter {
  readonly navigation = new Navigation()
  readonly sheets = new Sheets()
  readonly actions = new Actions()
  readonly app: App
  readonly servers: Servers
  readonly library: Library
  readonly downloads: Downloads

  constructor(readonly host: Host) {
    this.app = new App(host)
    this.servers = new Servers(host)
    this.library = new Library(host)
    this.downloads = new Downloads(host, this.sheets)
  }

  /** Loads what every screen needs and follows the events until the returned function is called. */
  start(): () => void {
    const stop = this.host.watch((event) => this.hear(event))
    void this.app.load()
    void this.servers.load()
    return stop
  }

  hear(event: AppEvent): void {
    this.app.hear(event)
    this.servers.hear(event)
    this.library.hear(event)
  }
}

const KEY = Symbol('sifter')

export function provideSifter(sifter: Sifter): void {
  setContext(KEY, sifter)
}

export function useSifter(): Sifter {
  return getContext<Sifter>(KEY)
}
