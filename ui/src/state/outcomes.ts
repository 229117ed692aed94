/** Turns what became of something into the toast that tells of it. */
import type { TransferView, UiError } from '../contract/generated'
import { words } from '../words/words'
import type { Navigation } from './navigation.svelte'
import type { ToastRequest } from './toasts.svelte'
import { isQuarantined, type Transfers } from './transfers.svelte'

export function outcomeToast(
  transfer: TransferView,
  transfers: Transfers,
  navigation: Navigation,
  copy: (text: string) => void,
): ToastRequest {
  if (transfer.phase.kind === 'needs_attention') {
    return {
      text: words.transfers.stopped(transfer),
      icon: 'warn',
      tone: 'bad',
      action: words.transfers.look,
      onaction: () => navigation.go({ name: 'transfers' }),
    }
  }
  if (isQuarantined(transfer)) {
    return {
      text: words.transfers.quarantined(transfer),
      icon: 'v-bad',
      tone: 'bad',
      action: words.transfers.look,
      onaction: () => navigation.go({ name: 'transfers' }),
    }
  }
  return transfer.direction === 'up'
    ? {
        text: words.transfers.uploaded(transfer),
        icon: 'check',
        tone: 'ok',
        action: words.transfers.copyLink,
        onaction: () => copy(transfer.reference),
      }
    : {
        text: words.transfers.downloaded(transfer),
        icon: 'check',
        tone: 'ok',
        action: words.transfers.show,
        onaction: () => void transfers.act('transfer_reveal', transfer),
      }
}

/** What happened and why, for something that has no place of its own on the screen. */
export function troubleToast(error: UiError): ToastRequest {
  const { title, body } = words.errors.say(error)
  return { text: `${title}. ${body}`, icon: 'warn', tone: 'bad' }
}
