import { readFile, rm, writeFile } from 'node:fs/promises'

import { expect, test } from '../support/flow'
import { samples, sha256 } from '../support/samples'
import type { Window } from '../support/window'

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
  await expect(app.toast('Downloading samtools_1.22.sif')).toBeVisible()
  await expect(app.toast('Downloaded samtools_1.22.sif, digest verified')).toBeVisible()
  const file = bridge.at('downloads', 'samtools_1.22.sif')
  expect(sha256(file)).toBe(sha256(samples.newer))

  await app.go('Transfers')
  await expect(app.job('samtools_1.22.sif').filter({ hasText: 'Digest verified' })).toBeVisible()
  await app.button('Show in folder: samtools_1.22.sif').click()
  await expect.poll(async () => (await bridge.deeds()).revealed).toEqual([file])

  await app.go('On this computer')
  const row = page.getByRole('grid', { name: 'Downloaded images' }).getByRole('row').nth(1)
  await expect(row).toContainText('samtools_1.22.sif')
  await expect(row).toContainText('library://ada/default/samtools:1.22')
  await row.getByRole('button', { name: 'Show in folder: samtools_1.22.sif' }).click()
  await expect.poll(async () => (await bridge.deeds()).revealed).toEqual([file, file])
  await row.getByRole('button', { name: 'samtools_1.22.sif', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'samtools' })).toBeVisible()
})

test('what is there already is not fetched again', async ({ app, bridge }) => {
  await atContainer(app)
  await app.button('Download 2.0 MiB').click()
  await expect(app.toast('Downloaded samtools_1.22.sif, digest verified')).toBeVisible()
  await app.button('Download 2.0 MiB').click()
  await expect(app.toast('samtools_1.22.sif is already in downloads, nothing to download')).toBeVisible()
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
    await expect(app.toast('Downloaded samtools_1.22.sif, digest verified')).toBeVisible()
    await writeFile(bridge.at('downloads', 'samtools_1.22.sif'), OTHER)
    await app.button('Download 2.0 MiB').click()
    await expect(app.sheet).toHaveAccessibleName('samtools_1.22.sif is already there')
    await expect(app.sheet).toContainText('The new file will be called samtools_1.22 (2).sif.')
  })

  test('is left alone by "Skip"', async ({ app, bridge }) => {
    await app.sheet.getByRole('button', { name: 'Skip' }).click()
    await expect(app.sheet).toBeHidden()
    expect(await readFile(bridge.at('downloads', 'samtools_1.22.sif'), 'utf8')).toBe(OTHER)
    expect((await bridge.transfers()).active).toEqual([])
  })

  test('stays beside the new one with "Keep both"', async ({ app, bridge }) => {
    await app.sheet.getByRole('button', { name: 'Keep both' }).click()
    await expect(app.toast('Downloaded samtools_1.22 (2).sif, digest verified')).toBeVisible()
    expect(await readFile(bridge.at('downloads', 'samtools_1.22.sif'), 'utf8')).toBe(OTHER)
    expect(sha256(bridge.at('downloads', 'samtools_1.22 (2).sif'))).toBe(sha256(samples.newer))
  })

  test('gives way with "Replace it"', async ({ app, bridge }) => {
    await app.sheet.getByRole('button', { name: 'Replace it' }).click()
    await app.go('Transfers')
    await expect(app.job('samtools_1.22.sif').filter({ hasText: 'Digest verified' })).toHaveCount(2)
    expect(sha256(bridge.at('downloads', 'samtools_1.22.sif'))).toBe(sha256(samples.newer))
  })
})

test('a download that was changed is no longer called verified', async ({ app, bridge, page }) => {
  await atContainer(app)
  await app.button('Download 2.0 MiB').click()
  await expect(app.toast('Downloaded samtools_1.22.sif, digest verified')).toBeVisible()
  await app.go('On this computer')
  await expect(page.getByRole('grid', { name: 'Downloaded images' })).toContainText('samtools_1.22.sif')
  await writeFile(bridge.at('downloads', 'samtools_1.22.sif'), 'something else')
  await page.keyboard.press('Control+r')
  await expect(page.getByText('Nothing was downloaded yet.')).toBeVisible()
})

test('a download that has gone from its folder says so', async ({ app, bridge, page }) => {
  await atContainer(app)
  await app.button('Download 2.0 MiB').click()
  await expect(app.toast('Downloaded samtools_1.22.sif, digest verified')).toBeVisible()
  await rm(bridge.at('downloads', 'samtools_1.22.sif'))
  await app.go('Transfers')
  await page.keyboard.press('Control+r')
  const job = app.job('samtools_1.22.sif').filter({ hasText: 'Digest verified' })
  await expect(job).toContainText('No longer in its folder')
  await expect(job.getByRole('button', { name: 'Show in folder: samtools_1.22.sif' })).toBeHidden()
  await app.go('On this computer')
  await expect(page.getByText('Nothing was downloaded yet.')).toBeVisible()
})
