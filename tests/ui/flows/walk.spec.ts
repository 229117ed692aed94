/** One walk through everything that has to do with tokens; after each step, all traces are searched (A32). */
import { mkdir, readFile, writeFile } from 'node:fs/promises'

import type { Page } from '@playwright/test'

import { expect, test } from '../support/flow'
import { IdentityProvider } from '../support/provider'
import { Recorder } from '../support/recorder'
import { downloadName, samples } from '../support/samples'
import { forms, Traces } from '../support/traces'

/** A credential helper that notes how it was called, and answers with a token. */
const helper = (token: string, note: string) => `#!/bin/sh
tr '\\0' ' ' < /proc/$$/cmdline >> '${note}'
env >> '${note}'
read -r server
printf '{"ServerURL":"%s","Username":"<token>","Secret":"${token}"}' "$server"
`

/** Lets the visitor of the provider in on a page of the library. */
async function letIn(browser: Page): Promise<void> {
  await expect(browser.getByText('You are signed in with Campus as Jane Doe')).toBeVisible()
  await browser.getByRole('button', { name: 'Continue as jane' }).click()
}

test('a32 no token is anywhere but where the person put it, whatever was done with it', async ({
  app,
  bridge,
  context,
  page,
  startLibrary,
}) => {
  test.setTimeout(180_000)
  const provider = await IdentityProvider.start()
  const library = await startLibrary('grace', undefined, provider.settings)
  const recorder = await Recorder.start(library.port)
  const other = await startLibrary('henry')
  const traces = new Traces(bridge, page, context)
  const browser = await (await context.browser()?.newContext())?.newPage()
  if (!browser) throw new Error('no second browser')
  const secrets = () => new Map([...recorder.secrets, ...known])
  /** Those that did not pass the recorder. */
  const known = new Map<string, string>()
  const allowed: string[] = []
  const nothingIsFound = async (after: string) => {
    const found = await traces.search(secrets(), allowed)
    expect(found, `after ${after}`).toEqual([])
  }
  const shows = async () => {
    await app.goToServer(server.host)
  }

  await bridge.call('settings_set', { welcomeDone: true })
  const server = await bridge.call('server_connect', { address: recorder.url, allowHttp: false })
  await app.open()

  // In the browser.
  await shows()
  await app.button('Sign in').click()
  await app.button('Sign in with Campus').click()
  const link = await bridge.openedPage()
  await browser.goto(link)
  await letIn(browser)
  await expect(app.toast(`Signed in to ${server.name} as Jane Doe`)).toBeVisible()
  for (const kind of ['code', 'code_verifier', 'access_token', 'refresh_token']) {
    expect(recorder.of(kind).length, `a ${kind} was seen`).toBeGreaterThan(0)
  }
  await nothingIsFound('a sign-in in the browser')

  // With a code on another device: the same person again.
  await shows()
  await app.button('Sign in again').click()
  await app.button('Use a code on another device').click()
  await app.button('Copy code').click()
  await expect.poll(async () => (await bridge.deeds()).copied.at(-1)).toMatch(/^[A-Z]{4}-[A-Z]{4}$/)
  await browser.goto(`${recorder.url}/device`)
  await browser.getByLabel('Code').fill((await bridge.deeds()).copied.at(-1) ?? '')
  await browser.getByRole('button', { name: 'Continue' }).click()
  await browser.getByRole('link', { name: 'Continue with Campus' }).click()
  await letIn(browser)
  await expect(app.toast(`Signed in to ${server.name} as Jane Doe`).last()).toBeVisible()
  expect(recorder.of('device_code').length).toBeGreaterThan(0)
  await nothingIsFound('a sign-in by a code')

  // A token is made, and handed to the command line.
  await shows()
  await app.button('New token…').click()
  await app.sheet.getByRole('textbox', { name: 'Name' }).fill('cluster')
  await app.sheet.getByRole('button', { name: 'Create token' }).click()
  await app.sheet.getByRole('button', { name: 'Copy token' }).click()
  await expect(app.toast('Token copied. The clipboard is cleared in a minute.')).toBeVisible()
  known.set((await bridge.deeds()).copied.at(-1) ?? '', 'made token')
  await nothingIsFound('a token was made')
  await app.sheet.getByRole('button', { name: 'Done' }).click()
  await app.button('Use on the command line…').click()
  await app.sheet.getByRole('button', { name: 'Set up singularity' }).click()
  await expect(app.sheet).toHaveAccessibleName('singularity can use this account now')
  await app.sheet.getByRole('button', { name: 'Close' }).last().click()
  const handed = /^ +Token: (\S+)$/m.exec(
    await readFile(bridge.at('singularity', 'remote.yaml'), 'utf8'),
  )?.[1]
  known.set(handed ?? '', 'handed token')
  const everywhere = await traces.search(secrets(), allowed)
  expect(everywhere, 'the search finds what is there').toEqual([
    expect.stringMatching(/^a .*token \(as it is\) in singularity\/remote\.yaml$/),
  ])
  allowed.push('singularity/remote.yaml')
  await nothingIsFound('the command line got a token')

  // An image goes up and comes down again.
  const sheet = await app.choose(samples.hello)
  await sheet.getByRole('button', { name: /^Upload/ }).click()
  await expect(app.toast('Uploaded hello-world:latest')).toBeVisible()
  await nothingIsFound('an upload')
  await app.browse(server.name, 'jane', 'default', 'hello-world')
  await app.button(/^Download /).click()
  await expect(app.toast(`Downloaded ${downloadName('hello-world_latest')}, digest verified`)).toBeVisible()
  await nothingIsFound('a download')

  // A token that the person pastes.
  const henry = await bridge.call('server_connect', { address: other.url, allowHttp: false })
  const pasted = other.token()
  known.set(pasted, 'pasted token')
  await app.signInWithToken(henry.host, pasted)
  await expect(app.toast(`Signed in to ${henry.name} as henry`)).toBeVisible()
  await nothingIsFound('a token was pasted')

  // Accounts of the command lines: one in a file, one that a program has to be asked for.
  const third = await startLibrary('iris')
  const fourth = await startLibrary('judy')
  const [inFile, inProgram] = [third.token(), fourth.token()]
  known.set(inFile, 'token of a file').set(inProgram, 'token of a program')
  await mkdir(bridge.at('apptainer'), { mode: 0o700 })
  const remotes = `Remotes:\n  iris:\n    URI: '${new URL(third.url).host}'\n    Insecure: true\n    Token: ${inFile}\n`
  await writeFile(bridge.at('apptainer', 'remote.yaml'), remotes, { mode: 0o600 })
  allowed.push('apptainer/remote.yaml')
  await mkdir(bridge.at('docker'), { mode: 0o700 })
  const helpers = { credHelpers: { [new URL(fourth.url).host]: 'walk' } }
  await writeFile(bridge.at('docker', 'config.json'), JSON.stringify(helpers))
  await mkdir(bridge.at('bin'), { mode: 0o700 })
  const script = helper(inProgram, bridge.at('helper-was-called-with'))
  await writeFile(bridge.at('bin', 'docker-credential-walk'), script, { mode: 0o700 })
  allowed.push('bin/docker-credential-walk')
  await app.go('Accounts')
  await app.button('Import…').click()
  for (const { url } of [third, fourth]) {
    await app.sheet.getByRole('button', { name: `Import ${new URL(url).host}` }).click()
  }
  await expect(app.sheet.getByText('Imported')).toBeVisible()
  // Registries are asked over https only, and this one speaks none. Its password had been fetched by then.
  await expect(app.sheet.getByText(/does not answer/)).toBeVisible()
  await app.sheet.getByRole('button', { name: 'Close' }).last().click()
  expect(await readFile(bridge.at('helper-was-called-with'), 'utf8')).toContain('docker-credential-walk get')
  await nothingIsFound('accounts were imported')

  // Every place is looked at, and everybody signs out.
  for (const place of ['Home', 'Transfers', 'On this computer', server.name, henry.name, 'Settings']) {
    await app.go(place)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await nothingIsFound(`a look at ${place}`)
  }
  await shows()
  await app.button('Sign out…').click()
  await app.sheet.getByRole('button', { name: 'Sign out' }).click()
  await expect(app.toast(`Signed out of ${server.name}`)).toBeVisible()
  await nothingIsFound('a sign-out')

  expect(traces.hears('jane'), 'the search sees what passes').toBe(true)
  const addresses = recorder.addresses.join('\n')
  for (const [secret, kind] of secrets()) {
    // The browser brings codes by addresses. They are spent once they are used.
    if (kind === 'code') continue
    for (const { name, text } of forms(secret)) {
      expect(addresses.includes(text), `a ${kind} (${name}) in an address`).toBe(false)
    }
  }
  traces.stop()
  await recorder.stop()
  await provider.stop()
})
