// Words about signing in at identity providers under a client id of Sifter's own.

import type { ProviderSecret, SignInProviderKind } from '../../contract/generated'

const NAMES: Record<SignInProviderKind, string> = {
  google: 'Google',
  github: 'GitHub',
  gitlab: 'GitLab',
  microsoft: 'Microsoft',
  other: 'Other',
}

export const providers = {
  title: 'Sign-in providers',
  lead: 'Some libraries let Sifter sign you in at a provider itself, under a client id that whoever runs the library gives you. All other sign-ins need none.',
  name: (kind: SignInProviderKind) => NAMES[kind],
  none: 'No client id',
  ofBuild: (id: string) => `${id} (came with this Sifter)`,
  noSecret: (id: string) => `${id}, still without its client secret`,
  set: 'Set…',
  change: 'Change…',
  setFor: (kind: SignInProviderKind) => `Set the client id for ${NAMES[kind]}`,
  changeFor: (kind: SignInProviderKind) => `Change the client id for ${NAMES[kind]}`,
  clientId: 'Client id',
  address: 'Web address',
  tenant: 'Tenant',
  save: 'Save',
  close: 'Close',
  secret: (kind: SignInProviderKind, rule: ProviderSecret): string => {
    switch (rule) {
      case 'always':
        return `${NAMES[kind]} also wants the client secret. Copy it, then paste it here: it goes straight to the keychain and never shows in this window.`
      case 'for_browser':
        return `With the client secret, ${NAMES[kind]} signs you in through the browser; without it, by a short code. Copy it, then paste it here: it goes straight to the keychain.`
      case 'never':
        return ''
    }
  },
  hasSecret: 'Sifter has the client secret.',
  pasteSecret: 'Paste client secret',
  forgetSecret: 'Forget client secret',
}
