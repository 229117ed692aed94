/** Sample key servers, what they find and take, and an offline bundle. */
import type {
  BundlePlace,
  BundleView,
  FoundKey,
  KeyServer,
  KeyServers,
  KeyView,
  KeysFound,
  PublishPlan,
  RevokedKey,
} from '../../contract/generated'
import { uiError, type Script } from '../fake'
import { FINGERPRINT, OTHER } from './signatures'

const OTHERS = ['keys.openpgp.org', 'keys.sylabs.io']
const STRANGER = '1F2E3D4C5B6A79880011223344556677DEADBEEF'
const GIB = 1024 ** 3

const server = (host: string, serverId: string | null = null): KeyServer => ({
  address: `https://${host}`,
  host,
  serverId,
  serverName: serverId === null ? null : 'Uni Hub',
})

export const keyServerList: KeyServers = {
  libraries: [server('hub.uni.example', 'uni')],
  others: OTHERS.map((host) => server(host)),
  usual: true,
}

export const publishPlan: PublishPlan = {
  names: ['Ada <ada@example.org>'],
  standing: 'good',
  places: [...keyServerList.libraries, ...keyServerList.others].map((one) => ({
    server: one,
    needsSignIn: false,
    confirmsByMail: one.host === 'keys.openpgp.org',
    publication: null,
  })),
}

export const foundKeys: FoundKey[] = [
  {
    id: STRANGER,
    names: ['Grace <grace@example.org>'],
    created: '2025-01-01T00:00:00Z',
    expires: '2028-01-01T00:00:00Z',
    standing: 'good',
    address: 'https://hub.uni.example',
    hosts: ['hub.uni.example', 'keys.openpgp.org'],
    known: null,
  },
  {
    id: STRANGER.replace('1F2E', '2A2A'),
    names: ['Grace (old) <grace@example.org>'],
    created: '2019-01-01T00:00:00Z',
    expires: null,
    standing: 'revoked',
    address: 'https://keys.openpgp.org',
    hosts: ['keys.openpgp.org'],
    known: null,
  },
]

export const keysFound: KeysFound = {
  keys: foundKeys,
  more: false,
  asked: ['hub.uni.example', ...OTHERS],
  silent: [
    { host: 'keys.sylabs.io', error: uiError('unreachable', { params: { server: 'keys.sylabs.io' } }) },
  ],
}

export const revokedKey: RevokedKey = {
  fingerprint: OTHER,
  name: 'Bob <bob@example.org>',
  trust: 'trusted',
  noticed: '2026-11-22T14:00:00Z',
  downloads: [
    { transferId: 't9', fileName: 'samtools_1.21.sif' },
    { transferId: 't8', fileName: 'bcftools_1.2.sif' },
  ],
}

const foundView: KeyView = {
  fingerprint: STRANGER,
  names: ['Grace <grace@example.org>'],
  algorithm: 'Ed25519',
  created: '2025-01-01T00:00:00Z',
  expires: '2028-01-01T00:00:00Z',
  standing: 'good',
  mine: false,
  protected: false,
  place: 'sifter',
}

export const bundlePlace: BundlePlace = {
  name: 'samtools_1.21-offline',
  folder: '~/containers',
  free: 120 * GIB,
  needs: 3.1 * GIB,
}

export const bundle: BundleView = {
  id: 'b1',
  fileId: 'f1',
  name: bundlePlace.name,
  folder: bundlePlace.folder,
  phase: 'copying',
  bytesDone: 0,
  bytesTotal: bundlePlace.needs,
  files: [],
  verdict: null,
  keys: [],
  missing: [],
  error: null,
}

export const bundleDone: BundleView = {
  ...bundle,
  phase: 'done',
  bytesDone: bundle.bytesTotal,
  files: ['samtools_1.21.sif', 'keys.asc', 'VERIFY.txt', 'SHA256SUMS'],
  verdict: 'verified',
  keys: [FINGERPRINT],
  missing: ['A20C27EE7FF7BA84'],
}

export const keyServerScript: Script = {
  key_publish_plan: () => publishPlan,
  key_publish: ({ address }) => ({
    address,
    host: new URL(address).host,
    published: '2026-11-22T14:00:00Z',
    outdated: false,
  }),
  key_search: () => keysFound,
  key_fetch: () => foundView,
  key_servers: () => keyServerList,
  key_servers_set: ({ addresses }) => ({
    ...keyServerList,
    others: addresses?.map((address) => server(new URL(address).host)) ?? keyServerList.others,
    usual: addresses === null,
  }),
  key_server_test: () => ({}),
  key_recheck: () => ({ asked: 2, revoked: [] }),
  key_dismiss_revoked: () => ({}),
  bundle_place: () => bundlePlace,
  bundle_choose_folder: () => ({ ...bundlePlace, folder: '/media/stick' }),
  bundle_start: () => bundle,
  bundle_cancel: () => ({}),
  bundle_reveal: () => ({}),
}
