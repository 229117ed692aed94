/** Something a person tries: whether it is under way, and why it did not work the last time. */
import { toUiError } from '../contract/errors'
import type { UiError } from '../contract/generated'

export class Attempt {
  busy = $state(false)
  problem = $state.raw<UiError | null>(null)

  /** Does it. Answers whether it worked. */
  async run(doing: () => Promise<unknown>): Promise<boolean> {
    this.busy = true
    this.problem = null
    try {
      await doing()
      return true
    } catch (error) {
      this.problem = toUiError(error)
      return false
    } finally {
      this.busy = false
    }
  }
}
