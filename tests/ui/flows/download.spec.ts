import { readFile, rm, writeFile } from 'node:fs/promises'

import { expect, test } from '../support/flow'
import { downloadName, samples, sha256 } from '../support/samples'
import type { Window } from '../support/window'

const FILE = downloadName('samtools_1.22')

/** A window on the page of a container that has one image, with its download button. */
async function atContainer(app: Window): Promise<void> {
  await app.bridge.signIn()
  await app.bridge.publish(samples.newer, 'ada/default/samtools', ['1.22'])
  await app.open()
  await app.browse('This computer', 'ada', 'default', 'samtools')
}

test('an image comes down verified, byte for byte, and can be shown in its folder', async ({
  app,
  bridge,
  page,
}) => {
  await atContainer(app)
  await app.button('Download 2.0 MiB').click()
  await expect(app.toast(`Downloading ${FILE}`)).toBeVisible()
  await expect(app.toast(`Downloaded ${FILE}, digest verified`)).toBeVisible()
  const file = bridge.at('downloads', FILE)
  expect(sha256(file)).toBe(sha256(samples.newer))

  await app.go('Transfers')
  await expect(app.job(FILE).filter({ hasText: 'Digest verified' })).toBeVisible()
  await app.button(`Show in folder: ${FILE}`).click()
  await expect.poll(async () => (await bridge.deeds()).revealed).toEqual([file])

  await app.go('On this computer')
  const row = page.getByRole('grid', { name: 'Downloaded images' }).getByRole('row').nth(1)
  await expect(row).toContainText(FILE)
  await expect(row).toContainText('library://ada/default/samtools:1.22')
  await row.getByRole('button', { name: `Show in folder: ${FILE}` }).click()
  await expect.poll(async () => (await bridge.deeds()).revealed).toEqual([file, file])
  await row.getByRole('button', { name: FILE, exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: FILE })).toBeVisible()
  await page.getByRole('button', { name: 'library://ada/default/samtools:1.22' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'samtools' })).toBeVisible()
})

test('what is there already is not fetched again', async ({ app, bridge }) => {
  await atContainer(app)
  await app.button('Download 2.0 MiB').click()
  await expect(app.toast(`Downloaded ${FILE}, digest verified`)).toBeVisible()
  await app.button('Download 2.0 MiB').click()
  await expect(app.toast(`${FILE} is already in downloads, nothing to download`)).toBeVisible()
  const { history } = await bridge.transfers()
  expect(history.filter((transfer) => transfer.direction === 'down')).toHaveLength(1)
})

test.describe('a file of that name that is another', () => {
  const OTHER = 'my own notes about samtools'

  test.beforeEach(async ({ app, bridge }) => {
    await atContainer(app)
    await bridge.call('download_start', {
      image: {
        serverId: 'this-computer',
        path: { entity: 'ada', collection: 'default', container: 'samtools' },
        tag: '1.22',
        arch: 'amd64',
      },
      clash: 'ask',
    })
    await expect(app.toast(`Downloaded ${FILE}, digest verified`)).toBeVisible()
    await writeFile(bridge.at('downloads', FILE), OTHER)
    await app.button('Download 2.0 MiB').click()
    await expect(app.sheet).toHaveAccessibleName(`${FILE} is already there`)
    await expect(app.sheet).toContainText(`The new file will be called ${FILE.replace('.sif', ' (2).sif')}.`)
  })

  test('is left alone by "Skip"', async ({ app, bridge }) => {
    await app.sheet.getByRole('button', { name: 'Skip' }).click()
    await expect(app.sheet).toBeHidden()
    expect(await readFile(bridge.at('downloads', FILE), 'utf8')).toBe(OTHER)
    expect((await bridge.transfers()).active).toEqual([])
  })

  test('stays beside the new one with "Keep both"', async ({ app, bridge }) => {
    await app.sheet.getByRole('button', { name: 'Keep both' }).click()
    await expect(app.toast(`Downloaded ${FILE.replace('.sif', ' (2).sif')}, digest verified`)).toBeVisible()
    expect(await readFile(bridge.at('downloads', FILE), 'utf8')).toBe(OTHER)
    expect(sha256(bridge.at('downloads', FILE.replace('.sif', ' (2).sif')))).toBe(sha256(samples.newer))
  })

  test('gives way with "Replace it"', async ({ app, bridge }) => {
    await app.sheet.getByRole('button', { name: 'Replace it' }).click()
    await app.go('Transfers')
    await expect(app.job(FILE).filter({ hasText: 'Digest verified' })).toHaveCount(2)
    expect(sha256(bridge.at('downloads', FILE))).toBe(sha256(samples.newer))
  })
})

test('a download that was changed is no longer called verified', async ({ app, bridge, page }) => {
  await atContainer(app)
  await app.button('Download 2.0 MiB').click()
  await expect(app.toast(`Downloaded ${FILE}, digest verified`)).toBeVisible()
  await app.go('On this computer')
  await expect(page.getByRole('grid', { name: 'Downloaded images' })).toContainText(FILE)
  await writeFile(bridge.at('downloads', FILE), 'something else')
  await page.keyboard.press('Control+r')
  await expect(page.getByText('Nothing was downloaded yet.')).toBeVisible()
})

test('a download that has gone from its folder says so', async ({ app, bridge, page }) => {
  await atContainer(app)
  await app.button('Download 2.0 MiB').click()
  await expect(app.toast(`Downloaded ${FILE}, digest verified`)).toBeVisible()
  await rm(bridge.at('downloads', FILE))
  await app.go('Transfers')
  await page.keyboard.press('Control+r')
  const job = app.job(FILE).filter({ hasText: 'Digest verified' })
  await expect(job).toContainText('No longer in its folder')
  await expect(job.getByRole('button', { name: `Show in folder: ${FILE}` })).toBeHidden()
  await app.go('On this computer')
  await expect(page.getByText('Nothing was downloaded yet.')).toBeVisible()
})
