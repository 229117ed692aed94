/** Geometry of the speed graph: smooth lines over a box, and an axis that ends on a round number. */

export const WIDTH = 900
export const HEIGHT = 92
const TOP = 6
const BOTTOM = 91

/** A round number at or above `peak`: 1, 2 or 4 times a power of ten of its binary unit. */
export function axisEnd(peak: number): { top: number; half: string; full: string; unit: string } {
  const step = peak >= 1024 ** 3 ? 1024 ** 3 : peak >= 1024 ** 2 ? 1024 ** 2 : 1024
  const unit = step === 1024 ** 3 ? 'GiB/s' : step === 1024 ** 2 ? 'MiB/s' : 'KiB/s'
  const needed = Math.max(peak / step, 1)
  const power = 10 ** Math.floor(Math.log10(needed))
  const rounded = [1, 2, 4, 10].map((factor) => factor * power).find((value) => value >= needed) ?? needed
  return { top: rounded * step, half: String(rounded / 2), full: String(rounded), unit }
}

/** The line through the values, the newest at the right edge. */
export function line(values: number[], top: number): string {
  const stride = WIDTH / Math.max(1, values.length - 1)
  const height = (value: number) => round(BOTTOM - (Math.min(value, top) / top) * (BOTTOM - TOP))
  return values
    .map((value, index) => {
      const x = index * stride
      const y = height(value)
      if (index === 0) return `M0 ${y}`
      const middle = round(x - stride / 2)
      return `C${middle} ${height(values[index - 1] ?? 0)} ${middle} ${y} ${round(x)} ${y}`
    })
    .join('')
}

/** The same line closed to the bottom, for its tint. */
export function area(values: number[], top: number): string {
  return `${line(values, top)}V${HEIGHT}H0Z`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
