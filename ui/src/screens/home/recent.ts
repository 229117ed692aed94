/** The images that moved last, each once. */
import type { TransferView } from '../../contract/generated'

const MOST = 8

export function recentImages(history: TransferView[]): TransferView[] {
  const seen = new Set<string>()
  const recent: TransferView[] = []
  for (const transfer of history) {
    if (transfer.phase.kind !== 'done' || seen.has(transfer.reference)) continue
    seen.add(transfer.reference)
    recent.push(transfer)
    if (recent.length === MOST) break
  }
  return recent
}
