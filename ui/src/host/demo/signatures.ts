/** Sample keys, and an image that is open in the inspector. */
import type {
  FileCheck,
  FileEntry,
  FileListing,
  InspectionView,
  KeyRow,
  SignatureView,
  Verdict,
  VerdictReason,
  VerificationView,
} from '../../contract/generated'
import type { Script } from '../fake'
import { transfer } from './transfers'

export const FINGERPRINT = '8A3104C75E19B0D26F8821DA9C4077E312EE233B'
export const OTHER = '12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84'
const MIB = 1024 ** 2

export function check(verdict: Verdict, reason: VerdictReason | null = null): FileCheck {
  const signed = verdict !== 'not_signed'
  return {
    verdict,
    reason,
    contents: 'read',
    signers: signed
      ? [
          {
            name: verdict === 'could_not_check' ? null : 'Genomics Lab releases',
            fingerprint: FINGERPRINT,
            proven: verdict !== 'could_not_check',
          },
        ]
      : [],
    asked: verdict === 'could_not_check' ? ['keys.openpgp.org', 'keys.sylabs.io'] : [],
    checked: '2026-11-22T14:00:00Z',
  }
}

/** Each verdict with a reason it may have. */
export const checks: FileCheck[] = [
  check('verified'),
  check('unknown_signer'),
  check('not_signed'),
  check('could_not_check', 'unknown_key'),
  check('do_not_use', 'altered'),
]

const signature: SignatureView = {
  object: 4,
  covers: [1, 2, 3],
  fingerprint: FINGERPRINT,
  ok: true,
  error: null,
  form: 'open_pgp',
  signer: 'Genomics Lab releases',
  key: null,
  origin: 'local keyring',
  made: '2026-11-20T09:16:00Z',
  algorithm: 'RSA 4096',
  hash: 'SHA-256',
  trusted: true,
  reason: null,
}

export function verification(verdict: Verdict, reason: VerdictReason | null = null): VerificationView {
  const brief = check(verdict, reason)
  const ok = verdict === 'verified' || verdict === 'unknown_signer'
  const found: SignatureView = {
    ...signature,
    ok,
    reason,
    trusted: verdict === 'verified',
    covers: ok ? signature.covers : [],
    ...(verdict === 'could_not_check' ? { signer: null, origin: null } : {}),
  }
  return {
    ok,
    verdict,
    signatures: verdict === 'not_signed' ? [] : [found],
    error: ok ? null : 'data object integrity compromised: 3',
    reason,
    contents: 'read',
    asked: brief.asked,
    checked: brief.checked,
  }
}

const object = {
  name: null,
  detail: null,
  group: 1,
  linkGroup: null,
  linkObject: null,
}

export const inspection: InspectionView = {
  fileId: 'f1',
  name: 'samtools_1.21.sif',
  folder: '~/containers',
  remote: null,
  quarantined: false,
  origin: {
    transferId: 't9',
    serverId: 'cloud',
    serverName: 'Sylabs Cloud',
    path: { entity: 'ada', collection: 'genomics', container: 'samtools' },
    tag: '1.21',
    reference: 'library://ada/genomics/samtools:1.21',
    arrived: '2026-11-20T14:00:00Z',
  },
  check: check('verified'),
  digest: `sha256.${'a3f91c0b52'.repeat(6)}e84d`,
  facts: {
    size: 88.4 * MIB,
    arch: 'amd64',
    signed: true,
    encrypted: false,
    ociSif: false,
    rootFs: 'Squashfs',
    created: '2026-11-20T09:14:00Z',
  },
  headerSize: 32768,
  slots: 48,
  freeSlots: 44,
  objects: [
    { ...object, id: 1, kind: 'definition', typeName: 'Def.FILE', offset: 32768, size: 1330 },
    {
      ...object,
      id: 2,
      kind: 'metadata',
      typeName: 'JSON.Generic',
      name: 'inspect-metadata.json',
      offset: 34098,
      size: 4198,
    },
    {
      ...object,
      id: 3,
      kind: 'file_system',
      typeName: 'FS',
      detail: 'Squashfs, *System, amd64',
      offset: 40960,
      size: 88.3 * MIB,
    },
    {
      ...object,
      id: 4,
      kind: 'signature',
      typeName: 'Signature',
      detail: 'SHA-256',
      group: null,
      linkGroup: 1,
      offset: 92692480,
      size: 1638,
    },
  ],
  labels: [
    { name: 'org.opencontainers.image.title', text: 'samtools' },
    { name: 'org.opencontainers.image.version', text: '1.21' },
  ],
  base: 'debian:bookworm-slim',
  builtWith: 'Apptainer 1.4.2',
  definition:
    'Bootstrap: docker\nFrom: debian:bookworm-slim\n\n%labels\n    version 1.21\n\n%post\n    # build tools go again\n    apt-get update\n    echo "done"\n\n%runscript\n    exec samtools "$@"\n',
  scripts: [{ name: 'run', text: '#!/bin/sh\n\nsamtools "$@"' }],
  findings: [],
  raw: '{\n  "header": {\n    "version": "01"\n  }\n}',
}

const key: KeyRow['key'] = {
  fingerprint: FINGERPRINT,
  names: ['Ada <ada@example.org>'],
  algorithm: 'Ed25519',
  created: '2026-03-03T10:00:00Z',
  expires: '2028-03-02T10:00:00Z',
  standing: 'good',
  mine: true,
  protected: true,
  place: 'sifter',
}

export const keyRows: KeyRow[] = [
  { key, trust: 'own', backedUp: false, passphraseKept: false, ending: null, published: [] },
  {
    key: { ...key, fingerprint: OTHER, names: ['Bob <bob@example.org>'], mine: false, protected: false },
    trust: 'trusted',
    backedUp: false,
    passphraseKept: false,
    ending: null,
    published: [],
  },
  {
    key: { ...key, fingerprint: OTHER.replace(/84$/, '99'), names: [], mine: false, standing: 'expired' },
    trust: 'met',
    backedUp: false,
    passphraseKept: false,
    ending: null,
    published: [],
  },
]

const file = (name: string, bytes: number): FileEntry => ({
  name,
  kind: 'file',
  size: bytes,
  target: null,
  mode: '-rwxr-xr-x',
  modified: '2026-11-20T09:14:00Z',
})

const folder = (name: string): FileEntry => ({
  ...file(name, 0),
  kind: 'folder',
  size: null,
  mode: 'drwxr-xr-x',
})

function listing(path: string): FileListing {
  const link: FileEntry = { ...file('sh', 0), kind: 'link', size: null, target: 'dash', mode: 'lrwxrwxrwx' }
  const entries: Record<string, FileEntry[]> = {
    '/': [file('environment', 120), folder('usr'), folder('etc')],
    '/usr': [folder('bin')],
    '/usr/bin': [link, file('samtools', 6.4 * MIB)],
  }
  return { path, entries: entries[path] ?? [], more: false }
}

export const signatureScript: Script = {
  inspect_choose: () => ['f1'],
  inspect_transfer: () => 'f1',
  inspect_file: () => inspection,
  inspect_check: () => verification('verified'),
  inspect_sign: () => ({ objects: [5], fingerprint: FINGERPRINT, key: null }),
  inspect_reveal: () => ({}),
  inspect_list: ({ path }) => listing(path),
  inspect_extract: () => ({ name: 'samtools' }),
  inspect_extract_object: () => ({ name: 'object' }),
  key_list: () => ({ keys: keyRows, revoked: [] }),
  key_make: () => key,
  key_import: () => ({ keys: [key], secret: 0 }),
  key_export: () => ({ name: 'ada.asc' }),
  key_lend: ({ secret }) => ({ folder: '~/.singularity/sypgp', public: true, secret }),
  key_trust: () => key,
  key_distrust: () => ({}),
  key_remove: () => ({}),
  key_revoke: () => ({ name: 'revocation.asc' }),
  key_set_expiry: () => key,
  key_forget_passphrase: () => ({}),
  transfer_delete_file: () => ({}),
}

/** A download that ended with each verdict. */
export const judged = checks.map((found, index) =>
  transfer(`j${index}`, `${found.verdict}.sif`, {
    direction: 'down',
    phase: { kind: 'done', how: found.verdict === 'do_not_use' ? 'quarantined' : 'verified' },
    bytesTotal: MIB,
    bytesDone: MIB,
    finished: '2026-11-22T14:00:00Z',
    check: found,
  }),
)
