// Words of the inspector: an image on this computer, or one that is still in a library.

import type { ImageObject, ObjectKind, SignatureForm } from '../../contract/generated'
import { count, size } from '../format'

const KINDS: Record<ObjectKind, string> = {
  definition: 'Definition',
  metadata: 'Metadata',
  file_system: 'File system',
  signature: 'Signature',
  sbom: 'Software list',
  other: 'Other data',
}

const FORMS: Record<SignatureForm, string> = {
  open_pgp: 'OpenPGP',
  dsse: 'DSSE',
  legacy: 'OpenPGP, old form',
  unknown: 'Unknown form',
}

const SCRIPTS: Record<string, string> = {
  run: 'Run script',
  start: 'Start script',
  test: 'Test script',
  help: 'Help',
}

export const inspector = {
  computer: 'On this computer',
  loading: 'Reading the image…',
  tabs: 'Parts of the image',
  tab: {
    overview: 'Overview',
    definition: 'Definition',
    contents: 'Contents',
    signatures: 'Signatures',
    raw: 'Raw JSON',
  },
  showInFolder: 'Show in folder',
  upload: 'Upload…',
  sign: 'Sign…',
  summary: (bytes: number, arch: string | null) => [size(bytes), arch].filter(Boolean).join(', '),
  from: 'From',
  inLibrary: (server: string) => `In the library ${server}, not downloaded:`,
  readOf: (read: number, bytes: number) => `Read ${size(read)} of ${size(bytes)}.`,
  opening: (name: string) => `Opening ${name} in its library…`,
  download: 'Download',
  copyReference: 'Copy reference',
  reference: 'Reference',
  server: 'Library',
  contentsLater: 'Its contents are not compared yet',
  contentsLaterNote: 'That is done when it is downloaded.',
  describedNote: (objects: number) =>
    objects === 1
      ? 'What the file says of its one object is what was signed.'
      : `What the file says of all ${objects} objects is what was signed.`,
  described: 'Its header and descriptors are unchanged since it was signed',
  header: 'Header',
  kind: (kind: ObjectKind) => KINDS[kind],
  covered: (signatures: number) =>
    signatures > 1 ? 'covered by the signatures' : 'covered by the signature',
  mapLabel: (parts: string[], covered: string[]) =>
    `Layout of the file: ${parts.join(', ')}.${covered.length > 0 ? ` Covered by a signature: ${covered.join(', ')}.` : ''}`,
  image: 'Image',
  architecture: 'Architecture',
  base: 'Base',
  created: 'Created',
  builtWith: 'Built with',
  runs: 'Runs',
  encrypted: 'Encrypted',
  yes: 'Yes',
  no: 'No',
  unknown: 'Not stated',
  labels: 'Labels',
  noLabels: 'It carries no labels.',
  file: 'File',
  digest: 'Digest',
  copyDigest: 'Copy digest',
  size: 'Size',
  place: 'Place',
  runIt: 'Run it',
  anyProgram: 'Apptainer',
  runNote: (program: string) => `Sifter does not run containers. Paste this where ${program} lives.`,
  copyCommand: 'Copy command',
  findings: 'Unusual about this file',
  definitionNote: (lines: number, base: string | null) =>
    base
      ? `${count(lines, 'line')}, stored in the image. Built from ${base}.`
      : `${count(lines, 'line')}, stored in the image.`,
  definitionLabel: 'Definition file',
  noDefinition: 'This image carries no definition file.',
  copy: 'Copy',
  scripts: 'Scripts and environment',
  script: (name: string) => SCRIPTS[name] ?? name,
  objects: 'Objects in the SIF',
  files: 'Files in the image',
  fileName: 'Name',
  mode: 'Mode',
  readingFiles: 'Reading the files…',
  noFiles: 'There are no files in it.',
  moreFiles: 'Some folders hold more than is listed here.',
  saveFile: (name: string) => `Save “${name}”…`,
  saveObject: (id: number) => `Save object ${id}…`,
  saved: (name: string) => `Saved as ${name}`,
  id: 'ID',
  what: 'What',
  objectDetail: (object: ImageObject) =>
    [
      object.name,
      object.detail,
      object.group === null ? null : `group ${object.group}`,
      object.linkGroup === null ? null : `of group ${object.linkGroup}`,
      object.linkObject === null ? null : `of object ${object.linkObject}`,
    ]
      .filter(Boolean)
      .join(', '),
  slots: (free: number, all: number) =>
    free > 0
      ? `${free} of ${all} slots are free. The file can take another signature without being rewritten.`
      : `All ${all} slots are used. The file can take no other signature.`,
  verdict: 'Verdict',
  checking: 'Checking the signatures…',
  checkAgain: 'Check again',
  compare: 'Compare fingerprint…',
  lastChecked: (when: string) => `Checked ${when}.`,
  asked: (hosts: string[]) => `Key servers asked: ${hosts.join(', ')}.`,
  whatChecked: 'What was checked',
  unchanged: 'The file is unchanged since it was signed',
  unchangedNote: (objects: number) =>
    objects === 1 ? 'Its one object matches its digest.' : `All ${objects} objects match their digests.`,
  nothingAdded: 'Nothing was added later',
  nothingAddedNote: 'There is nothing in it that no signature covers.',
  notAll: 'Not everything in it is signed',
  notAllNote: (ids: number[]) =>
    `No signature covers ${ids.length === 1 ? 'object' : 'objects'} ${ids.join(', ')}.`,
  keyTrusted: 'The key is one you trust',
  keyTrustedNote: 'It is among the keys on this computer.',
  keyUnmet: 'The key is one you have not met',
  keyUnmetNote: 'Compare its fingerprint with its owner.',
  keyGood: 'The key is not revoked or expired',
  keyGoodHere: 'As far as the keys on this computer say.',
  keyGoodAsked: (hosts: string[], when: string) => `${hosts.join(', ')}, asked ${when}.`,
  everySignature: 'Every signature',
  noSignatures: 'This image carries no signature.',
  signatureTitle: (object: number, form: SignatureForm) => `Signature ${object}, ${FORMS[form]}`,
  good: 'Good',
  bad: 'Not good',
  signer: 'Signer',
  signerTrusted: (name: string) => `${name}, a key you trust`,
  signerMet: (name: string) => `${name}, a key you have not met`,
  fingerprint: 'Fingerprint',
  claimed: 'Claims the key',
  key: 'Key',
  keyFrom: 'Key from',
  method: 'Method',
  made: 'Signed',
  covers: 'Covers',
  coversObjects: (ids: number[]) => (ids.length === 0 ? 'Nothing' : `Objects ${ids.join(', ')}`),
  why: 'Why',
  said: 'In full',
  rawLabel: 'Everything as JSON',
  signTitle: (file: string) => `Sign ${file}`,
  signNote: 'The signature is added to the file. Nothing else in it changes.',
  signYes: 'Sign',
  signing: 'Signing…',
  signed: (file: string) => `${file} is signed`,
}
