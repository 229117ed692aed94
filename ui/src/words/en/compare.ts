// Words of the comparison of two images.

import type { ChangeKind, ObjectKind, SoftwareLists, TextChange } from '../../contract/generated'
import { count } from '../format'
import { inspector } from './inspector'

const KINDS: Record<ChangeKind, string> = { added: 'Added', removed: 'Removed', changed: 'Changed' }

/** One thing of several, in the plural of the rest. */
const same = (one: string, many: string) => (n: number) =>
  n === 1 ? `One ${one} is the same.` : `${n.toLocaleString('en')} ${many} are the same.`

export const compare = {
  title: 'Compare',
  heading: (left: string, right: string) => `${left} and ${right}`,
  comparing: 'Comparing the images…',
  images: 'The two images',
  first: 'First image',
  second: 'Second image',
  swap: 'Swap',
  place: 'Place',
  here: 'On this computer',
  open: (name: string) => `Look inside ${name}`,
  identical: 'These are the same image, byte for byte.',
  kind: (kind: ChangeKind) => KINDS[kind],
  change: 'Change',
  name: 'Name',
  definition: 'Definition',
  definitionSame: 'The definition file is the same.',
  definitionNone: 'Neither carries a definition file.',
  definitionOne: (name: string) => `Only ${name} carries a definition file.`,
  definitionLines: (change: Pick<TextChange, 'added' | 'removed'>) =>
    `${count(change.added, 'line')} added, ${change.removed} removed`,
  diffLabel: (name: string) => `What changed in ${name}`,
  lineAdded: 'Added:',
  lineRemoved: 'Removed:',
  folded: (lines: number) => (lines === 1 ? '1 line is the same' : `${lines} lines are the same`),
  more: 'There is more than is listed here.',
  labels: 'Labels',
  labelsSame: same('label', 'labels'),
  labelsNone: 'Neither carries labels.',
  environment: 'Environment',
  environmentSame: same('entry', 'entries'),
  environmentNone: 'Neither sets its environment.',
  scripts: 'Scripts',
  scriptsSame: same('script', 'scripts'),
  scriptsNone: 'Neither carries scripts.',
  objects: 'Objects',
  objectsSame: (n: number) =>
    n === 1
      ? 'One object has the same kind, name and size.'
      : `${n} objects have the same kind, name and size.`,
  sizes: 'Size by kind',
  objectKind: (kind: ObjectKind) => inspector.kind(kind),
  total: 'Whole image',
  difference: 'Difference',
  software: 'Software',
  softwareSame: same('package', 'packages'),
  softwareNone: 'Neither lists packages.',
  softwareOf: (name: string, lists: SoftwareLists) => {
    const read =
      lists.read.length > 0 ? `${count(lists.packages, 'package')} (${lists.read.join(', ')})` : null
    const unread = lists.unread.length > 0 ? `not read: ${lists.unread.join(', ')}` : null
    return `${name}: ${[read, unread].filter(Boolean).join('; ') || 'no list of its software'}`
  },
  findings: 'Unusual about these files',
  menu: 'Compare',
  withFile: 'With a file…',
  withTag: (tag: string) => `With ${tag}`,
  with: 'Compare with…',
  choose: (tag: string, arch: string) => `Choose the image to compare ${tag} ${arch} with.`,
  cancel: 'Cancel',
}
