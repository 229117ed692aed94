/**
 * Sample answers for looking at screens with `npm run dev`: `?demo=library`, `?demo=transfers`,
 * `?demo=welcome` and so on, with `&theme=dark`. Never part of a build.
 */
import type { Route } from '../state/navigation.svelte'
import type { Sifter } from '../state/sifter.svelte'
import { libraryRoutes, libraryScript } from './demo/library'
import { servers } from './demo/servers'
import * as samples from './demo/servers'
import { transfers } from './demo/transfers'
import { FakeHost } from './fake'

const asked = new URLSearchParams(location.search)
const routes: Record<string, Route> = libraryRoutes

export function demoHost(): FakeHost {
  return new FakeHost({
    ...libraryScript,
    app_state: () => ({ ...samples.app, firstRun: asked.get('demo') === 'welcome' }),
    app_copy: () => ({}),
    server_list: () => servers,
    transfer_list: () => transfers,
    settings_set: () => samples.app.settings,
  })
}

export async function begin(sifter: Sifter): Promise<void> {
  const theme = asked.get('theme')
  if (theme) document.documentElement.dataset.theme = theme
  const route = routes[asked.get('demo') ?? '']
  if (route) sifter.navigation.go(route)
}
