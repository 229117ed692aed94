/** How a tag's chip looks for what setting it would do. */
import type { ChipLook } from '../../components/ChipsField.svelte'
import type { TagEffect } from '../../contract/generated'
import { words } from '../../words/words'

export function chipLook(tag: string, effects: TagEffect[]): ChipLook {
  const own = effects.filter((effect) => effect.tag === tag)
  if (own.some((effect) => effect.kind === 'invalid')) {
    return { icon: 'warn', tone: 'bad', title: words.uploads.badTag }
  }
  return own.some((effect) => effect.kind === 'moves') ? { icon: 'move', tone: 'moving' } : {}
}
