import { describe, expect, it, vi } from 'vitest'

import type { DownloadPlan, ImageRef } from '../contract/generated'
import { FakeHost, uiError, type Script } from '../host/fake'
import { downloadToast } from './download-toast'
import { Downloads, type DownloadOutcome } from './downloads.svelte'
import { Navigation } from './navigation.svelte'
import { Sheets } from './sheets.svelte'

const image: ImageRef = {
  serverId: 'cloud',
  path: { entity: 'ada', collection: 'genomics', container: 'samtools' },
  tag: '1.21',
  arch: 'amd64',
}

const plan = (rest: Partial<DownloadPlan> = {}): DownloadPlan => ({
  fileName: 'samtools_1.21.sif',
  folder: '/home/ada/Downloads',
  folderName: 'Downloads',
  size: 100,
  free: 1000,
  clash: false,
  same: false,
  keepBothName: 'samtools_1.21 (2).sif',
  ...rest,
})

function make(script: Script) {
  const host = new FakeHost({ download_start: () => 't1', ...script })
  const sheets = new Sheets()
  const onoutcome = vi.fn<(outcome: DownloadOutcome) => void>()
  return { host, sheets, onoutcome, downloads: new Downloads(host, sheets, onoutcome) }
}

describe('a download', () => {
  it('starts at once where nothing is in its way', async () => {
    const { host, downloads, onoutcome } = make({ download_plan: () => plan() })
    await downloads.download(image)
    expect(host.asked('download_start')).toEqual([{ image, clash: 'ask' }])
    expect(onoutcome).toHaveBeenCalledWith({ kind: 'started', fileName: 'samtools_1.21.sif' })
  })

  it('does not start for a file that is there already', async () => {
    const { host, downloads, onoutcome } = make({ download_plan: () => plan({ same: true, clash: true }) })
    await downloads.download(image)
    expect(host.asked('download_start')).toEqual([])
    expect(onoutcome).toHaveBeenCalledWith({
      kind: 'same',
      fileName: 'samtools_1.21.sif',
      folderName: 'Downloads',
    })
  })

  it('asks before it touches another file of that name', async () => {
    const { host, downloads, sheets, onoutcome } = make({ download_plan: () => plan({ clash: true }) })
    await downloads.download(image)
    expect(sheets.current).toMatchObject({ kind: 'clash', image })
    expect(host.asked('download_start')).toEqual([])
    await downloads.resolve(image, plan({ clash: true }), 'keep_both')
    expect(sheets.current).toBeNull()
    expect(host.asked('download_start')).toEqual([{ image, clash: 'keep_both' }])
    expect(onoutcome).toHaveBeenCalledWith({ kind: 'started', fileName: 'samtools_1.21 (2).sif' })
  })

  it('says why it did not start, before and after the question', async () => {
    const { downloads, onoutcome, host } = make({ download_plan: () => Promise.reject(uiError('not_found')) })
    await downloads.download(image)
    host.answer({ download_start: () => Promise.reject(uiError('disk_full')) })
    await downloads.resolve(image, plan(), 'replace')
    expect(onoutcome.mock.calls.map(([outcome]) => outcome)).toEqual([
      { kind: 'failed', error: uiError('not_found'), serverId: 'cloud' },
      { kind: 'failed', error: uiError('disk_full'), serverId: 'cloud' },
    ])
  })
})

describe('the toast of a download', () => {
  const toast = (outcome: DownloadOutcome) => {
    const navigation = new Navigation()
    const said = downloadToast(outcome, navigation)
    said.onaction?.()
    return { ...said, route: navigation.route.name }
  }

  it('leads to the transfers, or to the file that is there', () => {
    expect(toast({ kind: 'started', fileName: 'a.sif' })).toMatchObject({
      text: 'Downloading a.sif',
      route: 'transfers',
    })
    expect(toast({ kind: 'same', fileName: 'a.sif', folderName: 'Downloads' })).toMatchObject({
      text: 'a.sif is already in Downloads, nothing to download',
      route: 'computer',
    })
  })

  it('leads to what helps against a failure', () => {
    const failed = (error: ReturnType<typeof uiError>) =>
      toast({ kind: 'failed', error, serverId: 'cloud' }).route
    expect(failed(uiError('not_found', { params: { signedIn: false } }))).toBe('sign_in')
    expect(failed(uiError('disk_full'))).toBe('settings')
    expect(failed(uiError('server_fault'))).toBe('home')
  })
})
