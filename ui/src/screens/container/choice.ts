/** Which image of a container is chosen, and how it is named. */
import type { ContainerPage, ImageCell, ImageRef, TagRow } from '../../contract/generated'

/** While this fits, the inspector lies over the page instead of beside it. */
export const NARROW = '(max-width: 960px)'

/** One image, and the row it was chosen in; without a row it is untagged. */
export interface Choice {
  row: TagRow | null
  image: ImageCell
}

/** What is remembered of a choice, so that it outlives a reload of the page. */
export interface ChoiceKey {
  tag: string | null
  arch: string
  digest: string
}

export function keyOf(choice: Choice): ChoiceKey {
  return { tag: choice.row?.tag ?? null, arch: choice.image.arch, digest: choice.image.digest }
}

/** The tag of the choice, or its digest when no tag names it. */
export function refName(choice: Choice): string {
  return choice.row?.tag ?? choice.image.digest
}

export function findChoice(page: ContainerPage, key: ChoiceKey): Choice | null {
  if (key.tag === null) {
    const image = page.untagged.find((one) => one.digest === key.digest && one.arch === key.arch)
    return image ? { row: null, image } : null
  }
  const row = page.tags.find((one) => one.tag === key.tag)
  const image = row?.images.find((one) => one.arch === key.arch)
  return row && image ? { row, image } : null
}

/**
 * What a page shows first: the image that the link named, for this computer if there is one; without
 * a link the newest tag's image.
 */
export function firstChoice(page: ContainerPage, wanted?: string): Choice | null {
  const named = wanted === undefined ? page.tags[0] : rowNamed(page, wanted)
  if (!named) {
    const image = page.untagged.find((one) => one.digest === wanted)
    return image ? { row: null, image } : null
  }
  const native = page.archs.filter((column) => column.native).map((column) => column.arch)
  const byDigest = named.images.find((one) => one.digest === wanted)
  const image = byDigest ?? named.images.find((one) => native.includes(one.arch)) ?? named.images[0]
  return image ? { row: named, image } : null
}

/** The row of a tag, an alias, or a digest. */
export function rowNamed(page: ContainerPage, name: string): TagRow | undefined {
  return page.tags.find(
    (row) =>
      row.tag === name || row.aliases.includes(name) || row.images.some((image) => image.digest === name),
  )
}

export function imageRef(serverId: string, page: ContainerPage, choice: Choice): ImageRef {
  return { serverId, path: page.path, tag: refName(choice), arch: choice.image.arch }
}

/** `library://entity/collection/container:sha256.…`, which always means the same bytes. */
export function pinned(page: ContainerPage, image: ImageCell): string {
  return `${page.reference}:${image.digest}`
}
