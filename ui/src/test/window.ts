/** Opens the whole window in a test: the real screens and state over a scripted host. */
import { render } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { tick } from 'svelte'

import App from '../App.svelte'
import type { AppView } from '../contract/generated'
import { accountScript } from '../host/demo/accounts'
import { comparisonScript } from '../host/demo/comparison'
import { keyServerScript } from '../host/demo/key-servers'
import { libraryScript } from '../host/demo/library'
import { networkScript } from '../host/demo/network'
import { providerScript } from '../host/demo/providers'
import { app, servers } from '../host/demo/servers'
import { signatureScript } from '../host/demo/signatures'
import { transfers } from '../host/demo/transfers'
import { oneFile, plan } from '../host/demo/uploads'
import { FakeHost, type Script } from '../host/fake'
import type { Route } from '../state/navigation.svelte'
import { Sifter } from '../state/sifter.svelte'

export interface Opening {
  route?: Route
  script?: Script
  /** Changes to what the app says of itself. */
  app?: Partial<AppView>
}

export function script(view: Partial<AppView> = {}): Script {
  return {
    ...libraryScript,
    ...accountScript,
    ...providerScript,
    ...networkScript,
    ...signatureScript,
    ...comparisonScript,
    ...keyServerScript,
    app_state: () => structuredClone({ ...app, ...view }),
    app_copy: () => ({}),
    server_list: () => servers,
    transfer_list: () => transfers,
    settings_set: (patch) => {
      const { welcomeDone: _, ...settings } = patch
      return { ...app.settings, ...settings }
    },
    upload_plan: plan,
    upload_choose: () => oneFile,
    upload_discard: () => ({}),
    upload_destinations: () => [],
  }
}

/** Lets every promise that is under way settle, and the screen follow. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) {
    await Promise.resolve()
    await tick()
  }
}

export async function openWindow(opening: Opening = {}) {
  const host = new FakeHost({ ...script(opening.app), ...opening.script })
  const sifter = new Sifter(host)
  const user = userEvent.setup({ delay: null })
  const view = render(App, { sifter })
  await settled()
  if (opening.route) sifter.navigation.go(opening.route)
  await settled()
  return { host, sifter, user, ...view }
}
