/** Images that are looked at, on this computer or in a library. The window knows them by ids; their paths stay in the app. */
import { toUiError } from '../contract/errors'
import type {
  AppEvent,
  ImageRef,
  InspectionView,
  SavedFile,
  TransferView,
  UiError,
  VerificationView,
} from '../contract/generated'
import type { Host } from '../host/types'
import { words } from '../words/words'
import { Loaded } from './loaded.svelte'
import type { Compared } from './comparison.svelte'
import type { Navigation } from './navigation.svelte'
import type { Toasts } from './toasts.svelte'
import type { Uploads } from './uploads.svelte'

/** One image: what it says about itself, what its signatures say, and how much of it was fetched. */
export class InspectedFile {
  readonly view: Loaded<InspectionView>
  readonly check: Loaded<VerificationView>
  /** Bytes of an image in a library. */
  readonly read: Loaded<number>

  constructor(
    readonly fileId: string,
    host: Host,
  ) {
    this.view = new Loaded(() => host.call('inspect_file', { fileId }))
    this.check = new Loaded(() => host.call('inspect_check', { fileId }))
    this.read = new Loaded(() => host.call('inspect_read', { fileId }))
  }

  /** Looks anew at everything. */
  async reload(): Promise<void> {
    await Promise.all([this.view.load(), this.check.load()])
  }
}

const MOST_FILES = 32

export class Inspector {
  /** Kept for the way back; not drawn from, so not reactive. */
  private readonly files = new Map<string, InspectedFile>()

  constructor(
    private readonly host: Host,
    private readonly navigation: Navigation,
    private readonly uploads: Uploads,
    private readonly toasts: Toasts,
    private readonly ontrouble: (error: UiError) => void,
  ) {}

  file(fileId: string): InspectedFile {
    const known = this.files.get(fileId) ?? new InspectedFile(fileId, this.host)
    // The last one asked for is the last to be forgotten.
    this.files.delete(fileId)
    this.files.set(fileId, known)
    for (const [oldest] of this.files) if (this.files.size > MOST_FILES) this.files.delete(oldest)
    return known
  }

  hear(event: AppEvent): void {
    if (event.kind === 'opened') this.open(event.fileId)
  }

  open(fileId: string): void {
    this.navigation.go({ name: 'inspector', fileId })
  }

  /** Shows an image that stays in its library. */
  look(image: ImageRef): void {
    this.navigation.go({ name: 'look', image })
  }

  /** Opens an image in its library; answers its id. */
  openImage(image: ImageRef): Promise<string> {
    return this.host.call('inspect_image', image)
  }

  /** Shows a file of an upload sheet. */
  async openDraft(sheetId: string, fileId: string): Promise<boolean> {
    return this.ask(async () => this.open(await this.host.call('inspect_draft', { sheetId, fileId })))
  }

  compare(left: Compared, right: Compared): void {
    this.navigation.go({ name: 'compare', left, right })
  }

  /** Lets the person choose a file to compare an image with. */
  async compareWithFile(left: Compared): Promise<void> {
    await this.ask(async () => {
      const [right] = await this.host.call('inspect_choose', {})
      if (right !== undefined) this.compare(left, right)
    })
  }

  /** Lets the person choose a file, and shows it. */
  async choose(): Promise<void> {
    await this.ask(async () => {
      const [fileId] = await this.host.call('inspect_choose', {})
      if (fileId !== undefined) this.open(fileId)
    })
  }

  /** Shows what a download has brought. */
  async openTransfer(transfer: Pick<TransferView, 'id'>): Promise<void> {
    await this.ask(async () =>
      this.open(await this.host.call('inspect_transfer', { transferId: transfer.id })),
    )
  }

  async reveal(fileId: string): Promise<void> {
    await this.ask(() => this.host.call('inspect_reveal', { fileId }))
  }

  async upload(fileId: string): Promise<void> {
    await this.ask(async () => this.uploads.open(await this.host.call('inspect_upload', { fileId }), null))
  }

  /** Takes a file out of an image, to where the person chooses. */
  async extract(fileId: string, path: string): Promise<void> {
    await this.save(() => this.host.call('inspect_extract', { fileId, path }))
  }

  /** Takes an object out of an image, such as a partition. */
  async extractObject(fileId: string, object: number): Promise<void> {
    await this.save(() => this.host.call('inspect_extract_object', { fileId, object }))
  }

  private async save(call: () => Promise<SavedFile>): Promise<void> {
    await this.ask(async () => {
      const { name } = await call()
      if (name !== null) {
        this.toasts.say({ text: words.inspector.saved(name), icon: 'check', tone: 'ok' })
      }
    })
  }

  /** Deletes what a download has put into quarantine. */
  async deleteQuarantined(transfer: Pick<TransferView, 'id' | 'fileName'>): Promise<boolean> {
    return this.ask(async () => {
      await this.host.call('transfer_delete_file', { transferId: transfer.id })
      this.toasts.say({ text: words.verdicts.deleted(transfer.fileName), icon: 'trash' })
    })
  }

  private async ask(call: () => Promise<unknown>): Promise<boolean> {
    try {
      await call()
      return true
    } catch (error) {
      this.ontrouble(toUiError(error))
      return false
    }
  }
}
