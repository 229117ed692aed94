/** Speed limits as they are chosen: from a short list, or typed. */
import type { SpeedLimits } from '../contract/generated'

const MIB = 1024 ** 2

/** Bytes a second that the menu offers. */
export const PRESETS = [1, 5, 10, 50].map((mib) => mib * MIB)

/** The slowest limit, in bytes a second; the app takes no slower one. */
export const SLOWEST = 16 * 1024

/** The limit of both directions, when they have the same; null is none. */
export function both(limits: SpeedLimits): number | null | undefined {
  return limits.up === limits.down ? limits.up : undefined
}

/** Bytes a second of a typed number of MiB; null for an empty field, undefined for what is no limit. */
export function parseRate(text: string): number | null | undefined {
  const typed = text.trim().replace(',', '.')
  if (typed === '') return null
  if (!/^\d{1,6}(\.\d*)?$|^\.\d+$/.test(typed)) return undefined
  const bytes = Math.round(Number(typed) * MIB)
  return bytes >= SLOWEST ? bytes : undefined
}

/** "0.5": a limit as it would be typed. */
export function typedRate(bytesPerSecond: number | null): string {
  return bytesPerSecond === null ? '' : String(Number((bytesPerSecond / MIB).toFixed(2)))
}

/** Minutes after midnight of a typed time; undefined for what is none. */
export function parseTime(text: string): number | undefined {
  const [, hours, minutes] = /^\s*(\d{1,2})[:.](\d{2})\s*$/.exec(text) ?? []
  if (hours === undefined || minutes === undefined) return undefined
  const time = Number(hours) * 60 + Number(minutes)
  return Number(hours) < 24 && Number(minutes) < 60 ? time : undefined
}
