/** Programs of this checkout that a test starts, and ends. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

export const root = resolve(import.meta.dirname, '../../..')

/** How long a program may take to come up, and to end when asked. */
const PATIENCE_MS = 20_000

/** A built program. They lie beside the bridge that `SIFTER_BRIDGE` names. */
export function program(name: string): string {
  const bridge = process.env.SIFTER_BRIDGE ?? join(root, 'target/debug/sifter-bridge')
  const path = name === 'sifter-bridge' ? bridge : join(dirname(bridge), name)
  if (!existsSync(path)) throw new Error(`${path} is missing: run cargo build --workspace`)
  return path
}

export interface Running {
  pid: number
  /** What it said at its start. */
  said: string
  /** What it wrote to its standard error so far. */
  complaints: () => string
  stop: () => Promise<void>
}

/** Starts a built program and waits for the line of its output that says that it is up. */
export async function start(
  name: string,
  args: string[],
  ready: RegExp,
  env: Record<string, string> = {},
): Promise<Running> {
  return await startCommand(name, program(name), args, ready, env)
}

/** Starts any program, and waits in the same way. `name` is what a failure calls it. */
export async function startCommand(
  name: string,
  command: string,
  args: string[],
  ready: RegExp,
  env: Record<string, string> = {},
): Promise<Running> {
  const child = spawn(command, args, {
    env: { ...withoutProxies(process.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let complaints = ''
  child.stderr.on('data', (text: Buffer) => (complaints += text.toString()))
  const said = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} did not come up: ${complaints}`)), PATIENCE_MS)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}: ${complaints}`)))
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = ready.exec(line)
      if (!found) return
      clearTimeout(timer)
      resolve(found[1] ?? line)
    })
  })
  return { pid: child.pid ?? 0, said, complaints: () => complaints, stop: () => stop(name, child) }
}

/** Ends a program politely. One that does not listen is a failure. */
async function stop(name: string, child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  const code = await ended
  clearTimeout(timer)
  if (code !== 0) throw new Error(`${name} ended with ${code ?? 'a kill'} after it was asked to stop`)
}

function withoutProxies(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/_proxy$/i.test(name)))
}
