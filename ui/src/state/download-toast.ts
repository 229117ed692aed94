/** What a person hears when they ask for a download. */
import { words } from '../words/words'
import type { DownloadOutcome } from './downloads.svelte'
import type { Navigation } from './navigation.svelte'
import { troubleToast } from './outcomes'
import type { ToastRequest } from './toasts.svelte'

export function downloadToast(outcome: DownloadOutcome, navigation: Navigation): ToastRequest {
  switch (outcome.kind) {
    case 'started':
      return {
        text: words.downloads.started(outcome.fileName),
        icon: 'download',
        action: words.downloads.show,
        onaction: () => navigation.go({ name: 'transfers' }),
      }
    case 'same':
      return {
        text: words.downloads.same(outcome.fileName, outcome.folderName),
        icon: 'check',
        tone: 'ok',
        action: words.frame.computer,
        onaction: () => navigation.go({ name: 'computer' }),
      }
    case 'failed':
      return failure(outcome, navigation)
  }
}

function failure(
  outcome: Extract<DownloadOutcome, { kind: 'failed' }>,
  navigation: Navigation,
): ToastRequest {
  const said = words.errors.say(outcome.error)
  const toast = troubleToast(outcome.error)
  if (said.actions.includes('sign_in')) {
    return {
      ...toast,
      action: words.errors.actions.sign_in,
      onaction: () => navigation.go({ name: 'sign_in', serverId: outcome.serverId }),
    }
  }
  if (said.actions.includes('choose_folder')) {
    return {
      ...toast,
      action: words.errors.actions.choose_folder,
      onaction: () => navigation.go({ name: 'settings' }),
    }
  }
  return toast
}
