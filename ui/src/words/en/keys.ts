// Words of the keys screen and its sheets.

import type { KeyPlace, KeyRow, KeyStanding, KeyTrust, RevocationCause } from '../../contract/generated'
import { count } from '../format'

export const keys = {
  title: 'Keys',
  note: 'Keys sign images, and say who signed those of others.',
  make: 'Create key…',
  makeNow: 'Create key',
  import: 'Import…',
  group: {
    own: 'Mine',
    trusted: 'People I trust',
    met: 'Met, not trusted yet',
  } satisfies Record<KeyTrust, string>,
  empty: {
    own: 'You have no signing key. It takes ten seconds.',
    trusted: 'You trust nobody yet. Compare a fingerprint with somebody first.',
    met: 'Keys that signed your downloads appear here.',
  } satisfies Record<KeyTrust, string>,
  name: 'Name',
  fingerprint: 'Fingerprint',
  kind: 'Kind',
  state: 'State',
  actions: 'Actions',
  nameOf: (row: KeyRow | null) => row?.key.names[0] ?? 'Name not published',
  menu: (name: string) => `Actions for ${name}`,
  standing: {
    good: 'Good',
    expired: 'Expired',
    revoked: 'Revoked',
    weak: 'Too weak',
    not_for_signing: 'Not for signing',
  } satisfies Record<KeyStanding, string>,
  endsSoon: (day: string) => `Ends ${day}`,
  stateOf: (state: string, published: boolean) => (published ? `${state}, published` : state),
  place: {
    sifter: 'Sifter',
    singularity: 'Singularity',
    apptainer: 'Apptainer',
  } satisfies Record<KeyPlace, string>,
  placeNote: (place: string) => `kept by ${place}`,
  backup: (name: string) => `There is no backup of ${name}. Without one, a lost disk is a lost key.`,
  backUp: 'Back up…',
  exportPublic: 'Save the public key…',
  exportSecret: 'Back up the secret key…',
  copyFingerprint: 'Copy fingerprint',
  setExpiry: 'Change its end…',
  revoke: 'Take it back…',
  trust: 'Trust…',
  distrust: 'Trust no longer',
  remove: 'Remove',
  forgetPassphrase: 'Forget its passphrase',
  saved: (file: string) => `Saved as ${file}`,
  imported: (all: number, secret: number) =>
    secret > 0
      ? `${count(all, 'key')} imported, ${secret} with the secret part`
      : `${count(all, 'key')} imported. Compare the fingerprint before you trust it.`,
  cancel: 'Cancel',
  newTitle: 'Create a key',
  newNote: 'The name is public: whoever checks your images sees it.',
  newName: 'Name and address',
  newNameHint: 'Ada <ada@example.org>',
  newKind: 'Kind',
  kinds: [
    { id: 'ed25519', label: 'Ed25519' },
    { id: 'rsa', label: 'RSA 4096' },
  ],
  newLife: 'It ends',
  lives: [
    { id: '365', label: 'In a year' },
    { id: '1095', label: 'In three years' },
    { id: 'none', label: 'Never' },
  ],
  passphrase: 'Passphrase',
  passphraseAgain: 'The same again',
  passphraseDiffers: 'The two are not the same.',
  noPassphrase: 'Without a passphrase, whoever reads your files can sign in your name.',
  keep: 'Keep it in the keychain',
  keepSession: 'Keep it until Sifter quits',
  kept: 'Its passphrase is kept.',
  making: 'Creating…',
  makingRsa: 'Creating… An RSA key can take a minute.',
  made: 'Key created',
  trustTitle: 'Do you trust this key?',
  trustNote:
    'Ask the person by phone or face to face to read their fingerprint to you. A web page or a mail is not enough.',
  trustCompare: 'The fingerprint here',
  trustYes: 'It is the same, trust it',
  trustNo: 'Not now',
  trustedNow: (name: string) => `You trust ${name}`,
  revokeTitle: (name: string) => `Take back ${name}?`,
  revokeNote:
    'This cannot be undone. Nobody should believe what the key signs from now on. Sifter then saves a text that you give to everybody who has the key, and asks where to publish it.',
  revokeWhy: 'Why',
  causes: [
    { id: 'retired', label: 'No longer used' },
    { id: 'superseded', label: 'I have another' },
    { id: 'compromised', label: 'Others may have it' },
  ] satisfies { id: RevocationCause; label: string }[],
  revokeYes: 'Take it back',
  revoking: 'Taking it back…',
  revoked: (file: string | null) =>
    file === null
      ? 'The key is taken back here. Publish it to tell others.'
      : `The key is taken back. Send ${file} to everybody who has it.`,
  expiryTitle: (name: string) => `When does ${name} end?`,
  expiryNote: 'Publish the key again afterwards, or give it to others: they do not hear of it by themselves.',
  expiryYes: 'Set the end',
  setting: 'Setting the end…',
  noKey: 'You have no key that can sign. Create one under Keys.',
  goToKeys: 'Go to Keys',
}
