import { expect, test } from '../support/flow'
import { samples } from '../support/samples'
import type { Window } from '../support/window'

/** What moves in the window while a sign-in waits and a sheet opens. */
async function moving(app: Window): Promise<number> {
  await app.bridge.call('server_start_local', {})
  await app.open()
  await app.go('Accounts')
  await app.button('Sign in').click()
  await app.button('Continue in the browser').click()
  await expect(app.heading('Waiting for your browser…')).toBeVisible()
  await app.choose(samples.hello)
  return await app.page.evaluate(() => document.getAnimations().length)
}

test.describe('for somebody who asked for less motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } })
  test('nothing moves', async ({ app }) => {
    expect(await moving(app)).toBe(0)
  })
})

test.describe('for everybody else', () => {
  test.use({ contextOptions: { reducedMotion: 'no-preference' } })
  test('the sieve does', async ({ app }) => {
    expect(await moving(app)).toBeGreaterThan(0)
  })
})
