/** From a cell to a file: looks first, asks only when a file would be in the way. */
import type { ClashPolicy, DownloadPlan, ImageRef, UiError } from '../contract/generated'
import { toUiError } from '../contract/errors'
import type { Host } from '../host/types'
import type { Sheets } from './sheets.svelte'

export type DownloadOutcome =
  | { kind: 'started'; transferId: string; folderName: string }
  | { kind: 'same'; fileName: string; folderName: string }
  | { kind: 'asked' }
  | { kind: 'failed'; error: UiError }

export class Downloads {
  /** What became of the last download that was asked for. */
  outcome = $state.raw<DownloadOutcome | null>(null)

  constructor(
    private readonly host: Host,
    private readonly sheets: Sheets,
  ) {}

  /** Downloads an image, unless the very file is there already or another one has its name. */
  async download(image: ImageRef): Promise<void> {
    try {
      const plan = await this.host.call('download_plan', image)
      if (plan.same) {
        this.outcome = { kind: 'same', fileName: plan.fileName, folderName: plan.folderName }
      } else if (plan.clash) {
        this.outcome = { kind: 'asked' }
        this.sheets.open({ kind: 'clash', image, plan })
      } else {
        await this.start(image, plan, 'ask')
      }
    } catch (error) {
      this.outcome = { kind: 'failed', error: toUiError(error) }
    }
  }

  /** Downloads after the question was answered. */
  async resolve(image: ImageRef, plan: DownloadPlan, clash: ClashPolicy): Promise<void> {
    this.sheets.close()
    try {
      await this.start(image, plan, clash)
    } catch (error) {
      this.outcome = { kind: 'failed', error: toUiError(error) }
    }
  }

  private async start(image: ImageRef, plan: DownloadPlan, clash: ClashPolicy): Promise<void> {
    const transferId = await this.host.call('download_start', { image, clash })
    this.outcome = { kind: 'started', transferId, folderName: plan.folderName }
  }
}
