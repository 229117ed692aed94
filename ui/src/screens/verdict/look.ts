/** How a verdict looks. */
import type { VerdictState } from '../../components/Verdict.svelte'
import type { FileCheck, TransferView, Verdict } from '../../contract/generated'

export const verdictLook: Record<Verdict, VerdictState> = {
  verified: 'ok',
  unknown_signer: 'new',
  not_signed: 'none',
  could_not_check: 'unk',
  do_not_use: 'bad',
}

/** Whether a download lies in quarantine, or lay there until it was deleted. */
export function isQuarantined(transfer: TransferView): boolean {
  return transfer.phase.kind === 'done' && transfer.phase.how === 'quarantined'
}

/** What was found when the bytes of this digest were downloaded last. */
export function checkOf(history: TransferView[], digest: string): FileCheck | null {
  return history.find((transfer) => transfer.digest === digest && transfer.check !== null)?.check ?? null
}
