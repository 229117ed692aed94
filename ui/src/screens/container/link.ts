/** Whether others can get what was uploaded here last, as far as Sifter has asked. */
import type { ContainerPage, LinkCheck, TransferView } from '../../contract/generated'

/** `history` is newest first. An answer that the container has outlived since is none. */
export function linkOf(history: TransferView[], serverId: string, page: ContainerPage): LinkCheck | null {
  const { entity, collection, container } = page.path
  const last = history.find(
    ({ direction, link, path, ...transfer }) =>
      direction === 'up' &&
      link !== null &&
      transfer.serverId === serverId &&
      path.entity === entity &&
      path.collection === collection &&
      path.container === container,
  )
  if (!last || last.link === 'unknown') return null
  return last.link === 'anyone' && page.private ? null : last.link
}
