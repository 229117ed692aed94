/** The speed of the last minute, one sample a second, for the graph. Rests while nothing moves. */

export interface Sample {
  up: number
  down: number
}

export const SAMPLES = 60

export class Speeds {
  samples = $state.raw<Sample[]>(quiet())
  private now: Sample = { up: 0, down: 0 }
  private clock: ReturnType<typeof setInterval> | undefined

  /** Takes the present speeds, in bytes a second. */
  hear(up: number, down: number): void {
    this.now = { up, down }
    if (up > 0 || down > 0) this.clock ??= setInterval(() => this.tick(), 1000)
  }

  get peak(): number {
    return Math.max(...this.samples.map((sample) => Math.max(sample.up, sample.down)))
  }

  private tick(): void {
    this.samples = [...this.samples.slice(1), this.now]
    if (this.peak > 0) return
    clearInterval(this.clock)
    this.clock = undefined
  }
}

function quiet(): Sample[] {
  return Array.from({ length: SAMPLES }, () => ({ up: 0, down: 0 }))
}
