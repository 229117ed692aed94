/** Which component draws which sheet. */
import type { Component } from 'svelte'

import type { SheetKind } from '../state/sheets.svelte'
import AddressesSheet from './accounts/AddressesSheet.svelte'
import CommandLineSheet from './accounts/CommandLineSheet.svelte'
import ImportSheet from './accounts/ImportSheet.svelte'
import NewTokenSheet from './accounts/NewTokenSheet.svelte'
import BundleSheet from './bundle/BundleSheet.svelte'
import CertificateSheet from './connect/CertificateSheet.svelte'
import ConnectSheet from './connect/ConnectSheet.svelte'
import DeleteImageSheet from './container/DeleteImageSheet.svelte'
import DiagnoseSheet from './diagnose/DiagnoseSheet.svelte'
import ClashSheet from './downloads/ClashSheet.svelte'
import SignSheet from './inspector/SignSheet.svelte'
import FindKeySheet from './keys/FindKeySheet.svelte'
import KeyExpirySheet from './keys/KeyExpirySheet.svelte'
import LendKeySheet from './keys/LendKeySheet.svelte'
import NewKeySheet from './keys/NewKeySheet.svelte'
import PublishKeySheet from './keys/PublishKeySheet.svelte'
import RevokeKeySheet from './keys/RevokeKeySheet.svelte'
import TrustKeySheet from './keys/TrustKeySheet.svelte'
import ProxyPasswordSheet from './settings/ProxyPasswordSheet.svelte'
import ShortcutsSheet from './shortcuts/ShortcutsSheet.svelte'
import LimitSheet from './transfers/LimitSheet.svelte'
import UploadSheet from './upload/UploadSheet.svelte'
import VaultSheet from './vault/VaultSheet.svelte'

export const sheets: Partial<Record<SheetKind, Component>> = {
  addresses: AddressesSheet,
  bundle: BundleSheet,
  certificate: CertificateSheet,
  clash: ClashSheet,
  command_line: CommandLineSheet,
  connect: ConnectSheet,
  delete_image: DeleteImageSheet,
  diagnose: DiagnoseSheet,
  find_key: FindKeySheet,
  import: ImportSheet,
  key_expiry: KeyExpirySheet,
  lend_key: LendKeySheet,
  limits: LimitSheet,
  new_key: NewKeySheet,
  new_token: NewTokenSheet,
  proxy_password: ProxyPasswordSheet,
  publish_key: PublishKeySheet,
  revoke_key: RevokeKeySheet,
  shortcuts: ShortcutsSheet,
  sign: SignSheet,
  trust_key: TrustKeySheet,
  upload: UploadSheet,
  vault: VaultSheet,
}
