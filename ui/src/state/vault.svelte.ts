/** The vault file as the window sees it: made, opened, closed, deleted. What is typed for it stays in its field. */
import type { AppEvent, AppView } from '../contract/generated'
import type { Host } from '../host/types'
import type { App } from './app.svelte'
import { Attempt } from './attempt.svelte'

export class Vault {
  /** What a person tries with it. */
  readonly attempt = new Attempt()
  /** Something waits for the person to unlock the keychain. */
  keychainWaits = $state(false)

  readonly state = $derived.by(() => this.app.view?.vault ?? 'none')
  /** Whether there is anything to say about it: where there is a keychain, only when a file is left from before. */
  readonly matters = $derived.by(
    () => this.app.view !== null && (this.app.view.keychain === 'absent' || this.state !== 'none'),
  )

  constructor(
    private readonly host: Host,
    private readonly app: App,
    private readonly onlocked: () => void,
  ) {}

  hear(event: AppEvent): void {
    if (event.kind === 'vault_locked') {
      void this.app.load()
      this.onlocked()
    }
    if (event.kind !== 'keychain') return
    this.keychainWaits = event.waiting
    // It was locked or missing when the window asked last.
    if (!event.waiting) void this.app.load()
  }

  make(passphrase: string): Promise<boolean> {
    return this.act(() => this.host.call('vault_create', { passphrase }))
  }

  open(passphrase: string): Promise<boolean> {
    return this.act(() => this.host.call('vault_open', { passphrase }))
  }

  close(): Promise<boolean> {
    return this.act(() => this.host.call('vault_close', {}))
  }

  forget(): Promise<boolean> {
    return this.act(() => this.host.call('vault_forget', {}))
  }

  private act(ask: () => Promise<AppView>): Promise<boolean> {
    return this.attempt.run(async () => {
      this.app.view = await ask()
    })
  }
}
