/** Which component draws which sheet. */
import type { Component } from 'svelte'

import type { SheetKind } from '../state/sheets.svelte'
import DeleteImageSheet from './container/DeleteImageSheet.svelte'
import ClashSheet from './downloads/ClashSheet.svelte'

export const sheets: Partial<Record<SheetKind, Component>> = {
  clash: ClashSheet,
  delete_image: DeleteImageSheet,
}
