/** Images that the tests share. They are made once, before the first test, and never changed. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  copyFileSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { program, root } from './programs'

const folder = join(root, 'target/flows/samples')

export const samples = {
  /** About 36 KiB. */
  hello: join(folder, 'hello-world.sif'),
  /** 1 MiB for amd64. */
  older: join(folder, 'samtools_1.21.sif'),
  /** 2 MiB for amd64. */
  newer: join(folder, 'samtools_1.22.sif'),
  /** 1 MiB for arm64. */
  arm: join(folder, 'samtools_1.22_arm64.sif'),
  /** Three parts of an upload. */
  large: join(folder, 'genome_2026.sif'),
  /** Begins like an image and ends in the middle. */
  truncated: join(folder, 'interrupted_1.0.sif'),
  /** A text that calls itself an image. */
  notes: join(folder, 'notes.sif'),
}

export const LARGE_MIB = 40

/** What a download of an amd64 image is called: the architecture is part of it on other computers. */
export function downloadName(stem: string): string {
  return process.arch === 'x64' ? `${stem}.sif` : `${stem}_amd64.sif`
}

/** SHA-256 of a file in hexadecimal digits. */
export function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

export default function make(): void {
  mkdirSync(folder, { recursive: true })
  const tool = program('sample-image')
  image(tool, samples.hello)
  image(tool, samples.older, '1')
  image(tool, samples.newer, '2')
  image(tool, samples.arm, '1', 'arm64')
  image(tool, samples.large, String(LARGE_MIB))
  copyFileSync(samples.older, samples.truncated)
  truncateSync(samples.truncated, 300_000)
  writeFileSync(samples.notes, 'Remember to buy coffee.\n'.repeat(40))
}

function image(tool: string, path: string, ...args: string[]): void {
  // An image is the same every time it is made by the same program.
  if (existsSync(path) && statSync(path).mtimeMs > statSync(tool).mtimeMs) return
  execFileSync(tool, [path, ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
}
