/** The tokens made on a server. Their text never comes here. */
import { toUiError } from '../contract/errors'
import type { TokenList, TokenRow, UiError } from '../contract/generated'
import type { Host, Request } from '../host/types'

export class Tokens {
  /** The server that the list is of. */
  serverId = $state('')
  /** None while it is asked for, and where the server has none. */
  list = $state.raw<TokenList | null>(null)
  problem = $state.raw<UiError | null>(null)
  private turn = 0

  constructor(private readonly host: Host) {}

  /** Asks for the tokens of a server. A server without such a list is no problem. */
  async load(serverId: string): Promise<void> {
    const turn = ++this.turn
    if (this.serverId !== serverId) this.list = null
    this.serverId = serverId
    this.problem = null
    try {
      const list = await this.host.call('token_list', { serverId })
      if (turn === this.turn) this.list = list
    } catch (error) {
      if (turn !== this.turn) return
      const problem = toUiError(error)
      this.list = null
      this.problem = problem.code === 'not_offered' ? null : problem
    }
  }

  /** Forgets the list: nobody is signed in there. */
  clear(): void {
    this.turn += 1
    this.serverId = ''
    this.list = null
    this.problem = null
  }

  async make(request: Request<'token_make'>): Promise<TokenRow> {
    const made = await this.host.call('token_make', request)
    await this.load(request.serverId)
    return made
  }

  async revoke(serverId: string, token: TokenRow): Promise<void> {
    await this.host.call('token_revoke', { serverId, tokenId: token.id })
    await this.load(serverId)
  }
}
