/** What a person types about a proxy. */

/** A port, 1 to 65535; null for anything else. */
export function parsePort(text: string): number | null {
  const digits = text.trim()
  if (!/^\d{1,5}$/.test(digits)) return null
  const port = Number(digits)
  return port >= 1 && port <= 65535 ? port : null
}

/** Words between commas, spaces or lines. */
export function listed(text: string): string[] {
  return text.split(/[\s,;]+/).filter((word) => word !== '')
}
