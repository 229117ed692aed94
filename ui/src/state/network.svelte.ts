/** How other machines are reached: the proxy, and whose certificates are believed. */
import type { NetworkView, ProxySettings, ShownCertificate } from '../contract/generated'
import type { Host } from '../host/types'
import { Attempt } from './attempt.svelte'

export class Network {
  view = $state.raw<NetworkView | null>(null)
  /** What a person tries to change. */
  readonly attempt = new Attempt()

  constructor(private readonly host: Host) {}

  async load(): Promise<void> {
    await this.change(() => this.host.call('network_get', {}))
  }

  async setProxy(proxy: ProxySettings): Promise<boolean> {
    return await this.change(() => this.host.call('network_set_proxy', proxy))
  }

  /** The password goes to the app and is not kept here. */
  async setPassword(password: string): Promise<boolean> {
    return await this.change(() => this.host.call('network_set_password', { password }))
  }

  async forgetPassword(): Promise<boolean> {
    return await this.change(() => this.host.call('network_forget_password', {}))
  }

  /** Opens a dialog of the system; answers whether there are more authorities than before. */
  async addAuthority(): Promise<boolean> {
    const before = this.view?.authorities.length ?? 0
    const done = await this.change(() => this.host.call('network_add_authority', {}))
    return done && (this.view?.authorities.length ?? 0) > before
  }

  async removeAuthority(fingerprint: string): Promise<boolean> {
    return await this.change(() => this.host.call('network_remove_authority', { fingerprint }))
  }

  async forgetHost(host: string): Promise<boolean> {
    return await this.change(() => this.host.call('network_forget_host', { host }))
  }

  async trust(shown: ShownCertificate): Promise<boolean> {
    return await this.change(() => this.host.call('certificate_trust', shown))
  }

  private async change(ask: () => Promise<NetworkView>): Promise<boolean> {
    const done = await this.attempt.run(async () => {
      this.view = await ask()
    })
    // Whoever closes a dialog of the system knows that nothing came of it.
    if (this.attempt.problem?.code === 'cancelled') this.attempt.problem = null
    return done
  }
}
