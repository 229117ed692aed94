/** How other machines are reached: the proxy, and whose certificates are believed. */
import { toUiError } from '../contract/errors'
import type { NetworkView, ProxySettings, ShownCertificate, UiError } from '../contract/generated'
import type { Host } from '../host/types'

export class Network {
  view = $state.raw<NetworkView | null>(null)
  problem = $state.raw<UiError | null>(null)
  busy = $state(false)

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
    this.busy = true
    this.problem = null
    try {
      this.view = await ask()
      return true
    } catch (error) {
      const problem = toUiError(error)
      if (problem.code !== 'cancelled') this.problem = problem
      return false
    } finally {
      this.busy = false
    }
  }
}
