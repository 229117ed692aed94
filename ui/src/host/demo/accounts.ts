/** Sample tokens, and what the command lines have. */
import type {
  CommandPlan,
  ImportList,
  ServerView,
  TokenList,
  TokenRow,
  UiError,
} from '../../contract/generated'
import type { Script } from '../fake'
import { servers } from './servers'

const trouble = (reason: string, path: string): UiError => ({
  code: 'command_line_file',
  params: { path, reason },
  retry: 'yes',
  details: '',
})

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

const first: TokenRow = {
  id: 'k1',
  name: 'singularity on workbench',
  prefix: 'sifter_Zk3pQx',
  readOnly: false,
  created: inDays(-13),
  lastUsed: inDays(0),
  expires: inDays(77.5),
  ending: null,
  here: true,
}

export const tokens: TokenList = {
  canMake: true,
  tokens: [
    first,
    {
      id: 'k2',
      name: 'cluster-login',
      prefix: 'sifter_q0Wm1d',
      readOnly: true,
      created: inDays(-27),
      lastUsed: inDays(-1.2),
      expires: inDays(6.5),
      ending: 'week',
      here: false,
    },
    {
      id: 'k3',
      name: 'nightly-pipeline',
      prefix: 'sifter_H7sTe4',
      readOnly: false,
      created: inDays(-35),
      lastUsed: null,
      expires: inDays(-2.2),
      ending: 'over',
      here: false,
    },
  ],
}

export const plan: CommandPlan = {
  makesTokenForDays: 90,
  targets: [
    {
      program: 'singularity',
      path: '~/.singularity/remote.yaml',
      remote: 'SylabsCloud',
      replaces: true,
      active: false,
      problem: null,
    },
    {
      program: 'apptainer',
      path: '~/.apptainer/remote.yaml',
      remote: null,
      replaces: false,
      active: false,
      problem: trouble('not_set_up', '~/.apptainer/remote.yaml'),
    },
    {
      program: 'token_file',
      path: '~/.singularity/sylabs-token',
      remote: null,
      replaces: false,
      active: true,
      problem: null,
    },
  ],
}

export const imports: ImportList = {
  items: [
    {
      id: 'm1',
      source: 'singularity',
      path: '~/.singularity/remote.yaml',
      name: 'SylabsCloud',
      host: 'cloud.sylabs.io',
      login: null,
      hasToken: true,
      helper: null,
      plainHttp: false,
      signedIn: true,
    },
    {
      id: 'm2',
      source: 'singularity',
      path: '~/.singularity/remote.yaml',
      name: 'old',
      host: 'hub.lab.example:5000',
      login: null,
      hasToken: false,
      helper: null,
      plainHttp: true,
      signedIn: false,
    },
    {
      id: 'm3',
      source: 'docker',
      path: '~/.docker/config.json',
      name: 'registry.uni.example',
      host: 'registry.uni.example',
      login: 'ada',
      hasToken: true,
      helper: 'secretservice',
      plainHttp: false,
      signedIn: false,
    },
  ],
  troubles: [
    {
      path: '~/.apptainer/remote.yaml',
      error: trouble('not_understood', '~/.apptainer/remote.yaml'),
    },
  ],
}

/** The first server with two accounts, one of which ends soon. */
export function withSeveral(): ServerView[] {
  const [cloud, ...rest] = structuredClone(servers)
  if (!cloud?.account) return rest
  cloud.account.expires = inDays(6.5)
  cloud.account.ending = 'week'
  const lab = { ...cloud.account, id: 'a2', login: 'ada-lab', display: 'ada-lab', ending: null }
  return [{ ...cloud, accounts: [cloud.account, lab] }, ...rest]
}

export const accountScript: Script = {
  token_list: () => tokens,
  token_make: ({ name }) => ({ ...first, id: 'k9', name, here: false }),
  token_copy: () => ({}),
  token_seen: () => ({}),
  token_revoke: () => ({}),
  account_use: () => ({}),
  command_plan: () => plan,
  command_write: ({ program }) => ({
    path: program === 'token_file' ? '~/.singularity/sylabs-token' : `~/.${program}/remote.yaml`,
    remote: 'SylabsCloud',
    expires: inDays(90),
  }),
  import_find: () => imports,
  import_take: () => withSeveral()[0] as ServerView,
}
