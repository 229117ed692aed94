/**
 * The one seam between the window and whatever runs Sifter: the desktop app, the bridge for tests
 * in a browser, or a scripted host for unit tests.
 */
import type { AppEvent, Commands } from '../contract/generated'

export type CommandName = keyof Commands
export type Request<C extends CommandName> = Commands[C][0]
export type Answer<C extends CommandName> = Commands[C][1]

export interface Host {
  /** Asks for one thing. Rejects with a `UiError` and with nothing else. */
  call<C extends CommandName>(command: C, request: Request<C>): Promise<Answer<C>>
  /** Hears every event until the returned function is called. The first events are a snapshot. */
  watch(onEvent: (event: AppEvent) => void): () => void
}
