/** The dot and the abilities of a server, as the Accounts screen shows them. */
import type { Capability } from '../../components/CapabilityList.svelte'
import type { IconName } from '../../components/icons'
import type { Capabilities, ServerState, Storage } from '../../contract/generated'
import { words } from '../../words/words'

export function dotOf(state: ServerState): 'ok' | 'slow' | 'down' | 'off' {
  switch (state) {
    case 'online':
      return 'ok'
    case 'slow':
    case 'down':
      return state
    case 'unknown':
    case 'off':
      return 'off'
  }
}

/** The sign of where a sign-in is kept: in the keychain, in the locked vault, or for a while. */
export function keptBy(storage: Storage): IconName {
  switch (storage.kind) {
    case 'keychain':
      return 'key'
    case 'vault':
      return 'lock'
    case 'session_only':
      return 'clock'
  }
}

/** What a server can do, cannot do, and what is not known of it; nothing when it was never asked. */
export function abilities(capabilities: Capabilities): Capability[] {
  if (Object.values(capabilities).every((told) => told === null)) return []
  return words.accounts.abilities.flatMap(([key, can, cannot, topic]): Capability[] => {
    const able = capabilities[key]
    if (typeof able === 'boolean') return [{ able, text: able ? can : cannot }]
    return topic === null ? [] : [{ able: null, text: words.accounts.notKnown(topic) }]
  })
}
