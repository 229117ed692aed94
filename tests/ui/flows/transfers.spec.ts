import { copyFile, rm, symlink } from 'node:fs/promises'

import { expect, test } from '../support/flow'
import type { Library } from '../support/library'
import type { Relay } from '../support/relay'
import { downloadName, samples, sha256 } from '../support/samples'
import type { Window } from '../support/window'

/** More than the talk around an upload, less than the image. */
const IN_THE_MIDDLE = 20 << 20

const FILE = 'genome_2026.sif'

/** A window of somebody who uses the library of a team over a wire that can be held. */
async function overTheWire(app: Window, library: Library, relay: Relay): Promise<string> {
  const id = await app.bridge.connectAs(library, relay.url)
  await app.open()
  return id
}

/** Starts the upload of the large image from its sheet and stops the wire in the middle. */
async function uploadHeld(app: Window, relay: Relay, file: string = samples.large): Promise<void> {
  relay.hold('up', IN_THE_MIDDLE)
  const sheet = await app.choose(file)
  await sheet.getByRole('button', { name: /^Upload 40\.\d MiB$/ }).click()
  await app.go('Transfers')
  // With its amount: the word alone also names a phase to come.
  await expect(app.job(FILE)).toContainText(/Uploading, /)
}

test('an upload that moves survives another page and a reload, is paused, resumed, and arrives', async ({
  app,
  page,
  startLibrary,
  startRelay,
}) => {
  const library = await startLibrary()
  const relay = await startRelay(library)
  await overTheWire(app, library, relay)
  await uploadHeld(app, relay)
  const job = app.job(FILE)
  await job.getByRole('button', { name: FILE, exact: true }).click()
  const phases = job.getByRole('list', { name: 'Phases' })
  await expect(phases.getByRole('listitem')).toHaveText([
    /Hashing/,
    /Uploading/,
    /Server is processing/,
    /Checking/,
    /Done/,
  ])
  await expect(phases.locator('[aria-current="step"]')).toHaveText(/Uploading/)
  await expect(app.status).toContainText('1 up')
  await expect(app.place('Transfers')).toContainText('1↑')

  await app.go('Settings')
  await expect(app.status).toContainText('1 up')
  await app.go('Transfers')
  await expect(job).toContainText(/Uploading, /)
  await app.reload()
  await app.go('Transfers')
  await expect(job).toContainText(/Uploading, /)

  await app.button(`Pause: ${FILE}`).click()
  await expect(job).toContainText(/Paused at \d+ %/)
  await expect(app.heading('Up next')).toBeVisible()
  await app.reload()
  await app.go('Transfers')
  await expect(job).toContainText(/Paused at \d+ %/)

  relay.release()
  await app.button(`Resume: ${FILE}`).click()
  await expect(job).toContainText('Arrived')
  await expect(page.getByText('kept for 30 days')).toBeVisible()
  await expect(job).toContainText('Anyone with the link can get it')
  await app.reload()
  await app.go('Transfers')
  await expect(job).toContainText('Anyone with the link can get it')
})

test('an upload is cancelled, and its row is removed', async ({ app, page, startLibrary, startRelay }) => {
  const library = await startLibrary()
  const relay = await startRelay(library)
  await overTheWire(app, library, relay)
  await uploadHeld(app, relay)
  await app.button(`Cancel: ${FILE}`).click()
  await expect(app.job(FILE)).toContainText('Cancelled')
  await app.button(`Remove: ${FILE}`).click()
  await expect(page.getByText('Nothing is moving. Drop a file, or paste a library:// link.')).toBeVisible()
})

test('all is paused and resumed at once', async ({ app, startLibrary, startRelay }) => {
  const library = await startLibrary()
  const relay = await startRelay(library)
  await overTheWire(app, library, relay)
  await uploadHeld(app, relay)
  await app.button('Pause all').click()
  await expect(app.job(FILE)).toContainText(/Paused/)
  await expect(app.status).toContainText('Transfers are paused')
  relay.release()
  await app.button('Resume all').click()
  await expect(app.job(FILE)).toContainText('Arrived')
})

test('the keys pause, resume and cancel the chosen transfer', async ({
  app,
  page,
  startLibrary,
  startRelay,
}) => {
  const library = await startLibrary()
  const relay = await startRelay(library)
  await overTheWire(app, library, relay)
  await uploadHeld(app, relay)
  await app.job(FILE).getByRole('button', { name: FILE, exact: true }).click()
  await page.keyboard.press('Control+Shift+p')
  await expect(app.job(FILE)).toContainText(/Paused at/)
  await page.keyboard.press('Control+Shift+p')
  await expect(app.job(FILE)).toContainText(/Uploading, /)
  await page.keyboard.press('Control+.')
  await expect(app.job(FILE)).toContainText('Cancelled')
})

test('a download stands still, goes on where it was, and is whole', async ({
  app,
  bridge,
  startLibrary,
  startRelay,
}) => {
  const library = await startLibrary()
  const relay = await startRelay(library)
  const id = await overTheWire(app, library, relay)
  // Bytes that are on this computer already would not be fetched.
  const source = bridge.at(FILE)
  await copyFile(samples.large, source)
  await bridge.publish(source, 'grace/default/genome', ['2026'], id)
  await rm(source)
  relay.hold('down', IN_THE_MIDDLE)
  await bridge.call('download_start', {
    image: {
      serverId: id,
      path: { entity: 'grace', collection: 'default', container: 'genome' },
      tag: '2026',
      arch: 'amd64',
    },
    clash: 'ask',
  })
  await app.go('Transfers')
  const file = downloadName('genome_2026')
  const job = app.job(file).filter({ hasText: /Downloading|Paused|Digest verified/ })
  await expect(job).toContainText(/Downloading/)
  await expect(app.status).toContainText('1 down')
  await app.button(`Pause: ${file}`).click()
  await expect(job).toContainText(/Paused at/)
  relay.release()
  await app.button(`Resume: ${file}`).click()
  await expect(job).toContainText('Digest verified')
  expect(sha256(bridge.at('downloads', file))).toBe(sha256(samples.large))
})

test('what cannot go on says why, and goes on when asked', async ({
  app,
  bridge,
  page,
  startLibrary,
  startRelay,
}) => {
  const library = await startLibrary()
  const relay = await startRelay(library)
  await overTheWire(app, library, relay)
  const file = bridge.at(FILE)
  await copyFile(samples.large, file)
  await uploadHeld(app, relay, file)
  await app.button(`Pause: ${FILE}`).click()
  await expect(app.job(FILE)).toContainText(/Paused at/)
  await rm(file)
  relay.release()
  await app.button(`Resume: ${FILE}`).click()

  await expect(app.heading('Needs attention')).toBeVisible()
  const problem = page.getByRole('article', { name: `${FILE} is gone` })
  await expect(problem).toContainText('It was moved, renamed or deleted, or its drive is not connected.')
  await expect(app.status).toContainText('1 transfer needs attention')
  await expect(app.place('Transfers')).toContainText('1 !')
  await problem.getByRole('button', { name: 'Details' }).click()
  await problem.getByRole('button', { name: 'Copy details' }).click()
  await expect.poll(() => app.copied()).not.toBeUndefined()
  await app.button(`Copy report: ${FILE}`).click()
  await expect(app.toast('Report copied. It holds no password and no folder.')).toBeVisible()
  const report = (await app.copied()) ?? ''
  expect(report).toContain(`Upload: ${FILE}`)
  expect(report).toContain('Code: file_missing')
  expect(report).toContain(`What happened: ${FILE} is gone.`)
  expect(report).toMatch(/^Digest: sha256\.[0-9a-f]{64}$/m)
  expect(report).toMatch(/^Parts: \d+ of \d+ safe, \d+ sent again$/m)
  expect(report).not.toContain(bridge.home)
  expect(report).not.toContain(library.token())

  await copyFile(samples.large, file)
  await problem.getByRole('button', { name: 'Try again' }).click()
  await expect(app.job(FILE)).toContainText('Arrived')
})

test('what waits for its turn is moved up with keys and buttons', async ({
  app,
  bridge,
  page,
  startLibrary,
  startRelay,
}) => {
  const library = await startLibrary()
  const relay = await startRelay(library)
  const id = await overTheWire(app, library, relay)
  relay.hold('up', 0)
  // Three of them move at once; the others wait.
  for (const name of ['one', 'two', 'three', 'four', 'five']) {
    await symlink(samples.large, bridge.at(`${name}_1.sif`))
    await bridge.begin(bridge.at(`${name}_1.sif`), `grace/default/${name}`, ['1'], id)
  }
  await app.go('Transfers')
  const order = () => page.locator('article.thin .name').allTextContents()
  await expect.poll(order).toEqual(['four_1.sif', 'five_1.sif'])
  await expect(app.status).toContainText('3 up')
  const last = app.job('five_1.sif').getByRole('button', { name: 'five_1.sif', exact: true })
  await app.tabTo(last)
  await page.keyboard.press('Alt+ArrowUp')
  await expect.poll(order).toEqual(['five_1.sif', 'four_1.sif'])
  await expect(last).toBeFocused()
  await app.button('Move up: four_1.sif').click()
  await expect.poll(order).toEqual(['four_1.sif', 'five_1.sif'])
})

test('the history is searched and cleared', async ({ app, bridge, page }) => {
  await bridge.signIn()
  await bridge.publish(samples.older, 'ada/default/samtools', ['1.21'])
  await bridge.publish(samples.hello, 'ada/default/hello-world', ['latest'])
  await app.open()
  await app.go('Transfers')
  await expect(page.getByRole('article')).toHaveCount(2)
  await page.keyboard.press('Control+f')
  await page.keyboard.type('hello')
  await expect(page.getByRole('article')).toHaveCount(1)
  await page.keyboard.type(' nothing')
  await expect(page.getByText('No transfer matches “hello nothing”.')).toBeVisible()
  await page.getByRole('searchbox', { name: 'Search transfers' }).fill('')

  await app.button('Remove: hello-world.sif').click()
  await expect(page.getByRole('article')).toHaveCount(1)
  await app.button('Clear finished transfers').click()
  await expect(page.getByText('Nothing is moving. Drop a file, or paste a library:// link.')).toBeVisible()
  await app.reload()
  await app.go('Transfers')
  await expect(page.getByText('Nothing is moving. Drop a file, or paste a library:// link.')).toBeVisible()
})
