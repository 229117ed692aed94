// Sentences about the vault.

import type { ErrorCode } from '../../contract/generated'
import { say, type Say } from './error-parts'

export const VAULT: Partial<Record<ErrorCode, Say>> = {
  vault_closed: () =>
    say(
      'The vault is closed',
      'The sign-in for this lies in it. Open it with your passphrase, and it goes on.',
      {
        tone: 'warn',
        icon: 'lock',
        actions: ['open_vault', 'retry'],
      },
    ),
  vault_passphrase_wrong: () =>
    say('This is not the passphrase', 'The vault stays closed, and nothing in it was changed. Try again.', {
      tone: 'warn',
      icon: 'lock',
    }),
  vault_passphrase_weak: (facts) =>
    say(
      'The passphrase is too short',
      `Whoever gets the file can try passphrases as often as they like. Take ${facts.number('least') ?? 8} characters or more.`,
      { tone: 'warn', icon: 'key' },
    ),
  vault_damaged: () =>
    say(
      'The vault cannot be read',
      'The file is damaged, or a newer Sifter has made it. It was left as it is: put it back from a backup, or delete the vault and sign in again.',
      { tone: 'bad', icon: 'file' },
    ),
}
