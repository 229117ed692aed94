/** What the window knows of the app itself: system, keychain, version, first run. */
import type { AppEvent, AppView, UiError } from '../contract/generated'
import { toUiError } from '../contract/errors'
import type { Host } from '../host/types'

export class App {
  view = $state.raw<AppView | null>(null)
  problem = $state.raw<UiError | null>(null)

  readonly os = $derived(this.view?.os ?? 'linux')

  constructor(private readonly host: Host) {}

  async load(): Promise<void> {
    try {
      this.view = await this.host.call('app_state', {})
      this.problem = null
    } catch (error) {
      this.problem = toUiError(error)
    }
  }

  hear(event: AppEvent): void {
    if (event.kind === 'settings' && this.view) this.view = { ...this.view, settings: event.settings }
  }

  /** Remembers that the welcome page was left. */
  async leaveWelcome(): Promise<void> {
    if (!this.view?.firstRun) return
    this.view = { ...this.view, firstRun: false }
    try {
      await this.host.call('settings_set', { welcomeDone: true })
    } catch (error) {
      this.problem = toUiError(error)
    }
  }
}
