/** Filtering and sorting of lists in the window. */

/** Whether any of the texts contains what was typed. */
export function matches(typed: string, ...texts: string[]): boolean {
  const wanted = typed.trim().toLowerCase()
  return wanted === '' || texts.some((text) => text.toLowerCase().includes(wanted))
}

/** Sorts by a value; things without one come last. */
export function sorted<T>(rows: T[], value: (row: T) => string | number | null, descending: boolean): T[] {
  const sign = descending ? -1 : 1
  return [...rows].sort((one, other) => {
    const [a, b] = [value(one), value(other)]
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
    if (typeof a === 'string' && typeof b === 'string')
      return sign * a.localeCompare(b, undefined, { numeric: true })
    return sign * (Number(a) - Number(b))
  })
}
