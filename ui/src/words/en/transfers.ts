// Words of the Transfers screen, of its announcements, and of the toasts that end a transfer.

import type { CapabilityNote, Direction, DoneHow, LinkCheck, TransferView } from '../../contract/generated'
import { clock, count, duration, percent, size, sizeOf } from '../format'

const place = (transfer: TransferView) => `${transfer.path.entity}/${transfer.path.collection}`

const DONE: Record<DoneHow, { word: string; note: string }> = {
  arrived: { word: 'Arrived', note: '' },
  arrived_late: { word: 'Arrived', note: 'The server answered late, so we checked.' },
  already_there: { word: 'Already there', note: 'Only the tags were set.' },
  verified: { word: 'Digest verified', note: '' },
  quarantined: { word: 'In quarantine', note: '' },
}

export const transfers = {
  title: 'Transfers',
  search: 'Search transfers',
  pauseAll: 'Pause all',
  resumeAll: 'Resume all',
  active: 'Active',
  next: 'Up next',
  attention: 'Needs attention',
  done: 'Done',
  kept: 'kept for 30 days',
  clear: 'Clear',
  clearLabel: 'Clear finished transfers',
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
  remove: 'Remove',
  startNow: 'Start now',
  moveUp: 'Move up',
  showInFolder: 'Show in folder',
  copyReference: 'Copy reference',
  copyReport: 'Copy report',
  reportCopied: 'Report copied. It holds no password and no folder.',
  noMatch: (text: string) => `No transfer matches “${text}”.`,
  actionOn: (action: string, file: string) => `${action}: ${file}`,
  phases: 'Phases',
  empty: 'Nothing is moving. Drop a file, or paste a library:// link.',
  pasteLink: 'Paste link',
  /** Names the file unless the title above does. */
  attentionText: (title: string, file: string, why: string, safe: string, direction: Direction) => {
    const kept = safe ? ` ${safe} is safe ${direction === 'up' ? 'on the server' : 'on this computer'}.` : ''
    return `${title.includes(file) ? '' : `${file}: `}${why}${kept}`
  },
  uploadSteps: ['Hashing', 'Uploading', 'Server is processing', 'Checking', 'Done'],
  downloadSteps: ['Downloading', 'Verifying', 'Done'],
  to: (transfer: TransferView) => `to ${transfer.serverName} / ${place(transfer)}`,
  from: (transfer: TransferView) => `from ${transfer.serverName} / ${place(transfer)}`,
  now: (unit: string, files: number) => `${unit}, ${count(files, 'file')}`,
  allSent: 'all sent',
  left: (seconds: number) => `${duration(seconds)} left`,
  safe: (transfer: TransferView) => {
    const { done, total, retried } = transfer.parts
    const where = transfer.direction === 'up' ? 'on the server' : 'on this computer'
    const are = done === 1 || total === 1 ? 'is' : 'are'
    const parts = `${done} of ${count(total, 'part')} ${are} safe ${where}.`
    if (retried === 0) return parts
    const again = transfer.direction === 'up' ? 'sent' : 'fetched'
    return `${parts} ${count(retried, 'part')} ${retried === 1 ? 'was' : 'were'} ${again} again.`
  },
  bar: (transfer: TransferView) => {
    const safe = percent(transfer.bytesDone, transfer.bytesTotal)
    return transfer.direction === 'up'
      ? `${transfer.fileName}, ${safe} safe on the server`
      : `${transfer.fileName}, ${safe} here`
  },
  /** `waited` counts the seconds of a phase that has no other measure; without it no clock is shown. */
  doing: (transfer: TransferView, waited: number | null = null): string => {
    const amount = transfer.bytesTotal > 0 ? sizeOf(transfer.bytesDone, transfer.bytesTotal) : ''
    const withClock = (word: string) => (waited === null ? word : `${word} ${clock(waited)}`)
    const withAmount = (word: string) => (amount ? `${word}, ${amount}` : word)
    switch (transfer.phase.kind) {
      case 'queued':
        return 'Waiting for its turn'
      case 'hashing':
        return withAmount('Hashing')
      case 'uploading':
        return withAmount('Uploading')
      case 'downloading':
        return withAmount('Downloading')
      case 'server_processing':
        return withClock(`Server is processing${waited === null ? '' : ','}`)
      case 'checking':
        return withClock('All data was sent. Checking…')
      case 'verifying':
        return 'Checking digest and signatures'
      case 'paused':
        return `Paused at ${percent(transfer.bytesDone, transfer.bytesTotal)}`
      case 'needs_attention':
        return 'Needs attention'
      case 'cancelled':
        return 'Cancelled'
      case 'done':
        return DONE[transfer.phase.how].word
    }
  },
  ended: (how: DoneHow) => DONE[how].word,
  endedNote: (transfer: TransferView): string => {
    if (transfer.phase.kind !== 'done') return ''
    const note = DONE[transfer.phase.how].note
    if (note) return note
    if (transfer.secondsTaken === null) return size(transfer.bytesTotal)
    return `${size(transfer.bytesTotal)} in ${duration(Math.max(1, transfer.secondsTaken))}`
  },
  fileGone: 'No longer in its folder',
  notes: {
    no_parts: 'This server takes a file only in one piece: an upload that is interrupted begins again.',
    no_ranges: 'This server sends a file only in one piece: a download that is interrupted begins again.',
    no_arch_tags: 'A tag belongs to one image on this server, whatever the architecture.',
    old_upload:
      'This server takes uploads only the old way: in one piece, and without telling how much space is left.',
    moves_latest: 'This server moves “latest” to every new image, whatever tags you choose.',
  } satisfies Record<CapabilityNote, string>,
  link: {
    anyone: 'Anyone with the link can get it',
    only_shared: 'Only people you share it with can get it',
    only_here: 'Only this computer can get it',
    unknown: 'Whether the link works for others is not known',
  } satisfies Record<LinkCheck, string>,
  uploaded: (transfer: TransferView) => `Uploaded ${shortName(transfer)}`,
  downloaded: (transfer: TransferView) => `Downloaded ${transfer.fileName}, digest verified`,
  quarantined: (transfer: TransferView) => `Do not use ${transfer.fileName}. It was put into quarantine.`,
  stopped: (transfer: TransferView) => `${transfer.fileName} needs your attention`,
  copyLink: 'Copy link',
  show: 'Show',
  look: 'Look',
  progress: (transfer: TransferView, step: number) => `${transfer.fileName}: ${step} %`,
  graph: (up: string, down: string, peakUp: string, peakDown: string) =>
    `Speed of the last 60 seconds. Up: ${up} now, ${peakUp} at most. Down: ${down} now, ${peakDown} at most.`,
  graphQuiet: 'Speed of the last 60 seconds. Nothing was moving.',
  restarted: {
    file_changed: 'The file changed, so it began anew.',
    upload_forgotten: 'The server forgot the upload, so it began anew.',
    other: 'It had to begin anew.',
  },
}

/** "samtools:1.22". */
function shortName(transfer: TransferView): string {
  const tag = transfer.tags[0]
  return tag ? `${transfer.path.container}:${tag}` : transfer.path.container
}
