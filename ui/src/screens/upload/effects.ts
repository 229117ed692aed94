/** Turns the plan of one file into the lines of "What will happen". */
import type { Effect } from '../../components/Effects.svelte'
import type { DraftFile, TagEffect, UploadItem, UploadItemPlan } from '../../contract/generated'
import { words } from '../../words/words'

export function effectsOf(plan: UploadItemPlan, item: UploadItem, file: DraftFile): Effect[] {
  const say = words.uploads.effects
  const arch = file.facts?.arch ?? say.unknownArch
  const effects: Effect[] = plan.creates.map((what) => ({ icon: 'plus', text: say.creates(what) }))
  effects.push(...plan.tags.map((tag) => tagEffect(tag, arch)))
  if (plan.tags.length === 0) effects.push({ icon: 'info', text: say.noTag })
  effects.push(
    plan.public
      ? { icon: 'globe', text: say.public, note: say.publicNote(item.path.container) }
      : { icon: 'lock', text: say.private, note: say.privateNote(item.path.container) },
  )
  if (file.facts?.ociSif) effects.push({ icon: 'info', text: words.uploads.ociNote })
  return effects
}

function tagEffect(effect: TagEffect, arch: string): Effect {
  const say = words.uploads.effects
  switch (effect.kind) {
    case 'new':
      return { icon: 'plus', text: say.newTag(effect.tag, arch) }
    case 'moves':
      return { icon: 'move', text: say.moves(effect.tag, arch), note: say.movesFrom(effect.from) }
    case 'moves_everywhere':
      return {
        icon: 'move',
        tone: 'warn',
        text: say.movesEverywhere(effect.tag),
        note: say.movesEverywhereFrom(effect.from, effect.arch),
      }
    case 'stays_elsewhere':
      return {
        icon: 'warn',
        tone: 'warn',
        text: say.stays(effect.tag, effect.arch),
        note: say.staysNote(effect.arch),
      }
    case 'invalid':
      return { icon: 'warn', tone: 'bad', text: words.uploads.invalidTag(effect.tag) }
  }
}
