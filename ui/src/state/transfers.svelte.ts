/** Everything that moves, waits, needs a decision or has ended, as the app last told. */
import { toUiError } from '../contract/errors'
import type { AppEvent, FileCheck, TransferList, TransferView, UiError } from '../contract/generated'
import type { CommandName, Host } from '../host/types'
import { percentNumber } from '../words/format'
import { words } from '../words/words'
import { Speeds } from './speeds.svelte'

const NOTHING: TransferList = {
  active: [],
  queued: [],
  attention: [],
  history: [],
  speedUp: 0,
  speedDown: 0,
  allPaused: false,
}

/** The commands that take one transfer. */
type OnOne = Extract<CommandName, `transfer_${'pause' | 'resume' | 'cancel' | 'retry' | 'remove' | 'reveal'}`>

/** Progress is spoken in steps of this many percent. */
const SPOKEN = 10

export class Transfers {
  list = $state.raw<TransferList>(NOTHING)
  loaded = $state(false)
  problem = $state.raw<UiError | null>(null)
  /** The row whose details are open. */
  selected = $state<string | null>(null)
  /** What the live region says. */
  announcement = $state('')
  readonly speeds = new Speeds()
  /** When each transfer's present phase was first seen, in milliseconds. */
  private readonly since = new Map<string, { phase: string; at: number }>()
  private readonly spoken = new Map<string, number>()

  constructor(
    private readonly host: Host,
    /** Hears of each transfer that ends or stops while the window looks. */
    private readonly onoutcome: (transfer: TransferView) => void = () => undefined,
    /** Hears why something that was asked of a transfer could not be done. */
    private readonly ontrouble: (error: UiError) => void = () => undefined,
  ) {}

  readonly all = $derived([
    ...this.list.active,
    ...this.list.queued,
    ...this.list.attention,
    ...this.list.history,
  ])
  readonly moving = $derived(this.list.active.length > 0)
  /** What was found of each digest when its bytes came last. Each cell of a page asks, so it is made once. */
  private readonly checks = $derived.by(() => {
    const checks = new Map<string, FileCheck>()
    // The newest stand first.
    for (const { digest, check } of this.list.history) {
      if (digest !== null && check !== null && !checks.has(digest)) checks.set(digest, check)
    }
    return checks
  })

  async load(): Promise<void> {
    try {
      this.take(await this.host.call('transfer_list', {}))
      this.problem = null
    } catch (error) {
      this.problem = toUiError(error)
    }
  }

  hear(event: AppEvent): void {
    if (event.kind === 'transfers') this.take(event.list)
  }

  /** What was found when the bytes of this digest were downloaded last. */
  checkOf(digest: string): FileCheck | null {
    return this.checks.get(digest) ?? null
  }

  /** Seconds since the present phase of a transfer was first seen. */
  waited(id: string, now: number = Date.now()): number {
    const entry = this.since.get(id)
    return entry ? (now - entry.at) / 1000 : 0
  }

  /** Pauses what moves and goes on with what is paused. */
  async toggle(transfer: TransferView): Promise<void> {
    await this.act(transfer.phase.kind === 'paused' ? 'transfer_resume' : 'transfer_pause', transfer)
  }

  async act(command: OnOne, transfer: TransferView): Promise<void> {
    await this.ask(() => this.host.call(command, { transferId: transfer.id }))
  }

  async move(transfer: TransferView, by: number): Promise<void> {
    const from = this.list.queued.findIndex((one) => one.id === transfer.id)
    const position = from + by
    if (from < 0 || position < 0 || position >= this.list.queued.length) return
    await this.ask(() => this.host.call('transfer_move', { transferId: transfer.id, position }))
  }

  async toggleAll(): Promise<void> {
    const command = this.list.allPaused ? 'transfer_resume_all' : 'transfer_pause_all'
    await this.ask(() => this.host.call(command, {}))
  }

  async clear(): Promise<void> {
    await this.ask(() => this.host.call('transfer_clear', {}))
  }

  private async ask(call: () => Promise<unknown>): Promise<void> {
    try {
      await call()
    } catch (error) {
      this.ontrouble(toUiError(error))
    }
  }

  private take(list: TransferList): void {
    const before = new Map(this.all.map((transfer) => [transfer.id, transfer.phase.kind]))
    this.list = list
    this.speeds.hear(list.speedUp, list.speedDown)
    for (const transfer of this.all) this.follow(transfer, before.get(transfer.id))
    this.loaded = true
  }

  private follow(transfer: TransferView, before: string | undefined): void {
    const kind = transfer.phase.kind
    if (this.since.get(transfer.id)?.phase !== kind) {
      this.since.set(transfer.id, { phase: kind, at: Date.now() })
    }
    if (kind === 'uploading' || kind === 'downloading') this.speak(transfer)
    // A transfer that ended before the window looked is history, not news.
    const news = before === undefined ? this.loaded : before !== kind
    if (news && (kind === 'done' || kind === 'needs_attention')) this.onoutcome(transfer)
  }

  private speak(transfer: TransferView): void {
    const percent = percentNumber(transfer.bytesDone, transfer.bytesTotal)
    const step = Math.floor(percent / SPOKEN) * SPOKEN
    if (step <= (this.spoken.get(transfer.id) ?? 0)) return
    this.spoken.set(transfer.id, step)
    this.announcement = words.transfers.progress(transfer, step)
  }
}

/** Whether a download lies in quarantine, or lay there until it was deleted. */
export function isQuarantined(transfer: TransferView): boolean {
  return transfer.phase.kind === 'done' && transfer.phase.how === 'quarantined'
}
