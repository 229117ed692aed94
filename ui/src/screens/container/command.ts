/** A command for one tag, split where the thing it fetches begins. */
import type { CommandFlavour } from '../../contract/generated'

export function commandFor(
  flavour: CommandFlavour,
  tag: string,
): { name: string; lead: string; rest: string } {
  const text = flavour.template.replaceAll('{tag}', tag)
  const at = text.search(/\b(library|https?):\/\//)
  return at < 0
    ? { name: flavour.name, lead: '', rest: text }
    : { name: flavour.name, lead: text.slice(0, at), rest: text.slice(at) }
}
