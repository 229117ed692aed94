/** Sample answers for an image that is still in a library, and for two images side by side. */
import type {
  ComparedImage,
  ComparisonView,
  InspectionView,
  RemotePlace,
  VerificationView,
} from '../../contract/generated'
import type { Script } from '../fake'
import { check, inspection, verification } from './signatures'

const MIB = 1024 ** 2

export const remoteImage = {
  serverId: 'cloud',
  path: { entity: 'ada', collection: 'genomics', container: 'samtools' },
  tag: '1.21',
  arch: 'amd64',
}

const remote: RemotePlace = {
  image: remoteImage,
  serverName: 'Sylabs Cloud',
  reference: 'library://ada/genomics/samtools:1.21',
  read: 96 * 1024,
  most: 64 * MIB,
}

export const remoteInspection: InspectionView = {
  ...inspection,
  fileId: 'r1',
  name: 'samtools:1.21',
  folder: '',
  origin: null,
  check: null,
  remote,
}

export const remoteVerification: VerificationView = {
  ...verification('verified'),
  ok: false,
  contents: 'unread',
}

const left: ComparedImage = {
  fileId: 'r1',
  name: 'samtools:1.20',
  folder: '',
  remote: { ...remote, image: { ...remoteImage, tag: '1.20' } },
  arch: 'amd64',
  size: 86.9 * MIB,
  digest: `sha256.${'5b21c0ffee'.repeat(6)}5b21`,
  created: '2026-06-20T09:14:00Z',
  builtWith: 'Apptainer 1.4.1',
  base: 'debian:bookworm-slim',
  check: null,
}

export const comparison: ComparisonView = {
  left,
  right: {
    ...left,
    fileId: 'f1',
    name: 'samtools_1.21.sif',
    folder: '~/containers',
    remote: null,
    size: 88.4 * MIB,
    digest: inspection.digest,
    created: '2026-11-20T09:14:00Z',
    builtWith: 'Apptainer 1.4.2',
    check: check('verified'),
  },
  same: false,
  definitions: [true, true],
  definition: {
    name: '',
    kind: 'changed',
    added: 1,
    removed: 1,
    more: false,
    lines: [
      { kind: 'folded', left: null, right: null, text: '', count: 4 },
      { kind: 'same', left: 5, right: 5, text: '%labels', count: 1 },
      { kind: 'removed', left: 6, right: null, text: '    version 1.20', count: 1 },
      { kind: 'added', left: null, right: 6, text: '    version 1.21', count: 1 },
      { kind: 'same', left: 7, right: 7, text: '', count: 1 },
      { kind: 'folded', left: null, right: null, text: '', count: 6 },
    ],
  },
  labels: {
    changes: [
      { name: 'org.opencontainers.image.licenses', kind: 'added', left: null, right: 'MIT' },
      { name: 'org.opencontainers.image.version', kind: 'changed', left: '1.20', right: '1.21' },
    ],
    same: 41,
    more: false,
  },
  environment: { changes: [], same: 3 },
  scripts: {
    changes: [
      {
        name: 'test',
        kind: 'removed',
        added: 0,
        removed: 1,
        more: false,
        lines: [{ kind: 'removed', left: 1, right: null, text: 'samtools --version', count: 1 }],
      },
    ],
    same: 1,
  },
  objects: {
    changes: [
      {
        change: 'changed',
        kind: 'file_system',
        name: 'FS, Squashfs, *System, amd64',
        left: 86.8 * MIB,
        right: 88.3 * MIB,
      },
      { change: 'added', kind: 'signature', name: 'Signature, SHA-256', left: null, right: 1638 },
    ],
    same: 2,
  },
  sizes: [
    { kind: 'definition', left: 1330, right: 1330, leftCount: 1, rightCount: 1 },
    { kind: 'file_system', left: 86.8 * MIB, right: 88.3 * MIB, leftCount: 1, rightCount: 1 },
    { kind: 'signature', left: 0, right: 1638, leftCount: 0, rightCount: 1 },
  ],
  software: {
    left: { read: ['syft-json'], unread: [], packages: 96 },
    right: { read: ['syft-json'], unread: ['spdx-rdf'], packages: 97 },
    packages: {
      changes: [
        { name: 'htslib', kind: 'changed', left: '1.20', right: '1.21' },
        { name: 'libdeflate0', kind: 'added', left: null, right: '1.14-1' },
      ],
      same: 95,
      more: false,
    },
  },
  findings: [],
}

export const comparisonScript: Script = {
  inspect_image: () => 'r1',
  inspect_draft: () => 'f1',
  inspect_read: () => 212 * 1024,
  inspect_glance: () => ({ ...check('verified'), contents: 'unread' }),
  inspect_compare: () => comparison,
  inspect_file: (request) => (request.fileId === 'r1' ? remoteInspection : inspection),
  inspect_check: (request) => (request.fileId === 'r1' ? remoteVerification : verification('verified')),
}
