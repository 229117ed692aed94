/** The way to allow what a sign-in lacks. */
import type { UiError } from '../../contract/generated'
import type { Route } from '../../state/navigation.svelte'

/** Where the person signs in once more, for what the error says is missing. */
export function grantRoute(error: UiError, serverId: string): Route {
  const { scopes } = error.params
  return { name: 'sign_in', serverId, scopes: typeof scopes === 'string' ? scopes : '' }
}
