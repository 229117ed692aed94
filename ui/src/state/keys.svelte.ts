/** Keys: the person's own, those they trust, those that have been met. Secret keys never come here. */
import { toUiError } from '../contract/errors'
import type { AppEvent, KeyList, KeyRow, KeyTrust, RevokedKey, UiError } from '../contract/generated'
import type { Host, Request } from '../host/types'
import { words } from '../words/words'
import { Loaded } from './loaded.svelte'
import type { Navigation } from './navigation.svelte'
import type { Toasts } from './toasts.svelte'

export class Keys {
  readonly list: Loaded<KeyList>

  constructor(
    private readonly host: Host,
    private readonly toasts: Toasts,
    private readonly navigation: Navigation,
    private readonly ontrouble: (error: UiError) => void,
  ) {
    this.list = new Loaded(() => host.call('key_list', {}))
  }

  readonly rows = $derived.by<KeyRow[]>(() => this.list.value?.keys ?? [])
  /** Keys that a signature can be made with. */
  readonly signing = $derived.by<KeyRow[]>(() =>
    this.rows.filter((row) => row.trust === 'own' && row.key.standing === 'good'),
  )

  /** Keys of others that were revoked, until the person has taken note. */
  readonly revokedKeys = $derived.by<RevokedKey[]>(() => this.list.value?.revoked ?? [])
  /** The person's own keys that changed after they were published. */
  readonly outdated = $derived.by<KeyRow[]>(() =>
    this.rows.filter((row) => row.trust === 'own' && row.published.some((one) => one.outdated)),
  )

  hear(event: AppEvent): void {
    if (event.kind !== 'key_revoked') return
    this.list.refresh()
    this.toasts.say({
      text: words.revoked.toast(event.key),
      icon: 'v-bad',
      tone: 'bad',
      action: words.revoked.show,
      onaction: () => this.navigation.go({ name: 'keys' }),
    })
  }

  of(trust: KeyTrust): KeyRow[] {
    return this.rows.filter((row) => row.trust === trust)
  }

  find(fingerprint: string): KeyRow | null {
    return this.rows.find((row) => row.key.fingerprint === fingerprint) ?? null
  }

  /** Makes a key. What goes wrong is for the sheet to say. */
  async make(request: Request<'key_make'>): Promise<void> {
    await this.host.call('key_make', request)
    await this.list.load()
  }

  async import(): Promise<void> {
    await this.ask(async () => {
      const { keys, secret } = await this.host.call('key_import', {})
      if (keys.length > 0) this.toasts.say({ text: words.keys.imported(keys.length, secret), icon: 'key' })
    })
  }

  /** Writes a key to a file. */
  async export(fingerprint: string, secret: boolean): Promise<void> {
    await this.ask(async () => {
      const { name } = await this.host.call('key_export', { fingerprint, secret })
      if (name !== null) this.toasts.say({ text: words.keys.saved(name), icon: 'check', tone: 'ok' })
    })
  }

  async trust(fingerprint: string): Promise<void> {
    await this.host.call('key_trust', { fingerprint })
    await this.list.load()
  }

  async distrust(fingerprint: string): Promise<void> {
    await this.ask(() => this.host.call('key_distrust', { fingerprint }))
  }

  async remove(fingerprint: string): Promise<void> {
    await this.ask(() => this.host.call('key_remove', { fingerprint }))
  }

  async forgetPassphrase(fingerprint: string): Promise<void> {
    await this.ask(() => this.host.call('key_forget_passphrase', { fingerprint }))
  }

  /** Takes a key back. What goes wrong is for the sheet to say. */
  async revoke(request: Request<'key_revoke'>): Promise<void> {
    const { name } = await this.host.call('key_revoke', request)
    this.toasts.say({ text: words.keys.revoked(name), icon: 'key' })
    await this.list.load()
  }

  async setExpiry(request: Request<'key_set_expiry'>): Promise<void> {
    await this.host.call('key_set_expiry', request)
    await this.list.load()
  }

  /** The person has taken note that a key of somebody else was revoked. */
  async dismissRevoked(fingerprint: string): Promise<void> {
    await this.ask(() => this.host.call('key_dismiss_revoked', { fingerprint }))
  }

  private async ask(call: () => Promise<unknown>): Promise<void> {
    try {
      await call()
    } catch (error) {
      this.ontrouble(toUiError(error))
    }
    await this.list.load()
  }
}
