/** Moves within a row of things of which only one is in the tab order. */

/** The index to go to for a key, or null when the key does not move. Wraps around. */
export function step(key: string, index: number, length: number, horizontal: boolean): number | null {
  const [previous, next] = horizontal ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown']
  if (length === 0) return null
  if (key === next) return (index + 1) % length
  if (key === previous) return (index - 1 + length) % length
  if (key === 'Home') return 0
  if (key === 'End') return length - 1
  return null
}
