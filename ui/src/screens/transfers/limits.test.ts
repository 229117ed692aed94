/** The speed limit: always in sight, changed at once, and a report for somebody who helps. */
import { screen, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import type { SettingsView } from '../../contract/generated'
import { app } from '../../host/demo/servers'
import { uiError, type Script } from '../../host/fake'
import { openWindow, settled } from '../../test/window'

const MIB = 1024 ** 2
const OFFICE = { from: 8 * 60, until: 18 * 60 }

const open = (settings: Partial<SettingsView> = {}, script: Script = {}) =>
  openWindow({
    route: { name: 'transfers' },
    app: { settings: { ...app.settings, ...settings } },
    script: { transfer_copy_report: () => ({}), ...script },
  })
const main = () => within(screen.getByRole('main'))
const strip = () => within(screen.getByRole('contentinfo'))

describe('the button of the limit', () => {
  it('says what counts now, and until when', async () => {
    const cases: [Partial<SettingsView>, string][] = [
      [{}, 'No limit'],
      [{ limits: { up: 5 * MIB, down: 5 * MIB, hours: null }, limitedNow: true }, 'Limited to 5 MiB/s'],
      [
        { limits: { up: 1.5 * MIB, down: 5 * MIB, hours: null }, limitedNow: true },
        'Limited to ↑ 1.5 MiB/s, ↓ 5 MiB/s',
      ],
      [
        { limits: { up: 1 * MIB, down: null, hours: OFFICE }, limitedNow: true },
        'Limited to ↑ 1 MiB/s until 18:00',
      ],
      [{ limits: { up: 1 * MIB, down: null, hours: OFFICE }, limitedNow: false }, 'No limit until 08:00'],
    ]
    for (const [settings, said] of cases) {
      const { unmount } = await open(settings)
      expect(main().getByRole('button', { name: `Speed limit: ${said}` }).textContent).toBe(said)
      unmount()
    }
  })

  it('stands in the strip too, while a limit counts', async () => {
    const { host } = await open()
    expect(strip().queryByRole('button', { name: /^Speed limit/ })).toBeNull()
    const limits = { up: MIB, down: MIB, hours: null }
    host.send({ kind: 'settings', settings: { ...app.settings, limits, limitedNow: true } })
    await settled()
    expect(strip().getByRole('button', { name: 'Speed limit: Limited to 1 MiB/s' })).toBeTruthy()
  })

  it('changes the limit of both directions at once and keeps the hours', async () => {
    const limits = { up: MIB, down: MIB, hours: OFFICE }
    const { host, user } = await open({ limits, limitedNow: true })
    await user.click(main().getByRole('button', { name: /^Speed limit/ }))
    const menu = within(screen.getByRole('menu', { name: 'Speed limit' }))
    expect(menu.getAllByRole('menuitemradio').map((one) => one.textContent?.trim())).toEqual([
      'No limit',
      '1 MiB/s',
      '5 MiB/s',
      '10 MiB/s',
      '50 MiB/s',
      'Custom…',
    ])
    expect(document.activeElement).toBe(menu.getByRole('menuitemradio', { name: '1 MiB/s', checked: true }))
    await user.keyboard('{ArrowDown}{Enter}')
    await settled()
    expect(host.asked('settings_set')).toEqual([{ limits: { up: 5 * MIB, down: 5 * MIB, hours: OFFICE } }])
    await user.click(main().getByRole('button', { name: /^Speed limit/ }))
    await user.click(screen.getByRole('menuitemradio', { name: 'No limit' }))
    await settled()
    expect(host.asked('settings_set')[1]).toEqual({ limits: { up: null, down: null, hours: OFFICE } })
  })
})

describe('the sheet of the limit', () => {
  async function custom(settings: Partial<SettingsView> = {}, script: Script = {}) {
    const opened = await open(settings, script)
    await opened.user.click(main().getByRole('button', { name: /^Speed limit/ }))
    await opened.user.click(screen.getByRole('menuitemradio', { name: 'Custom…' }))
    const sheet = within(screen.getByRole('dialog', { name: 'Speed limit' }))
    return { ...opened, sheet }
  }

  it('takes a limit for each direction, and hours', async () => {
    const { host, user, sheet } = await custom()
    await user.type(sheet.getByRole('textbox', { name: 'Uploads, MiB/s' }), '0.5')
    await user.click(sheet.getByRole('button', { name: 'Between two times' }))
    const from = sheet.getByRole('textbox', { name: 'From' })
    await user.clear(from)
    await user.type(from, '22:00')
    expect(sheet.getByText('The next morning.')).toBeTruthy()
    await user.click(sheet.getByRole('button', { name: 'Set limit' }))
    await settled()
    expect(host.asked('settings_set')).toEqual([
      { limits: { up: 0.5 * MIB, down: null, hours: { from: 22 * 60, until: 18 * 60 } } },
    ])
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('begins with what was chosen, and says what cannot be used', async () => {
    const limits = { up: 1.5 * MIB, down: 10 * MIB, hours: OFFICE }
    const { host, user, sheet } = await custom({ limits, limitedNow: true })
    const field = (name: string) => sheet.getByRole<HTMLInputElement>('textbox', { name })
    expect(['Uploads, MiB/s', 'Downloads, MiB/s', 'From', 'Until'].map((name) => field(name).value)).toEqual([
      '1.5',
      '10',
      '08:00',
      '18:00',
    ])
    const set = sheet.getByRole('button', { name: 'Set limit' })
    for (const [name, text, said] of [
      ['Uploads, MiB/s', '0', 'A number such as 5 or 0.5, and at least 0.02.'],
      ['From', '25:00', 'A time such as 08:00.'],
      ['Until', '08:00', 'Two different times.'],
    ] as const) {
      const before = field(name).value
      await user.clear(field(name))
      await user.type(field(name), text)
      expect(sheet.getByText(said)).toBeTruthy()
      expect(set).toHaveProperty('disabled', true)
      await user.clear(field(name))
      await user.type(field(name), before)
    }
    expect(set).toHaveProperty('disabled', false)
    expect(host.asked('settings_set')).toEqual([])
  })

  it('stays open and says why when the limit could not be kept', async () => {
    const { user, sheet } = await custom(
      {},
      { settings_set: () => Promise.reject(uiError('storage_failed')) },
    )
    await user.type(sheet.getByRole('textbox', { name: 'Downloads, MiB/s' }), '5')
    await user.click(sheet.getByRole('button', { name: 'Set limit' }))
    await settled()
    expect(sheet.getByRole('article')).toBeTruthy()
  })
})

describe('the settings of transfers', () => {
  it('tell the limit, and keep switches', async () => {
    const limits = { up: 5 * MIB, down: 5 * MIB, hours: OFFICE }
    const { host, sifter, user } = await open({ limits, limitedNow: true })
    sifter.navigation.go({ name: 'settings' })
    await settled()
    expect(main().getByText('5 MiB/s, 08:00 to 18:00')).toBeTruthy()
    await user.click(main().getByRole('switch', { name: 'Stay awake while something moves' }))
    await user.click(main().getByRole('switch', { name: 'Tell me when transfers end' }))
    await settled()
    expect(host.asked('settings_set')).toEqual([{ keepAwake: false }, { notifications: false }])
    await user.click(main().getByRole('button', { name: 'Change…' }))
    expect(screen.getByRole('dialog', { name: 'Speed limit' })).toBeTruthy()
  })
})

describe('a report', () => {
  it('is copied of a transfer that stopped, with what the window says about it', async () => {
    const { host, user } = await open()
    await user.click(screen.getByRole('button', { name: 'Copy report: fsl_6.0.7.sif' }))
    await settled()
    const [asked] = host.asked('transfer_copy_report')
    expect(asked).toMatchObject({ transferId: 't6' })
    expect((asked as { said: string }).said).toMatch(/^Not enough space on Sylabs Cloud\. /)
    expect(screen.getByText('Report copied. It holds no password and no folder.')).toBeTruthy()
  })

  it('is copied of a transfer that has ended, once it is chosen', async () => {
    const { host, user } = await open()
    expect(screen.queryByRole('button', { name: 'Copy report: minimap2_2.28.sif' })).toBeNull()
    await user.click(screen.getByRole('button', { name: 'minimap2_2.28.sif', pressed: false }))
    await user.click(screen.getByRole('button', { name: 'Copy report: minimap2_2.28.sif' }))
    await settled()
    expect(host.asked('transfer_copy_report')).toMatchObject([{ transferId: 't7' }])
  })
})
