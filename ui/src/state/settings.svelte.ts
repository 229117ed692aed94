/** Changes to the settings. What they are is part of the app's own state. */
import { toUiError } from '../contract/errors'
import type { SettingsPatch, SettingsView, Theme, UiError } from '../contract/generated'
import type { Host } from '../host/types'
import type { App } from './app.svelte'

export class Settings {
  problem = $state.raw<UiError | null>(null)

  constructor(
    private readonly host: Host,
    private readonly app: App,
  ) {}

  get view(): SettingsView | null {
    return this.app.view?.settings ?? null
  }

  /** Answers whether it was taken. */
  async set(patch: SettingsPatch): Promise<boolean> {
    return await this.change(() => this.host.call('settings_set', patch))
  }

  /** Answers whether another folder was chosen. */
  async chooseFolder(): Promise<boolean> {
    return await this.change(() => this.host.call('settings_choose_folder', {}))
  }

  async showDataFolder(): Promise<void> {
    try {
      await this.host.call('app_show_data_folder', {})
    } catch (error) {
      this.problem = toUiError(error)
    }
  }

  private async change(ask: () => Promise<SettingsView>): Promise<boolean> {
    try {
      const settings = await ask()
      this.app.hear({ kind: 'settings', settings })
      this.problem = null
      return true
    } catch (error) {
      const problem = toUiError(error)
      if (problem.code !== 'cancelled') this.problem = problem
      return false
    }
  }
}

/** Puts the chosen colours on the document; `system` follows the desktop. */
export function applyTheme(theme: Theme, root: HTMLElement = document.documentElement): void {
  if (theme === 'system') delete root.dataset.theme
  else root.dataset.theme = theme
}
