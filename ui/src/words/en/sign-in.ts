// Words of the sign-in screen.

import type { SignInPhase, Storage } from '../../contract/generated'
import { clock } from '../format'

export const signIn = {
  title: (server: string) => `Sign in to ${server}`,
  lead: 'The sign-in happens in your browser. Sifter never sees your password.',
  /** Why somebody signs in who is signed in already. */
  grants: (scopes: string) =>
    scopes
      ? `Sifter asks for “${scopes}” this time, beside what you allow now. Then it goes on by itself.`
      : 'Sifter asks to be allowed more this time. Then it goes on by itself.',
  browser: 'Continue in the browser',
  /** The name of a provider's button for a screen reader; the button itself shows the provider alone. */
  withProvider: (provider: string) => `Sign in with ${provider}`,
  /** Where Sifter goes to the provider itself, not by the page of the library. */
  directly: (provider: string) => `Go to ${provider} directly`,
  or: 'or',
  token: 'Paste a token instead',
  tokenOnly: 'Paste a token',
  noWay: 'This server offers no way to sign in that Sifter knows.',
  choose: 'How would you like to sign in?',
  chooseNote:
    'The page of the server opens in your browser. When you have approved, this window goes on by itself.',
  begin: 'Open the browser',
  /** `place` is where the person approves: the provider that was chosen, else the server's host. */
  phase: (phase: SignInPhase, host: string, place = host): { title: string; note: string } => {
    switch (phase) {
      case 'preparing':
        return { title: `Asking ${host} how to sign in…`, note: 'This takes a moment.' }
      case 'waiting_for_browser':
        return {
          title: 'Waiting for your browser…',
          note: `Approve the request on ${place}. This window goes on by itself.`,
        }
      case 'waiting_for_code':
        return {
          title: 'Enter this code',
          note: `Open the page on any device. This window goes on by itself when you have approved there.`,
        }
      case 'exchanging':
        return { title: 'Approved. Finishing the sign-in…', note: 'You can close the page in the browser.' }
      case 'storing':
        return { title: 'Storing the sign-in…', note: 'Your keychain may ask for its password.' }
      case 'done':
        return { title: 'You are signed in', note: `Your account on ${host} is ready.` }
      case 'failed':
        return { title: 'The sign-in did not work', note: '' }
      case 'cancelled':
        return { title: 'Sign-in cancelled', note: 'Nothing was stored.' }
    }
  },
  noBrowser: 'No browser could be opened. Copy the link and open it yourself.',
  noBrowserCode: 'No browser could be opened. Copy the link, or use any other device:',
  code: 'Use a code on another device',
  beginCode: 'Get a code',
  codeNote: 'A short code is shown here, which you enter in the browser of any device.',
  theCode: 'The code',
  codePage: (page: string) => `Enter it on ${page}`,
  copyCode: 'Copy code',
  openPage: 'Open the page here',
  codeWorks: (seconds: number) => `The code works for ${clock(seconds)} more`,
  another: (server: string) => `Add an account on ${server}`,
  openAgain: 'Open again',
  copyLink: 'Copy link',
  linkCopied: 'Link copied',
  linkWorks: (seconds: number) => `The link works for ${clock(seconds)} more`,
  cancel: 'Cancel',
  startAgain: 'Start again',
  step1: 'Create a token on the server',
  step1Note: 'Name it after this computer, so you can revoke it later.',
  openTokenPage: 'Open token page',
  step2: 'Copy it, then paste it here',
  step2Note: 'Sifter takes it straight from the clipboard. It never shows in this window.',
  pasteToken: 'Paste token',
  checking: 'Checking the token…',
  tokenOf: (login: string) => `Token for ${login}`,
  tokenEnds: (day: string) => `expires ${day}`,
  step3: 'Sign in',
  signInAs: (login: string) => `Sign in as ${login}`,
  storing: 'Storing the sign-in…',
  stored: (storage: Storage) =>
    storage.kind === 'keychain'
      ? `Stored in ${storage.name}. The clipboard is cleared.`
      : storage.kind === 'vault'
        ? 'Stored in the vault, encrypted. The clipboard is cleared.'
        : 'Kept for this session only: this computer has no keychain. The clipboard is cleared.',
  signedIn: (name: string, server: string) =>
    name ? `Signed in to ${server} as ${name}` : `Signed in to ${server}`,
  serverOff: 'This library is off.',
  serverOffNote: 'Start it to sign in.',
  start: 'Start it',
}
