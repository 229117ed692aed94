/** Which component draws which sheet. */
import type { Component } from 'svelte'

import type { SheetKind } from '../state/sheets.svelte'
import CommandLineSheet from './accounts/CommandLineSheet.svelte'
import ImportSheet from './accounts/ImportSheet.svelte'
import NewTokenSheet from './accounts/NewTokenSheet.svelte'
import ConnectSheet from './connect/ConnectSheet.svelte'
import DeleteImageSheet from './container/DeleteImageSheet.svelte'
import ClashSheet from './downloads/ClashSheet.svelte'
import ShortcutsSheet from './shortcuts/ShortcutsSheet.svelte'
import LimitSheet from './transfers/LimitSheet.svelte'
import UploadSheet from './upload/UploadSheet.svelte'

export const sheets: Partial<Record<SheetKind, Component>> = {
  clash: ClashSheet,
  command_line: CommandLineSheet,
  connect: ConnectSheet,
  delete_image: DeleteImageSheet,
  import: ImportSheet,
  limits: LimitSheet,
  new_token: NewTokenSheet,
  shortcuts: ShortcutsSheet,
  upload: UploadSheet,
}
