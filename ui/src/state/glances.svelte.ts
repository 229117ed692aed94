/** What the signatures of images say that are still in a library. Asked only for what somebody looks at. */
import { untrack } from 'svelte'
import { SvelteMap } from 'svelte/reactivity'

import type { FileCheck, ImageRef } from '../contract/generated'
import type { Host } from '../host/types'

/** Whoever walks over a table with the arrows looks at what they stop at. */
const MOMENT_MS = 300
const MOST = 500

/** What was found, and the keys as they were then. */
interface Known {
  check: FileCheck
  keys: unknown
}

export class Glances {
  /** By server and digest: the same bytes are the same wherever they are named. Oldest first. */
  private readonly known = new SvelteMap<string, Known>()

  constructor(private readonly host: Host) {}

  of(serverId: string, digest: string): FileCheck | null {
    return this.known.get(keyOf(serverId, digest))?.check ?? null
  }

  /**
   * Asks about an image unless it is known, until the returned function is called. Made for `$effect`. `keys` is whatever
   * stands for the person's keys: with others it may be another answer.
   */
  look(image: ImageRef, digest: string, keys: unknown): () => void {
    const key = keyOf(image.serverId, digest)
    // What could not be found out may be found out by now.
    const known = untrack(() => this.known.get(key))
    if (known && known.keys === keys && known.check.verdict !== 'could_not_check') return () => undefined
    const timer = setTimeout(() => void this.ask(key, { ...image, tag: digest }, keys), MOMENT_MS)
    return () => clearTimeout(timer)
  }

  /** That there is no answer is none: the library's own words stay. */
  private async ask(key: string, image: ImageRef, keys: unknown): Promise<void> {
    try {
      this.known.set(key, { check: await this.host.call('inspect_glance', image), keys })
    } catch {
      return
    }
    for (const oldest of this.known.keys()) {
      if (this.known.size <= MOST) break
      this.known.delete(oldest)
    }
  }
}

const keyOf = (serverId: string, digest: string) => `${serverId} ${digest}`
