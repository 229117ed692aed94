// Words of the upload sheet and of the drop target.

import type { ImageFacts } from '../../contract/generated'
import { count, shortDigest, size } from '../format'

export const uploads = {
  choose: 'Choose file…',
  factsOf: (facts: ImageFacts): string =>
    [
      size(facts.size),
      facts.arch ?? 'architecture not stated',
      facts.rootFs,
      facts.ociSif ? 'OCI-SIF' : null,
      facts.encrypted ? 'encrypted' : null,
      facts.signed ? 'signed' : 'not signed yet',
    ]
      .filter(Boolean)
      .join(', '),
  several: (files: number) => `Upload ${count(files, 'file')}`,
  severalNote: (good: number, files: number, bytes: number) =>
    good === files ? `${size(bytes)} in all` : `${good} of ${files} can be uploaded, ${size(bytes)} in all`,
  nothingToUpload: 'None of these files can be uploaded',
  uploadTo: 'Upload to',
  server: 'Server',
  destination: 'Collection',
  destinationHint: 'entity/collection',
  containerHint: 'entity/collection/container',
  container: 'Container',
  lookInside: 'Look inside',
  tags: 'Tags',
  addTag: 'Add a tag',
  whatChanged: 'What changed',
  sign: 'Sign before sending',
  signNote: 'The signature is added to the file on this computer, and goes up with it.',
  unsignedNote: 'Without a signature nobody can tell who made it.',
  private: 'Private: only you can download it',
  privateSeveral: 'Private: only you can download the new containers',
  files: 'Files',
  containerOf: (file: string) => `Container for ${file}`,
  tagsOf: (file: string) => `Tags for ${file}`,
  serverOff: 'The library on this computer is off.',
  remove: (file: string) => `Leave out ${file}`,
  whatWillHappen: 'What will happen',
  asking: 'Asking the library…',
  afterUpload: 'After upload',
  quotaMeter: (server: string) => `Space on ${server} after the upload`,
  cancel: 'Cancel',
  upload: (bytes: number) => `Upload ${size(bytes)}`,
  carriesOn: 'Carries on by itself if the connection drops.',
  signInFirst: (server: string) => `Sign in to ${server}`,
  signedOut: (server: string) =>
    `You are not signed in to ${server}. The files stay in this sheet meanwhile.`,
  startLocal: 'Start the library on this computer',
  incompletePath: 'Give it as entity/collection/container.',
  incompleteCollection: 'Give it as entity/collection.',
  invalidTag: (tag: string) =>
    `“${tag}” does not work as a tag: letters, digits, dots, dashes and underscores.`,
  badTag: 'Not a valid tag',
  ociNote: 'OCI-SIF: only SingularityCE 4 and later can run it.',
  effects: {
    newTag: (tag: string, arch: string) => `New tag \`${tag}\` for ${arch}`,
    moves: (tag: string, arch: string) => `\`${tag}\` moves for ${arch}`,
    movesFrom: (from: string) => `It names \`${shortDigest(from)}\` now.`,
    movesEverywhere: (tag: string) => `\`${tag}\` moves for every architecture`,
    movesEverywhereFrom: (from: string, arch: string) => {
      const image = [from ? `\`${shortDigest(from)}\`` : 'another image', arch ? `for ${arch}` : '']
      return `It names ${image.filter(Boolean).join(' ')} now, which keeps no tag of that name.`
    },
    stays: (tag: string, arch: string) => `\`${tag}\` stays as it is on ${arch}`,
    staysNote: (arch: string) => `Drop an ${arch} file too, and both move together.`,
    creates: (what: string) => `Creates \`${what}\``,
    public: 'Anyone can download it',
    publicNote: (container: string) => `${container} is public.`,
    private: 'Only you can download it',
    privateNote: (container: string) => `${container} is private.`,
    noTag: 'No tag: it can only be found by its digest',
    unknownArch: 'this architecture',
  },
  dropHere: (files: number) => (files > 1 ? `Let go to upload ${files} files` : 'Let go to upload'),
  dropOn: (reference: string, files: number) =>
    files > 1 ? `Let go to upload ${files} files to ${reference}` : `Let go to upload to ${reference}`,
  escCancels: 'Esc cancels',
  started: (files: number) => `${count(files, 'upload')} started`,
  showTransfers: 'Transfers',
  suggestions: 'Known places',
}
