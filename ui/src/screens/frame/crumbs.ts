/** The way down to a place in a library. */
import type { ImageRef } from '../../contract/generated'
import type { Route } from '../../state/navigation.svelte'

export interface Crumb {
  label: string
  /** Left out for a place that one cannot go to. */
  route?: Route
}

/** Server, entity and collection, as far as they are given. */
export function libraryCrumbs(
  serverId: string,
  serverName: string,
  entity?: string,
  collection?: string,
): Crumb[] {
  const crumbs: Crumb[] = [{ label: serverName, route: { name: 'server', serverId } }]
  if (entity === undefined) return crumbs
  crumbs.push({ label: entity, route: { name: 'entity', serverId, entity } })
  if (collection === undefined) return crumbs
  crumbs.push({ label: collection, route: { name: 'collection', serverId, entity, collection } })
  return crumbs
}

/** The way down to the container of an image. */
export function imageCrumbs(image: ImageRef, serverName: string): Crumb[] {
  const { serverId, path, tag } = image
  const crumbs = libraryCrumbs(serverId, serverName, path.entity, path.collection)
  return [...crumbs, { label: path.container, route: { name: 'container', serverId, path, tag } }]
}
