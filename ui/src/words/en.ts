/** Every sentence in English, by area. Another language is another object of the same type. */
import { accounts, connect } from './en/accounts'
import { common } from './en/common'
import { compare } from './en/compare'
import { computer, downloads } from './en/computer'
import { container } from './en/container'
import { diagnosis } from './en/diagnosis'
import { errors } from './en/errors'
import { frame } from './en/frame'
import { home } from './en/home'
import { inspector } from './en/inspector'
import { bundles, keySearch, keyServers, publishing, revoked } from './en/key-servers'
import { keys } from './en/keys'
import { kit } from './en/kit'
import { lending } from './en/lending'
import { library } from './en/library'
import { limits } from './en/limits'
import { providers } from './en/providers'
import { addresses, certificate, network } from './en/network'
import { search } from './en/search'
import { settings } from './en/settings'
import { shortcuts } from './en/shortcuts'
import { signIn } from './en/sign-in'
import { commandLine, endings, importing, tokens } from './en/tokens'
import { transfers } from './en/transfers'
import { uploads } from './en/uploads'
import { vault } from './en/vault'
import { verdicts } from './en/verdicts'
import { welcome } from './en/welcome'

export const en = {
  accounts,
  addresses,
  bundles,
  certificate,
  commandLine,
  common,
  compare,
  computer,
  connect,
  container,
  diagnosis,
  downloads,
  endings,
  errors,
  frame,
  home,
  importing,
  inspector,
  keySearch,
  keyServers,
  keys,
  kit,
  lending,
  library,
  limits,
  network,
  providers,
  publishing,
  revoked,
  search,
  settings,
  shortcuts,
  signIn,
  tokens,
  transfers,
  uploads,
  vault,
  verdicts,
  welcome,
}

export type Catalogue = typeof en
