/** An identity provider that people can sign in with. Whoever comes is Jane Doe. */
import { start, type Running } from './programs'

export class IdentityProvider {
  private constructor(
    readonly url: string,
    private readonly running: Running,
  ) {}

  static async start(): Promise<IdentityProvider> {
    const running = await start('identity-provider', ['plain'], /^Provider at (http:\S+)$/)
    return new IdentityProvider(running.said, running)
  }

  /** What an administrator writes into `library.toml` for it. The secret lies beside it. */
  get settings(): string {
    return [
      '[[providers]]',
      'kind = "oidc"',
      'id = "campus"',
      'label = "Campus"',
      `issuer = "${this.url}"`,
      'client_id = "library"',
      'client_secret_file = "campus-secret"',
      '',
    ].join('\n')
  }

  async stop(): Promise<void> {
    await this.running.stop()
  }
}
