/**
 * The catalogue in use. Screens read `words.<area>.<key>`; a key with parameters is a function,
 * so that a missing parameter is a type error and plurals stay next to their sentence.
 */
import { en, type Catalogue } from './en'

export const words: Catalogue = en
