// What the sentences of errors are made of: their parts, and the facts that stand in them.

import type { UiError } from '../../contract/generated'
import { size } from '../format'

/** What a person can do about an error. A screen offers the ones it can carry out. */
export type ErrorAction =
  | 'sign_in'
  | 'grant'
  | 'retry'
  | 'choose_place'
  | 'choose_folder'
  | 'choose_file'
  | 'connect_anyway'
  | 'paste_token'
  | 'search'
  | 'add_account'
  | 'diagnose'
  | 'show_certificate'
  | 'add_authority'
  | 'network_settings'
  | 'open_vault'
  | 'download'

export interface ErrorWords {
  title: string
  body: string
  tone: 'plain' | 'warn' | 'bad'
  icon: 'warn' | 'lock' | 'clock' | 'offline' | 'v-bad' | 'info' | 'file' | 'key'
  actions: ErrorAction[]
}

/** Typed access to an error's parameters; a missing one gets words that still make a sentence. */
export class Facts {
  readonly #error: UiError

  constructor(error: UiError) {
    this.#error = error
  }

  text(key: string, missing: string): string {
    const value = this.#error.params[key]
    return typeof value === 'string' && value !== '' ? value : missing
  }

  number(key: string): number | null {
    const value = this.#error.params[key]
    return typeof value === 'number' ? value : null
  }

  flag(key: string): boolean {
    return this.#error.params[key] === true
  }

  bytes(key: string): string | null {
    const value = this.number(key)
    return value === null ? null : size(value)
  }

  get server(): string {
    return this.text('server', 'the server')
  }

  get file(): string {
    return this.text('name', 'The file')
  }

  /** Whether a new sign-in is what helps. */
  get afterSignIn(): boolean {
    return this.#error.retry === 'after_sign_in'
  }

  get canRetry(): boolean {
    return this.#error.retry === 'yes'
  }
}

export type Say = (facts: Facts) => ErrorWords

export function say(
  title: string,
  body: string,
  options: Partial<Pick<ErrorWords, 'tone' | 'icon' | 'actions'>> = {},
): ErrorWords {
  return { title, body, tone: 'plain', icon: 'warn', actions: [], ...options }
}

/** At the start of a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
