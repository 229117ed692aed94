/** Words of the page that shows downloaded files, and of downloading. */
import { count, size } from '../format'

export const computer = {
  title: 'On this computer',
  summary: (files: number, bytes: number) =>
    `${count(files, 'image')}, ${size(bytes)}, downloaded with Sifter.`,
  label: 'Downloaded images',
  name: 'Name',
  from: 'From',
  check: 'Check',
  verified: 'Digest verified',
  verifiedWhy: 'The file has the SHA-256 that the library promised.',
  size: 'Size',
  when: 'Downloaded',
  show: 'Show in folder',
  openPage: 'Open its page',
  copyReference: 'Copy reference',
  empty: 'Nothing was downloaded yet. Search, or paste a library:// link.',
  search: 'Search or paste a link',
  openFile: 'Open a file…',
  menu: (name: string) => `Actions for ${name}`,
}

export const downloads = {
  started: (file: string) => `Downloading ${file}`,
  show: 'Transfers',
  same: (file: string, folder: string) => `${file} is already in ${folder}, nothing to download`,
  clashTitle: (file: string) => `${file} is already there`,
  clashBody: (folder: string) => `${folder} has another file of that name. What should happen?`,
  replace: 'Replace it',
  replaceWhy: 'The old file is removed once the new one is complete and its digest is right.',
  keepBoth: 'Keep both',
  keepBothWhy: (name: string) => `The new file will be called ${name}.`,
  skip: 'Skip',
}
