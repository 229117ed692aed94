import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { TransferList, TransferView } from '../contract/generated'
import { judged } from '../host/demo/signatures'
import { transfer } from '../host/demo/transfers'
import { FakeHost, uiError } from '../host/fake'
import { SAMPLES, Speeds } from './speeds.svelte'
import { Transfers } from './transfers.svelte'

const EMPTY: TransferList = {
  active: [],
  queued: [],
  attention: [],
  history: [],
  speedUp: 0,
  speedDown: 0,
  allPaused: false,
}

function uploading(percent: number): TransferView {
  return transfer('t1', 'a_1.sif', { phase: { kind: 'uploading' }, bytesTotal: 100, bytesDone: percent })
}

function make(script: ConstructorParameters<typeof FakeHost>[0] = {}) {
  const host = new FakeHost(script)
  const onoutcome = vi.fn<(transfer: TransferView) => void>()
  const ontrouble = vi.fn()
  const transfers = new Transfers(host, onoutcome, ontrouble)
  const hear = (list: Partial<TransferList>) =>
    transfers.hear({ kind: 'transfers', list: { ...EMPTY, ...list } })
  return { host, transfers, onoutcome, ontrouble, hear }
}

describe('transfers', () => {
  it('keeps quiet about what had ended before the window looked', async () => {
    const done = transfer('t1', 'a.sif', { phase: { kind: 'done', how: 'arrived' } })
    const { transfers, onoutcome } = make({ transfer_list: () => ({ ...EMPTY, history: [done] }) })
    await transfers.load()
    expect(onoutcome).not.toHaveBeenCalled()
  })

  it('says what was found of a digest when it came last', () => {
    const { transfers, hear } = make()
    const [found, older] = judged
    const digest = 'sha256.a3f9'
    hear({
      history: [
        { ...found!, digest, check: null },
        { ...found!, digest },
        { ...older!, digest },
      ],
    })
    expect(transfers.checkOf(digest)).toEqual(found!.check)
    expect(transfers.checkOf('sha256.0')).toBeNull()
  })

  it('tells of an end once', async () => {
    const { transfers, onoutcome, hear } = make({
      transfer_list: () => ({ ...EMPTY, active: [uploading(5)] }),
    })
    await transfers.load()
    const done = transfer('t1', 'a.sif', { phase: { kind: 'done', how: 'arrived' } })
    hear({ history: [done] })
    hear({ history: [done] })
    expect(onoutcome).toHaveBeenCalledTimes(1)
    expect(onoutcome).toHaveBeenCalledWith(done)
  })

  it('tells of a transfer that stops, and again when it stops after another try', async () => {
    const { transfers, onoutcome, hear } = make({ transfer_list: () => EMPTY })
    await transfers.load()
    const stopped = transfer('t1', 'a.sif', {
      phase: { kind: 'needs_attention', error: uiError('unreachable') },
    })
    hear({ attention: [stopped] })
    hear({ active: [uploading(1)] })
    hear({ attention: [stopped] })
    expect(onoutcome).toHaveBeenCalledTimes(2)
  })

  it('speaks of progress in steps of ten, each once, and never backwards', () => {
    const { transfers, hear } = make()
    const said: string[] = []
    for (const percent of [4, 12, 19, 15, 21, 21, 47]) {
      hear({ active: [uploading(percent)] })
      if (transfers.announcement && transfers.announcement !== said.at(-1)) said.push(transfers.announcement)
    }
    expect(said).toEqual(['a_1.sif: 10 %', 'a_1.sif: 20 %', 'a_1.sif: 40 %'])
  })

  it('counts how long a phase lasts from when it was first seen', () => {
    vi.useFakeTimers({ now: 0 })
    const { transfers, hear } = make()
    hear({ active: [uploading(100)] })
    vi.setSystemTime(5000)
    hear({ active: [uploading(100)] })
    expect(transfers.waited('t1')).toBe(5)
    hear({ active: [transfer('t1', 'a.sif', { phase: { kind: 'checking' } })] })
    expect(transfers.waited('t1')).toBe(0)
    expect(transfers.waited('nobody')).toBe(0)
    vi.useRealTimers()
  })

  it('pauses what moves and goes on with what is paused', async () => {
    const { host, transfers } = make({ transfer_pause: () => ({}), transfer_resume: () => ({}) })
    await transfers.toggle(uploading(1))
    await transfers.toggle(transfer('t2', 'b.sif', { phase: { kind: 'paused' } }))
    expect(host.calls.map((call) => call.command)).toEqual(['transfer_pause', 'transfer_resume'])
  })

  it('pauses all, or goes on with all', async () => {
    const { host, transfers, hear } = make({
      transfer_pause_all: () => ({}),
      transfer_resume_all: () => ({}),
    })
    await transfers.toggleAll()
    hear({ allPaused: true })
    await transfers.toggleAll()
    expect(host.calls.map((call) => call.command)).toEqual(['transfer_pause_all', 'transfer_resume_all'])
  })

  it('moves within the queue and never out of it', async () => {
    const { host, transfers, hear } = make({ transfer_move: () => ({}) })
    const queued = [transfer('q1', 'a.sif'), transfer('q2', 'b.sif')]
    hear({ queued })
    await transfers.move(queued[1]!, -1)
    await transfers.move(queued[0]!, -1)
    await transfers.move(queued[1]!, 1)
    await transfers.move(uploading(1), 1)
    expect(host.asked('transfer_move')).toEqual([{ transferId: 'q2', position: 0 }])
  })

  it('says why something could not be done, and keeps the list', async () => {
    const { transfers, ontrouble, hear } = make({
      transfer_cancel: () => Promise.reject(uiError('storage_failed')),
    })
    hear({ active: [uploading(1)] })
    await transfers.act('transfer_cancel', uploading(1))
    expect(ontrouble).toHaveBeenCalledWith(uiError('storage_failed'))
    expect(transfers.all).toHaveLength(1)
    expect(transfers.problem).toBeNull()
  })

  it('shows why the list could not be read until it can', async () => {
    const { host, transfers } = make({ transfer_list: () => Promise.reject(uiError('storage_failed')) })
    await transfers.load()
    expect(transfers.problem?.code).toBe('storage_failed')
    host.answer({ transfer_list: () => EMPTY })
    await transfers.load()
    expect(transfers.problem).toBeNull()
  })
})

describe('speeds', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('takes one sample a second and forgets what is older than a minute', () => {
    const speeds = new Speeds()
    speeds.hear(100, 0)
    vi.advanceTimersByTime(3000)
    speeds.hear(50, 10)
    vi.advanceTimersByTime(1000)
    expect(speeds.samples.slice(-4).map((sample) => sample.up)).toEqual([100, 100, 100, 50])
    expect(speeds.samples).toHaveLength(SAMPLES)
    expect(speeds.peak).toBe(100)
  })

  it('rests once a whole minute was quiet', () => {
    const speeds = new Speeds()
    speeds.hear(100, 0)
    vi.advanceTimersByTime(1000)
    speeds.hear(0, 0)
    vi.advanceTimersByTime(61_000)
    expect(speeds.peak).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })
})
