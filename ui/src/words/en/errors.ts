// The sentence for every error code: what happened, why, what now. Facts come as parameters; the raw chain stays in Details.

import type { ErrorCode, UiError } from '../../contract/generated'
import { duration } from '../format'
import { COMMAND_LINE } from './error-command-line'
import { KEYS } from './error-keys'
import { NETWORK } from './error-network'
import { PROVIDERS } from './error-sign-in'
import { VAULT } from './error-vault'
import { capital, Facts, say, type ErrorAction, type ErrorWords, type Say } from './error-parts'

export type { ErrorAction, ErrorWords } from './error-parts'

const SIGN_IN: Partial<Record<ErrorCode, Say>> = {
  sign_in_needed: (f) =>
    say(`Sign in to ${f.server} first`, 'This needs an account. Looking around does not.', {
      icon: 'lock',
      actions: ['sign_in'],
    }),
  sign_in_expired: (f) =>
    say(
      `Your sign-in to ${f.server} ran out`,
      'It could not be renewed. What was sent so far is safe on the server.',
      { tone: 'bad', actions: ['sign_in'] },
    ),
  sign_in_declined: () =>
    say('The sign-in was declined', 'The request was refused in the browser. Nothing was stored.', {
      tone: 'warn',
      actions: ['retry'],
    }),
  sign_in_rejected: () =>
    say(
      'The sign-in answer was not safe to use',
      'It failed a security check, so it was thrown away. Close other sign-in pages and start again.',
      { tone: 'bad', icon: 'v-bad', actions: ['retry'] },
    ),
  other_person: (f) => {
    const [found, expected] = [f.text('found', 'somebody else'), f.text('expected', 'before')]
    return say(
      `You signed in as ${found}, not as ${expected}`,
      `The browser answered for another account on ${f.server}, so nothing was changed here. Sign out on its page to switch, or add ${found} beside ${expected}.`,
      { tone: 'warn', icon: 'info', actions: ['retry', 'add_account'] },
    )
  },
  sign_in_timed_out: () =>
    say('The sign-in link stopped working', 'Nobody finished it in time. A new one is a click away.', {
      icon: 'clock',
      actions: ['retry'],
    }),
  sign_in_busy: () =>
    say(
      'Three sign-ins are waiting already',
      'Finish or cancel one of them in the browser, then try again.',
      { icon: 'clock', actions: ['retry'] },
    ),
  no_token_in_clipboard: (f) =>
    say(
      'There is no token in the clipboard',
      `Copy the token on the page of ${f.server}, then press Paste token again.`,
      { tone: 'warn', icon: 'key', actions: ['retry'] },
    ),
  token_refused: (f) =>
    say(
      `${capital(f.server)} refuses this token`,
      'It may have been revoked, have run out, or belong to another server. Create a new one and paste it.',
      { tone: 'bad', icon: 'key', actions: ['retry'] },
    ),
  browser_unavailable: () =>
    say('No browser could be opened', 'Copy the link and open it in any browser on this computer.', {
      tone: 'warn',
      actions: ['retry'],
    }),
  keychain_locked: () =>
    say('The keychain is locked', 'Unlock it and try again, so that the sign-in can be stored there.', {
      tone: 'warn',
      icon: 'lock',
      actions: ['retry'],
    }),
  keychain_failed: () =>
    say(
      'The keychain did not store the sign-in',
      "This computer's keychain refused or is not working. Details say what it answered.",
      { tone: 'bad', icon: 'key', actions: ['retry'] },
    ),
}

/** What a server may or may not offer, by the name the app has for it. */
const OFFERS: Record<string, string> = {
  browser_sign_in: 'sign-in through the browser',
  device_code: 'sign-in by a code',
  provider: 'sign-in with this provider any more',
  tokens: 'tokens',
  command_line: 'tokens for other programs',
}

const SERVERS: Partial<Record<ErrorCode, Say>> = {
  not_found: (f) => {
    const what = f.text('what', '')
    const signedIn = f.flag('signedIn')
    return say(
      what ? `${what} was not found, or is private` : 'Not found, or private',
      signedIn
        ? `${capital(f.server)} has nothing of that name that your account may see.`
        : `You are not signed in to ${f.server}.`,
      { icon: 'lock', actions: signedIn ? ['search'] : ['sign_in', 'search'] },
    )
  },
  forbidden: (f) => {
    const owner = f.text('owner', '')
    return say(
      `Your account may not do this on ${f.server}`,
      owner
        ? `It belongs to ${owner}. You can read it, but not change it.`
        : 'You can read it, but not change it.',
      { tone: 'warn', icon: 'lock', actions: ['choose_place'] },
    )
  },
  quota_exceeded: (f) => {
    const [needs, left, total] = [f.bytes('needs'), f.bytes('left'), f.bytes('total')]
    const need = needs ? `This image needs ${needs}.` : 'The image does not fit.'
    const room = left && total ? ` You have ${left} left of ${total}.` : left ? ` You have ${left} left.` : ''
    return say(`Not enough space on ${f.server}`, need + room, {
      tone: 'warn',
      actions: ['choose_place', 'retry'],
    })
  },
  throttled: (f) => {
    const seconds = f.number('seconds')
    return say(
      `${capital(f.server)} asks to slow down`,
      seconds ? `Sifter can try again in ${duration(seconds)}.` : 'Sifter can try again in a while.',
      { icon: 'clock', actions: ['retry'] },
    )
  },
  server_fault: (f) =>
    say(
      `${capital(f.server)} has a problem`,
      "The fault is on the server's side. Trying again later may help.",
      {
        tone: 'bad',
        actions: ['retry'],
      },
    ),
  not_encrypted: (f) =>
    say(
      `${capital(f.server)} is not encrypted`,
      'It uses http. Anyone on the network can read what you send there, sign-ins included.',
      { tone: 'bad', icon: 'v-bad', actions: ['connect_anyway'] },
    ),
  not_a_library: (f) =>
    say(
      `${capital(f.server)} is not a container library`,
      'Something answers there, but not as a library. Check the address.',
      { tone: 'warn', actions: ['diagnose'] },
    ),
  invalid_answer: (f) =>
    say(`The answer of ${f.server} made no sense`, 'It may be an old or different kind of server.', {
      tone: 'bad',
      actions: ['retry'],
    }),
  not_offered: (f) => {
    const what = f.text('what', 'this')
    if (what === 'private') {
      const how = 'To keep it private, make the container on the page of the server first.'
      return say(`${capital(f.server)} makes new containers public`, how, { icon: 'lock' })
    }
    if (what === 'architecture') {
      const why = 'A library keeps its tags by architecture, so this image cannot get one.'
      return say('The image does not say which processor it is for', why, { icon: 'info' })
    }
    if (what === 'publish') {
      const why = 'It may have a sign-in of its own. Nothing was sent; publish the key on another server.'
      return say(`${capital(f.server)} takes no keys from Sifter`, why, { icon: 'key' })
    }
    if (what === 'ranges') {
      const why = 'It sends whole files only. Download the image to look into it.'
      return say(`${capital(f.server)} cannot show an image from afar`, why, {
        icon: 'info',
        actions: ['download'],
      })
    }
    const named = OFFERS[what] ?? 'this'
    return say(`${capital(f.server)} does not offer ${named}`, 'Another server may.', { icon: 'info' })
  },
  upload_forgotten: () =>
    say('The server forgot the upload', 'It has to start from the beginning.', {
      tone: 'warn',
      actions: ['retry'],
    }),
  not_confirmed: (f) =>
    say(
      'All data was sent, but the image is not confirmed',
      `${capital(f.server)} does not show it under its tag. Trying again sends only what is missing.`,
      { tone: 'warn', icon: 'clock', actions: ['retry'] },
    ),
}

const FILES: Partial<Record<ErrorCode, Say>> = {
  file_unreadable: (f) =>
    say(`${f.file} cannot be read`, 'You have no permission to read this file.', {
      tone: 'warn',
      icon: 'lock',
      actions: ['choose_file'],
    }),
  file_missing: (f) =>
    say(`${f.file} is gone`, 'It was moved, renamed or deleted, or its drive is not connected.', {
      tone: 'warn',
      icon: 'file',
      actions: ['retry', 'choose_file'],
    }),
  file_is_folder: (f) =>
    say(`${f.file} is a folder`, 'Drop the .sif files that are in it.', {
      icon: 'file',
      actions: ['choose_file'],
    }),
  not_a_sif: (f) =>
    say(
      `${f.file} is not a Singularity image`,
      'Its content is not in the SIF format, whatever its name says.',
      {
        tone: 'warn',
        icon: 'file',
        actions: ['choose_file'],
      },
    ),
  sif_damaged: (f) =>
    say(
      `${f.file} is damaged`,
      'It begins like a SIF file but ends too early or contradicts itself. An interrupted copy does that: copy or build it again.',
      { tone: 'bad', icon: 'file', actions: ['choose_file'] },
    ),
  file_changed: (f) =>
    say(`${f.file} changed while it was being sent`, 'The upload begins again with the new content.', {
      tone: 'warn',
      icon: 'file',
      actions: ['retry'],
    }),
  file_exists: (f) =>
    say(
      `${f.file} is already in ${f.text('folder', 'the folder')}`,
      'It was left as it is. Download again to replace it or to keep both.',
      { icon: 'file', actions: ['retry'] },
    ),
  folder_unwritable: (f) =>
    say(`${f.text('folder', 'The folder')} cannot be written to`, 'Choose another folder for downloads.', {
      tone: 'warn',
      icon: 'lock',
      actions: ['choose_folder', 'retry'],
    }),
  disk_full: (f) => {
    const [needs, free] = [f.bytes('needs'), f.bytes('free')]
    const need = needs ? `Needs ${needs}` : 'The image does not fit'
    return say(
      `Not enough space in ${f.text('folder', 'the download folder')}`,
      free ? `${need}; ${free} is free.` : `${need}.`,
      { tone: 'warn', actions: ['choose_folder', 'retry'] },
    )
  },
  damaged: () =>
    say(
      'The downloaded file is damaged',
      'Its content is not what the library promised. It was not put in your folder.',
      { tone: 'bad', icon: 'v-bad', actions: ['retry'] },
    ),
  oci_image: () =>
    say(
      'This is a Docker image, not a Singularity file',
      'It cannot be downloaded as a .sif file. The command line can convert it with docker://.',
      { icon: 'info' },
    ),
}

function unforeseen(): ErrorWords {
  return say('Something went wrong that we did not foresee', 'The details help a report.', {
    tone: 'bad',
    actions: ['retry'],
  })
}

/** Why the library on this computer did not start, by the reason the app gives. */
const LOCAL_TROUBLE: Record<string, string> = {
  off: 'It is off. Start it first.',
  port: 'Another program uses its port.',
  already_running: 'Another Sifter runs it already.',
  newer: 'Its data was written by a newer Sifter. Update this one.',
  disk: 'The disk may be full, or the data folder not writable.',
}

const REST: Partial<Record<ErrorCode, Say>> = {
  invalid_request: () =>
    say(
      'Sifter asked itself something impossible',
      'That is a defect of Sifter. The details help a report.',
      {
        tone: 'bad',
      },
    ),
  invalid_address: (f) =>
    say(
      `“${f.text('text', 'This')}” is not an address`,
      'A host such as library.example, a web address or a library:// link works.',
      { tone: 'warn' },
    ),
  invalid_name: (f) => {
    const [text, field] = [f.text('text', ''), f.text('field', 'name')]
    return say(
      `${text ? `“${text}”` : 'This'} does not work as a ${nameField(field)}`,
      field === 'token'
        ? 'A name has 1 to 100 characters in one line.'
        : field === 'file' || field === 'folder'
          ? `A ${field} name holds no slash, backslash or colon, does not begin with a dot, and is not too long.`
          : field === 'key_search'
            ? 'Search for 3 to 200 characters: a name, an address, an id or a fingerprint.'
            : 'Use lower-case letters, digits, dots, dashes and underscores, and begin with a letter or digit.',
      { tone: 'warn' },
    )
  },
  local_library_failed: (f) =>
    say(
      'The library on this computer did not start',
      LOCAL_TROUBLE[f.text('reason', 'other')] ?? 'The details say why.',
      { tone: 'bad', actions: ['retry'] },
    ),
  storage_failed: () =>
    say("Sifter's own data could not be used", 'The disk may be full, or the data folder not writable.', {
      tone: 'bad',
      actions: ['retry'],
    }),
  cancelled: () => say('Cancelled', 'Nothing was left behind.', { icon: 'info' }),
  internal: unforeseen,
}

function nameField(field: string): string {
  if (field === 'key_search') return 'search'
  return ['entity', 'collection', 'container', 'tag', 'file', 'folder'].includes(field)
    ? `${field} name`
    : 'name'
}

const SAY = {
  ...SIGN_IN,
  ...SERVERS,
  ...NETWORK,
  ...FILES,
  ...KEYS,
  ...COMMAND_LINE,
  ...PROVIDERS,
  ...VAULT,
  ...REST,
}

/** Whether a code has words. The catalogue's test walks every code with it. */
export function hasWords(code: ErrorCode): boolean {
  return code in SAY
}

/** The words and the useful actions for an error. Retry is offered only where it can help. */
export function errorWords(error: UiError): ErrorWords {
  const facts = new Facts(error)
  const words = (SAY[error.code] ?? unforeseen)(facts)
  const actions = words.actions.filter((action) => action !== 'retry' || facts.canRetry)
  const signsIn = actions.includes('sign_in') || actions.includes('grant')
  if (error.retry === 'after_sign_in' && !signsIn) actions.unshift('sign_in')
  return { ...words, actions }
}

/** The label of an action's button. */
export const actionWords: Record<ErrorAction, string> = {
  sign_in: 'Sign in',
  grant: 'Grant…',
  retry: 'Try again',
  choose_place: 'Choose another place',
  choose_folder: 'Choose another folder',
  choose_file: 'Choose another file…',
  connect_anyway: 'Connect without encryption',
  paste_token: 'Paste token',
  search: 'Search similar',
  add_account: 'Add as another account',
  diagnose: 'Diagnose…',
  show_certificate: 'Show certificate',
  add_authority: 'Add CA…',
  network_settings: 'Network settings',
  open_vault: 'Open the vault…',
  download: 'Download',
}

export const errors = { say: errorWords, actions: actionWords }
