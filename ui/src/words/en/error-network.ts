// The sentences about the way to a server: proxies and certificates.

import type { ErrorCode } from '../../contract/generated'
import { capital, say, type Facts, type Say } from './error-parts'

/** Why a certificate cannot be used, by the reason the app gives. */
const INVALID: Record<string, string> = {
  expired: 'It has ended.',
  not_yet: 'It is not good yet. The clock of this computer may be wrong.',
  name: 'It is for another server. The address may be mistyped, or something in between answers.',
  revoked: 'Whoever issued it has taken it back.',
  broken: 'It breaks a rule that certificates keep.',
}

/** Why nobody answers, as far as it is known. */
export function silence(facts: Facts): string {
  switch (facts.text('how', '')) {
    case 'refused':
      return 'The computer is there, but nothing listens at that port. The server may be stopped, or the port wrong.'
    case 'silent':
      return 'Nothing came back. It may be down, or a firewall swallows what is sent.'
    default:
      return 'It may be down, or a firewall or proxy is in between. The address may be right.'
  }
}

export const NETWORK: Partial<Record<ErrorCode, Say>> = {
  unreachable: (f) =>
    say(`${capital(f.server)} does not answer`, silence(f), {
      tone: 'bad',
      icon: 'offline',
      actions: ['retry', 'diagnose'],
    }),
  host_unknown: (f) =>
    say(
      `No server is called ${f.server}`,
      'The name cannot be found. Check the spelling, and whether you are online.',
      { tone: 'warn', icon: 'offline', actions: ['retry', 'diagnose'] },
    ),
  proxy_failed: (f) => {
    const wants = f.text('reason', '') === 'sign_in'
    return say(
      wants ? 'The proxy asks for a name and a password' : 'The proxy does not let it through',
      wants
        ? `The way to ${f.server} leads through a proxy that does not know you. Enter both under Settings, Network.`
        : `The way to ${f.server} leads through a proxy that is away or says no. Check it under Settings, Network.`,
      { tone: 'warn', icon: 'offline', actions: ['network_settings', 'retry', 'diagnose'] },
    )
  },
  certificate_untrusted: (f) =>
    say(
      `The certificate of ${f.server} is not trusted`,
      `It is signed by “${f.text('issuer', 'somebody')}”, which this computer does not know. Nothing was sent. If this is a server of your institution, add its CA or compare the fingerprint.`,
      { tone: 'bad', icon: 'v-bad', actions: ['show_certificate', 'add_authority', 'diagnose'] },
    ),
  certificate_changed: (f) =>
    say(
      `The certificate of ${f.server} has changed`,
      'It is not the one that you accepted, so nothing was sent. It may have been renewed, or somebody is in between. Ask the administrator before you accept another one.',
      { tone: 'bad', icon: 'v-bad', actions: ['show_certificate', 'diagnose'] },
    ),
  certificate_invalid: (f) =>
    say(
      `The certificate of ${f.server} cannot be used`,
      `${INVALID[f.text('reason', 'broken')] ?? INVALID.broken} Nothing was sent. The administrator of the server has to put that right.`,
      { tone: 'bad', icon: 'v-bad', actions: ['show_certificate', 'diagnose'] },
    ),
  not_secured: (f) =>
    say(
      `The connection to ${f.server} could not be secured`,
      'Somebody answers, but not in the way of https. The port may be one without encryption, or something in between interferes.',
      { tone: 'bad', icon: 'v-bad', actions: ['retry', 'diagnose'] },
    ),
  authority_unusable: (f) =>
    say(
      `${f.file} holds no certificate authority`,
      f.text('reason', '') === 'not_authority'
        ? 'A certificate in it belongs to a server or a person and vouches for nobody else. Ask for the certificate of the authority.'
        : 'There is no certificate in it that can be read. A file in the PEM form begins with “BEGIN CERTIFICATE”.',
      { tone: 'warn', icon: 'file' },
    ),
}
