// Words of the Accounts screen and of the sheet that connects a server.

import type { AccountView, Capabilities, ServerState, Storage } from '../../contract/generated'
import { size } from '../format'

export const accounts = {
  title: 'Accounts',
  listLabel: 'Servers',
  connect: 'Connect a server…',
  signIn: 'Sign in',
  signInAgain: 'Sign in again',
  signOut: 'Sign out…',
  signOutOne: (name: string) => `Sign out ${name}…`,
  accountsOn: (server: string) => `Accounts on ${server}`,
  inUse: 'in use',
  use: 'Use',
  useOne: (name: string) => `Use ${name}`,
  usedToast: (name: string, server: string) => `Working as ${name} on ${server}`,
  addAccount: 'Add another account…',
  forget: 'Remove server…',
  refresh: 'Check again',
  start: 'Start',
  stop: 'Stop',
  keys: 'Keys',
  builder: 'Builder',
  noBuilder: 'No builder',
  tokens: 'Tokens',
  signedOut: 'signed out',
  needsSignIn: 'needs sign-in',
  ended: (display: string, server: string) =>
    `The sign-in of ${display} to ${server} ran out, or was ended there. What was sent so far is safe.`,
  state: {
    unknown: 'Not asked yet',
    online: 'Library answers',
    slow: 'Library is slow',
    down: 'Library does not answer',
    off: 'Library is off',
  } satisfies Record<ServerState, string>,
  used: (used: number, total: number) =>
    total > 0 ? `${size(used)} of ${size(total)} used` : `${size(used)} used, no limit`,
  quotaMeter: (server: string) => `Space used on ${server}`,
  subtitle: (host: string, account: AccountView | null) =>
    account === null
      ? `${host}, signed out`
      : account.signedIn
        ? `${host}, signed in as ${account.display} ${account.byBrowser ? 'through the browser' : 'with a pasted token'}`
        : `${host}, the sign-in of ${account.display} has ended`,
  can: 'What this server can do',
  cannotTell: 'The server has not been asked yet.',
  signInFacts: 'Sign-in',
  storedIn: 'Stored in',
  storage: (storage: Storage) =>
    storage.kind === 'keychain'
      ? storage.name
      : storage.kind === 'vault'
        ? 'the vault, encrypted'
        : 'this session only',
  keychainLocked: 'The keychain is locked. Sign-ins will be asked for when it is needed.',
  account: 'Account',
  expires: 'Expires',
  commandLine: 'Command line',
  never: 'not told by the server',
  address: 'Address',
  copyAddress: 'Copy library address',
  none: 'No server yet',
  noneNote: 'Connect a server, or start the library on this computer.',
  signOutTitle: (server: string) => `Sign out of ${server}?`,
  signOutBody:
    'The token is revoked on the server and forgotten here. Uploads to it stop until you sign in again.',
  signOutYes: 'Sign out',
  signedOutToast: (server: string) => `Signed out of ${server}`,
  removeTitle: (server: string) => `Remove ${server}?`,
  removeBody:
    'It leaves the sidebar, and its sign-in is revoked and forgotten. Nothing on the server is deleted.',
  removeYes: 'Remove server',
  removedToast: (server: string) => `Removed ${server}`,
  cancel: 'Cancel',
  /** What a server can do, cannot do, and what is called what nobody has seen yet; null: nothing to say then. */
  abilities: [
    ['archTags', 'Tags for each architecture', 'No tags for each architecture', 'Tags for each architecture'],
    ['multipart', 'Resumes uploads', 'Uploads start over when they break', 'Resuming uploads'],
    ['ranges', 'Resumes downloads', 'Downloads start over when they break', 'Resuming downloads'],
    ['registry', 'Keeps images in a registry', 'No registry', 'Registry'],
    ['keys', 'Publishes keys', 'No keys', 'Publishing keys'],
    ['builder', 'Remote builds', 'No remote builds', 'Remote builds'],
    ['tokens', 'Access tokens by name', 'No list of access tokens', 'Access tokens'],
    ['quota', 'Shows quota before upload', 'Does not tell the quota', 'Quota before upload'],
    ['onlyAskedTags', 'Sets only the tags you ask for', 'Moves “latest” with every upload', null],
    ['search', 'Search', 'No search', 'Search'],
    [
      'browserSignIn',
      'Sign-in through the browser',
      'Sign-in with a token only',
      'Sign-in through the browser',
    ],
  ] satisfies [keyof Capabilities, string, string, string | null][],
  notKnown: (what: string) => `${what}: not known`,
  noVersion: 'The library does not tell its version.',
  apiVersion: (version: string) => `Library API ${version}`,
}

export const connect = {
  title: 'Connect a server',
  note: 'A library of your institution, Sylabs Cloud, or any address that somebody gave you.',
  address: 'Address',
  hint: 'library.example or a library:// link',
  go: 'Connect',
  asking: 'Asking the server…',
  cancel: 'Cancel',
  connected: (server: string) => `Connected to ${server}`,
}
