/** One thing the app was asked for: on its way, there, or failed. Keeps what it had while it asks again. */
import type { UiError } from '../contract/generated'
import { toUiError } from '../contract/errors'

export class Loaded<T> {
  value = $state.raw<T | null>(null)
  problem = $state.raw<UiError | null>(null)
  loading = $state(false)
  private latest = 0
  private viewers = 0

  constructor(private readonly ask: () => Promise<T>) {}

  /** Asks, and stays fresh until the returned function is called. Made for `$effect`. */
  view(): () => void {
    this.viewers += 1
    void this.load()
    return () => {
      this.viewers -= 1
    }
  }

  /** Asks anew if somebody looks at it; everyone else asks when they come. */
  refresh(): void {
    if (this.viewers > 0) void this.load()
  }

  /** Asks anew. Of several answers on their way only the last one counts. */
  async load(): Promise<void> {
    const mine = ++this.latest
    this.loading = true
    try {
      const value = await this.ask()
      if (mine !== this.latest) return
      this.value = value
      this.problem = null
    } catch (error) {
      if (mine !== this.latest) return
      this.problem = toUiError(error)
    }
    this.loading = false
  }
}
