// Numbers, sizes, times, digests and fingerprints as a person reads them. Sizes are binary (KiB, MiB, GiB) everywhere.

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const
const LOCALE = 'en'

/** Three digits or so: 1.0, 94.6, 402. */
function round(value: number): string {
  return value < 99.95 ? value.toFixed(1) : value.toFixed(0)
}

function unitOf(bytes: number): number {
  let unit = 0
  let value = Math.abs(bytes)
  // 1023.95 would round up to "1024", which belongs to the next unit.
  while (value >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  return unit
}

function inUnit(bytes: number, unit: number): string {
  return unit === 0 ? String(Math.round(bytes)) : round(bytes / 1024 ** unit)
}

/** "94.6 MiB". */
export function size(bytes: number): string {
  const unit = unitOf(bytes)
  if (unit === 0 && Math.round(bytes) === 1) return '1 byte'
  return `${inUnit(bytes, unit)} ${UNITS[unit]}`
}

/** "99,194,368 bytes", for the title of a size. */
export function exactBytes(bytes: number): string {
  return `${Math.round(bytes).toLocaleString(LOCALE)} ${Math.round(bytes) === 1 ? 'byte' : 'bytes'}`
}

/** "1.9 of 3.1 GiB": both in the unit of the whole. */
export function sizeOf(done: number, total: number): string {
  const unit = unitOf(total)
  return `${inUnit(done, unit)} of ${size(total)}`
}

/** "18.4 MiB/s". */
export function speed(bytesPerSecond: number): string {
  return `${size(bytesPerSecond)}/s`
}

/** "5 MiB/s", "1.5 MiB/s": a limit, which is what somebody chose and not what was measured. */
export function limit(bytesPerSecond: number): string {
  return speed(bytesPerSecond).replace('.0 ', ' ')
}

/** The number and the unit apart, for large print: ["18.4", "MiB/s"]. */
export function speedParts(bytesPerSecond: number): [string, string] {
  const unit = unitOf(bytesPerSecond)
  return [inUnit(bytesPerSecond, unit), `${UNITS[unit]}/s`]
}

/** "37 %". Never says 100 before the end, nor 0 after the beginning. */
export function percent(done: number, total: number): string {
  return `${percentNumber(done, total)} %`
}

/** Whole percents of `total`, 0 to 100. */
export function percentNumber(done: number, total: number): number {
  if (total <= 0) return 0
  if (done >= total) return 100
  return Math.max(0, Math.min(99, Math.floor((done / total) * 100)))
}

/** "6 s", "1 min", "2 h 5 min", "3 d". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const minutes = Math.round(whole / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return `${Math.round(hours / 24)} d`
}

/** "4:32". */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** "08:00": minutes after midnight. */
export function timeOfDay(minutes: number): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`
}

function parse(time: string | null): Date | null {
  if (!time) return null
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? null : date
}

/** Up to `limit` seconds, ages are counted in steps of `step` seconds. */
const AGES: { limit: number; step: number; unit: string }[] = [
  { limit: 3600, step: 60, unit: 'min' },
  { limit: 86_400, step: 3600, unit: 'h' },
  { limit: 14 * 86_400, step: 86_400, unit: 'd' },
  { limit: 60 * 86_400, step: 7 * 86_400, unit: 'wk' },
  { limit: 730 * 86_400, step: 30.44 * 86_400, unit: 'mo' },
]

const YEARS = { step: 365.25 * 86_400, unit: 'y' }

/** "2 d ago", "in 20 d", "now". Empty for a missing or unreadable time. */
export function relative(time: string | null, now: Date = new Date()): string {
  const date = parse(time)
  if (!date) return ''
  const seconds = (now.getTime() - date.getTime()) / 1000
  const distance = Math.abs(seconds)
  if (distance < 60) return 'now'
  const { step, unit } = AGES.find(({ limit }) => distance < limit) ?? YEARS
  const text = `${Math.max(1, Math.floor(distance / step))} ${unit}`
  return seconds >= 0 ? `${text} ago` : `in ${text}`
}

/** "12 December 2026 at 14:02:31", for the title of a relative time. */
export function exactTime(time: string | null): string {
  const date = parse(time)
  if (!date) return ''
  return date.toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'medium' })
}

/** "12 Dec 2026". */
export function day(time: string | null): string {
  const date = parse(time)
  return date ? date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' }) : ''
}

/** "14:02" today, "20 Nov" before. */
export function dayOrTime(time: string | null, now: Date = new Date()): string {
  const date = parse(time)
  if (!date) return ''
  if (date.toDateString() === now.toDateString()) {
    return date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  }
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
}

function hex(digest: string): string {
  return digest.replace(/^sha256[.:]/, '')
}

/** "a3f9": the first four hex digits, for a cell. */
export function shortDigest(digest: string): string {
  return hex(digest).slice(0, 4)
}

/** "12EE 233B": the end of a fingerprint, which is what people compare first. */
export function shortKey(fingerprint: string): string {
  return fourDigits(fingerprint.slice(-8))
}

/** "8A31 04C7 5E19 …"; other kinds of fingerprints stay as they are. */
export function fourDigits(fingerprint: string): string {
  if (!/^[0-9a-f]+$/i.test(fingerprint)) return fingerprint
  return fingerprint.toUpperCase().replace(/(.{4})(?=.)/g, '$1 ')
}

/** Keeps both ends of a long text: "sha256.a3f9…5c07". */
export function middle(text: string, longest: number): string {
  if (text.length <= longest) return text
  const tail = Math.floor((longest - 1) / 3)
  return `${text.slice(0, longest - 1 - tail)}…${text.slice(text.length - tail)}`
}

/** "1,284". */
export function number(n: number): string {
  return n.toLocaleString(LOCALE)
}

/** "1 file", "3 files". */
export function count(n: number, one: string, many: string = `${one}s`): string {
  return `${number(n)} ${n === 1 ? one : many}`
}
