/** The upload sheet, from the file to the transfer. */
import { screen, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import type { DraftSheet, TagEffect } from '../../contract/generated'
import { servers } from '../../host/demo/servers'
import { badFile, oneFile, plan, severalFiles } from '../../host/demo/uploads'
import { uiError, type Script } from '../../host/fake'
import type { DropTarget } from '../../state/drop-target'
import { openWindow, settled } from '../../test/window'
import { words } from '../../words/words'

async function open(sheet: DraftSheet, target: DropTarget | null = null, script: Script = {}) {
  const opened = await openWindow({ script: { upload_start: () => ['t1'], ...script } })
  opened.sifter.uploads.open(sheet, target)
  await settled()
  return { ...opened, dialog: () => within(screen.getByRole('dialog')) }
}

const genomics = { serverId: 'cloud', path: { entity: 'ada', collection: 'genomics' } }

describe('one file', () => {
  it('says what will happen before it does', async () => {
    const { dialog } = await open(oneFile, genomics)
    const effects = dialog().getByRole('region', { name: 'What will happen' }).textContent
    expect(effects).toContain('New tag 1.22 for amd64')
    expect(effects).toContain('latest moves for amd64')
    expect(effects).toContain('latest stays as it is on arm64')
    expect(effects).toContain('Anyone can download it')
    expect(dialog().getByRole('meter').getAttribute('aria-valuetext')).toBe('10.2 of 11.0 GiB')
  })

  it('says what the server cannot do, and that a tag leaves another architecture', async () => {
    const { dialog } = await open(oneFile, genomics, {
      upload_plan: (upload) => {
        const asked = plan(upload)
        const from = `sha256.a3f9${'0'.repeat(60)}`
        const tags: TagEffect[] = [{ kind: 'moves_everywhere', tag: 'latest', from, arch: 'arm64' }]
        const items = asked.items.map((item) => ({ ...item, tags }))
        return { ...asked, items, notes: ['no_parts', 'no_arch_tags'] }
      },
    })
    const effects = dialog().getByRole('region', { name: 'What will happen' }).textContent
    expect(effects).toContain('latest moves for every architecture')
    expect(effects).toContain('It names a3f9 for arm64 now')
    expect(effects).toContain(words.transfers.notes.no_parts)
    expect(effects).toContain(words.transfers.notes.no_arch_tags)
    expect(dialog().getByRole('button', { name: 'Upload 94.6 MiB' })).toHaveProperty('disabled', false)
  })

  it('begins at the tags, and is uploaded by the button that names its size', async () => {
    const { host, user, dialog } = await open(oneFile, genomics)
    expect(document.activeElement).toBe(dialog().getByRole('textbox', { name: 'Tags' }))
    await user.type(dialog().getByRole('textbox', { name: 'What changed' }), ' CRAM 3.1 ')
    await user.click(dialog().getByRole('button', { name: 'Upload 94.6 MiB' }))
    await settled()
    expect(host.asked('upload_start')).toMatchObject([
      {
        sheetId: 's1',
        serverId: 'cloud',
        items: [{ path: { container: 'samtools' }, tags: ['1.22', 'latest'], description: 'CRAM 3.1' }],
      },
    ])
    expect(host.asked('upload_discard')).toEqual([])
    expect(screen.queryByRole('dialog')).toBeNull()
    expect(screen.getByText('1 upload started')).toBeTruthy()
  })

  it('with a tag that cannot be, or a place that is none, is not uploaded', async () => {
    const { user, dialog } = await open(oneFile, genomics)
    const button = () => dialog().getByRole('button', { name: /^Upload/ })
    await user.type(dialog().getByRole('textbox', { name: 'Tags' }), 'ö{Enter}')
    await settled()
    expect(button()).toHaveProperty('disabled', true)
    expect(dialog().getAllByText(/“ö” does not work as a tag/).length).toBeGreaterThan(0)
    await user.click(dialog().getByRole('button', { name: 'Remove ö' }))
    await settled()
    expect(button()).toHaveProperty('disabled', false)
    await user.clear(dialog().getByRole('combobox', { name: 'Upload to' }))
    await settled()
    expect(button()).toHaveProperty('disabled', true)
    expect(dialog().getByText('Give it as entity/collection/container.')).toBeTruthy()
  })

  it('that does not fit says so, with the way on', async () => {
    const { dialog } = await open(oneFile, genomics, {
      upload_plan: (upload) => ({
        ...plan(upload),
        problem: uiError('quota_exceeded', { params: { server: 'Sylabs Cloud' } }),
      }),
    })
    expect(dialog().getByText('Not enough space on Sylabs Cloud')).toBeTruthy()
    expect(dialog().getByRole('button', { name: 'Upload 94.6 MiB' })).toHaveProperty('disabled', true)
  })

  it('that gets a container of its own may be private', async () => {
    const { host, user, dialog } = await open(oneFile, {
      serverId: 'cloud',
      path: { entity: 'ada', collection: 'new' },
    })
    const button = dialog().getByRole('switch', { name: 'Private: only you can download it' })
    await user.click(button)
    await settled()
    expect(dialog().getByText('Only you can download it')).toBeTruthy()
    await user.click(dialog().getByRole('button', { name: /^Upload/ }))
    expect(host.asked('upload_start')[0]?.items[0]?.private).toBe(true)
  })

  it('that goes to a container that is there already stays as open as that', async () => {
    const { dialog } = await open(oneFile, genomics)
    expect(dialog().queryByRole('switch', { name: /^Private/ })).toBeNull()
  })

  it('that was cancelled is forgotten', async () => {
    const { host, user, dialog } = await open(oneFile, genomics)
    await user.click(dialog().getByRole('button', { name: 'Cancel' }))
    await settled()
    expect(host.asked('upload_discard')).toEqual([{ sheetId: 's1' }])
  })

  it('that is no image says why, and offers another one', async () => {
    const { host, user, dialog } = await open(badFile)
    expect(dialog().getByText('notes.txt is not a Singularity image')).toBeTruthy()
    expect(dialog().queryByRole('button', { name: /^Upload/ })).toBeNull()
    await user.click(dialog().getByRole('button', { name: 'Choose another file…' }))
    await settled()
    expect(host.asked('upload_choose')).toHaveLength(1)
    expect(screen.getByRole('dialog', { name: 'samtools_1.22.sif' })).toBeTruthy()
  })
})

describe('several files', () => {
  it('go to one collection, each with its own container and tags', async () => {
    const { host, user, dialog } = await open(severalFiles, genomics)
    expect(dialog().getByText('2 of 3 can be uploaded, 183 MiB in all')).toBeTruthy()
    const container = dialog().getByRole('textbox', { name: 'Container for bcftools_1.22.sif' })
    await user.clear(container)
    await user.type(container, 'bcf')
    await user.click(dialog().getByRole('button', { name: 'Leave out half_1.0.sif' }))
    await user.click(dialog().getByRole('button', { name: 'Upload 183 MiB' }))
    await settled()
    expect(host.asked('upload_start')[0]?.items.map((item) => item.path.container)).toEqual([
      'samtools',
      'bcf',
    ])
    expect(screen.getByText('2 uploads started')).toBeTruthy()
  })
})

describe('a library where nobody is signed in', () => {
  it('sends to the sign-in, and comes back to the sheet', async () => {
    const { sifter, user, dialog } = await open(
      oneFile,
      { serverId: 'uni', path: {} },
      { sign_in_cancel: () => ({}) },
    )
    await user.click(dialog().getByRole('button', { name: 'Sign in to hub.uni.example' }))
    await settled()
    expect(sifter.navigation.route).toMatchObject({ name: 'sign_in', serverId: 'uni' })
    const account = { ...servers[0]!.account!, login: 'grace', display: 'Grace' }
    sifter.hear({
      kind: 'servers',
      servers: servers.map((one) => (one.id === 'uni' ? { ...one, account } : one)),
    })
    sifter.signIn.attempt = {
      id: 'i1',
      serverId: 'uni',
      phase: 'done',
      host: 'hub.uni.example',
      secondsLeft: 0,
      browserOpened: true,
      code: null,
      error: null,
    }
    await settled()
    expect(screen.getByText('Signed in to hub.uni.example as Grace')).toBeTruthy()
    expect(sifter.uploads.form?.place).toBe('grace/default/samtools')
    expect(dialog().getByRole('button', { name: 'Upload 94.6 MiB' })).toBeTruthy()
  })

  it('that is off is started from the sheet', async () => {
    const { host, user, dialog } = await open(
      oneFile,
      { serverId: 'this-computer', path: {} },
      { server_start_local: () => ({ ...servers[2]!, state: 'online', account: servers[0]!.account }) },
    )
    expect(dialog().queryByRole('button', { name: /^Sign in/ })).toBeNull()
    await user.click(dialog().getByRole('button', { name: 'Start the library on this computer' }))
    await settled()
    expect(host.asked('server_start_local')).toHaveLength(1)
    expect(dialog().getByRole('button', { name: 'Upload 94.6 MiB' })).toBeTruthy()
  })
})
