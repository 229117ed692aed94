import { describe, expect, it } from 'vitest'
import * as format from './format'

describe('sizes', () => {
  it('keeps three digits and the binary unit', () => {
    expect(format.size(0)).toBe('0 bytes')
    expect(format.size(1)).toBe('1 byte')
    expect(format.size(1023)).toBe('1023 bytes')
    expect(format.size(1024)).toBe('1.0 KiB')
    expect(format.size(99_194_368)).toBe('94.6 MiB')
    expect(format.size(402 * 1024 ** 2)).toBe('402 MiB')
    expect(format.size(20 * 1024 ** 3)).toBe('20.0 GiB')
  })

  it('moves to the next unit instead of saying 1024', () => {
    expect(format.size(1024 ** 2 - 1)).toBe('1.0 MiB')
    expect(format.size(1024 ** 3 - 1)).toBe('1.0 GiB')
  })

  it('names a part in the unit of the whole', () => {
    expect(format.sizeOf(1.9 * 1024 ** 3, 3.1 * 1024 ** 3)).toBe('1.9 of 3.1 GiB')
    expect(format.sizeOf(512 * 1024, 100 * 1024 ** 2)).toBe('0.5 of 100 MiB')
  })

  it('gives the exact bytes with separators', () => {
    expect(format.exactBytes(99_194_368)).toBe('99,194,368 bytes')
    expect(format.exactBytes(1)).toBe('1 byte')
  })

  it('says 100 % only at the end', () => {
    expect(format.percent(999_999, 1_000_000)).toBe('99 %')
    expect(format.percent(1_000_000, 1_000_000)).toBe('100 %')
    expect(format.percent(5, 0)).toBe('0 %')
  })
})

describe('times', () => {
  const now = new Date('2026-11-22T12:00:00Z')

  it('counts backwards and forwards', () => {
    expect(format.relative('2026-11-22T11:59:30Z', now)).toBe('now')
    expect(format.relative('2026-11-22T11:20:00Z', now)).toBe('40 min ago')
    expect(format.relative('2026-11-20T11:00:00Z', now)).toBe('2 d ago')
    expect(format.relative('2026-10-30T11:00:00Z', now)).toBe('3 wk ago')
    expect(format.relative('2023-10-30T11:00:00Z', now)).toBe('3 y ago')
    expect(format.relative('2026-12-12T13:00:00Z', now)).toBe('in 2 wk')
  })

  it('is empty for a time that is missing or unreadable', () => {
    expect(format.relative(null, now)).toBe('')
    expect(format.relative('yesterday', now)).toBe('')
    expect(format.exactTime('yesterday')).toBe('')
  })

  it('writes durations and clocks', () => {
    expect(format.duration(6.4)).toBe('6 s')
    expect(format.duration(75)).toBe('1 min')
    expect(format.duration(7500)).toBe('2 h 5 min')
    expect(format.clock(272)).toBe('4:32')
    expect(format.clock(-1)).toBe('0:00')
  })
})

describe('digests', () => {
  it('shows four digits in a cell and both ends elsewhere', () => {
    const digest = `sha256.a3f9${'0'.repeat(56)}5c07`
    expect(format.shortDigest(digest)).toBe('a3f9')
    const short = format.middle(digest, 20)
    expect(short).toHaveLength(20)
    expect(short.startsWith('sha256.a3f9')).toBe(true)
    expect(short.endsWith('5c07')).toBe(true)
    expect(format.middle('short', 20)).toBe('short')
  })
})
