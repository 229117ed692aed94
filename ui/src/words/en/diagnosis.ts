// Words of the diagnosis of a server: one row for each thing that has to work.

import type { CheckKind, Seen, SkipReason, UiError } from '../../contract/generated'
import { day } from '../format'
import { say, type ErrorWords } from './error-parts'
import { errorWords } from './errors'

function seen(what: Seen): string {
  switch (what.kind) {
    case 'addresses':
      return `Found at ${what.addresses.join(', ')}.`
    case 'connected':
      return `${what.to} takes the connection.`
    case 'through':
      return what.system
        ? `The system's proxy ${what.proxy} lets it through.`
        : `Your proxy ${what.proxy} lets it through.`
    case 'secured':
      return what.pinned
        ? `The certificate is the one you accepted, good until ${day(what.until)}.`
        : `“${what.issuer}” vouches for the server until ${day(what.until)}.`
    case 'services':
      return what.count === 1 ? 'The server names one service.' : `The server names ${what.count} services.`
    case 'library_itself':
      return 'No description; the address is a library itself.'
    case 'version':
      return `It answers as version ${what.version}.`
    case 'answers':
      return 'It answers.'
    case 'sign_in_page':
      return what.providers === 0
        ? 'There is a sign-in page.'
        : what.providers === 1
          ? 'There is a sign-in page, with one more provider.'
          : `There is a sign-in page, with ${what.providers} more providers.`
    case 'signed_in':
      return `The token of ${what.login} is good.`
  }
}

/** What does not work. Nobody has signed in here, so a sign-in that would not be safe is told as what it would be. */
function trouble(kind: CheckKind, error: UiError): ErrorWords {
  if (kind === 'sign_in' && error.code === 'sign_in_rejected') {
    return say(
      'A sign-in through the browser would not be safe',
      'The server describes its sign-in page as one of another server or address. Its administrator has to set its public address.',
      { tone: 'bad' },
    )
  }
  return errorWords(error)
}

export const diagnosis = {
  open: 'Diagnose…',
  title: (subject: string) => `Diagnosis of ${subject}`,
  note: 'One thing after the other, on the way that requests really go.',
  working: 'Looking…',
  good: 'Everything works.',
  bad: (count: number) => (count === 1 ? 'One thing does not work.' : `${count} things do not work.`),
  stopped: 'Stopped before everything was looked at.',
  again: 'Look again',
  stop: 'Stop',
  close: 'Close',
  back: 'Back',
  copy: 'Copy report',
  copied: 'Report copied. It holds no password and no token.',
  state: {
    waiting: 'waiting',
    running: 'looking',
    good: 'works',
    bad: 'does not work',
    skipped: 'not looked at',
  },
  checks: {
    name: 'Name',
    proxy: 'Proxy',
    connection: 'Connection',
    encryption: 'Encryption',
    discovery: 'Discovery',
    library: 'Library',
    keys: 'Key server',
    builder: 'Build service',
    registry: 'Registry',
    sign_in: 'Sign-in page',
    account: 'Account',
  } satisfies Record<CheckKind, string>,
  seen,
  trouble,
  skipped: {
    earlier: 'Not looked at: something above has to work first.',
    stopped: 'Not looked at.',
    no_proxy: 'None is used.',
    number: 'The address is a number.',
    by_proxy: 'Left to the proxy.',
    not_encrypted: 'The address is one without encryption.',
    no_sign_in_page: 'None; a token is pasted here.',
    signed_out: 'Nobody is signed in here.',
    no_token_service: 'The server cannot check tokens.',
  } satisfies Record<SkipReason, string>,
}
