/** How a transfer's phase looks: its bar, its step, and what can be done with it. */
import type { TransferView } from '../../contract/generated'

export interface BarLook {
  safe: number
  sent: number
  look: 'up' | 'down' | 'waiting' | 'paused' | 'failed'
}

function share(part: number, whole: number): number {
  return whole > 0 ? Math.min(100, Math.max(0, (part / whole) * 100)) : 0
}

export function barOf(transfer: TransferView): BarLook {
  const { parts } = transfer
  const safe = share(transfer.bytesDone, transfer.bytesTotal)
  const sent = Math.min(100, safe + share(parts.inFlight, parts.total))
  switch (transfer.phase.kind) {
    case 'server_processing':
    case 'checking':
    case 'verifying':
      return { safe: 100, sent: 100, look: 'waiting' }
    case 'hashing':
    case 'queued':
    case 'paused':
    case 'cancelled':
      return { safe, sent: safe, look: 'paused' }
    case 'needs_attention':
      return { safe, sent: safe, look: 'failed' }
    case 'uploading':
    case 'downloading':
    case 'done':
      return { safe, sent, look: transfer.direction }
  }
}

/** Index into the steps of its direction. */
export function stepOf(transfer: TransferView): number {
  const upload = ['hashing', 'uploading', 'server_processing', 'checking', 'done']
  const download = ['downloading', 'verifying', 'done']
  return Math.max(0, (transfer.direction === 'up' ? upload : download).indexOf(transfer.phase.kind))
}

/** Once everything is sent there is nothing left to pause. */
export function canPause(transfer: TransferView): boolean {
  return ['hashing', 'uploading', 'downloading'].includes(transfer.phase.kind)
}

/** Whether a transfer answers to what was typed in the search field. */
export function matches(transfer: TransferView, text: string): boolean {
  const { entity, collection, container } = transfer.path
  const hay = `${transfer.fileName} ${entity}/${collection}/${container} ${transfer.tags.join(' ')} ${transfer.serverName}`
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => hay.toLowerCase().includes(word))
}
