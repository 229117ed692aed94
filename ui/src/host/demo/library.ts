/** Sample pages of a library. */
import type { ContainerPage, ContainerRow, ImageCell } from '../../contract/generated'
import type { Route } from '../../state/navigation.svelte'
import { uiError, type Script } from '../fake'

const DAY = 86_400_000
const ago = (days: number) => new Date(Date.now() - days * DAY).toISOString()
const MIB = 1024 ** 2
const GIB = 1024 ** 3

type Sample = [string, string, string, number, string, number, number, number, boolean | null, boolean?]
const samples: Sample[] = [
  ['samtools', 'View, sort and index reads', '1.21', 6, 'amd64 arm64 ppc64le', 1.0 * GIB, 2.2, 1284, true],
  ['multiqc', 'One report from many tools', '1.25.1', 5, 'amd64 arm64', 402 * MIB, 6.2, 2047, true],
  ['deepvariant', 'Variant caller, CPU build', '1.8.0', 2, 'amd64', 2.1 * GIB, 9.2, 310, true],
  ['rnaseq-tools', 'Nightly pipeline', '2026.11', 11, 'amd64', 389 * MIB, 11.2, 96, true, true],
  ['minimap2', 'Long-read aligner', '2.28', 4, 'amd64 arm64', 41 * MIB, 22, 812, true],
  ['gatk', 'Variant discovery', '4.6.1', 6, 'amd64', 1.0 * GIB, 24, 1530, true],
  ['star', 'Spliced RNA-seq aligner', '2.7.11b', 3, 'amd64 arm64', 318 * MIB, 40, 655, null],
  ['salmon', 'Transcript quantification', '1.10.3', 3, 'amd64 arm64', 164 * MIB, 45, 471, true],
  ['bcftools', 'Variant call files', '1.21', 6, 'amd64 arm64', 96.2 * MIB, 65, 938, true],
  ['kraken2', 'Taxonomic classifier', '2.1.3', 2, 'amd64', 187 * MIB, 130, 204, false],
  ['bwa-mem2', 'Short-read aligner', '2.2.1', 2, 'amd64', 58.3 * MIB, 160, 726, true],
  ['fastqc', 'Read quality control', '0.12.1', 3, 'amd64 arm64', 284 * MIB, 220, 1119, false],
  ['bedtools', 'Genome arithmetic', '2.31.1', 2, 'amd64 arm64', 62.4 * MIB, 250, 587, true],
  ['snpeff-legacy', 'Kept for the 2023 paper', '5.1', 1, 'amd64', 342 * MIB, 1200, 41, false, true],
]

const containers: ContainerRow[] = samples.map(
  ([name, description, newestTag, moreTags, archs, size, updated, downloads, signed, isPrivate]) => ({
    name,
    description,
    newestTag,
    moreTags,
    archs: archs.split(' '),
    size,
    updated: ago(updated),
    downloads,
    private: isPrivate ?? false,
    signed,
  }),
)

function image(arch: string, mib: number, start: string, signed: boolean | null, days: number): ImageCell {
  return {
    arch,
    digest: `sha256.${start}${'0b52e84d7d20'.repeat(5)}`,
    size: mib * MIB,
    signed,
    encrypted: false,
    created: ago(days),
    createdBy: 'ada',
    description: '',
    fingerprints: signed ? ['8a3104c75e19b0d26f8821da9c4077e312ee233b'] : [],
    uploaded: true,
  }
}

const container: ContainerPage = {
  path: { entity: 'ada', collection: 'genomics', container: 'samtools' },
  description: 'View, sort and index SAM, BAM and CRAM files. Built from the upstream release, with htslib.',
  private: false,
  owner: 'ada',
  size: 1.0 * GIB,
  imageCount: 12,
  downloads: 1284,
  archs: [
    { arch: 'amd64', native: true },
    { arch: 'arm64', native: false },
    { arch: 'ppc64le', native: false },
  ],
  tags: [
    {
      tag: '1.21',
      aliases: ['latest'],
      images: [image('amd64', 88.4, 'a3f9', true, 2.2), image('arm64', 84.1, '77c0', true, 2.2)],
      moved: ago(2.2),
    },
    {
      tag: '1.20',
      aliases: [],
      images: [
        image('amd64', 86.9, '5b21', true, 150),
        image('arm64', 83.0, 'e410', true, 150),
        image('ppc64le', 91.2, '0c7d', null, 150),
      ],
      moved: ago(155),
    },
    {
      tag: '1.19.2',
      aliases: [],
      images: [image('amd64', 86.2, 'c2d8', true, 280), image('arm64', 82.6, '19ab', true, 280)],
      moved: ago(280),
    },
    {
      tag: '1.18',
      aliases: [],
      images: [image('amd64', 85.7, 'd04e', false, 400), image('arm64', 81.9, '6f33', false, 400)],
      moved: ago(400),
    },
    { tag: '1.17', aliases: [], images: [image('amd64', 84.8, '98e2', null, 800)], moved: ago(800) },
    {
      tag: '1.16.1',
      aliases: [],
      images: [{ ...image('amd64', 84, 'b7aa', false, 1200), uploaded: false }],
      moved: ago(1200),
    },
  ],
  untagged: [image('amd64', 90.2, 'ee10', false, 160)],
  commands: [
    { name: 'singularity', template: 'singularity pull library://ada/genomics/samtools:{tag}' },
    { name: 'apptainer', template: 'apptainer pull library://ada/genomics/samtools:{tag}' },
    {
      name: 'curl',
      template: 'curl -LO https://library.sylabs.io/v1/imagefile/ada/genomics/samtools:{tag}?arch=amd64',
    },
    { name: 'Nextflow', template: "container 'library://ada/genomics/samtools:{tag}'" },
    { name: 'def file', template: 'Bootstrap: library\nFrom: library://ada/genomics/samtools:{tag}' },
  ],
  reference: 'library://ada/genomics/samtools',
  writable: true,
}

/** The name of a container that is not there. */
const MISSING = 'nothing'

const collections = [
  { name: 'genomics', description: 'Tools of the sequencing lab', containers: 14, private: false },
  { name: 'imaging', description: '', containers: 6, private: false },
  { name: 'teaching', description: 'For the course in spring', containers: 4, private: true },
]

export const libraryScript: Script = {
  library_entities: () => [
    { name: 'ada', description: 'Genomics at the lab', mine: true },
    { name: 'library', description: 'Official images', mine: false },
  ],
  library_entity: ({ entity }) => ({ entity: { name: entity, description: '', mine: true }, collections }),
  library_collection: ({ entity, collection }) => ({
    entity,
    collection: { name: collection, description: '', containers: 14, private: false },
    size: 6.4 * GIB,
    containers: collection === 'genomics' ? containers : [],
  }),
  library_container: ({ path }) => {
    if (path.container !== MISSING) return container
    throw uiError('not_found', {
      params: { what: `ada/genomics/${MISSING}`, server: 'hub.uni.example', signedIn: false },
      details: 'GET /v1/containers/ada/genomics/nothing: 404 not found',
    })
  },
  library_delete_image: () => ({}),
  library_search: ({ text }) => ({
    text,
    hits: samples.slice(0, 5).map(([name, description, tag, , archs, size], index) => ({
      serverId: index % 2 ? 'uni' : 'cloud',
      serverName: index % 2 ? 'hub.uni.example' : 'Sylabs Cloud',
      path: { entity: 'ada', collection: 'genomics', container: name },
      description,
      tags: [tag, 'latest', 'stable'],
      archs: archs.split(' '),
      size,
    })),
    unanswered: ['lab.example'],
  }),
  app_understand: ({ text }) => ({ kind: 'words', text }),
  download_plan: ({ arch, tag }) => ({
    fileName: `samtools_${tag}.sif`,
    folder: '/home/ada/Downloads',
    folderName: 'Downloads',
    size: 88.4 * MIB,
    free: 214 * GIB,
    clash: arch === 'arm64',
    same: false,
    keepBothName: `samtools_${tag} (2).sif`,
  }),
  download_start: () => 't9',
}

/** Where the demo of a screen begins. */
export const libraryRoutes = {
  library: { name: 'collection', serverId: 'cloud', entity: 'ada', collection: 'genomics' },
  empty: { name: 'collection', serverId: 'cloud', entity: 'ada', collection: 'imaging' },
  entity: { name: 'entity', serverId: 'cloud', entity: 'ada' },
  server: { name: 'server', serverId: 'cloud' },
  off: { name: 'server', serverId: 'this-computer' },
  container: { name: 'container', serverId: 'cloud', path: container.path },
  missing: { name: 'container', serverId: 'uni', path: { ...container.path, container: MISSING } },
  search: { name: 'search', text: 'tools', scope: { kind: 'everywhere' } },
  computer: { name: 'computer' },
  home: { name: 'home' },
} satisfies Record<string, Route>
