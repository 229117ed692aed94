// Sentences about the files and helpers of other command lines.

import type { ErrorCode } from '../../contract/generated'
import { say, type Facts, type Say } from './error-parts'

/** Why a file cannot be used, and what to do, by the reason the app gives. */
const FILES: Record<string, string> = {
  link: 'It is a link, which the programs themselves do not follow. Put the file there itself.',
  not_a_file: 'It is not a file. Move it away.',
  not_ours: 'Others can change it. Make it yours alone first.',
  too_long: 'It is longer than such a file can be.',
  not_understood: 'It cannot be understood. Mend it, or move it away.',
  form: 'It is written in a form that cannot be changed in place. Write each setting on its own line.',
  changed: 'Another program changed it at the same moment.',
  not_set_up:
    'Apptainer has not run here yet. Run it once, so that it takes over the settings of Singularity.',
  gone: 'What was there a moment ago is gone. Look again.',
}

/** Why a helper gave nothing, by the reason the app gives. */
const HELPERS: Record<string, string> = {
  name: 'That cannot be the name of a credential helper, so it was not run.',
  missing: 'It is not installed in a safe place, so it was not run.',
  timeout: 'It did not answer within ten seconds. Unlock what it asks for, and try again.',
  nothing: 'It knows no password for this registry. Sign in with docker first.',
}

function reason(facts: Facts, reasons: Record<string, string>): string {
  return reasons[facts.text('reason', '')] ?? 'The details say why.'
}

export const COMMAND_LINE: Partial<Record<ErrorCode, Say>> = {
  command_line_file: (f) =>
    say(
      `${f.text('path', 'The file of the command line')} cannot be used`,
      `${reason(f, FILES)} Nothing was changed.`,
      { tone: 'warn', icon: 'file', actions: ['retry'] },
    ),
  credential_helper: (f) =>
    say(`${f.text('name', 'The credential helper')} gave no password`, reason(f, HELPERS), {
      tone: 'warn',
      icon: 'key',
      actions: ['retry'],
    }),
}
