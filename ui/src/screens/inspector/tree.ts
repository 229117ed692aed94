/** The open part of a file tree as a list of rows. */
import type { FileEntry, FileListing } from '../../contract/generated'

export interface TreeRow {
  path: string
  /** From 1. */
  level: number
  entry: FileEntry
}

/** More rows than this only make the window slow; whoever looks for something opens less at once. */
const MOST_ROWS = 20_000

/** The rows of what is open; a folder's entries in the order in which they were listed. */
export function flatten(folders: ReadonlyMap<string, FileListing>, open: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = []
  const add = (folder: string, level: number) => {
    if (!open.has(folder)) return
    for (const entry of folders.get(folder)?.entries ?? []) {
      if (rows.length >= MOST_ROWS) return
      const path = `${folder === '/' ? '' : folder}/${entry.name}`
      rows.push({ path, level, entry })
      if (entry.kind === 'folder') add(path, level + 1)
    }
  }
  add('/', 1)
  return rows
}

/** Folders first, as people look for them. */
export function sorted(entries: FileEntry[]): FileEntry[] {
  const rank = (entry: FileEntry) => (entry.kind === 'folder' ? 0 : 1)
  return [...entries].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
}
