/** A real Secret Service on a session bus of its own, as a desktop has it. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { until } from './bridge'

/** A bus that starts nothing by itself: what is on it, the test has put there. */
const BUS = (
  folder: string,
) => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=${folder}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

export class Keychain {
  private constructor(
    /** By these programs find it. */
    readonly environment: Record<string, string>,
    private readonly folder: string,
    private readonly programs: ChildProcess[],
  ) {}

  static async start(): Promise<Keychain> {
    const folder = await mkdtemp(join(tmpdir(), 'sifter-keychain-'))
    const run = join(folder, 'run')
    await mkdir(run, { mode: 0o700 })
    await writeFile(join(folder, 'bus.conf'), BUS(run))
    const home = { HOME: folder, XDG_RUNTIME_DIR: run, XDG_DATA_HOME: join(folder, 'data') }
    const bus = spawn('dbus-daemon', [`--config-file=${folder}/bus.conf`, '--nofork', '--print-address=1'], {
      env: { ...process.env, ...home },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const address = await new Promise<string>((resolve, reject) => {
      bus.once('error', reject)
      createInterface({ input: bus.stdout }).once('line', resolve)
    })
    const environment = { DBUS_SESSION_BUS_ADDRESS: address }
    const keyring = spawn('gnome-keyring-daemon', ['--unlock', '--components=secrets', '--foreground'], {
      env: { ...process.env, ...home, ...environment },
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    keyring.stdin.end('sign-in\n')
    const keychain = new Keychain(environment, folder, [keyring, bus])
    await until('the keychain is on the bus', () => Promise.resolve(keychain.isThere()))
    return keychain
  }

  /** The secrets of Sifter's items, read as another program of the same person would. */
  secrets(): string[] {
    const found = execFileSync('secret-tool', ['search', '--all', 'service', 'dev.sifter.desktop'], {
      env: { ...process.env, ...this.environment },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return [...found.matchAll(/^secret = (.*)$/gm)].map(([, secret = '']) => secret)
  }

  async stop(): Promise<void> {
    for (const program of this.programs) {
      const ended = new Promise((resolve) => program.once('exit', resolve))
      program.kill('SIGTERM')
      await ended
    }
    await rm(this.folder, { recursive: true, force: true })
  }

  private isThere(): boolean {
    const ask = [
      '--session',
      '--print-reply',
      '--dest=org.freedesktop.DBus',
      '/org/freedesktop/DBus',
      'org.freedesktop.DBus.NameHasOwner',
      'string:org.freedesktop.secrets',
    ]
    const answer = execFileSync('dbus-send', ask, {
      env: { ...process.env, ...this.environment },
      encoding: 'utf8',
    })
    return answer.includes('boolean true')
  }
}
