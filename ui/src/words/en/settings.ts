// Words of the Settings screen.

import { size } from '../format'

export const settings = {
  title: 'Settings',
  general: 'General',
  downloadFolder: 'Download folder',
  free: (bytes: number) => `${size(bytes)} free`,
  chooseFolder: 'Choose folder…',
  theme: 'Appearance',
  themes: { system: 'System', light: 'Light', dark: 'Dark' },
  transfers: 'Transfers',
  parallel: 'Transfers at once',
  parallelNote: 'Large files in parallel. Small ones never wait.',
  fewer: 'Fewer at once',
  more: 'More at once',
  limit: 'Speed limit',
  changeLimit: 'Change…',
  keepAwake: 'Stay awake while something moves',
  keepAwakeNote: 'The screen may go dark. Sleeping waits until the last transfer has ended.',
  notifications: 'Tell me when transfers end',
  notificationsNote: 'Only while you are in another window, and all that belongs together at once.',
  verify:
    "Every download is checked against the library's digest before it gets its name. That cannot be turned off.",
  local: 'This computer',
  startLocal: 'Start the library on this computer with Sifter',
  startLocalNote: 'It answers on this computer only.',
  keychain: 'Keychain',
  keychainState: {
    ready: (name: string) => `${name} is ready`,
    locked: () => 'Locked. It will ask when a sign-in is needed',
    absent: () => 'None on this computer: sign-ins last until Sifter quits',
  },
  about: 'About',
  version: 'Version',
  containerProgram: 'Container program',
  noContainerProgram: 'None found. Sifter does not need one.',
  data: 'Data folder',
  showData: 'Show data folder',
}
