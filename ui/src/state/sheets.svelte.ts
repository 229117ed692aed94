/** Which sheet lies over the window. One at a time; the sheet itself gives the focus back. */
import type { DownloadPlan, ImageRef, LibraryPath } from '../contract/generated'

export type SheetRequest =
  | { kind: 'connect'; address?: string }
  | { kind: 'upload'; sheetId: string; serverId?: string; path?: Partial<LibraryPath>; tag?: string }
  | { kind: 'shortcuts' }
  | { kind: 'import' }
  | { kind: 'new_token'; serverId: string }
  | { kind: 'command_line'; serverId: string; accountId: string }
  | { kind: 'limits' }
  | { kind: 'diagnose'; serverId?: string; address?: string; allowHttp?: boolean; back?: SheetRequest }
  | { kind: 'certificate'; host: string; fingerprint: string; back?: SheetRequest }
  | { kind: 'addresses'; serverId: string }
  | { kind: 'proxy_password' }
  | { kind: 'vault'; back?: SheetRequest }
  | { kind: 'sign'; fileId: string; fileName: string }
  | { kind: 'new_key' }
  | { kind: 'trust_key'; fingerprint: string; back?: SheetRequest }
  | { kind: 'publish_key'; fingerprint: string }
  | { kind: 'find_key' }
  | { kind: 'bundle'; fileId: string; fileName: string }
  | { kind: 'revoke_key'; fingerprint: string }
  | { kind: 'key_expiry'; fingerprint: string }
  | { kind: 'lend_key'; fingerprint: string }
  | { kind: 'clash'; image: ImageRef; plan: DownloadPlan }
  | { kind: 'delete_image'; image: ImageRef; digest: string; size: number }

export type SheetKind = SheetRequest['kind']

export class Sheets {
  current = $state.raw<SheetRequest | null>(null)

  open(sheet: SheetRequest): void {
    this.current = sheet
  }

  close(): void {
    this.current = null
  }

  /** Goes back to the sheet that this one was opened over; without one, closes. */
  leave(): void {
    this.current = this.current && 'back' in this.current ? (this.current.back ?? null) : null
  }
}
