/** The sign-in that is under way, as the app tells it, and what a person can do about it. */
import { toUiError } from '../contract/errors'
import type {
  AppEvent,
  SignInHow,
  SignInProvider,
  SignInView,
  TokenOwner,
  UiError,
} from '../contract/generated'
import type { Host } from '../host/types'

export class SignIn {
  attempt = $state.raw<SignInView | null>(null)
  /** The provider that the browser was sent to, where one was chosen here. */
  provider = $state.raw<SignInProvider | null>(null)
  /** Why a sign-in could not begin, or a token was not taken. */
  problem = $state.raw<UiError | null>(null)
  /** A token is being checked, or kept. */
  pasting = $state(false)
  /** Whose the token is that was checked and not signed in with yet. */
  owner = $state.raw<TokenOwner | null>(null)
  private left = $state(0)
  /**
   * The newest report of each attempt since the last start: the first ones may be here before the answer that
   * names the attempt, and the end of the attempt before it in between.
   */
  private readonly heard = new Map<string, SignInView>()
  /** Counts what was begun and given up, so that an answer that comes late is known as such. */
  private turn = 0
  /** Where and how a sign-in is about to begin. */
  private starting: string | null = null
  private clock: ReturnType<typeof setInterval> | undefined

  /** Seconds until the link stops working, counted on between the app's reports. */
  get secondsLeft(): number {
    return this.left
  }

  constructor(private readonly host: Host) {}

  hear(event: AppEvent): void {
    if (event.kind !== 'sign_in') return
    this.heard.set(event.signIn.id, event.signIn)
    if (!this.attempt || event.signIn.id !== this.attempt.id) return
    this.take(event.signIn)
  }

  async start(
    serverId: string,
    how: SignInHow = 'browser',
    another = false,
    provider: SignInProvider | null = null,
    /** What has to be allowed beside what is allowed now. */
    scopes?: string,
  ): Promise<void> {
    const wish = [serverId, how, provider?.id].join(' ')
    // A double click is one wish; two would reach the app in any order.
    if (this.starting === wish) return
    this.problem = null
    this.heard.clear()
    const dropped = this.drop()
    this.starting = wish
    this.provider = provider
    await dropped
    const turn = ++this.turn
    try {
      const begun = await this.host.call('sign_in_start', {
        serverId,
        how,
        another,
        provider: provider?.id,
        scopes,
      })
      // Another one began elsewhere, or it was given up before it had begun.
      if (turn !== this.turn) return await this.cancel(begun)
      this.take(this.heard.get(begun.id) ?? begun)
    } catch (error) {
      if (turn === this.turn) this.problem = toUiError(error)
    } finally {
      if (turn === this.turn) this.starting = null
    }
  }

  async openAgain(): Promise<void> {
    await this.onAttempt((signInId) => this.host.call('sign_in_open_again', { signInId }))
  }

  async copyLink(): Promise<boolean> {
    return await this.onAttempt((signInId) => this.host.call('sign_in_copy_link', { signInId }))
  }

  async openTokenPage(serverId: string): Promise<void> {
    try {
      await this.host.call('sign_in_open_token_page', { serverId })
      this.problem = null
    } catch (error) {
      this.problem = toUiError(error)
    }
  }

  /** The app reads the clipboard and asks whose the token is; the window never sees the token. */
  async checkToken(serverId: string): Promise<void> {
    this.owner = null
    await this.paste(async () => {
      this.owner = await this.host.call('sign_in_check_token', { serverId })
    })
  }

  /** Signs in with the token that was checked. */
  async pasteToken(serverId: string): Promise<boolean> {
    const done = await this.paste(() => this.host.call('sign_in_paste_token', { serverId }))
    this.owner = null
    return done
  }

  /** Forgets the token that was checked. */
  async dropToken(): Promise<void> {
    if (!this.owner) return
    this.owner = null
    try {
      await this.host.call('sign_in_drop_token', {})
    } catch {
      // The app is gone, and the token with it.
    }
  }

  private async paste(act: () => Promise<unknown>): Promise<boolean> {
    if (this.pasting) return false
    this.pasting = true
    this.problem = null
    try {
      await act()
      return true
    } catch (error) {
      this.problem = toUiError(error)
      return false
    } finally {
      this.pasting = false
    }
  }

  /** Gives the attempt up, if there is one that is still going on. */
  async drop(): Promise<void> {
    const attempt = this.attempt
    this.turn += 1
    this.starting = null
    this.attempt = null
    this.provider = null
    this.stopClock()
    if (attempt && !isOver(attempt)) await this.cancel(attempt)
  }

  private async cancel(attempt: SignInView): Promise<void> {
    try {
      await this.host.call('sign_in_cancel', { signInId: attempt.id })
    } catch {
      // An attempt that cannot be cancelled has ended already.
    }
  }

  private take(attempt: SignInView): void {
    this.attempt = attempt
    this.left = attempt.secondsLeft
    if (isOver(attempt)) this.stopClock()
    else this.clock ??= setInterval(() => (this.left = Math.max(0, this.left - 1)), 1000)
  }

  private stopClock(): void {
    clearInterval(this.clock)
    this.clock = undefined
  }

  private async onAttempt(act: (signInId: string) => Promise<unknown>): Promise<boolean> {
    if (!this.attempt) return false
    try {
      await act(this.attempt.id)
      this.problem = null
      return true
    } catch (error) {
      this.problem = toUiError(error)
      return false
    }
  }
}

export function isOver(attempt: SignInView): boolean {
  return attempt.phase === 'done' || attempt.phase === 'failed' || attempt.phase === 'cancelled'
}
