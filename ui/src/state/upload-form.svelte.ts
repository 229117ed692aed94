/** One upload sheet while a person fills it in: where the files go, their tags, and what that would do. */
import { toUiError } from '../contract/errors'
import type {
  DraftFile,
  DraftSheet,
  ErrorCode,
  LibraryPath,
  ServerView,
  SignWith,
  UiError,
  Upload,
  UploadPlan,
} from '../contract/generated'
import type { Host } from '../host/types'
import type { DropTarget } from './drop-target'
import type { Servers } from './servers.svelte'

/** The library's customary collection for images that belong to nothing bigger. */
const CUSTOMARY_COLLECTION = 'default'

/** What can go wrong before anything is sent, and is mended where the key is chosen. */
const OF_SIGNING: ErrorCode[] = ['passphrase_needed', 'passphrase_wrong', 'key_unusable', 'cannot_sign']

/** What a person says about one file. */
export class FileFields {
  container = $state('')
  tags = $state.raw<string[]>([])

  constructor(readonly draft: DraftFile) {
    this.container = draft.suggestedContainer
    this.tags = draft.suggestedTags
  }

  get good(): boolean {
    return this.draft.problem === null && this.draft.facts !== null
  }
}

export class UploadForm {
  files = $state.raw<FileFields[]>([])
  serverId = $state('')
  /** entity/collection/container for one file, entity/collection for several. */
  place = $state('')
  description = $state('')
  /** Whether new containers shall be private. Says nothing about those that are there already. */
  private = $state(false)
  /** Whether the files are signed before they are sent. */
  sign = $state(false)
  signWith = $state.raw<SignWith | null>(null)
  /** Why they could not be signed. */
  signProblem = $state.raw<UiError | null>(null)
  plan = $state.raw<UploadPlan | null>(null)
  problem = $state.raw<UiError | null>(null)
  asking = $state(false)
  starting = $state(false)
  private placeTyped = false
  private stale = false

  readonly good = $derived(this.files.filter((file) => file.good))
  readonly single = $derived(this.files.length === 1)
  readonly bytes = $derived(this.good.reduce((sum, file) => sum + (file.draft.facts?.size ?? 0), 0))
  readonly server = $derived.by(() => this.servers.byId(this.serverId))
  readonly request = $derived(this.makeRequest())
  readonly createsContainer = $derived(
    this.plan?.items.some((item) => item.creates.some((level) => level.split('/').length === 3)) ?? false,
  )
  readonly ready = $derived(
    this.request !== null &&
      this.problem === null &&
      !this.starting &&
      (!this.sign || this.signWith !== null) &&
      (this.plan === null || (!this.plan.problem && this.plan.items.every(isPossible))),
  )

  constructor(
    private readonly host: Host,
    private readonly servers: Servers,
    readonly sheet: DraftSheet,
    readonly target: DropTarget | null = null,
  ) {
    this.files = sheet.files.map((file) => new FileFields(file))
    const [only] = this.files
    if (this.single && only && target?.tag) only.tags = [target.tag]
    this.chooseServer(target?.serverId ?? this.likelyServer()?.id ?? '')
  }

  /** Changes the server; a place that nobody typed follows the account there. */
  chooseServer(serverId: string): void {
    this.serverId = serverId
    if (!this.placeTyped) this.place = this.likelyPlace()
  }

  /** Takes what a person typed as the place. */
  typePlace(text: string): void {
    this.placeTyped = true
    this.place = text
  }

  /** After a sign-in the account's own place may be known for the first time. */
  settle(): void {
    if (!this.serverId) this.chooseServer(this.likelyServer()?.id ?? '')
    else if (!this.placeTyped) this.place = this.likelyPlace()
  }

  leaveOut(file: FileFields): void {
    this.files = this.files.filter((one) => one !== file)
  }

  async complete(text: string): Promise<string[]> {
    if (!this.serverId) return []
    try {
      return await this.host.call('upload_destinations', { serverId: this.serverId, text })
    } catch {
      // Completion is a convenience; the plan tells what is wrong with the server.
      return []
    }
  }

  /** Asks what the upload would do. Asked again while it waits, it asks once more with the newest fields. */
  async ask(): Promise<void> {
    this.stale = true
    if (this.asking) return
    this.asking = true
    while (this.stale) {
      this.stale = false
      await this.askOnce()
    }
    this.asking = false
  }

  /** Starts the upload. Answers whether it has started. */
  async start(): Promise<boolean> {
    if (!this.request || this.starting) return false
    this.starting = true
    this.signProblem = null
    const sign = this.sign ? this.signWith : null
    try {
      await this.host.call('upload_start', { ...this.request, ...(sign ? { sign } : {}) })
      return true
    } catch (error) {
      const problem = toUiError(error)
      if (sign && OF_SIGNING.includes(problem.code)) this.signProblem = problem
      else this.problem = problem
      return false
    } finally {
      this.starting = false
    }
  }

  private async askOnce(): Promise<void> {
    const request = this.request
    if (!request) {
      this.plan = null
      this.problem = null
      return
    }
    try {
      this.plan = await this.host.call('upload_plan', request)
      this.problem = null
    } catch (error) {
      this.plan = null
      this.problem = toUiError(error)
    }
  }

  private makeRequest(): Upload | null {
    if (!this.serverId || this.good.length === 0) return null
    const items = this.good.map((file) => {
      const path = this.pathOf(file)
      return path && { fileId: file.draft.id, path, tags: file.tags, ...this.shared() }
    })
    if (items.some((item) => item === null)) return null
    return { sheetId: this.sheet.id, serverId: this.serverId, items: items.filter((item) => item !== null) }
  }

  /** What is said of all files. */
  private shared() {
    return { description: this.description.trim(), private: this.private }
  }

  private pathOf(file: FileFields): LibraryPath | null {
    const parts = this.place.trim().split('/')
    if (!this.single) parts.push(file.container.trim())
    const [entity, collection, container] = parts
    if (parts.length !== 3 || !entity || !collection || !container) return null
    return { entity, collection, container }
  }

  private likelyServer(): ServerView | undefined {
    const { list } = this.servers
    return (
      list.find((server) => server.account?.signedIn && server.state !== 'off') ??
      list.find((server) => server.kind === 'this_computer') ??
      list[0]
    )
  }

  private likelyPlace(): string {
    const here = this.target?.serverId === this.serverId ? this.target : null
    const entity = here?.path.entity ?? this.server?.account?.login
    if (!entity) return ''
    const parts = [entity, here?.path.collection ?? CUSTOMARY_COLLECTION]
    const [only] = this.files
    if (this.single && only) parts.push(here?.path.container ?? only.draft.suggestedContainer)
    return parts.join('/')
  }
}

function isPossible(item: UploadPlan['items'][number]): boolean {
  return item.problem === null && item.tags.every((tag) => tag.kind !== 'invalid')
}
