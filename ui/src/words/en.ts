/** Every sentence in English, by area. Another language is another object of the same type. */
import { common } from './en/common'

export const en = { common }

export type Catalogue = typeof en
