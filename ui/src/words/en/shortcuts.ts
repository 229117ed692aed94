/** The keyboard, as the help sheet tells it. */
import type { ActionId } from '../../state/actions.svelte'

export const shortcuts = {
  title: 'Keyboard shortcuts',
  action: {
    search: 'Search or paste a link',
    filter: 'Filter this list',
    upload: 'Upload a file…',
    open: 'Open a file…',
    download: 'Download the selection',
    inspect: 'Show or hide the inspector',
    examine: 'Examine the signatures',
    copy_reference: 'Copy the reference',
    delete: 'Delete',
    pause: 'Pause or resume the selected transfer',
    cancel: 'Cancel the selected transfer',
    transfers: 'Transfers',
    section: 'Places of the sidebar',
    back: 'Back',
    forward: 'Forward',
    refresh: 'Refresh',
    settings: 'Settings',
    shortcuts: 'This help',
    next_pane: 'Next pane',
  } satisfies Record<ActionId, string>,
  everywhere: 'Everywhere',
  lists: 'In lists',
  rows: [
    ['Move between rows and cells', '← ↑ → ↓'],
    ['Open, or download', 'Enter'],
    ['Move a waiting transfer', 'Alt+↑ Alt+↓'],
    ['Close the topmost thing', 'Esc'],
  ] as const,
}
