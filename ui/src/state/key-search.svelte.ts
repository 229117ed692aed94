/** The search for keys of others. It asks only when somebody says so: key servers learn what is searched for. */
import type { FoundKey, KeysFound, KeyServers, KeyView } from '../contract/generated'
import type { Host } from '../host/types'
import { Attempt } from './attempt.svelte'
import type { Keys } from './keys.svelte'
import { Loaded } from './loaded.svelte'

/** The shortest text that is searched for, and the longest. */
export const SEARCH_LENGTH = { least: 3, most: 200 }

export class KeySearch {
  text = $state('')
  /** What was searched for last. */
  asked = $state('')
  found = $state.raw<KeysFound | null>(null)
  readonly attempt = new Attempt()
  /** The one that is being added. */
  adding = $state<string | null>(null)
  readonly servers: Loaded<KeyServers>
  private turn = 0

  constructor(
    private readonly host: Host,
    private readonly keys: Keys,
  ) {
    this.servers = new Loaded(() => host.call('key_servers', {}))
  }

  readonly ready = $derived.by(() => this.text.trim().length >= SEARCH_LENGTH.least)
  /** Hosts of the servers that would be asked. */
  readonly hosts = $derived.by(() => {
    const { libraries = [], others = [] } = this.servers.value ?? {}
    return [...libraries, ...others].map(({ host }) => host)
  })

  /** Begins anew, with a text that somebody only has to confirm. */
  begin(text: string): void {
    this.turn += 1
    this.text = text
    this.asked = ''
    this.found = null
    this.attempt.problem = null
  }

  async search(): Promise<void> {
    const text = this.text.trim()
    if (!this.ready || this.attempt.busy) return
    const turn = ++this.turn
    this.found = null
    await this.attempt.run(async () => {
      const found = await this.host.call('key_search', { text })
      if (turn !== this.turn) return
      this.asked = text
      this.found = found
    })
  }

  /** Keeps a key that was found among those that have been met; `null` when it could not be had. */
  async add(key: FoundKey): Promise<KeyView | null> {
    this.adding = key.id
    let added: KeyView | null = null
    await this.attempt.run(async () => {
      added = await this.host.call('key_fetch', { fingerprint: key.id, address: key.address })
      await this.keys.list.load()
    })
    this.adding = null
    return added
  }
}
