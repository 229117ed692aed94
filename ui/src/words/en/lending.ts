// Words of the sheet that puts a key into the keyrings of a command-line tool.

import type { KeyLent, KeyPlace } from '../../contract/generated'

const TOOLS: Record<KeyPlace, string> = {
  sifter: 'Sifter',
  singularity: 'Singularity',
  apptainer: 'Apptainer',
}

export const lending = {
  menu: 'Use on the command line…',
  title: 'Use this key on the command line',
  note: (name: string) =>
    `The tool then knows ${name} when it verifies images. Keys that it has already stay as they are.`,
  tool: 'Tool',
  tools: [
    { id: 'singularity', label: TOOLS.singularity },
    { id: 'apptainer', label: TOOLS.apptainer },
  ] satisfies { id: KeyPlace; label: string }[],
  secret: 'The secret part too, to sign there',
  protected: 'It stays protected by its passphrase.',
  open: 'This key has no passphrase: whoever reads the tool’s files can sign in your name.',
  cancel: 'Cancel',
  close: 'Close',
  yes: (tool: KeyPlace) => `Add to ${TOOLS[tool]}`,
  adding: 'Adding…',
  done: (tool: KeyPlace) => `${TOOLS[tool]} has the key`,
  written: ({ folder, public: isNew, secret }: KeyLent) =>
    isNew || secret ? `It was added to the keys in ${folder}.` : `It was in ${folder} already.`,
}
