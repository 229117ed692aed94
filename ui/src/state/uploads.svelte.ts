/** The files that a person dropped, chose or pasted, and the drag that hangs over the window. */
import { toUiError } from '../contract/errors'
import type { AppEvent, DraftSheet, UiError } from '../contract/generated'
import type { Host } from '../host/types'
import { words } from '../words/words'
import { dropAt, type DropTarget } from './drop-target'
import type { Servers } from './servers.svelte'
import type { Sheets } from './sheets.svelte'
import { UploadForm } from './upload-form.svelte'

export interface Drag {
  files: number
  x: number
  y: number
}

interface Waiting {
  sheet: DraftSheet
  target: DropTarget | null
}

export class Uploads {
  form = $state.raw<UploadForm | null>(null)
  drag = $state.raw<Drag | null>(null)
  /** The place under the drag. */
  target = $state.raw<DropTarget | null>(null)
  /** What the status strip says while files hang over the window; empty otherwise. */
  readonly dropText = $derived(this.describeDrop())
  private waiting: Waiting[] = []

  constructor(
    private readonly host: Host,
    private readonly servers: Servers,
    private readonly sheets: Sheets,
    /** Hears why files could not be taken. */
    private readonly ontrouble: (error: UiError) => void = () => undefined,
  ) {}

  hear(event: AppEvent): void {
    if (event.kind === 'drag') {
      // The system counts the files once, when they come over the window.
      const files = event.files || (this.drag?.files ?? 0)
      this.drag = event.phase === 'leave' ? null : { files, x: event.x, y: event.y }
    } else if (event.kind === 'dropped') {
      this.drag = null
      this.open(event.sheet, dropAt(event.x, event.y)?.target ?? null)
    }
  }

  /** Lets the person choose files in the system's dialog. */
  async choose(target: DropTarget | null = null): Promise<void> {
    await this.make(() => this.host.call('upload_choose', {}), target)
  }

  /** Takes a pasted path. */
  async addPath(path: string): Promise<void> {
    await this.make(() => this.host.call('upload_add_path', { path }), null)
  }

  /** Opens a sheet that the app made already. */
  async reopen(sheetId: string): Promise<void> {
    await this.make(() => this.host.call('upload_sheet', { sheetId }), null)
  }

  /** Opens the sheet, or lets it wait until the present one is done with. */
  open(sheet: DraftSheet, target: DropTarget | null): void {
    if (sheet.files.length === 0) return
    if (this.form && this.sheets.current?.kind === 'upload') {
      this.waiting.push({ sheet, target })
      return
    }
    // A form that waits behind a sign-in gives way to the newer files.
    if (this.form) void this.discard(this.form.sheet.id)
    this.form = new UploadForm(this.host, this.servers, sheet, target)
    this.sheets.open({ kind: 'upload', sheetId: sheet.id })
  }

  /** Closes the sheet and throws its files away, unless they have begun to move. */
  async close(started: boolean): Promise<void> {
    const sheetId = this.form?.sheet.id
    this.form = null
    this.sheets.close()
    const next = this.waiting.shift()
    if (next) this.open(next.sheet, next.target)
    if (!started && sheetId) await this.discard(sheetId)
  }

  private async discard(sheetId: string): Promise<void> {
    try {
      await this.host.call('upload_discard', { sheetId })
    } catch {
      // The app forgets its drafts when it ends; nothing is lost by a sheet that stays until then.
    }
  }

  private async make(ask: () => Promise<DraftSheet>, target: DropTarget | null): Promise<void> {
    try {
      this.open(await ask(), target)
    } catch (error) {
      const problem = toUiError(error)
      if (problem.code !== 'cancelled') this.ontrouble(problem)
    }
  }

  private describeDrop(): string {
    if (!this.drag) return ''
    return this.target
      ? words.uploads.dropOn(referenceOf(this.target), this.drag.files)
      : words.uploads.dropHere(this.drag.files)
  }
}

/** "library://ada/genomics/samtools". */
function referenceOf({ path, tag }: DropTarget): string {
  const places = [path.entity, path.collection, path.container].filter(Boolean).join('/')
  return `library://${places}${tag ? `:${tag}` : ''}`
}
