/**
 * What stands in the libraries. Pages are kept, so that going back shows them at once, and asked for
 * anew when they are opened or when the app says that a server changed.
 */
import type {
  AppEvent,
  CollectionPage,
  ContainerPage,
  EntityPage,
  EntityRow,
  ImageRef,
  LibraryPath,
  SearchPage,
  SearchScope,
} from '../contract/generated'
import type { Host } from '../host/types'
import { Loaded } from './loaded.svelte'

const MOST_PAGES = 60
const EVERYWHERE = '*'

export class Library {
  /** Pages by their address, oldest use first. */
  private readonly pages = new Map<string, { serverId: string; page: Loaded<unknown> }>()

  constructor(private readonly host: Host) {}

  entities(serverId: string): Loaded<EntityRow[]> {
    return this.page(serverId, '', () => this.host.call('library_entities', { serverId }))
  }

  entity(serverId: string, entity: string): Loaded<EntityPage> {
    return this.page(serverId, entity, () => this.host.call('library_entity', { serverId, entity }))
  }

  collection(serverId: string, entity: string, collection: string): Loaded<CollectionPage> {
    return this.page(serverId, `${entity}/${collection}`, () =>
      this.host.call('library_collection', { serverId, entity, collection }),
    )
  }

  container(serverId: string, path: LibraryPath): Loaded<ContainerPage> {
    return this.page(serverId, `${path.entity}/${path.collection}/${path.container}`, () =>
      this.host.call('library_container', { serverId, path }),
    )
  }

  search(text: string, scope: SearchScope): Loaded<SearchPage> {
    const where = scope.kind === 'server' ? scope.serverId : EVERYWHERE
    return this.page(where, `?${text}`, () => this.host.call('library_search', { text, scope }))
  }

  async deleteImage(image: ImageRef): Promise<void> {
    await this.host.call('library_delete_image', image)
    this.reload(image.serverId)
  }

  hear(event: AppEvent): void {
    if (event.kind === 'library_changed') this.reload(event.serverId)
  }

  private reload(serverId: string): void {
    for (const one of this.pages.values()) {
      if (one.serverId === serverId || one.serverId === EVERYWHERE) one.page.refresh()
    }
  }

  private page<T>(serverId: string, place: string, ask: () => Promise<T>): Loaded<T> {
    const key = `${serverId} ${place}`
    const known = this.pages.get(key)
    const page = known ? (known.page as Loaded<T>) : new Loaded(ask)
    this.pages.delete(key)
    this.pages.set(key, { serverId, page })
    const oldest = this.pages.keys().next()
    if (this.pages.size > MOST_PAGES && !oldest.done) this.pages.delete(oldest.value)
    return page
  }
}
