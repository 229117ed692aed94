/** Publishing one key: where it could go, where it shall go, and how that went on each server. */
import { toUiError } from '../contract/errors'
import type { KeyPublication, PublishPlace, PublishPlan, UiError } from '../contract/generated'
import type { Host } from '../host/types'
import { Attempt } from './attempt.svelte'

export type PublishOutcome = { publication: KeyPublication } | { error: UiError }

export class Publishing {
  plan = $state.raw<PublishPlan | null>(null)
  /** Addresses of the key servers that it shall go to. */
  chosen = $state.raw<ReadonlySet<string>>(new Set())
  /** By addresses. */
  outcomes = $state.raw<ReadonlyMap<string, PublishOutcome>>(new Map())
  busy = $state(false)
  readonly loading = new Attempt()

  constructor(
    private readonly host: Host,
    private readonly fingerprint: string,
  ) {}

  readonly places = $derived.by<PublishPlace[]>(() =>
    (this.plan?.places ?? []).filter(({ server }) => this.chosen.has(server.address)),
  )

  /** Asks where it could go. Chosen are the person's own libraries, and where the key is already. */
  async load(): Promise<void> {
    await this.loading.run(async () => {
      const plan = await this.host.call('key_publish_plan', { fingerprint: this.fingerprint })
      const likely = ({ server, needsSignIn, publication }: PublishPlace) =>
        !needsSignIn && (server.serverId !== null || publication !== null)
      this.plan = plan
      this.chosen = new Set(plan.places.filter(likely).map(({ server }) => server.address))
    })
  }

  choose(address: string, on: boolean): void {
    const chosen = new Set(this.chosen)
    if (on) chosen.add(address)
    else chosen.delete(address)
    this.chosen = chosen
  }

  /** Sends it to all that are chosen. Those that took it are not chosen any more. */
  async publish(): Promise<void> {
    this.busy = true
    await Promise.all([...this.chosen].map((address) => this.publishOn(address)))
    this.busy = false
  }

  private async publishOn(address: string): Promise<void> {
    try {
      const { fingerprint } = this
      const publication = await this.host.call('key_publish', { fingerprint, address })
      this.note(address, { publication })
      this.choose(address, false)
    } catch (error) {
      this.note(address, { error: toUiError(error) })
    }
  }

  private note(address: string, outcome: PublishOutcome): void {
    this.outcomes = new Map(this.outcomes).set(address, outcome)
  }
}
