/** Every screen and every sheet, as a screen reader finds it. */
import { describe, expect, it } from 'vitest'

import { withSeveral } from '../host/demo/accounts'
import { libraryRoutes } from '../host/demo/library'
import { servers } from '../host/demo/servers'
import { bundleDone, revokedKey } from '../host/demo/key-servers'
import { FINGERPRINT, inspection, judged, keyRows, verification } from '../host/demo/signatures'
import { manualNetwork } from '../host/demo/network'
import { badFile, oneFile, severalFiles } from '../host/demo/uploads'
import { uiError, type Script } from '../host/fake'
import type { Route } from '../state/navigation.svelte'
import type { Sifter } from '../state/sifter.svelte'
import { violations } from '../test/axe'
import { openWindow, settled, type Opening } from '../test/window'

const image = {
  serverId: 'cloud',
  path: { entity: 'ada', collection: 'genomics', container: 'samtools' },
  tag: '1.21',
  arch: 'amd64',
}
const nothing = {
  active: [],
  queued: [],
  attention: [],
  history: [],
  speedUp: 0,
  speedDown: 0,
  allPaused: false,
}
const down: Script = {
  library_container: () => Promise.reject(uiError('not_found', { params: { signedIn: false } })),
}

const routes: [string, Route, Opening?][] = [
  ['home', { name: 'home' }],
  [
    'home with nothing on it',
    { name: 'home' },
    { script: { transfer_list: () => nothing, server_list: () => [] } },
  ],
  ['transfers', { name: 'transfers' }],
  ['no transfers', { name: 'transfers' }, { script: { transfer_list: () => nothing } }],
  ['files on this computer', libraryRoutes.computer],
  ['accounts', { name: 'accounts' }],
  ['several accounts', { name: 'accounts' }, { script: { server_list: () => withSeveral() } }],
  ['accounts without a server', { name: 'accounts' }, { script: { server_list: () => [] } }],
  ['settings', { name: 'settings' }],
  ['settings with a proxy', { name: 'settings' }, { script: { network_get: () => manualNetwork } }],
  ['the ways to sign in', { name: 'sign_in', serverId: 'uni' }],
  ['a token to paste', { name: 'sign_in', serverId: 'cloud' }],
  ['a sign-in at a server that is off', { name: 'sign_in', serverId: 'this-computer' }],
  ['a server', libraryRoutes.server],
  ['a server that is off', libraryRoutes.off],
  ['a person', libraryRoutes.entity],
  ['a collection', libraryRoutes.library],
  ['an empty collection', libraryRoutes.empty],
  ['a container', libraryRoutes.container],
  ['a container that is not there', libraryRoutes.container, { script: down }],
  ['a search', libraryRoutes.search],
  ['keys', { name: 'keys' }],
  ['no keys', { name: 'keys' }, { script: { key_list: () => ({ keys: [], revoked: [] }) } }],
  [
    'keys of which one is revoked',
    { name: 'keys' },
    { script: { key_list: () => ({ keys: keyRows, revoked: [revokedKey] }) } },
  ],
  ['an image on this computer', { name: 'inspector', fileId: 'f1' }],
  ['an image in a library', { name: 'look', image }],
  [
    'an image that cannot be looked into from afar',
    { name: 'look', image },
    {
      script: {
        inspect_image: () => Promise.reject(uiError('not_offered', { params: { what: 'ranges' } })),
      },
    },
  ],
  ['two images side by side', { name: 'compare', left: image, right: 'f1' }],
  [
    'two images that cannot be compared',
    { name: 'compare', left: image, right: 'f1' },
    { script: { inspect_compare: () => Promise.reject(uiError('unreachable')) } },
  ],
  [
    'an image in quarantine',
    { name: 'inspector', fileId: 'f1' },
    {
      script: {
        inspect_file: () => ({ ...inspection, quarantined: true }),
        inspect_check: () => verification('do_not_use', 'altered'),
      },
    },
  ],
  [
    'downloads with every verdict',
    { name: 'transfers' },
    { script: { transfer_list: () => ({ ...nothing, history: judged }) } },
  ],
]

const sheets: [string, (sifter: Sifter) => void][] = [
  ['connect', (sifter) => sifter.sheets.open({ kind: 'connect' })],
  ['import', (sifter) => sifter.sheets.open({ kind: 'import' })],
  ['a new token', (sifter) => sifter.sheets.open({ kind: 'new_token', serverId: 'cloud' })],
  [
    'the command line',
    (sifter) => sifter.sheets.open({ kind: 'command_line', serverId: 'cloud', accountId: 'a1' }),
  ],
  ['shortcuts', (sifter) => sifter.sheets.open({ kind: 'shortcuts' })],
  ['a diagnosis', (sifter) => sifter.sheets.open({ kind: 'diagnose', serverId: 'uni' })],
  [
    'a certificate',
    (sifter) => sifter.sheets.open({ kind: 'certificate', host: 'registry.lab', fingerprint: 'AB' }),
  ],
  ['addresses', (sifter) => sifter.sheets.open({ kind: 'addresses', serverId: 'uni' })],
  ['the password of a proxy', (sifter) => sifter.sheets.open({ kind: 'proxy_password' })],
  ['a new key', (sifter) => sifter.sheets.open({ kind: 'new_key' })],
  ['trust', (sifter) => sifter.sheets.open({ kind: 'trust_key', fingerprint: FINGERPRINT })],
  ['revocation', (sifter) => sifter.sheets.open({ kind: 'revoke_key', fingerprint: FINGERPRINT })],
  ['publish a key', (sifter) => sifter.sheets.open({ kind: 'publish_key', fingerprint: FINGERPRINT })],
  [
    'find a key',
    (sifter) => {
      sifter.keySearch.begin('grace@example.org')
      void sifter.keySearch.search()
      sifter.sheets.open({ kind: 'find_key' })
    },
  ],
  ['a bundle', (sifter) => sifter.bundles.open('f1', 'x.sif')],
  [
    'a bundle that is made',
    (sifter) => {
      sifter.bundles.view = bundleDone
      sifter.sheets.open({ kind: 'bundle', fileId: 'f1', fileName: 'x.sif' })
    },
  ],
  ['lending a key', (sifter) => sifter.sheets.open({ kind: 'lend_key', fingerprint: FINGERPRINT })],
  ['the end of a key', (sifter) => sifter.sheets.open({ kind: 'key_expiry', fingerprint: FINGERPRINT })],
  ['sign', (sifter) => sifter.sheets.open({ kind: 'sign', fileId: 'f1', fileName: 'x.sif' })],
  ['limits', (sifter) => sifter.sheets.open({ kind: 'limits' })],
  ['upload one file', (sifter) => sifter.uploads.open(oneFile, null)],
  ['upload several files', (sifter) => sifter.uploads.open(severalFiles, null)],
  ['upload no image', (sifter) => sifter.uploads.open(badFile, null)],
  ['upload signed out', (sifter) => sifter.uploads.open(oneFile, { serverId: 'uni', path: {} })],
  [
    'delete an image',
    (sifter) => sifter.sheets.open({ kind: 'delete_image', image, digest: 'sha256.a3f9', size: 100 }),
  ],
  ['a name that is taken', (sifter) => void sifter.downloads.download({ ...image, arch: 'arm64' })],
]

describe('axe finds nothing on', () => {
  it('the welcome page', async () => {
    const { container } = await openWindow({ app: { firstRun: true, usesProxy: true } })
    expect(container.querySelector('h1')?.textContent).toContain('first')
    expect(await violations(container)).toEqual([])
  })

  it.each(routes)('%s', async (_, route, opening) => {
    const { container } = await openWindow({ route, ...opening })
    expect(container.querySelectorAll('h1')).toHaveLength(1)
    const [main, ...others] = container.querySelectorAll('main')
    expect(others).toEqual([])
    expect(await violations(main!)).toEqual([])
  })

  it('the frame around them, with the inspector', async () => {
    const { container } = await openWindow({ route: libraryRoutes.container })
    expect(await violations(container)).toEqual([])
  })

  it.each(sheets)('the sheet: %s', async (_, open) => {
    const { sifter, container } = await openWindow()
    open(sifter)
    await settled()
    const dialog = container.querySelector('dialog')
    expect(dialog).not.toBeNull()
    expect(dialog!.contains(document.activeElement)).toBe(true)
    expect(await violations(dialog!)).toEqual([])
  })

  it('a sign-in that waits for the browser', async () => {
    const { container, sifter } = await openWindow({
      route: { name: 'sign_in', serverId: 'uni' },
      script: {
        sign_in_start: () => ({
          id: 'i1',
          serverId: 'uni',
          phase: 'waiting_for_browser',
          host: servers[1]!.host,
          secondsLeft: 60,
          browserOpened: true,
          code: null,
          error: null,
        }),
        sign_in_cancel: () => ({}),
      },
    })
    await sifter.signIn.start('uni')
    await settled()
    expect(container.textContent).toContain('Waiting for your browser')
    expect(await violations(container)).toEqual([])
    await sifter.signIn.drop()
  })

  it('a sign-in that waits for a code to be entered', async () => {
    const { container, sifter } = await openWindow({
      route: { name: 'sign_in', serverId: 'uni' },
      script: {
        sign_in_start: () => ({
          id: 'i1',
          serverId: 'uni',
          phase: 'waiting_for_code',
          host: servers[1]!.host,
          secondsLeft: 600,
          browserOpened: true,
          code: { code: 'WDJB-MJHT', page: 'https://hub.uni.example/device' },
          error: null,
        }),
        sign_in_cancel: () => ({}),
      },
    })
    await sifter.signIn.start('uni', 'code')
    await settled()
    expect(container.textContent).toContain('WDJB-MJHT')
    expect(await violations(container)).toEqual([])
    await sifter.signIn.drop()
  })

  it('the window while the app does not answer', async () => {
    const { container } = await openWindow({
      script: { app_state: () => Promise.reject(uiError('internal')) },
    })
    expect(container.textContent).toContain('Something went wrong')
    expect(await violations(container)).toEqual([])
  })
})
