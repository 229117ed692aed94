/** A library of a team: the second server of a journey. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { program, start, type Running } from './programs'

export class Library {
  private constructor(
    readonly url: string,
    private readonly folder: string,
    private readonly running: Running,
  ) {}

  /** Starts a library that belongs to `owner`, with a quota in bytes and a settings file where they are wanted. */
  static async start(owner = 'grace', quota?: number, settings?: string): Promise<Library> {
    const folder = await mkdtemp(join(tmpdir(), 'sifter-library-'))
    if (settings !== undefined) {
      await writeFile(join(folder, 'library.toml'), settings)
      await writeFile(join(folder, 'campus-secret'), 's3cr+et%\n', { mode: 0o600 })
    }
    const args = ['serve', '--data', folder, '--listen', '127.0.0.1:0', '--owner', owner]
    if (quota !== undefined) args.push('--quota', String(quota))
    const running = await start('sifter-library', args, /^Library at (http:\S+?)\/?$/)
    return new Library(running.said, folder, running)
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  /** An access token of the owner, as the command line makes one. */
  token(): string {
    const args = ['token', 'create', '--data', this.folder, '--name', 'flow']
    return execFileSync(program('sifter-library'), args, { encoding: 'utf8' }).trim()
  }

  async stop(): Promise<void> {
    await this.running.stop()
    await rm(this.folder, { recursive: true, force: true })
  }
}
