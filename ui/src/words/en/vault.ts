// Words of the vault: the file that keeps sign-ins on computers without a keychain.

import type { VaultState } from '../../contract/generated'
import { count } from '../format'

export const vault = {
  title: 'Vault',
  row: 'Sign-ins on this computer',
  state: {
    none: 'This computer has no keychain. Sign-ins are forgotten when Sifter quits, unless you make a vault for them: a file that is encrypted with a passphrase of yours.',
    closed: 'Closed. The sign-ins in it wait until you open it with your passphrase.',
    open: 'Open. Sign-ins are kept in it, encrypted with your passphrase.',
  } satisfies Record<VaultState, string>,
  brief: {
    none: 'This computer has no keychain, so the sign-in is forgotten when Sifter quits.',
    closed: 'The vault is closed. The sign-ins in it wait for your passphrase.',
  },
  make: 'Make a vault…',
  open: 'Open the vault…',
  close: 'Close it now',
  forget: 'Delete the vault…',
  makeTitle: 'Make a vault',
  makeNote:
    'Sign-ins are kept in a file that only this passphrase opens. Sifter asks for it after each start, and when the vault has closed itself. Nobody can restore it: without it, you sign in again.',
  openTitle: 'Open the vault',
  openNote: 'It stays open for as long as it is used. Settings say after what time it closes itself.',
  passphrase: 'Passphrase',
  again: 'The same passphrase again',
  tooShort: 'At least eight characters.',
  different: 'The two are not the same.',
  makeYes: 'Make the vault',
  openYes: 'Open',
  working: 'One moment…',
  made: 'Sign-ins are kept in the vault now',
  opened: 'The vault is open',
  closed: 'The vault is closed',
  lockedItself: 'The vault has closed itself, because nothing has used it for a while',
  lock: 'Close it by itself',
  lockNote: 'After this time without use. Transfers that need a sign-in out of it come to their end first.',
  lockAfter: (minutes: number) =>
    minutes === 0 ? 'Never' : minutes % 60 === 0 ? count(minutes / 60, 'hour') : count(minutes, 'minute'),
  forgetTitle: 'Delete the vault?',
  forgetBody: {
    open: 'What is in it stays for this session, and is forgotten when Sifter quits.',
    closed: 'What is in it cannot be opened any more. You sign in to those servers again.',
  },
  forgetYes: 'Delete vault',
  forgotten: 'The vault is deleted',
  waiting: (keychain: string) => `Waiting for you to unlock ${keychain}…`,
  waitingAnywhere: 'Waiting for you to unlock the keychain…',
}
