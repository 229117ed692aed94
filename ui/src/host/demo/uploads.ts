/** Sample upload sheets and their plans. */
import type {
  DraftFile,
  DraftSheet,
  LibraryPath,
  TagEffect,
  Upload,
  UploadPlan,
} from '../../contract/generated'

const MIB = 1024 ** 2
const GIB = 1024 ** 3

function good(id: string, name: string, size: number, arch: string): DraftFile {
  const [container = name, version = '1.0'] = name.replace('.sif', '').split('_')
  return {
    id,
    name,
    facts: { size, arch, signed: false, encrypted: false, ociSif: false, rootFs: 'Squashfs', created: null },
    problem: null,
    suggestedContainer: container,
    suggestedTags: [version, 'latest'],
  }
}

function bad(id: string, name: string, code: 'not_a_sif' | 'sif_damaged' | 'file_is_folder'): DraftFile {
  return {
    id,
    name,
    facts: null,
    problem: { code, params: { name }, retry: 'no', details: `${name}: bad magic number` },
    suggestedContainer: '',
    suggestedTags: [],
  }
}

export const oneFile: DraftSheet = { id: 's1', files: [good('f1', 'samtools_1.22.sif', 94.6 * MIB, 'amd64')] }
export const badFile: DraftSheet = { id: 's2', files: [bad('f1', 'notes.txt', 'not_a_sif')] }
export const severalFiles: DraftSheet = {
  id: 's3',
  files: [
    good('f1', 'samtools_1.22.sif', 94.6 * MIB, 'amd64'),
    good('f2', 'bcftools_1.22.sif', 88 * MIB, 'arm64'),
    bad('f3', 'half_1.0.sif', 'sif_damaged'),
  ],
}

/** The levels that would be made, from the top. */
function created({ entity, collection, container }: LibraryPath): string[] {
  return [`${entity}/${collection}`, `${entity}/${collection}/${container}`]
}

export function plan(upload: Upload): UploadPlan {
  return {
    bytes: 94.6 * MIB,
    notes: [],
    quotaBefore: { used: 10.1 * GIB, total: 11 * GIB },
    quotaAfter: { used: 10.2 * GIB, total: 11 * GIB },
    problem: null,
    items: upload.items.map((item) => ({
      fileId: item.fileId,
      creates: item.path.collection === 'genomics' ? [] : created(item.path),
      public: item.path.collection === 'genomics' || !item.private,
      problem: null,
      tags: item.tags.flatMap((tag): TagEffect[] =>
        tag === 'latest'
          ? [
              { kind: 'moves', tag, from: `sha256.a3f9${'0'.repeat(60)}` },
              { kind: 'stays_elsewhere', tag, arch: 'arm64' },
            ]
          : [/^[\w.-]+$/.test(tag) ? { kind: 'new', tag } : { kind: 'invalid', tag }],
      ),
    })),
  }
}
