/** Offline bundles, as the app tells how far they are. */
import { toUiError } from '../contract/errors'
import type { AppEvent, BundlePhase, BundlePlace, BundleView, UiError } from '../contract/generated'
import type { Host } from '../host/types'
import { words } from '../words/words'
import { Attempt } from './attempt.svelte'
import type { Sheets } from './sheets.svelte'
import type { Toasts } from './toasts.svelte'

export const isEnded = (phase: BundlePhase) => phase !== 'copying' && phase !== 'verifying'

export class Bundles {
  /** Where the next one would be made. */
  place = $state.raw<BundlePlace | null>(null)
  /** The one that the sheet shows. */
  view = $state.raw<BundleView | null>(null)
  readonly attempt = new Attempt()
  /** The newest report of each, because the first ones may be here before the answer that names it. */
  private readonly heard = new Map<string, BundleView>()

  constructor(
    private readonly host: Host,
    private readonly sheets: Sheets,
    private readonly toasts: Toasts,
    private readonly ontrouble: (error: UiError) => void,
  ) {}

  hear(event: AppEvent): void {
    if (event.kind !== 'bundle') return
    const { bundle } = event
    this.heard.set(bundle.id, bundle)
    if (this.view?.id === bundle.id) this.view = bundle
    const seen = this.sheets.current?.kind === 'bundle' && this.view?.id === bundle.id
    if (!seen && isEnded(bundle.phase)) this.say(bundle)
  }

  /** Opens the sheet for an image: the bundle that is being made of it, or a new one. */
  open(fileId: string, fileName: string): void {
    const running = [...this.heard.values()].find((one) => one.fileId === fileId && !isEnded(one.phase))
    this.view = running ?? null
    this.place = null
    this.attempt.problem = null
    this.sheets.open({ kind: 'bundle', fileId, fileName })
  }

  async look(fileId: string): Promise<void> {
    await this.attempt.run(async () => {
      this.place = await this.host.call('bundle_place', { fileId })
    })
  }

  async chooseFolder(fileId: string): Promise<void> {
    await this.attempt.run(async () => {
      this.place = await this.host.call('bundle_choose_folder', { fileId })
    })
  }

  async start(fileId: string, name: string): Promise<void> {
    await this.attempt.run(async () => {
      const begun = await this.host.call('bundle_start', { fileId, name })
      this.view = this.heard.get(begun.id) ?? begun
    })
  }

  async cancel(): Promise<void> {
    if (this.view) await this.ask(this.host.call('bundle_cancel', { bundleId: this.view.id }))
  }

  async reveal(bundleId: string): Promise<void> {
    await this.ask(this.host.call('bundle_reveal', { bundleId }))
  }

  /** How one ended that nobody looks at. */
  private say({ id, name, phase }: BundleView): void {
    if (phase === 'done') {
      this.toasts.say({
        text: words.bundles.ready(name),
        icon: 'check',
        tone: 'ok',
        action: words.bundles.show,
        onaction: () => void this.reveal(id),
      })
    } else if (phase === 'failed') {
      this.toasts.say({ text: words.bundles.failed(name), icon: 'warn', tone: 'bad' })
    }
  }

  private async ask(call: Promise<unknown>): Promise<void> {
    try {
      await call
    } catch (error) {
      this.ontrouble(toUiError(error))
    }
  }
}
