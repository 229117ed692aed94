// The five verdicts about an image, and why. Short words for columns, sentences where there is room.

import type { CheckedContents, SignerView, Verdict, VerdictReason } from '../../contract/generated'
import { shortKey } from '../format'

/** What is wrong, as a sentence; and what to do now. */
const REASONS: Record<VerdictReason, { why: (asked: string[]) => string; now: string }> = {
  altered: {
    why: () => 'It was changed after it was signed.',
    now: 'Delete it, and ask whoever published it for a good one.',
  },
  added: {
    why: () => 'Something was added to it that no signature covers.',
    now: 'Delete it, and ask whoever published it for a good one.',
  },
  removed: {
    why: () => 'Something that was signed is missing from it.',
    now: 'Delete it, and ask whoever published it for a good one.',
  },
  cut_short: {
    why: () => 'It ends too early: a part of it is missing.',
    now: 'Ask whoever published it to upload it again.',
  },
  other_signer: {
    why: () => 'It names another signer than the one whose key was used.',
    now: 'Delete it, and ask whoever published it for a good one.',
  },
  key_expired: {
    why: () => 'The key that signed it has expired.',
    now: 'Ask the signer to give the key a later end, or to sign the image again.',
  },
  key_revoked: {
    why: () => 'The key that signed it was taken back by its owner.',
    now: 'Ask the signer for an image that is signed with the new key.',
  },
  signature_expired: {
    why: () => 'The signature has expired.',
    now: 'Ask the signer to sign the image again.',
  },
  unknown_key: {
    why: (asked) =>
      asked.length > 0
        ? `The key that signed it was not found on ${list(asked)}.`
        : 'The key that signed it is not among your keys, and no key server was asked.',
    now: 'Ask the signer for the key and import it, then check again.',
  },
  key_servers_silent: {
    why: (asked) =>
      asked.length > 0
        ? `The key that signed it is not among yours, and ${list(asked)} did not all answer.`
        : 'The key that signed it is not among yours, and no key server answered.',
    now: 'Check again when there is a connection.',
  },
  old_form: {
    why: () => 'It is signed in an old form that leaves parts of the image open.',
    now: 'Ask the signer to sign it again with a current tool.',
  },
  pem_key: {
    why: () => 'It is signed with a PEM key, which has to come from the signer.',
    now: 'Check it with “sifter-cli verify --pem” and the key of the signer.',
  },
  weak: {
    why: () => 'The key or the method that signed it is too weak to prove anything.',
    now: 'Ask the signer to sign it again with a strong key.',
  },
  partly_signed: {
    why: () => 'Only a part of it is signed.',
    now: 'Whoever changes the rest is not found out.',
  },
  not_an_image: {
    why: () => 'It is no SIF image, so that nothing in it can be signed.',
    now: 'Use it only if you know where it is from.',
  },
  unreadable: {
    why: () => 'The file could not be read.',
    now: 'See that it is there and that you may read it, then check again.',
  },
  not_understood: {
    why: () => 'Its signature is damaged, or of a kind that Sifter does not know.',
    now: 'Ask the signer to sign it again.',
  },
}

const SHORT: Record<Verdict, string> = {
  verified: 'Verified',
  unknown_signer: 'New signer',
  not_signed: 'Not signed',
  could_not_check: 'Not checked',
  do_not_use: 'Do not use',
}

/** The same of an image that is still in a library: a good signature is known, and nothing of what it is about. */
const SHORT_UNREAD: Partial<Record<Verdict, string>> = { verified: 'Trusted signer' }

/** What is left to be seen, where nothing is wrong so far. */
const LATER = 'What is in it is compared when it is downloaded.'
const PROMISING: Verdict[] = ['verified', 'unknown_signer']

/** What it means, without the reason. */
const MEANING: Record<Verdict, string> = {
  verified: 'Signed by a key you trust.',
  unknown_signer: 'Signed by someone you have not met.',
  not_signed: 'Nobody vouches for this image.',
  could_not_check: 'It could not be checked.',
  do_not_use: 'It must not be used.',
}

/** A key that ended after it signed: the time that a signature states proves nothing. */
const STATED = 'The signature says that it is older than that, which nobody can prove.'

export const verdicts = {
  short: (verdict: Verdict, contents: CheckedContents = 'read') =>
    (contents === 'unread' ? SHORT_UNREAD[verdict] : undefined) ?? SHORT[verdict],
  later: (verdict: Verdict, contents: CheckedContents): string =>
    contents === 'unread' && PROMISING.includes(verdict) ? LATER : '',
  signature: 'Signature',
  why: (verdict: Verdict, reason: VerdictReason | null, asked: string[]): string =>
    reason === null
      ? MEANING[verdict]
      : verdict === 'could_not_check' && (reason === 'key_expired' || reason === 'key_revoked')
        ? `${REASONS[reason].why(asked)} ${STATED}`
        : REASONS[reason].why(asked),
  now: (reason: VerdictReason | null): string => (reason ? REASONS[reason].now : ''),
  /** One line for a row: the reason where there is one, else who has signed. */
  line: (verdict: Verdict, reason: VerdictReason | null, asked: string[], signers: SignerView[]): string => {
    if (reason) return REASONS[reason].why(asked)
    const names = signers.filter((one) => one.proven).map((one) => one.name ?? shortKey(one.fingerprint))
    if (names.length === 0) return MEANING[verdict]
    return verdict === 'verified'
      ? `Signed by ${list(names)}, whose key you trust.`
      : `Signed by ${list(names)}. You have not met this key.`
  },
  nameless: 'Name not published by this key server',
  claimed: 'It claims to be signed by',
  signedBy: 'Signed by',
  quarantined: 'It is in quarantine: it has no name that a program opens.',
  quarantineGone: 'The file has been deleted.',
  deleteFile: 'Delete the file',
  deleted: (file: string) => `${file} was deleted from quarantine`,
  examine: 'Examine',
}

function list(names: string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`
}
