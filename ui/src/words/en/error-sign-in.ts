// What a provider, an organisation or a library can have against a sign-in, in words.

import type { ErrorCode } from '../../contract/generated'
import { capital, say, type Say } from './error-parts'

export const PROVIDERS: Partial<Record<ErrorCode, Say>> = {
  client_id_refused: (f) => {
    const provider = f.text('provider', 'The provider')
    return say(
      `${provider} does not accept Sifter's client id`,
      'The client id or its secret in Settings is not the one that is registered there, or it is registered for another kind of app. Correct it in Settings, or use the sign-in page of the library.',
      { tone: 'warn', icon: 'key', actions: ['retry'] },
    )
  },
  approval_needed: (f) => {
    const provider = f.text('provider', 'The provider')
    return say(
      'Your organisation has to approve this first',
      `${provider} lets nobody of your organisation in by this app before an administrator has approved it. Ask them, or sign in with another account.`,
      { tone: 'warn', icon: 'lock', actions: ['retry'] },
    )
  },
  single_sign_on_needed: (f) => {
    const organisation = f.text('organisation', 'Your organisation')
    return say(
      `${capital(organisation)} wants its own sign-in first`,
      `Open the page of ${f.text('organisation', 'your organisation')} on ${f.text('provider', 'the provider')}, pass its single sign-on there, then try again.`,
      { tone: 'warn', icon: 'lock', actions: ['retry'] },
    )
  },
  scope_missing: (f) => {
    const where = f.text('provider', f.text('server', 'The server'))
    const scopes = f.text('scopes', '')
    // A call was refused; otherwise it is the end of a sign-in.
    if (f.afterSignIn) {
      return say(
        `Your sign-in to ${f.server} may not do this`,
        `It allows less than this needs${scopes ? ` (“${scopes}”)` : ''}. Grant it by signing in once more; nothing that was sent is lost.`,
        { tone: 'warn', icon: 'lock', actions: ['grant'] },
      )
    }
    return say(
      'The sign-in grants too little',
      scopes
        ? `${where} did not grant “${scopes}”, which Sifter needs here. Sign in again and leave every box of the request ticked.`
        : `${where} granted less than Sifter needs here. Sign in again and leave every box of the request ticked.`,
      { tone: 'warn', icon: 'lock', actions: ['retry'] },
    )
  },
  sign_in_not_accepted: (f) => {
    const provider = f.text('provider', 'the provider')
    return say(
      `${capital(f.server)} does not take this sign-in`,
      `You are known at ${provider}, but the library lets nobody in with this account, or not by this app. Ask whoever runs it, or use its sign-in page.`,
      { tone: 'warn', icon: 'lock', actions: ['retry'] },
    )
  },
  no_secret_in_clipboard: (f) =>
    say(
      'There is no client secret in the clipboard',
      `Copy the secret on the page of ${f.text('provider', 'the provider')} where the app is registered, then paste it again.`,
      { tone: 'warn', icon: 'key', actions: ['retry'] },
    ),
}
