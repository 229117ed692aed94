/** The desktop app as host. The only file that knows Tauri. */
import { Channel, invoke } from '@tauri-apps/api/core'

import { toUiError } from '../contract/errors'
import type { AppEvent } from '../contract/generated'
import type { Host } from './types'

export function insideTauri(): boolean {
  return '__TAURI_INTERNALS__' in window
}

export function tauriHost(): Host {
  return {
    async call(command, request) {
      try {
        return await invoke(command, { request })
      } catch (error) {
        throw toUiError(error)
      }
    },
    watch(onEvent) {
      let listening = true
      const channel = new Channel<AppEvent>()
      channel.onmessage = (event) => {
        if (listening) onEvent(event)
      }
      // Without events the window still works; it only learns of changes when it asks.
      invoke('app_watch', { onEvent: channel }).catch((error: unknown) =>
        console.error(toUiError(error).details),
      )
      return () => {
        listening = false
      }
    },
  }
}
