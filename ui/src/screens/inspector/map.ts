/** The layout of an image as a row of parts, and which of them a signature covers. */
import type { ImageObject, InspectionView, ObjectKind, VerificationView } from '../../contract/generated'

export interface MapPart {
  kind: ObjectKind | 'header'
  bytes: number
  /** What its metadata adds, for a file system. */
  detail: string | null
  covered: boolean
}

/** Neighbours of one kind are one part, so that an image with many objects still has a short row. */
export function partsOf(view: InspectionView, check: VerificationView | null): MapPart[] {
  const covered = new Set(check?.signatures.filter((one) => one.ok).flatMap((one) => one.covers))
  const parts: MapPart[] = [{ kind: 'header', bytes: view.headerSize, detail: null, covered: false }]
  for (const object of [...view.objects].sort((a, b) => a.offset - b.offset)) {
    const last = parts.at(-1)
    const part = partOf(object, covered.has(object.id))
    if (last && last.kind === part.kind && last.covered === part.covered && last.detail === part.detail) {
      last.bytes += part.bytes
    } else {
      parts.push(part)
    }
  }
  return parts
}

function partOf(object: ImageObject, covered: boolean): MapPart {
  const detail = object.kind === 'file_system' ? (object.detail?.split(', ')[0] ?? null) : null
  return { kind: object.kind, bytes: object.size, detail, covered }
}

/** Runs of parts that are covered or not, in their order. */
export function runsOf(parts: MapPart[]): { covered: boolean; parts: MapPart[] }[] {
  const runs: { covered: boolean; parts: MapPart[] }[] = []
  for (const part of parts) {
    const last = runs.at(-1)
    if (last && last.covered === part.covered) last.parts.push(part)
    else runs.push({ covered: part.covered, parts: [part] })
  }
  return runs
}
