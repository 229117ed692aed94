/** Where the window is, and the way back. History lives in memory: the window has no address bar. */
import type { ImageRef, LibraryPath, SearchScope } from '../contract/generated'
import type { Compared } from './comparison.svelte'
import type { SheetRequest } from './sheets.svelte'

export type Route =
  | { name: 'welcome' }
  | { name: 'home' }
  | { name: 'transfers' }
  | { name: 'computer' }
  | { name: 'accounts' }
  | { name: 'keys' }
  | { name: 'inspector'; fileId: string; remote?: true }
  | { name: 'look'; image: ImageRef }
  | { name: 'compare'; left: Compared; right: Compared }
  | { name: 'settings' }
  | { name: 'sign_in'; serverId: string; then?: SheetRequest; another?: boolean; scopes?: string }
  | { name: 'server'; serverId: string }
  | { name: 'entity'; serverId: string; entity: string }
  | { name: 'collection'; serverId: string; entity: string; collection: string }
  | { name: 'container'; serverId: string; path: LibraryPath; tag?: string }
  | { name: 'search'; text: string; scope: SearchScope }

export type RouteName = Route['name']

const LONGEST_HISTORY = 100

export class Navigation {
  private entries = $state.raw<Route[]>([{ name: 'home' }])
  private index = $state(0)

  readonly route = $derived(this.entries[this.index] ?? { name: 'home' as const })
  readonly canGoBack = $derived(this.index > 0)
  readonly canGoForward = $derived(this.index < this.entries.length - 1)

  /** Goes to a place. Going to where one is already leaves the history alone. */
  go(route: Route): void {
    if (sameRoute(route, this.route)) return
    this.entries = [...this.entries.slice(0, this.index + 1), route].slice(-LONGEST_HISTORY)
    this.index = this.entries.length - 1
  }

  /** Puts another place where this one was, without a way back to it. */
  replace(route: Route): void {
    this.entries = this.entries.map((entry, at) => (at === this.index ? route : entry))
  }

  back(): void {
    if (this.canGoBack) this.index -= 1
  }

  forward(): void {
    if (this.canGoForward) this.index += 1
  }
}

export function sameRoute(one: Route, other: Route): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
