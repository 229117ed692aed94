/** What can be typed as a limit, and what cannot. */
import { describe, expect, it } from 'vitest'

import { both, parseRate, parseTime, SLOWEST, typedRate } from './limits'

const MIB = 1024 ** 2

describe('a typed limit', () => {
  it('is MiB a second, with a point or a comma', () => {
    expect(['5', ' 0.5 ', '1,5', '.25', ''].map(parseRate)).toEqual([
      5 * MIB,
      0.5 * MIB,
      1.5 * MIB,
      0.25 * MIB,
      null,
    ])
  })

  it('is nothing else, and not so slow that nothing arrives', () => {
    for (const text of ['-1', '0', '0.001', 'fast', '1e3', '5 MB', '1.2.3', '9999999', ',']) {
      expect(parseRate(text), text).toBeUndefined()
    }
    expect(parseRate('0.02')).toBeGreaterThanOrEqual(SLOWEST)
  })

  it('comes back as it was typed', () => {
    for (const text of ['5', '0.5', '0.02', '']) expect(typedRate(parseRate(text) ?? null)).toBe(text)
  })
})

describe('a typed time', () => {
  it('is hours and minutes of one day', () => {
    expect(['08:00', '8:05', '23.59', ' 00:00 '].map(parseTime)).toEqual([480, 485, 1439, 0])
    for (const text of ['', '8', '24:00', '12:60', '8:5', '-1:00', 'noon']) {
      expect(parseTime(text), text).toBeUndefined()
    }
  })
})

describe('the limit of both directions', () => {
  it('is known only when they have the same', () => {
    expect(both({ up: null, down: null, hours: null })).toBeNull()
    expect(both({ up: 5, down: 5, hours: null })).toBe(5)
    expect(both({ up: 5, down: null, hours: null })).toBeUndefined()
  })
})
