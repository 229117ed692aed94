import { existsSync, readFileSync, readdirSync } from 'node:fs'

import { expect, test } from '../support/flow'
import { lookAt, LOOKS } from '../support/look'
import { samples } from '../support/samples'
import { NO_KEY_SERVERS, publishEveryVerdict } from '../support/signing'
import type { Bridge } from '../support/bridge'
import type { Window } from '../support/window'

test.use({ opening: { settings: NO_KEY_SERVERS } })

/** What is said of each before it is downloaded. */
const VERDICTS = [
  ['trusted', 'Trusted signer', 'What is in it is compared when it is downloaded.'],
  ['met', 'New signer', 'What is in it is compared when it is downloaded.'],
  ['unsigned', 'Not signed', 'Nobody vouches for this image.'],
  ['unknown', 'Not checked', 'The key that signed it'],
  ['altered', 'Do not use', 'It was changed after it was signed.'],
] as const

/** Two tags of one container. */
async function samtools(app: Window, bridge: Bridge): Promise<void> {
  await bridge.signIn()
  await bridge.publish(samples.older, 'ada/genomics/samtools', ['1.21'])
  await bridge.publish(samples.newer, 'ada/genomics/samtools', ['1.22'])
  await app.open()
  await app.browse('This computer', 'ada', 'genomics', 'samtools')
}

/** Chooses a tag, and looks into it. */
async function lookInto(app: Window, tag: string): Promise<void> {
  await app.page.getByRole('button', { name: new RegExp(`^${tag} amd64`) }).click()
  await app.button('Look inside').click()
  await expect(app.page.getByRole('heading', { level: 1, name: `samtools:${tag}` })).toBeVisible()
}

async function compareTags(app: Window): Promise<void> {
  await app.page.getByRole('button', { name: /^1\.21 amd64/ }).click({ button: 'right' })
  await app.page.getByRole('menuitem', { name: 'Compare with…' }).click()
  await expect(app.page.getByText('Choose the image to compare 1.21 amd64 with.')).toBeVisible()
  await app.page.getByRole('button', { name: /^1\.22 amd64/ }).click()
  await expect(app.heading('samtools:1.21 and samtools:1.22')).toBeVisible()
}

test('each of the five verdicts is said before the image is downloaded', async ({ app, bridge, page }) => {
  test.setTimeout(120_000)
  await bridge.signIn()
  await publishEveryVerdict(bridge)
  await app.open()
  for (const [name, word, why] of VERDICTS) {
    await app.browse('This computer', 'ada', 'verdicts', name)
    const card = page.getByRole('complementary').getByRole('region', { name: 'Signature' })
    await expect(card).toContainText(word)
    await expect(card).toContainText(why)
    await expect(page.getByRole('button', { name: new RegExp(`^1 amd64.*${word}`) })).toBeVisible()
  }
  expect((await bridge.transfers()).history.filter((one) => one.direction === 'down')).toEqual([])
})

test('an image is looked into in its library, and a file is taken out of it', async ({
  app,
  bridge,
  page,
}) => {
  await samtools(app, bridge)
  await lookInto(app, '1.22')
  const main = page.getByRole('main')
  await expect(main).toContainText('In the library This computer, not downloaded:')
  await expect(main).toContainText(/Read [\d.]+ KiB of 2\.\d MiB\./)
  for (const name of ['Show in folder', 'Sign…', 'Upload…']) await expect(app.button(name)).toBeHidden()
  await page.getByRole('tab', { name: 'Definition' }).click()
  await expect(page.getByRole('region', { name: 'Definition file' })).toContainText('%runscript')
  await page.getByRole('tab', { name: 'Contents' }).click()
  const files = page.getByRole('treegrid', { name: 'Files in the image' })
  await files.getByRole('row', { name: /^\.singularity\.d/ }).click()
  await files.getByRole('row', { name: /^runscript/ }).click()
  const target = bridge.at('runscript')
  await bridge.willSave(target)
  await app.button('Save “runscript”…').click()
  await expect(app.toast('Saved as runscript')).toBeVisible()
  expect(readFileSync(target, 'utf8')).toContain('#!/bin/sh')
  expect(existsSync(bridge.at('downloads')) ? readdirSync(bridge.at('downloads')) : []).toEqual([])

  await app.button('Download').click()
  await expect(app.toast(/^Downloaded samtools/)).toBeVisible()
  expect(readdirSync(bridge.at('downloads'))).toHaveLength(1)
})

test('two tags are compared, and a tag with a file', async ({ app, bridge, page }) => {
  await samtools(app, bridge)
  await compareTags(app)
  const sizes = page.getByRole('table', { name: 'Size by kind' })
  await expect(sizes.getByRole('row', { name: /^File system/ })).toContainText('+')
  await expect(page.getByRole('region', { name: /^Labels/ })).toContainText(/same/)
  await app.button('Swap').click()
  await expect(app.heading('samtools:1.22 and samtools:1.21')).toBeVisible()

  await app.button('Look inside samtools:1.21').click()
  await expect(page.getByRole('heading', { level: 1, name: 'samtools:1.21' })).toBeVisible()
  await bridge.willChoose(samples.hello)
  await app.button('Compare').click()
  await page.getByRole('menuitem', { name: 'With a file…' }).click()
  await expect(app.heading('samtools:1.21 and hello-world.sif')).toBeVisible()
})

test('the keyboard looks inside, and gives a comparison up', async ({ app, bridge, page }) => {
  await samtools(app, bridge)
  await page.getByRole('button', { name: /^1\.21 amd64/ }).click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Compare with…' }).click()
  await page.keyboard.press('Escape')
  await expect(page.getByText(/^Choose the image to compare/)).toBeHidden()
  await page.getByRole('button', { name: /^1\.21 amd64/ }).focus()
  await page.keyboard.press('Control+Shift+E')
  await expect(page.getByRole('heading', { level: 1, name: 'samtools:1.21' })).toBeVisible()
})

test('a dropped file is looked into before it is uploaded', async ({ app, bridge, page }) => {
  await bridge.signIn()
  await app.open()
  const sheet = await app.choose(samples.newer)
  await sheet.getByRole('button', { name: 'Look inside' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'samtools_1.22.sif' })).toBeVisible()
  await expect(app.sheet).toBeHidden()
  await app.button('Upload…').click()
  await expect(app.sheet).toBeVisible()
})

for (const { name: how, colorScheme, viewport } of LOOKS) {
  test.describe(how, () => {
    test.use({ colorScheme, viewport })

    test('the inspector from afar and the comparison are in order and accessible', async ({
      app,
      bridge,
      page,
    }) => {
      test.setTimeout(90_000)
      await samtools(app, bridge)
      await lookInto(app, '1.22')
      for (const tab of ['Overview', 'Contents', 'Signatures']) {
        await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click()
        await expect(page.getByRole('tabpanel')).toBeVisible()
        if (tab === 'Contents')
          await expect(page.getByRole('treegrid', { name: 'Files in the image' })).toBeVisible()
        await lookAt(page, `remote-${tab.toLowerCase()}`, how)
      }
      await app.button('Compare').click()
      await expect(page.getByRole('menuitem', { name: 'With 1.21' })).toBeVisible()
      await lookAt(page, 'remote-compare-menu', how)
      await page.keyboard.press('Escape')
      await app.browse('This computer', 'ada', 'genomics', 'samtools')
      await page.getByRole('button', { name: /^1\.21 amd64/ }).click({ button: 'right' })
      await page.getByRole('menuitem', { name: 'Compare with…' }).click()
      await lookAt(page, 'compare-choose', how)
      await page.keyboard.press('Escape')
      await compareTags(app)
      await lookAt(page, 'compare', how)
    })
  })
}
