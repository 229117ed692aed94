/** Follows whatever a person types or pastes: a link of any kind, or words to search for. */
import type { SearchScope, UiError } from '../contract/generated'
import { toUiError } from '../contract/errors'
import type { Host } from '../host/types'
import type { Navigation } from './navigation.svelte'
import type { Sheets } from './sheets.svelte'

/** The library answers shorter searches with an error. */
export const SHORTEST_SEARCH = 3

export type LinkTrouble =
  { kind: 'too_short' } | { kind: 'unsupported'; scheme: string } | { kind: 'failed'; error: UiError }

export class Links {
  busy = $state(false)
  trouble = $state.raw<LinkTrouble | null>(null)

  constructor(
    private readonly host: Host,
    private readonly navigation: Navigation,
    private readonly sheets: Sheets,
    /** A pasted path became an upload. */
    private readonly onfile: (sheetId: string) => void,
  ) {}

  /** Goes to where the text points. True when that led anywhere. */
  async follow(text: string, scope: SearchScope = { kind: 'everywhere' }): Promise<boolean> {
    if (text.trim() === '') return false
    this.busy = true
    this.trouble = null
    try {
      const target = await this.host.call('app_understand', { text })
      switch (target.kind) {
        case 'container':
          this.navigation.go({
            name: 'container',
            serverId: target.serverId,
            path: target.path,
            ...(target.tag === null ? {} : { tag: target.tag }),
          })
          break
        case 'collection':
          this.navigation.go({
            name: 'collection',
            serverId: target.serverId,
            entity: target.entity,
            collection: target.collection,
          })
          break
        case 'entity':
          this.navigation.go({ name: 'entity', serverId: target.serverId, entity: target.entity })
          break
        case 'unknown_server':
          this.sheets.open({ kind: 'connect', address: target.address })
          break
        case 'file':
          this.onfile(target.sheetId)
          break
        case 'words':
          if (target.text.length < SHORTEST_SEARCH) this.trouble = { kind: 'too_short' }
          else this.navigation.go({ name: 'search', text: target.text, scope })
          break
        case 'unsupported':
          this.trouble = { kind: 'unsupported', scheme: target.scheme }
      }
    } catch (error) {
      this.trouble = { kind: 'failed', error: toUiError(error) }
    }
    this.busy = false
    return this.trouble === null
  }
}
