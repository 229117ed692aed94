/** Two images side by side: opened where they are, then compared. */
import type { ComparisonView, ImageRef } from '../contract/generated'
import type { Host } from '../host/types'
import { Loaded } from './loaded.svelte'

/** An image that is open already, by its id, or one in a library. */
export type Compared = string | ImageRef

const MOST = 8

export class Comparisons {
  /** Kept for the way back; not drawn from, so not reactive. */
  private readonly kept = new Map<string, Loaded<ComparisonView>>()

  constructor(private readonly host: Host) {}

  of(left: Compared, right: Compared): Loaded<ComparisonView> {
    const key = JSON.stringify([left, right])
    const known = this.kept.get(key) ?? new Loaded(() => this.compare(left, right))
    // The last one asked for is the last to be forgotten.
    this.kept.delete(key)
    this.kept.set(key, known)
    for (const oldest of this.kept.keys()) if (this.kept.size > MOST) this.kept.delete(oldest)
    return known
  }

  private async compare(left: Compared, right: Compared): Promise<ComparisonView> {
    const [first, second] = await Promise.all([this.open(left), this.open(right)])
    return this.host.call('inspect_compare', { left: first, right: second })
  }

  private async open(image: Compared): Promise<string> {
    return typeof image === 'string' ? image : this.host.call('inspect_image', image)
  }
}
