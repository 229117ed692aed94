/** Which key servers are asked, and in which order. */
import type { KeyServers as KeyServerList, KeysRechecked } from '../contract/generated'
import type { Host } from '../host/types'
import { Attempt } from './attempt.svelte'

export class KeyServers {
  view = $state.raw<KeyServerList | null>(null)
  /** What a person tries to change. */
  readonly attempt = new Attempt()
  /** Whether the servers are being asked about revoked keys. */
  readonly rechecking = new Attempt()

  constructor(private readonly host: Host) {}

  private get addresses(): string[] {
    return this.view?.others.map(({ address }) => address) ?? []
  }

  async load(): Promise<void> {
    await this.change(() => this.host.call('key_servers', {}))
  }

  /** Adds a server at the end, once it has answered or when it shall be added all the same. */
  async add(address: string, untested = false): Promise<boolean> {
    return await this.change(async () => {
      if (!untested) await this.host.call('key_server_test', { address })
      return await this.host.call('key_servers_set', { addresses: [...this.addresses, address] })
    })
  }

  async remove(address: string): Promise<boolean> {
    return await this.set(this.addresses.filter((one) => one !== address))
  }

  /** Moves a server by so many places. */
  async move(address: string, by: number): Promise<boolean> {
    const addresses = this.addresses
    const from = addresses.indexOf(address)
    addresses.splice(from, 1)
    addresses.splice(from + by, 0, address)
    return await this.set(addresses)
  }

  /** Back to the ones that everybody uses. */
  async reset(): Promise<boolean> {
    return await this.set(null)
  }

  /** Answers whether the server answers. */
  async test(address: string): Promise<boolean> {
    return await this.attempt.run(() => this.host.call('key_server_test', { address }))
  }

  /** Asks now whether keys were revoked; `null` when that could not be asked. */
  async recheck(): Promise<KeysRechecked | null> {
    let found: KeysRechecked | null = null
    await this.rechecking.run(async () => {
      found = await this.host.call('key_recheck', {})
    })
    return found
  }

  private async set(addresses: string[] | null): Promise<boolean> {
    return await this.change(() => this.host.call('key_servers_set', { addresses }))
  }

  private async change(ask: () => Promise<KeyServerList>): Promise<boolean> {
    return await this.attempt.run(async () => {
      this.view = await ask()
    })
  }
}
