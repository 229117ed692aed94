/** The dot and the abilities of a server, as the Accounts screen shows them. */
import type { Capability } from '../../components/CapabilityList.svelte'
import type { Capabilities, ServerState } from '../../contract/generated'
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

/** What a server said it can and cannot do. What it did not say is left out. */
export function abilities(capabilities: Capabilities): Capability[] {
  return words.accounts.abilities.flatMap(([key, can, cannot]) => {
    const able = capabilities[key]
    return typeof able === 'boolean' ? [{ able, text: able ? can : cannot }] : []
  })
}
