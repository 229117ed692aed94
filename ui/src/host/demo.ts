/**
 * Sample answers for looking at screens with `npm run dev`: `?demo=library`, `?demo=transfers`,
 * `?demo=upload` and so on, with `&theme=dark`. Never part of a build.
 */
import type { Route } from '../state/navigation.svelte'
import type { Sifter } from '../state/sifter.svelte'
import { accountScript, withSeveral } from './demo/accounts'
import { keyServerScript } from './demo/key-servers'
import { comparisonScript, remoteImage } from './demo/comparison'
import { libraryRoutes, libraryScript } from './demo/library'
import { networkScript } from './demo/network'
import { providerScript } from './demo/providers'
import { app, servers } from './demo/servers'
import { FINGERPRINT, judged, signatureScript } from './demo/signatures'
import { speeds, transfers } from './demo/transfers'
import { badFile, oneFile, plan, severalFiles } from './demo/uploads'
import { FakeHost } from './fake'

const asked = new URLSearchParams(location.search)
const routes: Record<string, Route> = libraryRoutes

export function demoHost(): FakeHost {
  return new FakeHost({
    ...libraryScript,
    ...accountScript,
    ...signatureScript,
    ...comparisonScript,
    ...keyServerScript,
    ...providerScript,
    ...networkScript,
    app_state: () => ({ ...app, firstRun: asked.get('demo') === 'welcome' }),
    app_copy: () => ({}),
    server_list: () => (asked.get('demo')?.startsWith('accounts') ? withSeveral() : servers),
    transfer_list: () => transfers,
    settings_set: (patch) => Object.assign(app.settings, patch),
    upload_plan: plan,
    upload_choose: () => oneFile,
    upload_discard: () => ({}),
    upload_destinations: ({ text }) =>
      ['ada/genomics/', 'ada/genomics/samtools', 'ada/imaging/'].filter((place) => place.startsWith(text)),
    sign_in_start: ({ serverId, how }) => ({
      id: 'i1',
      serverId,
      phase: how === 'code' ? 'waiting_for_code' : 'waiting_for_browser',
      host: 'hub.uni.example',
      secondsLeft: 272,
      browserOpened: true,
      code: how === 'code' ? { code: 'WDJB-MJHT', page: 'https://hub.uni.example/device' } : null,
      error: null,
    }),
  })
}

const SAMPLES: Record<string, (sifter: Sifter) => void> = {
  transfers: (sifter) => {
    sifter.navigation.go({ name: 'transfers' })
    sifter.transfers.selected = 't1'
    sifter.transfers.speeds.samples = speeds()
  },
  'transfers-empty': (sifter) => {
    sifter.transfers.list = { ...transfers, active: [], queued: [], attention: [], history: [] }
    sifter.navigation.go({ name: 'transfers' })
  },
  upload: (sifter) =>
    sifter.uploads.open(oneFile, { serverId: 'cloud', path: { entity: 'ada', collection: 'genomics' } }),
  'upload-several': (sifter) => sifter.uploads.open(severalFiles, null),
  'upload-bad': (sifter) => sifter.uploads.open(badFile, null),
  'upload-signed-out': (sifter) => sifter.uploads.open(oneFile, { serverId: 'uni', path: {} }),
  'sign-in': (sifter) => {
    sifter.navigation.go({ name: 'sign_in', serverId: 'uni' })
    void sifter.signIn.start('uni')
  },
  'sign-in-code': (sifter) => {
    sifter.navigation.go({ name: 'sign_in', serverId: 'uni' })
    void sifter.signIn.start('uni', 'code')
  },
  'sign-in-choose': (sifter) => sifter.navigation.go({ name: 'sign_in', serverId: 'uni' }),
  token: (sifter) => sifter.navigation.go({ name: 'sign_in', serverId: 'cloud' }),
  accounts: (sifter) => sifter.navigation.go({ name: 'accounts' }),
  'accounts-token': (sifter) => {
    sifter.navigation.go({ name: 'accounts' })
    sifter.sheets.open({ kind: 'new_token', serverId: 'cloud' })
  },
  'accounts-command-line': (sifter) => {
    sifter.navigation.go({ name: 'accounts' })
    sifter.sheets.open({ kind: 'command_line', serverId: 'cloud', accountId: 'a1' })
  },
  'accounts-import': (sifter) => {
    sifter.navigation.go({ name: 'accounts' })
    sifter.sheets.open({ kind: 'import' })
  },
  settings: (sifter) => sifter.navigation.go({ name: 'settings' }),
  inspector: (sifter) => sifter.navigation.go({ name: 'inspector', fileId: 'f1' }),
  remote: (sifter) => sifter.navigation.go({ name: 'look', image: remoteImage }),
  compare: (sifter) =>
    sifter.navigation.go({ name: 'compare', left: { ...remoteImage, tag: '1.20' }, right: 'f1' }),
  keys: (sifter) => sifter.navigation.go({ name: 'keys' }),
  'key-find': (sifter) => {
    sifter.navigation.go({ name: 'keys' })
    sifter.keySearch.begin('grace@example.org')
    sifter.sheets.open({ kind: 'find_key' })
    void sifter.keySearch.search()
  },
  'key-publish': (sifter) => {
    sifter.navigation.go({ name: 'keys' })
    sifter.sheets.open({ kind: 'publish_key', fingerprint: FINGERPRINT })
  },
  bundle: (sifter) => {
    sifter.navigation.go({ name: 'inspector', fileId: 'f1' })
    sifter.bundles.open('f1', 'samtools_1.21.sif')
  },
  verdicts: (sifter) => {
    sifter.transfers.list = { ...transfers, active: [], queued: [], attention: [], history: judged }
    sifter.navigation.go({ name: 'transfers' })
  },
  connect: (sifter) => sifter.sheets.open({ kind: 'connect' }),
  shortcuts: (sifter) => sifter.sheets.open({ kind: 'shortcuts' }),
  limits: (sifter) => {
    const limits = { up: 5 * 1024 ** 2, down: null, hours: { from: 480, until: 1080 } }
    sifter.hear({ kind: 'settings', settings: { ...app.settings, limits, limitedNow: true } })
    sifter.navigation.go({ name: 'transfers' })
    sifter.sheets.open({ kind: 'limits' })
  },
  drag: (sifter) => {
    sifter.navigation.go(libraryRoutes.library)
    setTimeout(() => sifter.hear({ kind: 'drag', phase: 'over', files: 1, x: 600, y: 165 }), 300)
  },
  toasts: (sifter) => {
    const quiet = () => undefined
    sifter.toasts.say({
      text: 'Uploaded samtools:1.22',
      icon: 'check',
      tone: 'ok',
      action: 'Copy link',
      onaction: quiet,
    })
    sifter.toasts.say({
      text: 'Already here, nothing to download',
      icon: 'check',
      action: 'Show',
      onaction: quiet,
    })
  },
}

/** Opens the screen that `?demo=NAME` stands for. */
export async function begin(sifter: Sifter): Promise<void> {
  const name = asked.get('demo')
  if (name === null) return
  const theme = asked.get('theme')
  if (theme === 'light' || theme === 'dark') app.settings.theme = theme
  await Promise.all([sifter.app.load(), sifter.servers.load(), sifter.transfers.load()])
  const route = routes[name]
  if (SAMPLES[name]) SAMPLES[name](sifter)
  else if (route) sifter.navigation.go(route)
}
