// Words about tokens, about the accounts of command lines, and about ends.

import type { CommandProgram, Ending, ImportSource, TokenRow } from '../../contract/generated'
import { day, relative } from '../format'

export const tokens = {
  title: 'Tokens',
  label: (server: string) => `Tokens on ${server}`,
  create: 'New token…',
  none: 'No tokens yet. One for each script or cluster can be revoked alone.',
  onlySignIns: 'Sign in through the browser to make more: a token cannot make others.',
  name: 'Name',
  created: 'Created',
  lastUsed: 'Last used',
  expires: 'Expires',
  usedBy: 'Used by',
  act: 'Revoke',
  notUsed: 'never',
  here: 'this computer',
  elsewhere: 'unknown',
  readOnly: 'read only',
  beginning: (prefix: string) => `Begins with ${prefix}`,
  revoke: 'Revoke…',
  revokeOne: (name: string) => `Revoke ${name}…`,
  revokeTitle: (name: string) => `Revoke ${name}?`,
  revokeBody: 'Whatever uses it is signed out at once. This cannot be undone.',
  revokeHere: 'A command line on this computer, or Sifter itself, uses it and is signed out at once.',
  revokeYes: 'Revoke token',
  revoked: (name: string) => `Revoked ${name}`,
  newTitle: 'New token',
  newNote: (server: string) => `For a script, a cluster or another program that uses ${server}.`,
  nameHint: 'Where it will be used, such as cluster-login',
  life: 'Lifetime',
  lives: [
    { id: '30', label: '30 days' },
    { id: '90', label: '90 days' },
    { id: '365', label: 'A year' },
    { id: 'none', label: 'No end' },
  ],
  rights: 'It may',
  may: [
    { id: 'write', label: 'Download and upload' },
    { id: 'read', label: 'Only download' },
  ],
  make: 'Create token',
  making: 'Creating…',
  madeTitle: (name: string) => `${name} is ready`,
  madeBody:
    'Copy it now: it is told only this once. It never shows in this window, and the clipboard is cleared after a minute.',
  copy: 'Copy token',
  copied: 'Token copied. The clipboard is cleared in a minute.',
  done: 'Done',
  cancel: 'Cancel',
  expiry: (row: TokenRow) =>
    row.expires === null
      ? 'never'
      : row.ending === 'over'
        ? `expired ${relative(row.expires)}`
        : relative(row.expires),
}

const PROGRAMS: Record<CommandProgram, string> = {
  singularity: 'singularity',
  apptainer: 'apptainer',
  token_file: 'Scripts that read sylabs-token',
}

export const commandLine = {
  open: 'Use on the command line…',
  title: 'Use this account on the command line',
  note: (login: string, server: string) => `${login} on ${server}`,
  warning:
    'The command lines keep their token in a plain file. Whoever can read your home folder, its backups included, can use it.',
  makes: (days: number) =>
    `A token of its own is made for it, good for ${days} days. You can revoke it alone at any time.`,
  same: 'The token you pasted into Sifter is written there as well.',
  program: 'Program',
  programs: (program: CommandProgram) => PROGRAMS[program],
  file: (path: string) => `Written to ${path}, readable by you only. Everything else in it stays.`,
  remote: (remote: string) => `It knows this server as ${remote}.`,
  replaces: 'The token that is there is replaced.',
  activate: 'Make it the server that is used when none is named',
  active: 'It is the server that is used when none is named.',
  write: (program: CommandProgram) =>
    program === 'token_file' ? 'Write the token file' : `Set up ${PROGRAMS[program]}`,
  writing: 'Writing…',
  done: (program: CommandProgram) =>
    program === 'token_file' ? 'The token file was written' : `${PROGRAMS[program]} can use this account now`,
  doneNote: (path: string, expires: string | null) =>
    expires ? `${path} was written. The token ends ${day(expires)}.` : `${path} was written.`,
  close: 'Close',
  cancel: 'Cancel',
}

const SOURCES: Record<ImportSource, string> = {
  singularity: 'singularity',
  apptainer: 'apptainer',
  token_file: 'an old token file',
  docker: 'docker and podman',
}

export const importing = {
  open: 'Import…',
  quiet: 'I already use the command line',
  title: 'Import from the command line',
  note: 'Each token is checked with its server first. The files stay as they are.',
  looking: 'Looking…',
  list: 'What was found',
  none: 'Nothing was found in the files of singularity, apptainer, docker or podman.',
  from: (source: ImportSource, path: string) => `From ${SOURCES[source]}: ${path}`,
  asWhom: (login: string) => `as ${login}`,
  helper: (name: string) => `The program docker-credential-${name} is asked for the password.`,
  noToken: 'Without a token: the server is connected.',
  plainHttp: 'Not encrypted: anyone on the network can read what is sent there.',
  signedIn: 'You are signed in there already.',
  take: 'Import',
  takeOne: (name: string) => `Import ${name}`,
  taking: 'Checking…',
  taken: 'Imported',
  close: 'Close',
}

export const endings = {
  text: (server: string, ending: Ending, expires: string | null) => {
    const when = expires ? relative(expires) : 'soon'
    switch (ending) {
      case 'week':
      case 'day':
        return `Your token for ${server} ends ${when}. Replace it before something stops.`
      case 'over':
        return `Your token for ${server} has ended. Sign in again to go on.`
    }
  },
  renew: 'Sign in again',
}
