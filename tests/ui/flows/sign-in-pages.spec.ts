import { expect, test } from '../support/flow'
import { look } from '../support/look'
import { IdentityProvider } from '../support/provider'

/** A public client's request, as Sifter makes it. Nobody listens at its address: what comes there is read off. */
const request = new URLSearchParams({
  response_type: 'code',
  client_id: 'sifter-desktop',
  redirect_uri: 'http://127.0.0.1:9/callback',
  state: 'the-state',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
})

test.describe('a library with a provider, in a browser', () => {
  let provider: IdentityProvider

  test.beforeEach(async () => {
    provider = await IdentityProvider.start()
  })
  test.afterEach(async () => {
    await provider.stop()
  })

  test('lets a person choose the provider, consent, and go back to the app', async ({
    context,
    startLibrary,
  }) => {
    const library = await startLibrary('grace', undefined, provider.settings)
    const page = await context.newPage()
    await page.goto(`${library.url}/oauth/authorize?${request}`)
    await expect(page.getByRole('button')).toHaveCount(0)
    await look(page, 'browser-choice')

    await page.getByRole('link', { name: 'Continue with Campus' }).click()
    await expect(page.getByText('You are signed in with Campus as Jane Doe')).toBeVisible()
    await expect(page.getByText('will be called jane')).toBeVisible()
    expect(page.url()).not.toContain('code=')
    await look(page, 'browser-consent')

    const back = page.waitForRequest((sent) => sent.url().startsWith('http://127.0.0.1:9/callback'))
    await page.getByRole('button', { name: 'Continue as jane' }).click()
    const answer = new URL((await back).url()).searchParams
    expect(answer.get('state')).toBe('the-state')
    expect(answer.get('iss')).toBe(library.url)
    expect(answer.get('code')).toBeTruthy()
  })

  test('is signed in to by the button that the app has for the provider', async ({
    app,
    bridge,
    context,
    page,
    startLibrary,
  }) => {
    const library = await startLibrary('grace', undefined, provider.settings)
    const { name } = await bridge.call('server_connect', { address: library.url, allowHttp: false })
    await app.open()
    await app.goToServer(name)
    await app.button('Sign in').click()
    await app.button('Sign in with Campus').press('Enter')
    await expect(app.heading('Waiting for your browser…')).toBeVisible()
    await expect(page.getByText('Approve the request on Campus.')).toBeVisible()
    await look(page, 'sign-in-provider')

    // The provider lets its only visitor in at once: the browser is back at the library without a choice.
    const browser = await context.newPage()
    await browser.goto(await bridge.openedPage())
    await expect(browser.getByText('You are signed in with Campus as Jane Doe')).toBeVisible()
    await browser.getByRole('button', { name: 'Continue as jane' }).click()
    await expect(browser.getByRole('heading', { name: 'You’re signed in' })).toBeVisible()

    await expect(app.toast(`Signed in to ${name} as Jane Doe`)).toBeVisible()
    await app.goToServer(name)
    await expect(page.getByText(/signed in as .* through the browser/)).toBeVisible()
  })

  test('shows a device to whoever types its code, and lets it in', async ({ context, startLibrary }) => {
    const library = await startLibrary('grace', undefined, provider.settings)
    const client = { client_id: 'sifter-desktop' }
    const asked = await fetch(`${library.url}/oauth/device_authorization`, {
      method: 'POST',
      body: new URLSearchParams(client),
    })
    const device = (await asked.json()) as { device_code: string; user_code: string }

    const page = await context.newPage()
    await page.goto(`${library.url}/device`)
    await look(page, 'browser-device')
    await expect(page.getByLabel('Code')).toBeFocused()
    await page.keyboard.type('bbbb bbbb')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('alert')).toContainText('No device waits with this code')
    await look(page, 'browser-device-wrong')

    await page.getByLabel('Code').fill(device.user_code.toLowerCase())
    await page.getByRole('button', { name: 'Continue' }).click()
    await expect(page.getByRole('heading', { name: 'Is this your device?' })).toBeVisible()
    await expect(page.getByText(device.user_code)).toBeVisible()
    await page.getByText('I have a one-time ticket').click()
    await look(page, 'browser-device-confirm')

    await page.getByRole('link', { name: 'Continue with Campus' }).click()
    await expect(page.getByText('You are signed in with Campus as Jane Doe')).toBeVisible()
    await page.getByRole('button', { name: 'Continue as jane' }).click()
    await expect(page.getByRole('heading', { name: 'The device is signed in' })).toBeVisible()
    await look(page, 'browser-device-done')

    const grant = {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: device.device_code,
    }
    const tokens = await fetch(`${library.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ ...client, ...grant }),
    })
    expect(tokens.status).toBe(200)
  })
})
