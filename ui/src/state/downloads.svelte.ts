/** From a cell to a file: looks first, asks only when a file would be in the way. */
import type { ClashPolicy, DownloadPlan, ImageRef, UiError } from '../contract/generated'
import { toUiError } from '../contract/errors'
import type { Host } from '../host/types'
import type { Sheets } from './sheets.svelte'

export type DownloadOutcome =
  | { kind: 'started'; fileName: string }
  | { kind: 'same'; fileName: string; folderName: string }
  | { kind: 'failed'; error: UiError; serverId: string }

export class Downloads {
  constructor(
    private readonly host: Host,
    private readonly sheets: Sheets,
    /** Hears what became of each download that was asked for. */
    private readonly onoutcome: (outcome: DownloadOutcome) => void,
  ) {}

  /** Downloads an image, unless the very file is there already or another one has its name. */
  async download(image: ImageRef): Promise<void> {
    try {
      const plan = await this.host.call('download_plan', image)
      if (plan.same) {
        this.onoutcome({ kind: 'same', fileName: plan.fileName, folderName: plan.folderName })
      } else if (plan.clash) {
        this.sheets.open({ kind: 'clash', image, plan })
      } else {
        await this.start(image, plan, 'ask')
      }
    } catch (error) {
      this.onoutcome({ kind: 'failed', error: toUiError(error), serverId: image.serverId })
    }
  }

  /** Downloads after the question was answered. */
  async resolve(image: ImageRef, plan: DownloadPlan, clash: ClashPolicy): Promise<void> {
    this.sheets.close()
    try {
      await this.start(image, plan, clash)
    } catch (error) {
      this.onoutcome({ kind: 'failed', error: toUiError(error), serverId: image.serverId })
    }
  }

  private async start(image: ImageRef, plan: DownloadPlan, clash: ClashPolicy): Promise<void> {
    await this.host.call('download_start', { image, clash })
    this.onoutcome({ kind: 'started', fileName: clash === 'keep_both' ? plan.keepBothName : plan.fileName })
  }
}
