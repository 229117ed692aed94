import { expect, test } from '../support/flow'
import type { Window } from '../support/window'

/** From the account's page to the one that waits for the browser. */
async function beginSignIn(app: Window): Promise<string> {
  await app.bridge.call('server_start_local', {})
  await app.open()
  await app.go('Accounts')
  await app.button('Sign in').click()
  await expect(app.heading('Sign in to This computer')).toBeVisible()
  await app.button('Continue in the browser').click()
  await expect(app.heading('Waiting for your browser…')).toBeVisible()
  const link = await app.bridge.openedPage()
  expect((await app.bridge.deeds()).opened).toEqual([link])
  return link
}

test.describe('signing in through the browser', () => {
  test('ends with the account shown in the window', async ({ app, context, page }) => {
    const link = await beginSignIn(app)

    const browser = await context.newPage()
    await browser.goto(link)
    await expect(browser.getByRole('heading', { level: 1 })).toHaveText(
      'Sign in to the library on this computer',
    )
    await browser.getByRole('button', { name: 'Continue as ada' }).click()
    await expect(browser.getByRole('heading', { name: 'You’re signed in' })).toBeVisible()
    expect(new URL(browser.url()).hostname).toBe('127.0.0.1')

    await expect(app.toast('Signed in to This computer as ada')).toBeVisible()
    await expect(page.getByRole('heading', { level: 1, name: 'This computer' })).toBeVisible()
    await app.go('Accounts')
    await expect(page.getByRole('option', { name: /This computer/ })).toContainText('ada')
    await expect(page.getByText(/signed in as ada through the browser/)).toBeVisible()
    await expect(app.place('This computer')).toContainText('· ada')

    await app.reload()
    await expect(app.place('This computer')).toContainText('· ada')
  })

  test('can be opened again and its link copied while it waits', async ({ app, bridge, page }) => {
    const link = await beginSignIn(app)
    await expect(page.getByText(/^The link works for \d:\d\d more$/)).toBeVisible()
    await app.button('Open again').click()
    await expect.poll(async () => (await bridge.deeds()).opened).toEqual([link, link])
    await app.button('Copy link').click()
    await expect(app.toast('Link copied')).toBeVisible()
    await expect.poll(() => app.copied()).toBe(link)
  })

  test('can be cancelled, and nobody is signed in', async ({ app, bridge, context, page }) => {
    const link = await beginSignIn(app)
    await app.button('Cancel').click()
    await expect(page.getByRole('heading', { level: 1, name: 'Accounts' })).toBeVisible()
    await expect(page.getByRole('option', { name: /This computer/ })).toContainText('signed out')

    // The link leads no further: its page offers nothing any more.
    const browser = await context.newPage()
    await expect(async () => {
      await browser.goto(link)
      await expect(browser.getByRole('heading', { level: 1 })).toHaveText('This link works no more')
    }).toPass()
    await expect(browser.getByRole('button')).toHaveCount(0)
    const servers = await bridge.call('server_list', {})
    expect(servers[0]?.account ?? null).toBeNull()
  })

  test('says so in both places when it is declined, and can start again', async ({ app, context }) => {
    const link = await beginSignIn(app)
    const browser = await context.newPage()
    await browser.goto(link)
    await browser.getByRole('button', { name: 'Cancel' }).click()
    await expect(browser.getByRole('heading', { name: 'The sign-in was declined' })).toBeVisible()

    await expect(app.problem('The sign-in was declined')).toBeVisible()
    await app.button('Start again').click()
    await expect(app.heading('Waiting for your browser…')).toBeVisible()
  })

  test('goes on without a browser by the copied link', async ({ app, bridge, context, page }) => {
    await bridge.call('server_start_local', {})
    await bridge.setBrowserMissing(true)
    await app.open()
    await app.go('Accounts')
    await app.button('Sign in').click()
    await app.button('Continue in the browser').click()
    await expect(
      page.getByText('No browser could be opened. Copy the link and open it yourself.'),
    ).toBeVisible()
    await app.button('Copy link').click()
    await expect(app.toast('Link copied')).toBeVisible()

    const browser = await context.newPage()
    await browser.goto((await app.copied()) ?? '')
    await browser.getByRole('button', { name: 'Continue as ada' }).click()
    await expect(app.toast('Signed in to This computer as ada')).toBeVisible()
  })
})

test('signing out asks, revokes and forgets', async ({ app, bridge, page }) => {
  await bridge.signIn()
  await app.open()
  await app.go('Accounts')
  await app.button('Sign out…').click()
  await expect(app.sheet).toHaveAccessibleName('Sign out of This computer?')
  await app.sheet.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('option', { name: /This computer/ })).toContainText('ada')

  await app.button('Sign out…').click()
  await app.sheet.getByRole('button', { name: 'Sign out' }).click()
  await expect(app.toast('Signed out of This computer')).toBeVisible()
  await expect(page.getByRole('option', { name: /This computer/ })).toContainText('signed out')
  await expect(app.button('Sign out…')).toBeHidden()
})
