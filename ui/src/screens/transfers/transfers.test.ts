/** Transfers, as a person sees and steers them. */
import { screen, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import type { LinkCheck, Phase, TransferView, UiError } from '../../contract/generated'
import { transfer, transfers } from '../../host/demo/transfers'
import { uiError, type Script } from '../../host/fake'
import { openWindow, settled } from '../../test/window'
import { words } from '../../words/words'
import { barOf, canPause, matches, stepOf } from './job'

const answers: Script = {
  transfer_pause: () => ({}),
  transfer_resume: () => ({}),
  transfer_cancel: () => ({}),
  transfer_retry: () => ({}),
  transfer_remove: () => ({}),
  transfer_move: () => ({}),
  transfer_clear: () => ({}),
  transfer_pause_all: () => ({}),
  transfer_reveal: () => ({}),
}
const open = (script: Script = {}) =>
  openWindow({ route: { name: 'transfers' }, script: { ...answers, ...script } })

describe('coming back to the window', () => {
  it('looks again whether finished downloads are still there', async () => {
    const done = transfers.history.find((one) => one.direction === 'down' && one.filePresent)
    if (!done) throw new Error('the samples hold a finished download')
    const { host } = await open()
    expect(screen.getByRole('button', { name: `Show in folder: ${done.fileName}` })).not.toBeNull()
    const gone = transfers.history.map((one) => (one.id === done.id ? { ...one, filePresent: false } : one))
    host.answer({ transfer_list: () => ({ ...transfers, history: gone }) })
    window.dispatchEvent(new Event('focus'))
    await settled()
    expect(screen.queryByRole('button', { name: `Show in folder: ${done.fileName}` })).toBeNull()
  })
})

describe('the buttons of a transfer', () => {
  it('do what they say', async () => {
    const { host, user } = await open()
    const press = (name: string) => user.click(screen.getByRole('button', { name }))
    await press('Pause: deepvariant_1.9.0.sif')
    await press('Cancel: samtools_1.22.sif')
    await press('Start now: relion_5.0.sif')
    await press('Move up: freesurfer_7.4.1.sif')
    await press('Resume: freesurfer_7.4.1.sif')
    await press('Show in folder: minimap2_2.28.sif')
    await press('Remove: multiqc_1.25.1.sif')
    await press('Cancel: fsl_6.0.7.sif')
    await press('Try again')
    await press('Clear finished transfers')
    await press('Pause all')
    expect(host.calls.slice(3).map(({ command, request }) => [command, request])).toEqual([
      ['transfer_pause', { transferId: 't1' }],
      ['transfer_cancel', { transferId: 't3' }],
      ['transfer_resume', { transferId: 't4' }],
      ['transfer_move', { transferId: 't5', position: 0 }],
      ['transfer_resume', { transferId: 't5' }],
      ['transfer_reveal', { transferId: 't7' }],
      ['transfer_remove', { transferId: 't8' }],
      ['transfer_cancel', { transferId: 't6' }],
      ['transfer_retry', { transferId: 't6' }],
      ['transfer_clear', {}],
      ['transfer_pause_all', {}],
    ])
  })

  it('say why when they could not', async () => {
    const { user } = await open({
      transfer_reveal: () =>
        Promise.reject(uiError('file_missing', { params: { name: 'minimap2_2.28.sif' } })),
    })
    await user.click(screen.getByRole('button', { name: 'Show in folder: minimap2_2.28.sif' }))
    await settled()
    expect(screen.getByText(/minimap2_2.28.sif is gone/)).toBeTruthy()
  })
})

describe('a transfer that waits for its account', () => {
  const waiting = (error: UiError) => {
    const job = transfer('t6', 'fsl_6.0.7.sif', { phase: { kind: 'needs_attention', error } })
    return open({ transfer_list: () => ({ ...transfers, attention: [job] }) })
  }

  it('asks to be granted what its sign-in lacks', async () => {
    const params = { server: 'University', scopes: 'library:write' }
    const { host, sifter, user } = await waiting(uiError('scope_missing', { params, retry: 'after_sign_in' }))
    expect(screen.getByText(/Your sign-in to University may not do this/)).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Grant…' }))
    await settled()
    expect(sifter.navigation.route).toEqual({ name: 'sign_in', serverId: 'uni', scopes: 'library:write' })
    expect(screen.getByText(/Sifter asks for “library:write” this time/)).toBeTruthy()
    host.answer({ sign_in_start: () => new Promise(() => {}) })
    await user.click(screen.getByRole('button', { name: 'Continue in the browser' }))
    await settled()
    expect(host.asked('sign_in_start')).toMatchObject([{ serverId: 'uni', scopes: 'library:write' }])
  })

  it('calls nothing safe that was only hashed', async () => {
    const phase: Phase = {
      kind: 'needs_attention',
      error: uiError('scope_missing', { retry: 'after_sign_in' }),
    }
    const hashed = transfer('t6', 'fsl_6.0.7.sif', { phase, bytesTotal: 100, bytesDone: 100 })
    const parts = { total: 4, done: 2, inFlight: 0, retried: 0 }
    const sent = transfer('t7', 'relion_5.0.sif', { phase, bytesTotal: 100, bytesDone: 50, parts })
    await open({ transfer_list: () => ({ ...transfers, attention: [hashed, sent] }) })
    expect(screen.getByText(/^fsl.*is lost\.$/)).toBeTruthy()
    expect(screen.getByText(/^relion.*is lost\. 50 % is safe on the server\.$/)).toBeTruthy()
  })

  it('offers to open the vault that its sign-in lies in', async () => {
    const { user } = await waiting(uiError('vault_closed'))
    await user.click(screen.getByRole('button', { name: 'Open the vault…' }))
    await settled()
    expect(screen.getByRole('dialog')).toBeTruthy()
  })
})

describe('a server that cannot do everything', () => {
  it('is said to, on the job that notices', async () => {
    const [first, ...rest] = transfers.active
    const active = [{ ...first!, notes: ['no_parts', 'no_arch_tags'] } as TransferView, ...rest]
    const { user } = await open({ transfer_list: () => ({ ...transfers, active }) })
    await user.click(screen.getByRole('button', { name: 'deepvariant_1.9.0.sif' }))
    expect(screen.getByText(words.transfers.notes.no_parts)).toBeTruthy()
    expect(screen.getByText(words.transfers.notes.no_arch_tags)).toBeTruthy()
    expect(screen.queryByText(words.transfers.notes.no_ranges)).toBeNull()
  })

  it('is still said to when the job is done', async () => {
    const done = transfer('t10', 'fsl_6.0.7.sif', {
      phase: { kind: 'done', how: 'arrived' },
      notes: ['moves_latest'],
    })
    const { user } = await open({ transfer_list: () => ({ ...transfers, history: [done] }) })
    expect(screen.queryByText(words.transfers.notes.moves_latest)).toBeNull()
    await user.click(screen.getByRole('button', { name: 'fsl_6.0.7.sif', pressed: false }))
    expect(screen.getByText(words.transfers.notes.moves_latest)).toBeTruthy()
  })
})

describe('an upload that is done', () => {
  it('tells whether its link works for others, once that is known', async () => {
    const done = transfer('t10', 'fsl_6.0.7.sif', { phase: { kind: 'done', how: 'arrived' } })
    const list = (link: LinkCheck | null) => ({ ...transfers, history: [{ ...done, link }] })
    const { host } = await open({ transfer_list: () => list(null) })
    expect(screen.queryByText(/Anyone with the link/)).toBeNull()
    for (const link of ['anyone', 'only_shared', 'only_here', 'unknown'] as const) {
      host.send({ kind: 'transfers', list: list(link) })
      await settled()
      expect(screen.getByText(new RegExp(`^${words.transfers.link[link]}`))).toBeTruthy()
    }
  })
})

describe('the keyboard', () => {
  it('goes from name to name, opens one and acts on it', async () => {
    const { host, user } = await open()
    screen.getByRole('button', { name: 'deepvariant_1.9.0.sif' }).focus()
    await user.keyboard('{ArrowDown}{Enter}')
    const pytorch = screen.getByRole('button', { name: 'pytorch_2.5.1-cuda12.sif' })
    expect(document.activeElement).toBe(pytorch)
    expect(pytorch.getAttribute('aria-expanded')).toBe('true')
    await user.keyboard('{Control>}{Shift>}p{/Shift}{/Control}{Control>}.{/Control}')
    expect(host.asked('transfer_pause')).toEqual([{ transferId: 't2' }])
    expect(host.asked('transfer_cancel')).toEqual([{ transferId: 't2' }])
  })

  it('moves a waiting transfer with Alt', async () => {
    const { host, user } = await open()
    screen.getByRole('button', { name: 'freesurfer_7.4.1.sif' }).focus()
    await user.keyboard('{Alt>}{ArrowUp}{ArrowDown}{/Alt}')
    expect(host.asked('transfer_move')).toEqual([{ transferId: 't5', position: 0 }])
  })
})

describe('the list', () => {
  it('finds by name, place and server', async () => {
    const { user } = await open()
    const field = screen.getByRole('searchbox', { name: 'Search transfers' })
    await user.type(field, 'sylabs')
    expect(screen.getAllByRole('article')).toHaveLength(1)
    await user.clear(field)
    await user.type(field, 'nothing like it')
    expect(screen.getByText('No transfer matches “nothing like it”.')).toBeTruthy()
  })

  it('speaks of progress every ten percent', async () => {
    const { host } = await open()
    const [first] = transfers.active
    host.send({
      kind: 'transfers',
      list: { ...transfers, active: [{ ...first!, bytesDone: first!.bytesTotal * 0.71 }] },
    })
    await settled()
    expect(screen.getAllByRole('status').map((one) => one.textContent)).toContain(
      'deepvariant_1.9.0.sif: 70 %',
    )
  })

  it('tells of an arrival in a toast that gives its link', async () => {
    const { host, user } = await open()
    const done = transfer('t3', 'samtools_1.22.sif', {
      phase: { kind: 'done', how: 'arrived' },
      tags: ['1.22'],
    })
    host.send({ kind: 'transfers', list: { ...transfers, active: [], history: [done] } })
    await settled()
    const log = within(screen.getByRole('log', { name: 'Notifications' }))
    expect(log.getByText('Uploaded samtools:1.22')).toBeTruthy()
    await user.click(log.getByRole('button', { name: 'Copy link' }))
    expect(host.asked('app_copy')).toEqual([{ text: done.reference }])
  })

  it('names the file that is in trouble once', async () => {
    const stopped = (id: string, error: UiError) =>
      transfer(id, 'star_2.7.sif', { phase: { kind: 'needs_attention', error } })
    await open({
      transfer_list: () => ({
        ...transfers,
        active: [],
        attention: [
          stopped('t8', uiError('file_missing', { params: { name: 'star_2.7.sif' } })),
          stopped('t9', uiError('server_fault', { params: { server: 'lab.example' } })),
        ],
      }),
    })
    expect(screen.getByText('star_2.7.sif is gone')).toBeTruthy()
    expect(screen.getByText(/^It was moved, renamed or deleted/)).toBeTruthy()
    expect(screen.getByText(/^star_2.7.sif: The fault is on the server's side/)).toBeTruthy()
  })

  it('leads from a full folder to another one, and begins anew there', async () => {
    const stopped = transfer('t9', 'star_2.7.sif', {
      direction: 'down',
      phase: { kind: 'needs_attention', error: uiError('disk_full', { retry: 'yes' }) },
    })
    const { host, sifter, user } = await open({
      transfer_list: () => ({ ...transfers, active: [], attention: [stopped] }),
      settings_choose_folder: () => Promise.reject(uiError('cancelled')),
    })
    const choose = () => user.click(screen.getByRole('button', { name: 'Choose another folder' }))
    await choose()
    expect(host.asked('transfer_cancel')).toEqual([])
    host.answer({ settings_choose_folder: () => sifter.settings.view! })
    await choose()
    await settled()
    expect(host.asked('transfer_cancel')).toEqual([{ transferId: 't9' }])
    expect(host.asked('download_start')).toMatchObject([{ image: { tag: '1.9.0', arch: 'amd64' } }])
  })
})

describe('what is safe', () => {
  it.each([
    [0, 1, '0 of 1 part is safe on the server.'],
    [1, 1, '1 of 1 part is safe on the server.'],
    [1, 10, '1 of 10 parts is safe on the server.'],
    [0, 10, '0 of 10 parts are safe on the server.'],
    [5, 10, '5 of 10 parts are safe on the server.'],
  ])('is counted in good English: %i of %i', (done, total, text) => {
    const parts = { total, done, inFlight: 0, retried: 0 }
    expect(words.transfers.safe(transfer('t', 'a.sif', { parts }))).toBe(text)
  })
})

describe('how a phase looks', () => {
  const inPhase = (phase: Phase, rest = {}) =>
    transfer('t', 'a.sif', { phase, bytesTotal: 200, bytesDone: 100, ...rest })

  it('counts as safe only what the other side acknowledged', () => {
    const parts = { total: 10, done: 5, inFlight: 2, retried: 0 }
    expect(barOf(inPhase({ kind: 'uploading' }, { parts }))).toEqual({ safe: 50, sent: 70, look: 'up' })
    expect(barOf(inPhase({ kind: 'paused' }, { parts }))).toMatchObject({
      safe: 50,
      sent: 50,
      look: 'paused',
    })
    expect(barOf(inPhase({ kind: 'checking' }))).toMatchObject({ look: 'waiting' })
  })

  it('cannot be paused once everything is sent', () => {
    expect(canPause(inPhase({ kind: 'uploading' }))).toBe(true)
    expect(canPause(inPhase({ kind: 'checking' }))).toBe(false)
  })

  it('stands on a step that has a name', () => {
    expect(words.transfers.uploadSteps[stepOf(inPhase({ kind: 'checking' }))]).toBe('Checking')
    expect(words.transfers.downloadSteps[stepOf(inPhase({ kind: 'verifying' }, { direction: 'down' }))]).toBe(
      'Verifying',
    )
  })

  it('is found by all of its words together', () => {
    expect(matches(inPhase({ kind: 'queued' }), 'ada a.sif')).toBe(true)
    expect(matches(inPhase({ kind: 'queued' }), 'ada b.sif')).toBe(false)
  })

  it('says done only when it is known how', () => {
    expect(words.transfers.doing(inPhase({ kind: 'checking' }), 20)).toBe('All data was sent. Checking… 0:20')
    expect(words.transfers.doing(inPhase({ kind: 'server_processing' }))).toBe('Server is processing')
    expect(words.transfers.endedNote(inPhase({ kind: 'done', how: 'arrived_late' }))).toBe(
      'The server answered late, so we checked.',
    )
  })
})
