/** Picks the host once, when the window starts. */
import { bridgeHost } from './bridge'
import { insideTauri, tauriHost } from './tauri'
import type { Host } from './types'

export async function chooseHost(): Promise<Host> {
  if (import.meta.env.DEV && new URLSearchParams(location.search).has('demo')) {
    const { demoHost } = await import('./demo')
    return demoHost()
  }
  return insideTauri() ? tauriHost() : bridgeHost()
}
