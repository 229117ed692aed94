import { describe, expect, it } from 'vitest'

import { area, axisEnd, HEIGHT, line, WIDTH } from './graph'

const MIB = 1024 ** 2

describe('the speed graph', () => {
  it('ends its axis on a round number above the peak', () => {
    expect(axisEnd(31.2 * MIB)).toMatchObject({ full: '40', half: '20', unit: 'MiB/s', top: 40 * MIB })
    expect(axisEnd(90 * MIB)).toMatchObject({ full: '100', half: '50' })
    expect(axisEnd(300 * 1024)).toMatchObject({ full: '400', unit: 'KiB/s' })
    expect(axisEnd(0)).toMatchObject({ full: '1', unit: 'KiB/s' })
  })

  it('draws rest at the bottom and the peak at the top of the box', () => {
    expect(line([0, 0], 100)).toBe(`M0 91C450 91 450 91 ${WIDTH} 91`)
    expect(line([100, 100], 100)).toContain(`${WIDTH} 6`)
    expect(area([0, 100], 100).endsWith(`V${HEIGHT}H0Z`)).toBe(true)
  })

  it('never leaves the box', () => {
    expect(line([500, 500], 100)).toBe(line([100, 100], 100))
  })
})
