import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { transfer } from '../host/demo/transfers'
import { FakeHost, uiError } from '../host/fake'
import { Navigation } from './navigation.svelte'
import { outcomeToast, troubleToast } from './outcomes'
import { Toasts } from './toasts.svelte'
import { Transfers } from './transfers.svelte'

describe('toasts', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('leave by themselves, each after its own time', () => {
    const toasts = new Toasts()
    toasts.say({ text: 'one' })
    vi.advanceTimersByTime(5000)
    toasts.say({ text: 'two' })
    vi.advanceTimersByTime(3000)
    expect(toasts.list.map((toast) => toast.text)).toEqual(['two'])
    vi.advanceTimersByTime(5000)
    expect(toasts.list).toEqual([])
  })

  it('stay while somebody looks at them', () => {
    const toasts = new Toasts()
    toasts.say({ text: 'one' })
    toasts.hold()
    vi.advanceTimersByTime(60_000)
    expect(toasts.list).toHaveLength(1)
    toasts.release()
    vi.advanceTimersByTime(8000)
    expect(toasts.list).toEqual([])
  })

  it('are three at most, the oldest goes', () => {
    const toasts = new Toasts()
    for (const text of ['1', '2', '3', '4']) toasts.say({ text })
    expect(toasts.list.map((toast) => toast.text)).toEqual(['2', '3', '4'])
    expect(vi.getTimerCount()).toBe(3)
  })

  it('do their one thing once and are gone', () => {
    const toasts = new Toasts()
    const onaction = vi.fn()
    toasts.say({ text: 'one', action: 'Show', onaction })
    const id = toasts.list[0]!.id
    toasts.act(id)
    toasts.act(id)
    expect(onaction).toHaveBeenCalledTimes(1)
    expect(toasts.list).toEqual([])
  })
})

describe('the toast that ends a transfer', () => {
  const host = new FakeHost({ transfer_reveal: () => ({}) })
  const copy = vi.fn()
  const toast = (...rest: Parameters<typeof transfer>) => {
    const navigation = new Navigation()
    return { ...outcomeToast(transfer(...rest), new Transfers(host), navigation, copy), navigation }
  }

  it('offers the link of an upload and the file of a download', () => {
    const up = toast('t1', 'a_1.sif', { phase: { kind: 'done', how: 'arrived' }, tags: ['1'] })
    up.onaction?.()
    expect(up.text).toBe('Uploaded a:1')
    expect(copy).toHaveBeenCalledWith('library://ada/genomics/a:1.9.0')
    const down = toast('t2', 'b.sif', { direction: 'down', phase: { kind: 'done', how: 'verified' } })
    down.onaction?.()
    expect(down.text).toBe('Downloaded b.sif, digest verified')
    expect(host.asked('transfer_reveal')).toEqual([{ transferId: 't2' }])
  })

  it('leads to what needs attention', () => {
    const stopped = toast('t3', 'c.sif', {
      phase: { kind: 'needs_attention', error: uiError('quota_exceeded') },
    })
    expect(stopped).toMatchObject({ tone: 'bad', text: 'c.sif needs your attention' })
    stopped.onaction?.()
    expect(stopped.navigation.route.name).toBe('transfers')
  })

  it('says what happened and why, for trouble without a place of its own', () => {
    expect(troubleToast(uiError('storage_failed'))).toMatchObject({
      text: "Sifter's own data could not be used. The disk may be full, or the data folder not writable.",
      tone: 'bad',
    })
  })
})
