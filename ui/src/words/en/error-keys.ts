// Sentences about keys, and about signing with them.

import type { ErrorCode } from '../../contract/generated'
import { say, type Facts, type Say } from './error-parts'

/** Why a key or a certificate cannot be used, by the reason the app gives. */
const REASONS: Record<string, string> = {
  unreadable: 'It holds no key or certificate of a kind that signs images.',
  not_found: 'It is not among your keys. Import it first.',
  not_published: 'No key server that was asked has it. Its owner may publish it, or send it to you.',
  ambiguous: 'There are several secret keys. Choose one of them.',
  encrypted: 'It is encrypted in a form that Sifter does not read. Decrypt it first.',
  expired: 'It has expired, so nobody would believe a signature by it. Move its end, or use another key.',
  revoked: 'It was revoked, so nobody would believe a signature by it. Use another key.',
  weak: 'It is too weak to be believed. Use Ed25519, or RSA with at least 2048 bits.',
  not_for_signing: 'It is not meant for signing images. Use another key.',
  name: 'A key needs a name of at most 255 characters, such as Ada <ada@example.org>.',
  expiry: 'It cannot end then. Choose a day after today, before the year 2106.',
  revocation: 'This is no revocation of a key you have. Import the key first.',
  no_roots: 'It was not compared with anything. Choose the root certificates you trust.',
  out_of_date: 'It is not valid today, or a certificate above it is not. Ask the signer for a new one.',
  purpose: 'It is not meant for signing code. Ask the signer for the right one.',
  unknown_authority: 'It does not lead to a root certificate you trust.',
  chain: 'It breaks the rules for certificates, or one above it does.',
}

/** Why an image cannot be signed, by the reason the app gives. */
const UNSIGNABLE: Record<string, string> = {
  full: 'It has no room for another signature. Nothing was changed; build it again.',
  no_space:
    'It is full, and the disk has no room for a larger copy. Nothing was changed; make room and try again.',
  no_copy:
    'It is full, and a larger copy cannot be written beside it. Nothing was changed; move it to a folder of your own.',
  changed: 'Another program was writing to it. Nothing was changed; try again when that is done.',
  unwritten: 'The disk is full, or does not do what it is asked. What was in the image is unharmed.',
  nothing: 'It has no such object or group. Nothing was changed.',
  damaged: 'It is damaged, so nothing was added to it. Build or fetch it again.',
}

/** Why a file system cannot be looked into, by the reason the app gives. */
const UNREADABLE: Record<string, string> = {
  encrypted: 'Its file system is encrypted. Only who has the key sees what is in it.',
  none: 'It has no root file system.',
  unsupported: 'Its file system is of a kind that Sifter does not read.',
  damaged: 'Its file system is damaged. Fetch or build the image again.',
  missing: 'There is nothing of that name in it.',
}

function reason(facts: Facts, reasons: Record<string, string>): string {
  return reasons[facts.text('reason', '')] ?? 'The details say why.'
}

export const KEYS: Partial<Record<ErrorCode, Say>> = {
  key_unusable: (f) =>
    say(`${f.text('name', 'This key')} cannot be used`, reason(f, REASONS), { tone: 'warn', icon: 'key' }),
  passphrase_needed: (f) =>
    say(
      `${f.text('name', 'The key')} needs its passphrase`,
      'A passphrase protects this key. Enter it to go on.',
      {
        icon: 'key',
        actions: ['retry'],
      },
    ),
  passphrase_wrong: (f) =>
    say('The passphrase is wrong', `It does not open ${f.text('name', 'the key')}. Nothing was signed.`, {
      tone: 'warn',
      icon: 'key',
      actions: ['retry'],
    }),
  contents_unreadable: (f) =>
    say(`The files in ${f.text('name', 'this image')} cannot be looked at`, reason(f, UNREADABLE), {
      tone: 'warn',
      icon: 'file',
    }),
  fetch_limit: (f) =>
    say(
      `Too much of ${f.text('name', 'this image')} would be fetched`,
      `A look into a library fetches at most ${f.bytes('limit') ?? 'some megabytes'}. Download the image, and take it from the file.`,
      { icon: 'info', actions: ['download'] },
    ),
  in_quarantine: (f) =>
    say(
      `${f.file} is in quarantine`,
      'It must not be used, so it can only be looked at or deleted. Its signatures say why.',
      { tone: 'bad', icon: 'v-bad' },
    ),
  cannot_sign: (f) =>
    say(`${f.file} cannot be signed`, reason(f, UNSIGNABLE), { tone: 'warn', icon: 'file' }),
}
