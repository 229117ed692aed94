/**
 * The catalogue in use. Screens read `words.<area>.<key>`; a key with parameters is a function,
 * so that a missing parameter is a type error and plurals stay next to their sentence.
 */
import { en, type Catalogue } from './en'

export const words: Catalogue = en

const rules = new Intl.PluralRules('en')

/** Picks the form for a count: `count(3, 'image', 'images')` is "3 images". */
export function count(n: number, one: string, other: string): string {
  return `${n.toLocaleString('en').replaceAll(',', '\u202f')} ${rules.select(n) === 'one' ? one : other}`
}
