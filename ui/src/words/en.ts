/** Every sentence in English, by area. Another language is another object of the same type. */
import { accounts, connect } from './en/accounts'
import { common } from './en/common'
import { computer, downloads } from './en/computer'
import { container } from './en/container'
import { errors } from './en/errors'
import { frame } from './en/frame'
import { home } from './en/home'
import { kit } from './en/kit'
import { library } from './en/library'
import { limits } from './en/limits'
import { search } from './en/search'
import { settings } from './en/settings'
import { shortcuts } from './en/shortcuts'
import { signIn } from './en/sign-in'
import { commandLine, endings, importing, tokens } from './en/tokens'
import { transfers } from './en/transfers'
import { uploads } from './en/uploads'
import { verdicts } from './en/verdicts'
import { welcome } from './en/welcome'

export const en = {
  accounts,
  commandLine,
  common,
  computer,
  connect,
  container,
  downloads,
  endings,
  errors,
  frame,
  home,
  importing,
  kit,
  library,
  limits,
  search,
  settings,
  shortcuts,
  signIn,
  tokens,
  transfers,
  uploads,
  verdicts,
  welcome,
}

export type Catalogue = typeof en
