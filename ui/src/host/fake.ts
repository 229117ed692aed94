/** A scripted host for unit tests and for the demo pages of `npm run dev`. */
import type { AppEvent, UiError } from '../contract/generated'
import type { Answer, CommandName, Host, Request } from './types'

/** What the host answers to each command. */
export type Script = { [C in CommandName]?: (request: Request<C>) => Answer<C> | Promise<Answer<C>> }

export interface Call {
  command: CommandName
  request: unknown
}

export class FakeHost implements Host {
  /** Every command asked so far, in order. */
  readonly calls: Call[] = []
  private readonly listeners = new Set<(event: AppEvent) => void>()

  constructor(private readonly script: Script = {}) {}

  async call<C extends CommandName>(command: C, request: Request<C>): Promise<Answer<C>> {
    this.calls.push({ command, request })
    const answer = this.script[command]
    if (!answer) throw uiError('internal', { details: `nothing scripted for ${command}` })
    return await answer(request)
  }

  watch(onEvent: (event: AppEvent) => void): () => void {
    this.listeners.add(onEvent)
    return () => this.listeners.delete(onEvent)
  }

  /** Changes what the host answers from now on. */
  answer(script: Script): void {
    Object.assign(this.script, script)
  }

  /** Sends an event to everyone who watches. */
  send(event: AppEvent): void {
    for (const listener of this.listeners) listener(event)
  }

  /** Requests of one command, in order. */
  asked<C extends CommandName>(command: C): Request<C>[] {
    return this.calls.filter((call) => call.command === command).map((call) => call.request as Request<C>)
  }
}

export function uiError(code: UiError['code'], rest: Partial<UiError> = {}): UiError {
  return { code, params: {}, retry: 'no', details: '', ...rest }
}
