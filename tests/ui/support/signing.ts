/** Images that are signed in every way there is, made with the command line. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Bridge } from './bridge'
import { program } from './programs'
import { samples } from './samples'

/** Nobody outside of this computer is asked for keys. */
export const NO_KEY_SERVERS = 'key_servers = []\n'

function run(...args: string[]): string {
  return execFileSync(program('sifter-cli'), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Makes a key in a home folder; answers its fingerprint. */
export function makeKey(home: string, name: string): string {
  const made = run('--home', home, '--json', 'key', 'generate', '--no-passphrase', name)
  return (JSON.parse(made) as { fingerprint: string }).fingerprint
}

/** A copy of a sample, signed with the only key of a home folder. */
export function signedImage(file: string, home: string): string {
  copyFileSync(samples.hello, file)
  run('--home', home, 'sign', file)
  return file
}

/** Changes a byte of what was signed. */
export function alter(file: string): void {
  const bytes = readFileSync(file)
  bytes[5] = (bytes[5] ?? 0) ^ 1
  writeFileSync(file, bytes)
}

/** A file with the public part of a key. */
export function publicKey(home: string, fingerprint: string, file: string): string {
  writeFileSync(file, run('--home', home, 'key', 'export', fingerprint))
  return file
}

/** Publishes an image for each verdict, under `ada/verdicts/NAME:1`. The person has a key, and has met another. */
export async function publishEveryVerdict(bridge: Bridge): Promise<void> {
  const [stranger, unknown, folder] = [bridge.at('stranger'), bridge.at('unknown'), bridge.at('images')]
  mkdirSync(folder)
  makeKey(bridge.home, 'Ada <ada@example.org>')
  const met = makeKey(stranger, 'Grace <grace@example.org>')
  makeKey(unknown, 'Nobody Knows')
  await bridge.willChoose(publicKey(stranger, met, join(folder, 'grace.asc')))
  await bridge.call('key_import', {})
  const at = (name: string) => join(folder, `${name}.sif`)
  copyFileSync(samples.hello, at('unsigned'))
  signedImage(at('trusted'), bridge.home)
  signedImage(at('met'), stranger)
  signedImage(at('unknown'), unknown)
  alter(signedImage(at('altered'), bridge.home))
  for (const name of ['trusted', 'met', 'unsigned', 'unknown', 'altered'])
    await bridge.publish(at(name), `ada/verdicts/${name}`, ['1'])
}

/** Downloads one of them. */
export async function fetchVerdict(bridge: Bridge, container: string): Promise<string> {
  const path = { entity: 'ada', collection: 'verdicts', container }
  const image = { serverId: 'this-computer', path, tag: '1', arch: 'amd64' }
  const id = await bridge.call('download_start', { image, clash: 'ask' })
  await bridge.ended(id)
  return id
}
