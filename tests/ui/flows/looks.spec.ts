import { expect, test } from '../support/flow'
import { look, lookAt, LOOKS } from '../support/look'
import { closeToasts, furnish, tidy, views } from '../support/screens'

/** Every screen is also looked at at twice its size. */
const looks = [
  ...LOOKS.map((one) => ({ ...one, deviceScaleFactor: 1 })),
  { name: 'zoomed', colorScheme: 'dark', viewport: { width: 590, height: 380 }, deviceScaleFactor: 2 },
] as const

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
          await lookAt(app.page, view.name, how)
          await tidy(app, view.name)
        })
      }
    })

    test('the first pages are in order and accessible', async ({ app, bridge, page }) => {
      await app.open()
      await expect(app.heading('What would you like to do first?')).toBeVisible()
      await lookAt(page, 'welcome', how)
      await app.button('Just look around').click()
      await lookAt(page, 'home-empty', how)
      await app.go('Transfers')
      await lookAt(page, 'transfers-empty', how)
      await app.go('On this computer')
      await lookAt(page, 'computer-empty', how)
      await app.go('This computer')
      await lookAt(page, 'server-off', how)
      await bridge.signIn()
      await app.browse('This computer', 'ada')
      await expect(page.getByText('No images here yet.')).toBeVisible()
      await lookAt(page, 'entity-empty', how)
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
  await look(page, 'browser-sign-in')
  await page.getByRole('button', { name: 'Continue as ada' }).click()
  await expect(page.getByRole('heading', { name: 'You’re signed in' })).toBeVisible()
  await look(page, 'browser-signed-in')
})
