import { readFile } from 'node:fs/promises'

import { expect, test } from '../support/flow'
import type { Library } from '../support/library'
import { samples } from '../support/samples'
import type { Window } from '../support/window'

const FILE = 'genome_2026.sif'
const KIB = 1024

/** A window with an upload of 40 MiB under way. */
async function uploading(app: Window, library: Library): Promise<void> {
  await app.bridge.connectAs(library)
  await app.open()
  const sheet = await app.choose(samples.large)
  await sheet.getByRole('button', { name: /^Upload 40\.\d MiB$/ }).click()
  await app.go('Transfers')
  await expect(app.job(FILE)).toBeVisible()
}

const limitButton = (app: Window) => app.page.getByRole('main').getByRole('button', { name: /^Speed limit/ })

/** "HH:MM" so many hours from now, by the clock of this computer. */
function hoursFromNow(hours: number): string {
  const time = new Date(Date.now() + hours * 60 * 60 * 1000)
  return [time.getHours(), time.getMinutes()].map((n) => String(n).padStart(2, '0')).join(':')
}

test('a limit holds while bytes move, is seen everywhere, and is lifted at once', async ({
  app,
  bridge,
  page,
  startLibrary,
}) => {
  const library = await startLibrary()
  // So slow that 40 MiB would take half an hour.
  await bridge.call('settings_set', { limits: { up: 20 * KIB, down: null, hours: null } })
  await uploading(app, library)
  const limited = 'Speed limit: Limited to ↑ 20 KiB/s'
  await expect(limitButton(app)).toHaveAccessibleName(limited)
  await expect(app.status.getByRole('button', { name: limited })).toBeVisible()
  const speed = async () => (await bridge.transfers()).speedUp
  await expect.poll(speed).toBeGreaterThan(0)
  await expect.poll(speed).toBeLessThan(64 * KIB)
  await expect(app.job(FILE)).toContainText('Uploading, ')

  await app.go('Home')
  await app.status.getByRole('button', { name: limited }).click()
  await page.getByRole('menuitemradio', { name: 'No limit' }).click()
  await expect(app.status.getByRole('button', { name: /^Speed limit/ })).toBeHidden()
  await app.go('Transfers')
  await expect(limitButton(app)).toHaveAccessibleName('Speed limit: No limit')
  await expect(app.job(FILE)).toContainText('Arrived')
})

test('a limit of one’s own has hours, and is there after a reload', async ({ app, bridge, page }) => {
  await bridge.call('settings_set', { welcomeDone: true })
  await app.open()
  await app.go('Transfers')
  await limitButton(app).click()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await expect(app.sheet).toHaveAccessibleName('Speed limit')
  const field = (name: string) => app.sheet.getByRole('textbox', { name })
  await expect(field('Uploads, MiB/s')).toBeFocused()
  await page.keyboard.type('0')
  await expect(app.sheet).toContainText('A number such as 5 or 0.5')
  await expect(app.sheet.getByRole('button', { name: 'Set limit' })).toBeDisabled()
  await field('Uploads, MiB/s').fill('0,5')
  await field('Downloads, MiB/s').fill('5')
  await app.sheet.getByRole('button', { name: 'Between two times' }).click()
  const [from, until] = [hoursFromNow(2), hoursFromNow(3)]
  await field('From').fill(from)
  await field('Until').fill(until)
  await page.keyboard.press('Enter')
  await expect(app.sheet).toBeHidden()
  await expect(limitButton(app)).toHaveAccessibleName(`Speed limit: No limit until ${from}`)
  const file = await readFile(bridge.at('config', 'settings.toml'), 'utf8')
  expect(file).toContain('upload_limit = 512')
  expect(file).toContain('download_limit = 5120')
  expect(file).toContain(`limit_hours = "${from}-${until}"`)

  await app.reload()
  await app.go('Settings')
  const told = `↑ 512 KiB/s, ↓ 5 MiB/s, ${from} to ${until}`
  await expect(page.getByText(told)).toBeVisible()
  await app.button('Change…').click()
  await field('From').fill(hoursFromNow(-1))
  await app.sheet.getByRole('button', { name: 'Set limit' }).click()
  const now = `Speed limit: Limited to ↑ 512 KiB/s, ↓ 5 MiB/s until ${until}`
  await expect(app.status.getByRole('button', { name: now })).toBeVisible()
})

test('the computer is kept awake while something moves, unless that is not wanted', async ({
  app,
  bridge,
  page,
  startLibrary,
}) => {
  const library = await startLibrary()
  await bridge.call('settings_set', { limits: { up: 20 * KIB, down: null, hours: null } })
  await uploading(app, library)
  const awake = async () => (await bridge.deeds()).awake
  await expect.poll(awake).toBe(true)
  await app.button(`Pause: ${FILE}`).click()
  await expect.poll(awake).toBe(false)
  await app.button(`Resume: ${FILE}`).click()
  await expect.poll(awake).toBe(true)
  await app.go('Settings')
  const stay = page.getByRole('switch', { name: 'Stay awake while something moves' })
  await stay.click()
  await expect.poll(awake).toBe(false)
  await page.getByRole('switch', { name: 'Tell me when transfers end' }).click()
  await app.reload()
  await app.go('Settings')
  await expect(stay).not.toBeChecked()
  await expect(page.getByRole('switch', { name: 'Tell me when transfers end' })).not.toBeChecked()
  expect((await bridge.deeds()).progress.at(0)).toMatch(/^Moving/)
})

test('a batch that ends elsewhere is told once', async ({ app, bridge, startLibrary }) => {
  const library = await startLibrary()
  const id = await bridge.connectAs(library)
  await app.open()
  await bridge.publish(samples.older, 'grace/default/samtools', ['1.21'], id)
  await bridge.publish(samples.hello, 'grace/default/hello', ['1'], id)
  const notices = async () => (await bridge.deeds()).notices
  await expect.poll(notices).toHaveLength(1)
  expect((await notices())[0]).toContain('uploads: 2')
})
