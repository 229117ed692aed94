/** An image that is still in a library: looked into, judged before it is downloaded, and compared. */
import { screen, within } from '@testing-library/svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { comparison, remoteImage, remoteInspection } from '../../host/demo/comparison'
import { libraryRoutes } from '../../host/demo/library'
import { check, checks } from '../../host/demo/signatures'
import { oneFile } from '../../host/demo/uploads'
import { FakeHost, uiError } from '../../host/fake'
import { Glances } from '../../state/glances.svelte'
import { openWindow, settled } from '../../test/window'
import { words } from '../../words/words'
import { difference, sizeRows } from '../compare/rows'
import { compareItems } from './compare-items'

const look = { name: 'look' as const, image: remoteImage }
const compare = { name: 'compare' as const, left: { ...remoteImage, tag: '1.20' }, right: 'f1' }

describe('an image in a library', () => {
  it('is opened where it is, and says where that is and how little was read', async () => {
    const { host, sifter } = await openWindow({ route: look })
    expect(host.asked('inspect_image')).toEqual([remoteImage])
    expect(sifter.navigation.route).toEqual({ name: 'inspector', fileId: 'r1', remote: true })
    const main = screen.getByRole('main')
    expect(within(main).getByRole('heading', { level: 1, name: 'samtools:1.21' })).toBeTruthy()
    expect(main.textContent).toContain('In the library Sylabs Cloud, not downloaded:')
    expect(main.textContent).toContain('Read 212 KiB of 88.4 MiB.')
  })

  it('offers the download and nothing that needs a file', async () => {
    const { host, user } = await openWindow({ route: look })
    for (const name of [words.inspector.showInFolder, words.inspector.sign, words.inspector.upload]) {
      expect(screen.queryByRole('button', { name })).toBeNull()
    }
    await user.click(screen.getByRole('button', { name: words.inspector.download }))
    expect(host.asked('download_plan')).toEqual([remoteImage])
  })

  it('names a trusted signer and does not call unread contents verified', async () => {
    const { user } = await openWindow({ route: look })
    const main = screen.getByRole('main')
    expect(within(main).queryByText('Verified')).toBeNull()
    expect(within(main).getByText('Trusted signer')).toBeTruthy()
    await user.click(screen.getByRole('tab', { name: /^Signatures/ }))
    expect(main.textContent).toContain('What is in it is compared when it is downloaded.')
    expect(main.textContent).toContain(words.inspector.contentsLater)
    expect(main.textContent).not.toContain(words.inspector.unchanged)
  })

  it('whose server sends whole files only offers the download instead', async () => {
    const refused = () =>
      Promise.reject(uiError('not_offered', { params: { server: 'lab', what: 'ranges' } }))
    const { host, user } = await openWindow({ route: look, script: { inspect_image: refused } })
    expect(screen.getByText('Lab cannot show an image from afar')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Download' }))
    expect(host.asked('download_plan')).toEqual([remoteImage])
  })

  it('lets nothing be taken out that is larger than a look may fetch', async () => {
    const { user } = await openWindow({ route: look })
    await user.click(screen.getByRole('tab', { name: words.inspector.tab.contents }))
    const objects = screen.getByRole('table', { name: words.inspector.objects })
    expect(within(objects).getByRole('button', { name: words.inspector.saveObject(1) })).toBeTruthy()
    expect(within(objects).queryByRole('button', { name: words.inspector.saveObject(3) })).toBeNull()
  })
})

describe('a glance', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())
  const image = remoteImage
  const host = () => new FakeHost({ inspect_glance: () => ({ ...check('verified'), contents: 'unread' }) })

  it('is asked for by the digest, after a moment, once', async () => {
    const fake = host()
    const glances = new Glances(fake)
    glances.look(image, 'sha256.aa', null)
    expect(fake.asked('inspect_glance')).toEqual([])
    await vi.runAllTimersAsync()
    expect(fake.asked('inspect_glance')).toEqual([{ ...image, tag: 'sha256.aa' }])
    expect(glances.of('cloud', 'sha256.aa')?.verdict).toBe('verified')
    glances.look(image, 'sha256.aa', null)
    await vi.runAllTimersAsync()
    expect(fake.asked('inspect_glance')).toHaveLength(1)
    glances.look(image, 'sha256.aa', 'other keys')
    await vi.runAllTimersAsync()
    expect(fake.asked('inspect_glance')).toHaveLength(2)
  })

  it('is not asked for by whoever only passes', async () => {
    const fake = host()
    new Glances(fake).look(image, 'sha256.aa', null)()
    await vi.runAllTimersAsync()
    expect(fake.asked('inspect_glance')).toEqual([])
  })

  it('that found nothing out is tried again, and one that failed says nothing', async () => {
    const fake = new FakeHost({ inspect_glance: () => check('could_not_check', 'key_servers_silent') })
    const glances = new Glances(fake)
    glances.look(image, 'sha256.aa', null)
    await vi.runAllTimersAsync()
    fake.answer({ inspect_glance: () => Promise.reject(uiError('unreachable')) })
    glances.look(image, 'sha256.aa', null)
    await vi.runAllTimersAsync()
    expect(fake.asked('inspect_glance')).toHaveLength(2)
    expect(glances.of('cloud', 'sha256.aa')?.verdict).toBe('could_not_check')
  })
})

describe('the words for unread contents', () => {
  it.each(checks)('never call them verified: $verdict', ({ verdict }) => {
    expect(words.verdicts.short(verdict, 'unread')).not.toBe('Verified')
    const promising = verdict === 'verified' || verdict === 'unknown_signer'
    expect(words.verdicts.later(verdict, 'unread') !== '').toBe(promising)
    expect(words.verdicts.later(verdict, 'read')).toBe('')
  })
})

describe('a comparison', () => {
  it('opens what is in a library, and says what differs and what is the same', async () => {
    const { host } = await openWindow({ route: compare })
    expect(host.asked('inspect_image')).toEqual([compare.left])
    expect(host.asked('inspect_compare')).toEqual([{ left: 'r1', right: 'f1' }])
    const main = screen.getByRole('main')
    expect(main.textContent).toContain('41 labels are the same.')
    expect(main.textContent).toContain('95 packages are the same.')
    const labels = screen.getByRole('table', { name: words.compare.labels })
    const version = within(labels).getByRole('row', { name: /version/ })
    expect(version.textContent).toMatch(/Changed.*1\.20.*1\.21/s)
    const diff = screen.getByRole('region', { name: 'What changed in Definition' })
    expect(diff.textContent).toMatch(/Removed:\s+version 1\.20/)
    expect(diff.textContent).toMatch(/Added:\s+version 1\.21/)
    expect(diff.textContent).toContain('6 lines are the same')
  })

  it('turns round', async () => {
    const { sifter, user } = await openWindow({ route: compare })
    await user.click(screen.getByRole('button', { name: words.compare.swap }))
    expect(sifter.navigation.route).toEqual({ name: 'compare', left: 'f1', right: compare.left })
  })

  it('of the same bytes says so, and nothing else', async () => {
    await openWindow({ route: compare, script: { inspect_compare: () => ({ ...comparison, same: true }) } })
    expect(screen.getByText(words.compare.identical)).toBeTruthy()
    expect(screen.queryByRole('table')).toBeNull()
  })

  it('that fails can be tried again', async () => {
    const failing = () => Promise.reject(uiError('server_fault', { retry: 'yes' }))
    const { host, user } = await openWindow({ route: compare, script: { inspect_compare: failing } })
    await user.click(within(screen.getByRole('main')).getByRole('button', { name: words.common.retry }))
    expect(host.asked('inspect_compare')).toHaveLength(2)
  })

  it('states sizes with their difference and the whole at the end', () => {
    const rows = sizeRows(comparison)
    expect(rows.at(-1)?.total).toBe(true)
    expect(rows.at(-1)?.difference).toBe('+1.5 MiB')
    expect([difference(0), difference(-1024)]).toEqual(['', '−1.0 KiB'])
  })

  it('is offered with a file and with the other tags of the same container', async () => {
    const { sifter } = await openWindow({ route: libraryRoutes.container })
    const page = sifter.library.container('cloud', remoteImage.path).value
    const items = compareItems(sifter.inspector, 'r1', 'cloud', page, remoteInspection)
    expect(items[0]?.label).toBe(words.compare.withFile)
    expect(items.length).toBeGreaterThan(2)
    items[1]!.onselect()
    expect(sifter.navigation.route).toMatchObject({ name: 'compare', left: 'r1' })
  })
})

describe('from the page of a container', () => {
  it('an image is looked into, and compared with the next that is chosen', async () => {
    const { sifter, user } = await openWindow({ route: libraryRoutes.container })
    await user.click(screen.getByRole('button', { name: words.container.lookInside }))
    await settled()
    expect(sifter.navigation.route).toMatchObject({ name: 'inspector', fileId: 'r1' })
    sifter.navigation.back()
    await settled()
    const cells = screen.getAllByRole('button', { name: /amd64, .* MiB/ })
    await user.pointer({ keys: '[MouseRight]', target: cells[0]! })
    await user.click(screen.getByRole('menuitem', { name: words.compare.with }))
    expect(screen.getByText(/^Choose the image to compare/)).toBeTruthy()
    await user.click(cells[1]!)
    expect(sifter.navigation.route.name).toBe('compare')
  })
})

describe('the upload sheet', () => {
  it('lets a file be looked into', async () => {
    const { host, sifter, user } = await openWindow()
    sifter.uploads.open(oneFile, null)
    await settled()
    await user.click(screen.getByRole('button', { name: words.uploads.lookInside }))
    await settled()
    expect(host.asked('inspect_draft')).toEqual([{ sheetId: oneFile.id, fileId: oneFile.files[0]!.id }])
    expect(sifter.navigation.route).toEqual({ name: 'inspector', fileId: 'f1' })
    expect(sifter.uploads.form).toBeNull()
  })
})
