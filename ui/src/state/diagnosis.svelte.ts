/** The diagnosis of a server, as the app tells it while it goes on. */
import { toUiError } from '../contract/errors'
import type { AppEvent, Check, DiagnosisView, UiError } from '../contract/generated'
import type { Host } from '../host/types'

export interface Subject {
  serverId?: string
  address?: string
  allowHttp?: boolean
}

export class Diagnosis {
  view = $state.raw<DiagnosisView | null>(null)
  /** Why it could not begin, or its report not be copied. */
  problem = $state.raw<UiError | null>(null)
  /** The newest report of each, because the first ones may be here before the answer that names it. */
  private readonly heard = new Map<string, DiagnosisView>()
  /** Counts what was begun, so that an answer that comes late is known as such. */
  private turn = 0

  constructor(private readonly host: Host) {}

  hear(event: AppEvent): void {
    if (event.kind !== 'diagnosis') return
    this.heard.set(event.diagnosis.id, event.diagnosis)
    if (this.view?.id === event.diagnosis.id) this.view = event.diagnosis
  }

  async start(subject: Subject): Promise<void> {
    const turn = ++this.turn
    this.view = null
    this.problem = null
    this.heard.clear()
    try {
      const begun = await this.host.call('diagnosis_start', {
        serverId: subject.serverId ?? null,
        address: subject.address ?? null,
        allowHttp: subject.allowHttp ?? false,
      })
      if (turn === this.turn) this.view = this.heard.get(begun.id) ?? begun
    } catch (error) {
      if (turn === this.turn) this.problem = toUiError(error)
    }
  }

  /** Stops looking; what was found stays to be read. */
  async stop(): Promise<void> {
    const view = this.view
    if (!view || view.done) return
    try {
      await this.host.call('diagnosis_stop', { diagnosisId: view.id })
    } catch {
      // One that has ended cannot be stopped, and needs not be.
    }
  }

  /** Answers whether the report is on the clipboard. */
  async copyReport(): Promise<boolean> {
    if (!this.view) return false
    try {
      await this.host.call('diagnosis_copy_report', { diagnosisId: this.view.id })
      return true
    } catch (error) {
      this.problem = toUiError(error)
      return false
    }
  }
}

export function checksOf(view: DiagnosisView): Check[] {
  return view.hosts.flatMap((host) => host.checks)
}

/** How many things do not work. */
export function badCount(view: DiagnosisView): number {
  return checksOf(view).filter((check) => check.outcome.kind === 'bad').length
}

/** Whether somebody stopped it before its end. */
export function wasStopped(view: DiagnosisView): boolean {
  return checksOf(view).some((check) => check.outcome.kind === 'skipped' && check.outcome.why === 'stopped')
}
