/** Where a file would go when it is let go over an element. Elements say so in `data-drop`. */
import type { LibraryPath } from '../contract/generated'

export interface DropTarget {
  serverId: string
  path: Partial<LibraryPath>
  tag?: string
  arch?: string
}

export function dropData(target: DropTarget): string {
  return JSON.stringify(target)
}

/** The innermost target at a point of the window. */
export function dropAt(x: number, y: number): { element: HTMLElement; target: DropTarget } | null {
  const element = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-drop]')
  const data = element?.dataset.drop
  return element && data ? { element, target: JSON.parse(data) as DropTarget } : null
}
