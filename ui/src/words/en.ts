/** Every sentence in English, by area. Another language is another object of the same type. */
import { accounts, connect } from './en/accounts'
import { common } from './en/common'
import { errors } from './en/errors'
import { kit } from './en/kit'
import { settings } from './en/settings'
import { shortcuts } from './en/shortcuts'
import { signIn } from './en/sign-in'
import { transfers } from './en/transfers'
import { uploads } from './en/uploads'

export const en = {
  accounts,
  common,
  connect,
  errors,
  kit,
  settings,
  shortcuts,
  signIn,
  transfers,
  uploads,
}

export type Catalogue = typeof en
