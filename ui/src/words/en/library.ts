/** Words of the pages that show what is in a library. */
import type { Quota } from '../../contract/generated'
import { count, size, sizeOf } from '../format'

export const library = {
  filter: 'Filter',
  upload: 'Upload…',
  copyReference: (reference: string) => `Copy ${reference}`,
  name: 'Name',
  description: 'Description',
  containers: 'Containers',
  newestTag: 'Newest tag',
  moreTags: (n: number) => `+${n}`,
  moreTagsLabel: (n: number) => `and ${count(n, 'more tag')}`,
  archs: 'Architectures',
  size: 'Size',
  updated: 'Updated',
  downloads: 'Downloads',
  signature: 'Signature',
  privateLabel: 'Private: only its owner sees it',
  yours: 'Yours',
  noMatch: (text: string) => `Nothing here matches “${text}”.`,
  entitiesOf: (server: string) => `People and projects on ${server}`,
  collectionsOf: (entity: string) => `Collections of ${entity}`,
  containersIn: (collection: string) => `Containers in ${collection}`,
  entitySummary: (collections: number) => count(collections, 'collection'),
  collectionSummary: (containers: number, bytes: number, isPrivate: boolean) =>
    `${count(containers, 'container')}, ${size(bytes)}. ${
      isPrivate ? 'Only you can see this collection.' : 'Anyone can download from here.'
    }`,
  dropHint: 'Drop a .sif file on a row to add a tag there, or anywhere else to start a new container.',
  quota: (quota: Quota) =>
    quota.total > 0 ? `${sizeOf(quota.used, quota.total)} used` : `${size(quota.used)} used, no limit`,
  quotaOn: (server: string) => `Space on ${server}`,
  signedOut: 'Browse public images, or sign in to see yours.',
  signIn: 'Sign in',
  search: 'Search public images',
  empty: 'No images here yet. Drop a .sif file to upload your first one.',
  emptyElsewhere: 'There is nothing here yet.',
  choose: 'Choose file…',
  off: 'The library on this computer is off. Start it to keep images here without an account.',
  start: 'Start it',
  starting: 'Starting…',
  loading: 'Loading…',
  stale: 'This is what was here before. It could not be brought up to date.',
  notSigned: 'Not signed',
  notChecked: 'Not checked',
  notCheckedWhy: 'Signed. Signatures are not checked yet',
  open: 'Open',
  menu: (name: string) => `Actions for ${name}`,
  copyReferenceOf: 'Copy reference',
  uploadHere: 'Upload here…',
}
