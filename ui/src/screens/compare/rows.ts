/** What differs, as rows of a table. */
import type { ChangeKind, ComparisonView, ObjectChanges, ValueChanges } from '../../contract/generated'
import { exactBytes, size } from '../../words/format'
import { words } from '../../words/words'

export interface ChangeRow {
  /** What the row is known by. */
  key: string
  /** `null` in a row that only states numbers. */
  kind: ChangeKind | null
  name: string
  /** `null` where there is nothing. */
  left: string | null
  right: string | null
  title?: string
  /** How much more the second has. */
  difference?: string
  /** Stands for the rows above it. */
  total?: boolean
}

export function valueRows({ changes }: ValueChanges): ChangeRow[] {
  return changes.map((change) => ({ ...change, key: change.name }))
}

export function objectRows({ changes }: ObjectChanges): ChangeRow[] {
  const bytes = (value: number | null) => (value === null ? null : size(value))
  return changes.map(({ change, kind, name, left, right }, at) => ({
    key: String(at),
    kind: change,
    name: words.compare.objectKind(kind),
    title: name,
    left: bytes(left),
    right: bytes(right),
  }))
}

export function sizeRows({ left, right, sizes }: ComparisonView): ChangeRow[] {
  const row = (key: string, name: string, one: number, other: number): ChangeRow => ({
    key,
    kind: null,
    name,
    left: size(one),
    right: size(other),
    title: `${exactBytes(one)}, ${exactBytes(other)}`,
    difference: difference(other - one),
  })
  return [
    ...sizes.map((kind) => row(kind.kind, words.compare.objectKind(kind.kind), kind.left, kind.right)),
    { ...row('total', words.compare.total, left.size, right.size), total: true },
  ]
}

/** With its sign, and nothing where there is none. */
export function difference(bytes: number): string {
  if (bytes === 0) return ''
  return `${bytes > 0 ? '+' : '−'}${size(Math.abs(bytes))}`
}
