/** What an opened image can be compared with: any file, and the other tags of the container that it is from. */
import type { MenuItem } from '../../components/Menu.svelte'
import type { ContainerPage, InspectionView } from '../../contract/generated'
import type { Inspector } from '../../state/inspector.svelte'
import { words } from '../../words/words'

/** A menu is no list of hundreds; the page of the container has them all. */
const MOST_TAGS = 12

export function compareItems(
  inspector: Inspector,
  fileId: string,
  serverId: string,
  page: ContainerPage | null,
  view: Pick<InspectionView, 'facts' | 'digest'> | null,
): MenuItem[] {
  const file: MenuItem = {
    label: words.compare.withFile,
    icon: 'file',
    onselect: () => void inspector.compareWithFile(fileId),
  }
  if (!page || !view) return [file]
  const arch = view.facts.arch
  const others = page.tags.flatMap((row) => {
    const image = row.images.find((one) => one.arch === arch)
    return image?.uploaded && image.digest !== view.digest ? [{ row, image }] : []
  })
  return [
    file,
    ...others.slice(0, MOST_TAGS).map(({ row, image }, at): MenuItem => ({
      label: words.compare.withTag(row.tag),
      icon: 'tag',
      separated: at === 0,
      onselect: () =>
        inspector.compare(fileId, { serverId, path: page.path, tag: row.tag, arch: image.arch }),
    })),
  ]
}
