import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from '../support/flow'
import { accessibility, layout } from '../support/inspect'
import { root } from '../support/programs'
import { closeToasts, furnish, tidy, views } from '../support/screens'
import type { Window } from '../support/window'

const pictures = join(root, 'target/flows')

/** The ways in which every screen is looked at. */
const looks = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1180, height: 760 }, deviceScaleFactor: 1 },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1180, height: 760 }, deviceScaleFactor: 1 },
  { name: 'smallest', colorScheme: 'light', viewport: { width: 720, height: 480 }, deviceScaleFactor: 1 },
  { name: 'zoomed', colorScheme: 'dark', viewport: { width: 590, height: 380 }, deviceScaleFactor: 2 },
] as const

async function look(app: Window, name: string, how: string): Promise<void> {
  mkdirSync(join(pictures, how), { recursive: true })
  await app.page.screenshot({ path: join(pictures, how, `${name}.png`) })
  expect.soft(await layout(app.page), `the layout of ${name}, ${how}`).toEqual([])
  expect.soft(await accessibility(app.page), `axe on ${name}, ${how}`).toEqual([])
}

for (const { name: how, colorScheme, viewport, deviceScaleFactor } of looks) {
  test.describe(how, () => {
    test.use({ colorScheme, viewport, deviceScaleFactor })

    test('every screen is in order and accessible', async ({ app, bridge, startLibrary, startRelay }) => {
      test.setTimeout(150_000)
      const library = await startLibrary('grace', 512 << 20)
      const world = await furnish(bridge, library, await startRelay(library))
      await app.open()
      for (const view of views) {
        await test.step(view.name, async () => {
          await view.show(app, world)
          await closeToasts(app)
          await look(app, view.name, how)
          await tidy(app, view.name)
        })
      }
    })

    test('the first pages are in order and accessible', async ({ app, bridge, page }) => {
      await app.open()
      await expect(app.heading('What would you like to do first?')).toBeVisible()
      await look(app, 'welcome', how)
      await app.button('Just look around').click()
      await look(app, 'home-empty', how)
      await app.go('Transfers')
      await look(app, 'transfers-empty', how)
      await app.go('On this computer')
      await look(app, 'computer-empty', how)
      await app.go('This computer')
      await look(app, 'server-off', how)
      await bridge.signIn()
      await app.browse('This computer', 'ada')
      await expect(page.getByText('No images here yet.')).toBeVisible()
      await look(app, 'entity-empty', how)
    })
  })
}

test('the pages of sign-in in the browser are accessible', async ({ app, bridge, context }) => {
  await bridge.call('server_start_local', {})
  await app.open()
  await app.go('Accounts')
  await app.button('Sign in').click()
  await app.button('Continue in the browser').click()
  await expect(app.heading('Waiting for your browser…')).toBeVisible()
  const page = await context.newPage()
  await page.goto(await bridge.openedPage())
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: join(pictures, colorScheme, 'browser-sign-in.png') })
    expect.soft(await accessibility(page), `sign in, ${colorScheme}`).toEqual([])
  }
  await page.getByRole('button', { name: 'Continue as ada' }).click()
  await expect(page.getByRole('heading', { name: 'You’re signed in' })).toBeVisible()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: join(pictures, colorScheme, 'browser-signed-in.png') })
    expect.soft(await accessibility(page), `signed in, ${colorScheme}`).toEqual([])
  }
})
