/** Sample servers. */
import type { AppView, Capabilities, ServerView } from '../../contract/generated'

const GIB = 1024 ** 3

export const capable: Capabilities = {
  apiVersion: '2.0.0',
  archTags: true,
  multipart: true,
  ranges: true,
  onlyAskedTags: true,
  quota: true,
  search: true,
  browserSignIn: true,
  keys: true,
  builder: false,
}

export const servers: ServerView[] = [
  {
    id: 'cloud',
    name: 'Sylabs Cloud',
    host: 'cloud.sylabs.io',
    libraryUrl: 'https://library.sylabs.io',
    kind: 'sylabs_cloud',
    state: 'online',
    problem: null,
    capabilities: { ...capable, browserSignIn: false, builder: true },
    account: {
      id: 'a1',
      login: 'ada',
      display: 'ada',
      signedIn: true,
      byBrowser: false,
      storage: { kind: 'keychain', name: 'Secret Service' },
      expires: '2026-12-12T09:00:00Z',
      ending: null,
    },
    accounts: [],
    ways: [{ kind: 'token' }],
    quota: { used: 10.1 * GIB, total: 11 * GIB },
  },
  {
    id: 'uni',
    name: 'hub.uni.example',
    host: 'hub.uni.example',
    libraryUrl: 'https://hub.uni.example/library',
    kind: 'library',
    state: 'online',
    problem: null,
    capabilities: { ...capable, archTags: false },
    account: null,
    accounts: [],
    ways: [
      {
        kind: 'browser',
        providers: [
          { id: 'google', label: 'Google', kind: 'google', direct: true },
          { id: 'github', label: 'GitHub', kind: 'github', direct: false },
          { id: 'gitlab', label: 'GitLab', kind: 'gitlab', direct: false },
          { id: 'microsoft', label: 'Microsoft', kind: 'microsoft', direct: false },
          { id: 'campus', label: 'Campus login', kind: 'other', direct: false },
        ],
      },
      { kind: 'token' },
    ],
    quota: null,
  },
  {
    id: 'this-computer',
    name: 'This computer',
    host: '127.0.0.1:4480',
    libraryUrl: 'http://127.0.0.1:4480',
    kind: 'this_computer',
    state: 'off',
    problem: null,
    capabilities: {
      ...capable,
      apiVersion: null,
      archTags: null,
      multipart: null,
      ranges: null,
      onlyAskedTags: null,
      quota: null,
      search: null,
      browserSignIn: null,
      keys: null,
      builder: null,
    },
    account: null,
    accounts: [],
    ways: [],
    quota: null,
  },
]

for (const server of servers) if (server.account) server.accounts = [server.account]

export const app: AppView = {
  version: '0.1.0',
  os: 'linux',
  firstRun: false,
  keychain: 'ready',
  vault: 'none',
  storage: { kind: 'keychain', name: 'Secret Service' },
  containerProgram: 'Apptainer 1.4',
  usesProxy: false,
  settings: {
    downloadFolder: '/home/ada/Downloads',
    downloadFolderName: 'Downloads',
    downloadFolderFree: 412 * GIB,
    theme: 'system',
    startLocalLibrary: true,
    parallelTransfers: 3,
    limits: { up: null, down: null, hours: null },
    limitedNow: false,
    keepAwake: true,
    notifications: true,
    dataFolder: '/home/ada/.local/share/sifter',
  },
}
