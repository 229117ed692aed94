// Words about keys on key servers: publishing, finding, the list of servers, and keys that were revoked.

import type {
  BundlePhase,
  KeyPublication,
  KeyServer,
  KeyTrust,
  KeysRechecked,
  PublishPlace,
  RevokedKey,
  Verdict,
} from '../../contract/generated'
import { count, day, shortKey, size, sizeOf } from '../format'

const list = new Intl.ListFormat('en', { type: 'conjunction' })

export const publishing = {
  menu: 'Publish…',
  title: (name: string) => `Publish ${name}?`,
  note: 'Whoever looks for you or your images finds the key then. What is public once cannot be called back.',
  noteRevoked: 'The servers that have the key do not know yet that you took it back.',
  loading: 'Asking which key servers there are…',
  becomesPublic: 'What becomes public',
  name: (name: string) => `Your name and address: ${name}`,
  nameless: 'The key, which carries no name',
  keyItself: 'The public key, and when it ends',
  revocation: 'That you have taken the key back',
  where: 'Where',
  of: (library: string) => `Key server of ${library}`,
  signInFirst: (library: string) => `Takes keys from people who are signed in to ${library}.`,
  signIn: 'Sign in',
  at: ({ published, outdated }: KeyPublication) =>
    outdated ? `Published ${day(published)}. The key has changed since.` : `Published ${day(published)}`,
  done: 'Published',
  confirm: (host: string) =>
    `${host} hides your name until you confirm the address: ask for the mail at ${host}/manage.`,
  hides: (host: string) => `${host} shows your name only after you confirmed the address by mail.`,
  nowhere: 'There is no key server. Connect a library, or add a key server in Settings.',
  publish: (places: PublishPlace[]) => {
    const [first, ...others] = places
    if (!first) return 'Publish'
    return others.length === 0 ? `Publish on ${first.server.host}` : `Publish on ${places.length} servers`
  },
  publishing: 'Publishing…',
  cancel: 'Cancel',
  close: 'Close',
  publishedAt: ({ host, published }: KeyPublication) => `Published on ${host}, ${day(published)}`,
  changed: (name: string, hosts: string[]) =>
    `${name} has changed since it was published on ${list.format(hosts)}.`,
  again: 'Publish again…',
}

export const keySearch = {
  open: 'Find…',
  title: 'Find a key',
  note: 'By a name, a mail address, a key id or a fingerprint.',
  field: 'Name, address, id or fingerprint',
  search: 'Search',
  searching: 'Searching…',
  learns: (hosts: string[]) =>
    hosts.length > 0
      ? `${list.format(hosts)} ${hosts.length === 1 ? 'learns' : 'learn'} what you search for.`
      : 'There is no key server. Connect a library, or add a key server in Settings.',
  results: 'Keys that were found',
  found: (keys: number, more: boolean) =>
    more ? `More than ${count(keys, 'key')}. Search for an address or a fingerprint.` : count(keys, 'key'),
  nothing: (text: string) => `No key for “${text}”. Some servers find whole addresses and fingerprints only.`,
  silent: (hosts: string[]) => `${list.format(hosts)} did not answer, so there may be more.`,
  from: (hosts: string[]) => `on ${list.format(hosts)}`,
  made: (created: string) => `made ${day(created)}`,
  ends: (expires: string) => `ends ${day(expires)}`,
  nameless: 'Name not published',
  add: 'Add',
  addName: (name: string) => `Add ${name}`,
  trustName: (name: string) => `Trust ${name}…`,
  shortId: 'This server tells the short id only. Search for the fingerprint.',
  added: (name: string) =>
    `${name} is among the keys you have met. Compare the fingerprint before you trust it.`,
  known: {
    own: 'Yours',
    trusted: 'Trusted',
    met: 'Met',
  } satisfies Record<KeyTrust, string>,
  close: 'Close',
  findThis: 'Find this key…',
}

export const keyServers = {
  title: 'Key servers',
  note: 'They are asked for the keys behind signatures, in this order.',
  nobody: 'Nobody is asked, except the libraries that images are from.',
  ofLibrary: (library: string) => `of ${library}, asked first`,
  list: 'Key servers',
  actions: (host: string) => `Actions for ${host}`,
  up: 'Ask it earlier',
  down: 'Ask it later',
  test: 'Test',
  remove: 'Remove',
  answers: (host: string) => `${host} answers as a key server`,
  add: 'Add',
  adding: 'Asking it…',
  address: 'Address of a key server',
  addressHint: 'keys.example.org',
  addAnyway: 'Add it all the same',
  usual: 'Back to the usual ones',
  recheck: 'Revoked keys',
  recheckNote: 'Once a day the servers are asked whether a key you met or trust was revoked.',
  recheckNow: 'Ask now',
  rechecking: 'Asking…',
  rechecked: ({ asked, revoked }: KeysRechecked) =>
    revoked.length > 0
      ? `${count(revoked.length, 'key')} ${revoked.length === 1 ? 'is' : 'are'} revoked`
      : asked === 0
        ? 'There is no key of somebody else to ask about.'
        : `Asked about ${count(asked, 'key')}. None is revoked.`,
  label: ({ host, address }: KeyServer) => (address === `https://${host}` ? host : address),
}

const whose = ({ name, fingerprint }: RevokedKey) => name ?? shortKey(fingerprint)

function signed({ downloads }: RevokedKey): string {
  const [first] = downloads
  if (!first) return 'Nothing it signed is on this computer.'
  const rest = downloads.length - 1
  if (rest === 0) return `It signed ${first.fileName}, which is on this computer.`
  return `It signed ${first.fileName} and ${rest} ${rest === 1 ? 'other' : 'others'} on this computer.`
}

export const revoked = {
  banner: (key: RevokedKey) =>
    `${whose(key)} has revoked ${key.trust === 'trusted' ? 'a key you trust' : 'a key you met'}. ${signed(key)}`,
  toast: (key: RevokedKey) => `The key of ${whose(key)} is revoked`,
  show: 'Show',
  look: 'Look at it',
  images: 'Look at one…',
}

const MADE_OF: Record<Verdict, string> = {
  verified: 'Its signatures are good, by a key you trust.',
  unknown_signer: 'Its signatures are good, by a key you have not compared yet.',
  not_signed: 'It is not signed, or not all of it: only the checksums speak for it.',
  could_not_check: 'Its signatures could not be checked here.',
  do_not_use: '',
}

export const bundles = {
  button: 'Offline bundle…',
  title: (file: string) => `Take ${file} to a computer without internet`,
  note: 'A folder with everything to verify the image there.',
  inIt: 'What is in it',
  image: (file: string, bytes: number) => `${file}, ${size(bytes)}`,
  keys: '`keys.asc`, the public keys of its signers',
  keysNote: 'As far as they are here or on the key servers.',
  sums: '`SHA256SUMS`, the checksums of all files',
  howTo: '`VERIFY.txt`, the commands that verify it',
  name: 'Name of the folder',
  folder: 'In',
  choose: 'Choose folder…',
  free: (bytes: number) => `${size(bytes)} free`,
  make: (bytes: number) => `Copy ${size(bytes)}`,
  cancel: 'Cancel',
  stop: 'Stop',
  close: 'Close',
  background: 'Go on in the background',
  progress: (file: string) => `Copying ${file}`,
  phase: (phase: BundlePhase, done: number, total: number) =>
    phase === 'copying' ? `Copying ${sizeOf(done, total)}` : 'Verifying the copy…',
  done: (name: string, folder: string) => `${name} is ready in ${folder}`,
  ready: (name: string) => `The bundle ${name} is ready`,
  failed: (name: string) => `The bundle ${name} could not be made`,
  stopped: 'Stopped. Nothing is left of it.',
  found: (verdict: Verdict) => MADE_OF[verdict],
  keysIn: (keys: number) => (keys === 0 ? '' : `${count(keys, 'public key')} went along.`),
  missing: (id: string) => `No public key for ${id}: nobody can check that signature from this folder.`,
  files: 'Files in the folder',
  show: 'Show in folder',
}
