/** The servers this person uses, as the app last told. */
import type { AppEvent, ServerView, UiError } from '../contract/generated'
import { toUiError } from '../contract/errors'
import type { Host } from '../host/types'

export class Servers {
  list = $state.raw<ServerView[]>([])
  loaded = $state(false)
  problem = $state.raw<UiError | null>(null)

  /** The server that does worst, for the status strip; null when all that should answer do. */
  readonly ailing = $derived(
    this.list.find((server) => server.state === 'down') ??
      this.list.find((server) => server.state === 'slow') ??
      null,
  )

  constructor(private readonly host: Host) {}

  byId(id: string): ServerView | undefined {
    return this.list.find((server) => server.id === id)
  }

  async load(): Promise<void> {
    try {
      this.list = await this.host.call('server_list', {})
      this.problem = null
    } catch (error) {
      this.problem = toUiError(error)
    }
    this.loaded = true
  }

  hear(event: AppEvent): void {
    if (event.kind !== 'servers') return
    this.list = event.servers
    this.loaded = true
  }

  async refresh(serverId: string): Promise<void> {
    this.put(await this.host.call('server_refresh', { serverId }))
  }

  async connect(address: string, allowHttp = false): Promise<ServerView> {
    const server = await this.host.call('server_connect', { address, allowHttp })
    this.put(server)
    return server
  }

  async remove(serverId: string): Promise<void> {
    await this.host.call('server_remove', { serverId })
    this.list = this.list.filter((server) => server.id !== serverId)
  }

  /** Makes an account the one in use on its server. */
  async use(accountId: string): Promise<void> {
    await this.host.call('account_use', { accountId })
  }

  async startLocal(): Promise<ServerView> {
    const server = await this.host.call('server_start_local', {})
    this.put(server)
    return server
  }

  async stopLocal(): Promise<void> {
    this.put(await this.host.call('server_stop_local', {}))
  }

  private put(server: ServerView): void {
    const known = this.list.some((one) => one.id === server.id)
    this.list = known ? this.list.map((one) => (one.id === server.id ? server : one)) : [...this.list, server]
  }
}
