/** All state of the window, one class per area, made once and handed down by context. */
import { getContext, setContext } from 'svelte'

import { toUiError } from '../contract/errors'
import type { AppEvent, TransferView, UiError } from '../contract/generated'
import type { Host } from '../host/types'
import { words } from '../words/words'
import { Actions } from './actions.svelte'
import { App } from './app.svelte'
import { Comparisons } from './comparison.svelte'
import { downloadToast } from './download-toast'
import { Bundles } from './bundles.svelte'
import { Diagnosis } from './diagnosis.svelte'
import { Downloads } from './downloads.svelte'
import { Glances } from './glances.svelte'
import { Inspector } from './inspector.svelte'
import { KeySearch } from './key-search.svelte'
import { KeyServers } from './key-servers.svelte'
import { Keys } from './keys.svelte'
import { Library } from './library.svelte'
import { Links } from './links.svelte'
import { Navigation } from './navigation.svelte'
import { Network } from './network.svelte'
import { outcomeToast, troubleToast } from './outcomes'
import { Servers } from './servers.svelte'
import { Settings } from './settings.svelte'
import { Sheets } from './sheets.svelte'
import { SignIn } from './sign-in.svelte'
import { Toasts } from './toasts.svelte'
import { Tokens } from './tokens.svelte'
import { Transfers } from './transfers.svelte'
import { Uploads } from './uploads.svelte'
import { Vault } from './vault.svelte'

export class Sifter {
  readonly navigation = new Navigation()
  readonly sheets = new Sheets()
  readonly actions = new Actions()
  readonly toasts = new Toasts()
  readonly app: App
  readonly servers: Servers
  readonly comparisons: Comparisons
  readonly glances: Glances
  readonly inspector: Inspector
  readonly keys: Keys
  readonly keySearch: KeySearch
  readonly keyServers: KeyServers
  readonly bundles: Bundles
  readonly library: Library
  readonly diagnosis: Diagnosis
  readonly downloads: Downloads
  readonly links: Links
  readonly network: Network
  readonly settings: Settings
  readonly signIn: SignIn
  readonly tokens: Tokens
  readonly transfers: Transfers
  readonly uploads: Uploads
  readonly vault: Vault

  constructor(readonly host: Host) {
    this.app = new App(host)
    this.vault = new Vault(host, this.app, () =>
      this.toasts.say({ text: words.vault.lockedItself, icon: 'lock' }),
    )
    this.servers = new Servers(host)
    this.library = new Library(host)
    this.comparisons = new Comparisons(host)
    this.glances = new Glances(host)
    this.diagnosis = new Diagnosis(host)
    this.network = new Network(host)
    this.downloads = new Downloads(host, this.sheets, (outcome) =>
      this.toasts.say(downloadToast(outcome, this.navigation)),
    )
    this.settings = new Settings(host, this.app)
    this.signIn = new SignIn(host)
    this.tokens = new Tokens(host)
    const ontrouble = (error: UiError) => this.toasts.say(troubleToast(error))
    this.transfers = new Transfers(
      host,
      (transfer) =>
        this.toasts.say(
          outcomeToast(transfer, this.transfers, this.navigation, (text) => void this.copy(text)),
        ),
      ontrouble,
    )
    this.uploads = new Uploads(host, this.servers, this.sheets, ontrouble)
    this.inspector = new Inspector(host, this.navigation, this.uploads, this.toasts, ontrouble)
    this.keys = new Keys(host, this.toasts, this.navigation, ontrouble)
    this.keySearch = new KeySearch(host, this.keys)
    this.keyServers = new KeyServers(host)
    this.bundles = new Bundles(host, this.sheets, this.toasts, ontrouble)
    this.links = new Links(host, this.navigation, this.sheets, (sheetId) => void this.uploads.reopen(sheetId))
  }

  /** Loads what every screen needs and follows the events until the returned function is called. */
  start(): () => void {
    const stop = this.host.watch((event) => this.hear(event))
    void this.app.load()
    void this.servers.load()
    void this.transfers.load()
    return stop
  }

  /** Puts a text on the clipboard and says so. */
  async copy(text: string): Promise<void> {
    try {
      await this.host.call('app_copy', { text })
      this.toasts.say({ text: words.common.copied, icon: 'copy' })
    } catch (error) {
      this.toasts.say(troubleToast(toUiError(error)))
    }
  }

  /** Puts what explains a transfer on the clipboard. `said` is what the window says about it. */
  async copyReport(transfer: TransferView, said: string): Promise<void> {
    try {
      await this.host.call('transfer_copy_report', { transferId: transfer.id, said })
      this.toasts.say({ text: words.transfers.reportCopied, icon: 'copy' })
    } catch (error) {
      this.toasts.say(troubleToast(toUiError(error)))
    }
  }

  hear(event: AppEvent): void {
    this.app.hear(event)
    this.vault.hear(event)
    this.servers.hear(event)
    this.diagnosis.hear(event)
    this.library.hear(event)
    this.signIn.hear(event)
    this.transfers.hear(event)
    this.uploads.hear(event)
    this.inspector.hear(event)
    this.keys.hear(event)
    this.bundles.hear(event)
  }
}

const KEY = Symbol('sifter')

export function provideSifter(sifter: Sifter): void {
  setContext(KEY, sifter)
}

export function useSifter(): Sifter {
  return getContext<Sifter>(KEY)
}
