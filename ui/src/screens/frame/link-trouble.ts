/** Why a text led nowhere, in one line under its field. */
import type { LinkTrouble } from '../../state/links.svelte'
import { words } from '../../words/words'

export function linkTroubleWords(trouble: LinkTrouble): string {
  switch (trouble.kind) {
    case 'too_short':
      return words.frame.searchTooShort
    case 'unsupported':
      return words.frame.unsupported(trouble.scheme)
    case 'failed':
      return words.errors.say(trouble.error).title
  }
}
