/** The verdicts wherever a file is shown, and the inspector of an image on this computer. */
import { screen, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import {
  checks,
  FINGERPRINT,
  inspection,
  judged,
  keyRows,
  signatureScript,
  verification,
} from '../../host/demo/signatures'
import { uiError, type Script } from '../../host/fake'
import { openWindow, settled } from '../../test/window'
import { words } from '../../words/words'
import { highlight } from './highlight'
import { partsOf, runsOf } from './map'

const none = { active: [], queued: [], attention: [], speedUp: 0, speedDown: 0, allPaused: false }
const history = { transfer_list: () => ({ ...none, history: judged }) }
const route = { name: 'inspector' as const, fileId: 'f1' }

describe('the verdict of a download', () => {
  it.each(checks)('is said in a word and in a sentence: $verdict', (check) => {
    const line = words.verdicts.line(check.verdict, check.reason, check.asked, check.signers)
    expect(line).toMatch(/^[A-Z].+\.$/)
    expect(words.verdicts.short(check.verdict)).not.toMatch(/_/)
  })

  it('is on the job, among the files on this computer, and on the first page', async () => {
    const { sifter } = await openWindow({ script: history, route: { name: 'transfers' } })
    for (const { check, fileName } of judged) {
      const job = screen.getByRole('article', { name: fileName })
      expect(within(job).getByText(words.verdicts.short(check!.verdict))).toBeTruthy()
    }
    sifter.navigation.go({ name: 'computer' })
    await settled()
    const files = screen.getByRole('grid', { name: words.computer.label })
    for (const { check } of judged)
      expect(within(files).getByText(words.verdicts.short(check!.verdict))).toBeTruthy()
    sifter.navigation.go({ name: 'home' })
    await settled()
    expect(screen.getAllByText(words.verdicts.short('do_not_use')).length).toBeGreaterThan(0)
  })

  it('keeps a file in quarantine from everything but being looked at and deleted', async () => {
    const { host, user } = await openWindow({ script: history, route: { name: 'transfers' } })
    const job = screen.getByRole('article', { name: 'do_not_use.sif' })
    expect(job.textContent).toContain('It was changed after it was signed.')
    expect(within(job).queryByRole('button', { name: /Show in folder/ })).toBeNull()
    await user.click(
      within(job).getByRole('button', { name: `${words.verdicts.deleteFile}: do_not_use.sif` }),
    )
    expect(host.asked('transfer_delete_file')).toEqual([{ transferId: 'j4' }])
    await user.click(within(job).getByRole('button', { name: 'do_not_use.sif' }))
    expect(job.textContent).toContain('Delete it, and ask whoever published it for a good one.')
    await user.click(within(job).getByRole('button', { name: /^Examine/ }))
    expect(host.asked('inspect_transfer')).toEqual([{ transferId: 'j4' }])
  })

  it('tells of a file that must not be used as trouble', async () => {
    const { host, sifter } = await openWindow({ script: { transfer_list: () => ({ ...none, history: [] }) } })
    const [bad] = judged.slice(-1)
    host.send({ kind: 'transfers', list: { ...none, history: [bad!] } })
    await settled()
    const [toast] = sifter.toasts.list
    expect(toast?.text).toBe('Do not use do_not_use.sif. It was put into quarantine.')
    expect(toast?.tone).toBe('bad')
  })
})

describe('the inspector', () => {
  it('opens what the system hands over', async () => {
    const { host, sifter } = await openWindow()
    host.send({ kind: 'opened', fileId: 'f1' })
    await settled()
    expect(sifter.navigation.route).toEqual(route)
    expect(screen.getByRole('heading', { level: 1, name: inspection.name })).toBeTruthy()
  })

  it('shows what the image is, and goes from tab to tab by the arrows', async () => {
    const { user } = await openWindow({ route })
    const covered = /Covered by a signature: Definition, Metadata, File system/
    expect(screen.getByRole('img', { name: covered })).toBeTruthy()
    expect(screen.getByText('debian:bookworm-slim')).toBeTruthy()
    screen.getByRole('tab', { name: 'Overview' }).focus()
    await user.keyboard('{ArrowRight}')
    expect(screen.getByRole('tab', { selected: true }).textContent).toBe('Definition')
    expect(screen.getByRole('region', { name: 'Definition file' }).textContent).toContain('exec samtools')
    await user.keyboard('{ArrowRight}')
    expect(screen.getByRole('table', { name: 'Objects in the SIF' }).textContent).toContain('of group 1')
    await user.keyboard('{End}')
    expect(screen.getByRole('region', { name: 'Everything as JSON' }).textContent).toContain('"version"')
  })

  it('copies the definition and the command', async () => {
    const { user, host } = await openWindow({ route })
    await user.click(screen.getByRole('button', { name: 'Copy command' }))
    await user.click(screen.getByRole('tab', { name: 'Definition' }))
    await user.click(screen.getByRole('button', { name: 'Copy' }))
    expect(host.asked('app_copy').map(({ text }) => text.split('\n')[0])).toEqual([
      'apptainer run samtools_1.21.sif',
      'Bootstrap: docker',
    ])
  })

  it('says who has signed, what that covers, and leads to comparing a fingerprint', async () => {
    const { user, sifter } = await openWindow({
      route,
      script: { inspect_check: () => verification('unknown_signer') },
    })
    await user.click(screen.getByRole('tab', { name: /Signatures/ }))
    const one = screen.getByRole('region', { name: /Signature 4, OpenPGP/ })
    expect(one.textContent).toContain('Objects 1, 2, 3')
    expect(one.textContent).toContain('a key you have not met')
    await user.click(screen.getByRole('button', { name: 'Compare fingerprint…' }))
    expect(sifter.sheets.current).toEqual({ kind: 'trust_key', fingerprint: FINGERPRINT })
  })

  it('checks again when asked, and says what kept it from that', async () => {
    const { user, host } = await openWindow({ route })
    await user.click(screen.getByRole('tab', { name: /Signatures/ }))
    const before = host.asked('inspect_check').length
    host.answer({ inspect_check: () => Promise.reject(uiError('file_missing', { params: { name: 'x' } })) })
    await user.click(screen.getByRole('button', { name: 'Check again' }))
    await settled()
    expect(host.asked('inspect_check')).toHaveLength(before + 1)
    expect(screen.getByRole('tabpanel').textContent).toContain('x')
  })

  it('examines without asking again what is being asked', async () => {
    let answer: (() => void) | undefined
    const { host, sifter } = await openWindow({
      route,
      script: {
        inspect_check: () => new Promise((done) => (answer = () => done(verification('verified')))),
      },
    })
    sifter.actions.run('examine')
    await settled()
    expect(screen.getByRole('tab', { selected: true }).textContent).toContain('Signatures')
    expect(host.asked('inspect_check')).toHaveLength(1)
    answer?.()
    await settled()
    sifter.actions.run('examine')
    expect(host.asked('inspect_check')).toHaveLength(2)
  })

  it('offers a file in quarantine for deleting only', async () => {
    const { user, host, sifter } = await openWindow({
      route,
      script: {
        inspect_file: () => ({ ...inspection, quarantined: true }),
        inspect_check: () => verification('do_not_use', 'altered'),
      },
    })
    expect(screen.queryByRole('button', { name: 'Upload…' })).toBeNull()
    expect(screen.queryByRole('button', { name: 'Sign…' })).toBeNull()
    expect(screen.queryByText(/ run samtools/)).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Delete the file' }))
    expect(host.asked('transfer_delete_file')).toEqual([{ transferId: 't9' }])
    expect(sifter.navigation.route).toEqual({ name: 'transfers' })
  })

  it('signs with a key and its passphrase, and asks for it only where one is needed', async () => {
    const { user, host } = await openWindow({ route })
    await user.click(screen.getByRole('button', { name: 'Sign…' }))
    await settled()
    await user.type(screen.getByLabelText('Passphrase'), 'correct horse')
    host.answer({ inspect_sign: () => Promise.reject(uiError('passphrase_wrong')) })
    await user.click(screen.getByRole('button', { name: 'Sign' }))
    await settled()
    expect(screen.getByRole('dialog').textContent).toContain('The passphrase is wrong')
    host.answer({ inspect_sign: () => ({ objects: [5], fingerprint: FINGERPRINT, key: null }) })
    await user.click(screen.getByRole('button', { name: 'Sign' }))
    await settled()
    const asked = host.asked('inspect_sign').at(-1)
    expect(asked).toEqual({
      fileId: 'f1',
      with: { fingerprint: keyRows[0]!.key.fingerprint, passphrase: 'correct horse', keep: false },
    })
    expect(screen.queryByRole('dialog')).toBeNull()
  })
})

describe('the files in an image', () => {
  it('are read folder by folder, walked by the arrows, and saved one at a time', async () => {
    const { user, host } = await openWindow({ route })
    await user.click(screen.getByRole('tab', { name: 'Contents' }))
    await settled()
    const tree = within(screen.getByRole('treegrid', { name: 'Files in the image' }))
    const names = () =>
      tree
        .getAllByRole('row')
        .slice(1)
        .map((row) => row.querySelector('.cut')?.textContent)
    expect(names()).toEqual(['etc', 'usr', 'environment'])
    tree.getByRole('row', { name: /usr/ }).focus()
    await user.keyboard('{ArrowRight}')
    await settled()
    await user.keyboard('{ArrowRight}{ArrowRight}')
    await settled()
    expect(names()).toEqual(['etc', 'usr', 'bin', 'samtools', 'sh', 'environment'])
    await user.keyboard('{ArrowRight}{Enter}')
    await settled()
    expect(host.asked('inspect_extract')).toEqual([{ fileId: 'f1', path: '/usr/bin/samtools' }])
    await user.keyboard('{ArrowLeft}{ArrowLeft}')
    expect(names()).toEqual(['etc', 'usr', 'bin', 'environment'])
    await user.click(screen.getByRole('button', { name: 'Save object 3…' }))
    expect(host.asked('inspect_extract_object')).toEqual([{ fileId: 'f1', object: 3 }])
  })

  it('say why they cannot be looked at', async () => {
    const failed = () => Promise.reject(uiError('contents_unreadable', { params: { reason: 'encrypted' } }))
    const { user } = await openWindow({ route, script: { inspect_list: failed } })
    await user.click(screen.getByRole('tab', { name: 'Contents' }))
    await settled()
    expect(screen.getByRole('tabpanel').textContent).toContain('Only who has the key sees what is in it.')
  })

  it.each(['/', '/usr'])('are read when that works at the second try: %s', async (broken) => {
    const list = signatureScript.inspect_list!
    const failing: Script = {
      inspect_list: (request) =>
        request.path === broken ? Promise.reject(uiError('file_missing', { retry: 'yes' })) : list(request),
    }
    const { user, host } = await openWindow({ route, script: failing })
    await user.click(screen.getByRole('tab', { name: 'Contents' }))
    await settled()
    if (broken !== '/') await user.click(screen.getByRole('row', { name: /usr/ }))
    await settled()
    host.answer({ inspect_list: list })
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    await settled()
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull()
    expect(screen.getByRole('row', { name: /usr/ })).toBeTruthy()
    if (broken !== '/') expect(screen.getByRole('row', { name: /bin/ })).toBeTruthy()
    expect(host.asked('inspect_list').filter(({ path }) => path === broken)).toHaveLength(2)
  })
})

describe('a definition file', () => {
  it('is coloured without a letter being lost', () => {
    const text = inspection.definition!
    const lines = highlight(text)
    const back = lines.map((line) => line.map((piece) => piece.text).join('')).join('\n')
    expect(`${back}\n`).toBe(text)
    expect(lines[0]?.[0]).toEqual({ text: 'Bootstrap:', kind: 'key' })
    expect(lines.flat()).toContainEqual({ text: '"done"', kind: 'string' })
    expect(lines.flat()).toContainEqual({ text: '1.21', kind: 'number' })
    expect(lines.flat()).toContainEqual({ text: '    # build tools go again', kind: 'comment' })
  })
})

describe('the layout of a file', () => {
  it('joins neighbours of one kind, and knows what is covered', () => {
    const two = inspection.objects[1]!
    const view = {
      ...inspection,
      objects: [...inspection.objects, { ...two, id: 5, offset: 39000, size: 10 }],
    }
    const check = verification('verified')
    check.signatures[0]!.covers.push(5)
    const parts = partsOf(view, check)
    expect(parts.map((part) => part.kind)).toEqual([
      'header',
      'definition',
      'metadata',
      'file_system',
      'signature',
    ])
    expect(parts[2]?.bytes).toBe(two.size + 10)
    expect(runsOf(parts).map((run) => run.covered)).toEqual([false, true, false])
    expect(partsOf(view, null).some((part) => part.covered)).toBe(false)
  })
})
