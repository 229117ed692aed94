import { chmod, copyFile, mkdir, rm, symlink } from 'node:fs/promises'

import { THIS_COMPUTER } from '../support/bridge'
import { expect, test } from '../support/flow'
import { samples } from '../support/samples'
import type { Window } from '../support/window'

/** An open window of somebody who is signed in to the library on this computer. */
async function atHome(app: Window): Promise<void> {
  await app.bridge.signIn()
  await app.open()
  await expect(app.place('This computer')).toContainText('· ada')
}

test.describe('uploading one file', () => {
  test('says what will happen, then shows it arrive', async ({ app, bridge, page }) => {
    await atHome(app)
    const sheet = await app.choose(samples.newer)
    await expect(sheet).toHaveAccessibleName('samtools_1.22.sif')
    await expect(sheet).toContainText(/2\.0 MiB, amd64, Squashfs, not signed yet/)
    await expect(sheet.getByRole('combobox', { name: 'Upload to' })).toHaveValue('ada/default/samtools')
    const effects = sheet.getByRole('region', { name: 'What will happen' })
    await expect(effects).toContainText('Creates ada/default')
    await expect(effects).toContainText('Creates ada/default/samtools')
    await expect(effects).toContainText('New tag 1.22 for amd64')
    await expect(effects).toContainText('Anyone can download it')

    await sheet.getByRole('textbox', { name: 'What changed' }).fill('Faster sorting')
    await sheet.getByRole('button', { name: 'Upload 2.0 MiB' }).click()
    await expect(sheet).toBeHidden()
    await expect(app.toast('Uploaded samtools:1.22')).toBeVisible()

    await app.go('Transfers')
    await expect(app.job('samtools_1.22.sif')).toContainText('Arrived')
    await expect(app.job('samtools_1.22.sif')).toContainText('Only this computer can get it')
    await app.button('Copy reference: samtools_1.22.sif').click()
    await expect.poll(() => app.copied()).toBe('library://ada/default/samtools:1.22')

    await app.browse('This computer', 'ada', 'default', 'samtools')
    const cell = page.getByRole('button', { name: /^1\.22 amd64, 2\.0 MiB/ })
    await cell.click()
    await expect(page.getByRole('complementary')).toContainText('Faster sorting')
    await expect.poll(async () => (await bridge.deeds()).notices.join()).toContain('samtools_1.22.sif')
  })

  test('of the same bytes again is "already there"', async ({ app, bridge }) => {
    await atHome(app)
    await bridge.publish(samples.hello, 'ada/default/hello-world', ['latest'])
    const sheet = await app.choose(samples.hello)
    await sheet.getByRole('button', { name: /^Upload/ }).click()
    await app.go('Transfers')
    await expect(app.job('hello-world.sif').first()).toContainText('Already there')
    await expect(app.job('hello-world.sif').first()).toContainText('Only the tags were set.')
  })

  test('tells which tags move, from what, and which stay elsewhere', async ({ app, bridge }) => {
    await atHome(app)
    const older = await bridge.publish(samples.older, 'ada/default/samtools', ['1.22', 'latest'])
    await bridge.publish(samples.arm, 'ada/default/samtools', ['latest'])
    const sheet = await app.choose(samples.newer)
    const effects = sheet.getByRole('region', { name: 'What will happen' })
    await expect(effects).toContainText('1.22 moves for amd64')
    await expect(effects).toContainText(`It names ${older.digest?.slice(7, 11)} now.`)

    const tags = sheet.getByRole('textbox', { name: 'Tags' })
    await tags.fill('latest')
    await tags.press('Enter')
    await expect(effects).toContainText('latest moves for amd64')
    await expect(effects).toContainText('latest stays as it is on arm64')
    await tags.fill('2026')
    await tags.press(',')
    await expect(effects).toContainText('New tag 2026 for amd64')
    await sheet.getByRole('button', { name: 'Remove latest' }).click()
    await expect(effects).not.toContainText('latest')

    await tags.fill('no/slash')
    await tags.press('Enter')
    await expect(sheet.getByText(/“no\/slash” does not work as a tag/).first()).toBeVisible()
    await expect(sheet.getByRole('button', { name: /^Upload/ })).toBeDisabled()
    await tags.press('Backspace')
    await tags.fill('')
    await expect(sheet.getByRole('button', { name: /^Upload/ })).toBeEnabled()
  })

  test('completes a destination from what is there', async ({ app, bridge }) => {
    await atHome(app)
    await bridge.publish(samples.older, 'ada/genomics/samtools', ['1.21'])
    const sheet = await app.choose(samples.newer)
    const place = sheet.getByRole('combobox', { name: 'Upload to' })
    await place.fill('ada/gen')
    const list = sheet.getByRole('listbox', { name: 'Known places' })
    await expect(list.getByRole('option', { name: /^ada\/genomics\/?$/ })).toBeVisible()
    await place.press('ArrowDown')
    await place.press('Enter')
    await expect(place).toHaveValue(/^ada\/genomics\/?$/)
    await place.fill('ada/genomics/sam')
    await list.getByRole('option', { name: 'ada/genomics/samtools' }).click()
    await expect(place).toHaveValue('ada/genomics/samtools')
    await expect(sheet.getByRole('region', { name: 'What will happen' })).not.toContainText('Creates')

    await place.fill('ada/geno')
    await expect(list).toBeVisible()
    await place.press('Escape')
    await expect(list).toBeHidden()
    await expect(sheet.getByText('Give it as entity/collection/container.')).toBeVisible()
    await expect(sheet.getByRole('button', { name: /^Upload/ })).toBeDisabled()
  })

  test('keeps a new container to its owner when asked', async ({ app, bridge }) => {
    await atHome(app)
    const sheet = await app.choose(samples.hello)
    const effects = sheet.getByRole('region', { name: 'What will happen' })
    await expect(effects).toContainText('Anyone can download it')
    await sheet.getByRole('switch', { name: 'Private: only you can download it' }).click()
    await expect(effects).toContainText('Only you can download it')
    await sheet.getByRole('button', { name: /^Upload/ }).click()
    await app.go('Transfers')
    await expect(app.job('hello-world.sif')).toContainText('Arrived')

    const servers = await bridge.call('server_list', {})
    const library = servers.find((server) => server.id === THIS_COMPUTER)?.libraryUrl
    const asStranger = (path: string) => fetch(`${library}/v1/${path}`).then((answer) => answer.status)
    expect(await asStranger('entities/ada')).toBe(200)
    expect(await asStranger('containers/ada/default/hello-world')).toBe(404)

    const again = await app.choose(samples.newer)
    await again.getByRole('combobox', { name: 'Upload to' }).fill('ada/default/hello-world')
    await expect(again.getByRole('region', { name: 'What will happen' })).toContainText(
      'hello-world is private.',
    )
    await expect(again.getByRole('switch', { name: /^Private/ })).toHaveCount(0)
  })

  test('can be given up, and nothing is left of it', async ({ app, bridge }) => {
    await atHome(app)
    const sheet = await app.choose(samples.hello)
    await sheet.getByRole('button', { name: 'Cancel' }).click()
    await expect(sheet).toBeHidden()
    await app.choose(samples.hello)
    await app.page.keyboard.press('Escape')
    await expect(sheet).toBeHidden()
    expect((await bridge.transfers()).history).toEqual([])
  })
})

test('several dropped files share one sheet with a row for each', async ({ app, bridge, page }) => {
  await atHome(app)
  await bridge.dropFiles([samples.older, samples.arm, samples.notes])
  await expect(app.sheet).toHaveAccessibleName('Upload 3 files')
  await expect(app.sheet).toContainText('2 of 3 can be uploaded')
  const rows = app.sheet.getByRole('list', { name: 'Files' }).getByRole('listitem')
  await expect(rows).toHaveCount(3)
  await expect(rows.nth(1)).toContainText('arm64')
  await expect(rows.nth(2)).toContainText('notes.sif is not a Singularity image.')
  await expect(app.sheet.getByRole('textbox', { name: 'Container for samtools_1.21.sif' })).toHaveValue(
    'samtools',
  )
  await app.sheet.getByRole('button', { name: 'Leave out notes.sif' }).click()
  await expect(rows).toHaveCount(2)
  await expect(app.sheet.getByRole('region', { name: 'What will happen' })).toContainText(
    'New tag 1.22 for arm64',
  )

  await app.sheet.getByRole('button', { name: /^Upload 2\.\d MiB$/ }).click()
  await expect(app.toast('2 uploads started')).toBeVisible()
  await app.go('Transfers')
  await expect(app.job('samtools_1.21.sif')).toContainText('Arrived')
  await expect(app.job('samtools_1.22_arm64.sif')).toContainText('Arrived')
  await app.browse('This computer', 'ada', 'default', 'samtools')
  await expect(page.getByRole('grid', { name: 'Tags by architecture' }).getByRole('columnheader')).toHaveText(
    ['Tag', /amd64/, /arm64/, 'Moved'],
  )
})

test('files that hang over the window say where they would go', async ({ app, bridge, page }) => {
  await atHome(app)
  await bridge.publish(samples.older, 'ada/default/samtools', ['1.21'])
  await bridge.drag('enter', 2)
  await expect(page.getByRole('status').getByText('Let go to upload 2 files')).toBeVisible()
  await bridge.drag('leave', 0)
  await expect(page.getByText('Let go to upload 2 files')).toHaveCount(0)

  await app.browse('This computer', 'ada', 'default')
  const row = page.getByRole('row', { name: /samtools/ })
  const box = await row.boundingBox()
  const at = { x: (box?.x ?? 0) + 40, y: (box?.y ?? 0) + 10 }
  await bridge.drag('over', 1, at)
  await expect(row).toHaveClass(/is-drop/)
  await expect(app.status).toContainText('Let go to upload to library://ada/default/samtools')
  await bridge.dropFiles([samples.newer], at)
  await expect(app.sheet.getByRole('combobox', { name: 'Upload to' })).toHaveValue('ada/default/samtools')
  await expect(row).not.toHaveClass(/is-drop/)
})

test.describe('a file that cannot be uploaded', () => {
  test.beforeEach(async ({ app }) => await atHome(app))

  test('because it is no image gets a sentence and another try', async ({ app, bridge }) => {
    const sheet = await app.choose(samples.notes)
    await expect(sheet).toContainText('notes.sif is not a Singularity image')
    await expect(sheet).toContainText('Its content is not in the SIF format, whatever its name says.')
    await expect(sheet.getByRole('button', { name: /^Upload/ })).toBeHidden()
    await bridge.willChoose(samples.hello)
    await sheet.getByRole('button', { name: 'Choose another file…' }).click()
    await expect(sheet).toHaveAccessibleName('hello-world.sif')
  })

  test('because it ends too early gets a sentence', async ({ app }) => {
    const sheet = await app.choose(samples.truncated)
    await expect(sheet).toContainText('interrupted_1.0.sif is damaged')
    await expect(sheet).toContainText('An interrupted copy does that: copy or build it again.')
  })

  test('because it is a folder gets a sentence', async ({ app, bridge }) => {
    await mkdir(bridge.at('images'))
    await bridge.dropFiles([bridge.at('images')])
    await expect(app.sheet).toContainText('images is a folder')
    await expect(app.sheet).toContainText('Drop the .sif files that are in it.')
  })

  test('because it cannot be read gets a sentence', async ({ app, bridge }) => {
    const file = bridge.at('locked.sif')
    if (process.getuid?.() === 0) {
      // Nothing is forbidden to root; a link that leads to itself cannot be read by anybody.
      await symlink('locked.sif', file)
    } else {
      await copyFile(samples.hello, file)
      await chmod(file, 0)
    }
    await expect(await app.choose(file)).toContainText('locked.sif cannot be read')
  })

  test('because it has gone gets a sentence, before and after the sheet opened', async ({ app, bridge }) => {
    const sheet = await app.choose(bridge.at('never.sif'))
    await expect(sheet).toContainText('never.sif is gone')
    await sheet.getByRole('button', { name: 'Cancel' }).click()

    const file = bridge.at('fleeting.sif')
    await copyFile(samples.hello, file)
    await app.choose(file)
    await expect(sheet).toContainText('New tag latest for amd64')
    await rm(file)
    await sheet.getByRole('button', { name: /^Upload/ }).click()
    await expect(sheet).toContainText('fleeting.sif is gone')
    await expect(sheet).toBeVisible()
  })
})

test('a quota is shown before and after, and holds back what does not fit', async ({
  app,
  bridge,
  startLibrary,
}) => {
  const library = await startLibrary('grace', 3 << 20)
  await bridge.connectAs(library)
  await app.open()
  const sheet = await app.choose(samples.newer)
  await expect(sheet).toContainText('After upload')
  await expect(sheet.getByRole('meter', { name: /after the upload/ })).toBeVisible()
  await expect(sheet).toContainText('2.0 of 3.0 MiB')
  await sheet.getByRole('button', { name: 'Upload 2.0 MiB' }).click()
  await expect(app.toast('Uploaded samtools:1.22')).toBeVisible()

  await app.choose(samples.arm, samples.older)
  await expect(sheet).toContainText(/Not enough space on 127\.0\.0\.1/)
  await expect(sheet).toContainText(/You have 1\d{3} KiB left of 3\.0 MiB|You have \d+ KiB left of 3\.0 MiB/)
  await expect(sheet.getByRole('button', { name: /^Upload/ })).toBeDisabled()
})
