import { copyFileSync, existsSync, readdirSync, statSync } from 'node:fs'

import { expect, test } from '../support/flow'
import { lookAt, LOOKS } from '../support/look'
import { downloadName, samples } from '../support/samples'
import { fetchVerdict, NO_KEY_SERVERS, publishEveryVerdict } from '../support/signing'
import type { Window } from '../support/window'

test.use({ opening: { settings: NO_KEY_SERVERS } })

const VERDICTS = [
  ['trusted', 'Verified', 'Signed by a key you trust.'],
  ['met', 'New signer', 'Signed by someone you have not met.'],
  ['unsigned', 'Not signed', 'Nobody vouches for this image.'],
  ['unknown', 'Not checked', 'The key that signed it'],
  ['altered', 'Do not use', 'It was changed after it was signed.'],
] as const

const fileOf = (name: string) => downloadName(`${name}_1`)

async function inspect(app: Window, name: string): Promise<void> {
  await app.go('On this computer')
  const grid = app.page.getByRole('grid', { name: 'Downloaded images' })
  await grid.getByRole('button', { name: fileOf(name), exact: true }).click()
  await expect(app.page.getByRole('heading', { level: 1 })).toContainText(name)
}

test('every download says one of five verdicts, on the job, in its list, and in the inspector', async ({
  app,
  bridge,
  page,
}) => {
  test.setTimeout(120_000)
  await bridge.signIn()
  await publishEveryVerdict(bridge)
  for (const [name] of VERDICTS) await fetchVerdict(bridge, name)
  await app.open()
  await app.go('Transfers')
  for (const [name, word] of VERDICTS)
    await expect(app.job(fileOf(name)).filter({ hasText: word })).toBeVisible()
  for (const [name, word, why] of VERDICTS) {
    await inspect(app, name)
    await page.getByRole('tab', { name: /Signatures/ }).click()
    const card = page.getByRole('region', { name: 'Signature', exact: true })
    await expect(card).toContainText(word)
    await expect(card).toContainText(why)
  }
  // Nobody listens while Sifter is away.
  await page.goto('about:blank')
  await bridge.restart()
  await app.open()
  await app.go('Transfers')
  for (const [name, word] of VERDICTS)
    await expect(app.job(fileOf(name)).filter({ hasText: word })).toBeVisible()
})

test('a file that must not be used has no name to be opened by, and is deleted when asked', async ({
  app,
  bridge,
  page,
}) => {
  await bridge.signIn()
  await publishEveryVerdict(bridge)
  await app.open()
  await app.browse('This computer', 'ada', 'verdicts', 'altered')
  await page.getByRole('button', { name: /^Download \d/ }).click()
  await expect(app.toast(`Do not use ${fileOf('altered')}. It was put into quarantine.`)).toBeVisible()
  const card = page.getByRole('complementary').getByRole('region', { name: 'Signature' })
  await expect(card).toContainText('Do not use')
  const file = bridge.at('downloads', fileOf('altered'))
  expect(existsSync(file)).toBe(false)
  expect(statSync(`${file}.quarantine`).mode & 0o777).toBe(0)
  await app.go('Transfers')
  await app.button(`Delete the file: ${fileOf('altered')}`).click()
  await expect(app.job(fileOf('altered'))).toContainText('The file has been deleted.')
  expect(readdirSync(bridge.at('downloads'))).toEqual([])
})

test('a stranger is trusted once the fingerprint was compared, and what they signed is verified then', async ({
  app,
  bridge,
  page,
}) => {
  await bridge.signIn()
  await publishEveryVerdict(bridge)
  await fetchVerdict(bridge, 'met')
  await app.open()
  await inspect(app, 'met')
  await page.keyboard.press('Control+Shift+E')
  await app.button('Compare fingerprint…').click()
  await expect(app.sheet).toContainText('Grace')
  await app.sheet.getByRole('button', { name: 'It is the same, trust it' }).click()
  const card = page.getByRole('region', { name: 'Signature', exact: true })
  await expect(card).toContainText('Verified')
  await app.go('Keys')
  await expect(page.getByRole('grid', { name: 'People I trust' })).toContainText('Grace')
})

test('a key is made, backed up, and signs what goes up', async ({ app, bridge, page }) => {
  await bridge.signIn()
  await app.open()
  await app.go('Keys')
  await app.button('Create key…').click()
  await app.sheet.getByLabel('Name and address').fill('Ada <ada@example.org>')
  await app.sheet.getByLabel('Passphrase', { exact: true }).fill('correct horse')
  await app.sheet.getByLabel('The same again').fill('correct horse')
  await app.sheet.getByRole('button', { name: 'Create key' }).click()
  await expect(page.getByText(/There is no backup of Ada/)).toBeVisible()
  await bridge.willSave(bridge.at('backup.asc'))
  await app.button('Back up…').click()
  await expect(page.getByText(/There is no backup of Ada/)).toBeHidden()
  expect(statSync(bridge.at('backup.asc')).mode & 0o777).toBe(0o600)

  const file = bridge.at('mine_1.0.sif')
  copyFileSync(samples.hello, file)
  const sheet = await app.choose(file)
  await sheet.getByRole('switch', { name: 'Sign before sending' }).click()
  await sheet.getByLabel('Passphrase', { exact: true }).fill('wrong')
  const upload = sheet.getByRole('button', { name: /^Upload \d/ })
  await upload.click()
  await expect(sheet).toContainText('The passphrase is wrong')
  await sheet.getByLabel('Passphrase', { exact: true }).fill('correct horse')
  await upload.click()
  await expect(app.toast(/^Uploaded mine/)).toBeVisible()
  await bridge.willChoose(file)
  await page.keyboard.press('Control+o')
  await expect(page.getByRole('heading', { level: 1, name: 'mine_1.0.sif' })).toBeVisible()
  await expect(page.getByRole('main').getByText('Verified')).toBeVisible()
})

test('a file that is opened with Sifter is shown', async ({ app, bridge, page }) => {
  await app.open()
  await app.button('Just look around').click()
  await bridge.openFiles([samples.newer])
  await expect(page.getByRole('heading', { level: 1, name: 'samtools_1.22.sif' })).toBeVisible()
  await page.getByRole('tab', { name: 'Overview' }).focus()
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('region', { name: 'Definition file' })).toContainText('%runscript')
  await app.button('Copy').click()
  await expect.poll(() => app.copied()).toContain('%runscript')
})

for (const { name: how, colorScheme, viewport } of LOOKS) {
  test.describe(how, () => {
    test.use({ colorScheme, viewport })

    test('the inspector, the keys and their sheets are in order and accessible', async ({
      app,
      bridge,
      page,
    }) => {
      test.setTimeout(150_000)
      const look = (name: string) => lookAt(page, name, how)
      await bridge.signIn()
      await publishEveryVerdict(bridge)
      for (const [name] of VERDICTS) await fetchVerdict(bridge, name)
      await app.open()
      await app.go('Transfers')
      await look('verdicts-transfers')
      await app.go('On this computer')
      await look('verdicts-computer')
      for (const [name] of VERDICTS) {
        await inspect(app, name)
        await page.getByRole('tab', { name: /Signatures/ }).click()
        await expect(page.getByRole('region', { name: 'Signature', exact: true })).toBeVisible()
        await look(`inspector-${name}`)
      }
      for (const tab of ['Overview', 'Definition', 'Contents', 'Raw JSON']) {
        await page.getByRole('tab', { name: tab }).click()
        await look(`inspector-${tab.toLowerCase().replace(' ', '-')}`)
      }
      await app.go('Keys')
      await expect(page.getByRole('grid', { name: 'Mine' })).toBeVisible()
      await look('keys')
      await app.button('Create key…').click()
      await look('key-new')
      await page.keyboard.press('Escape')
    })
  })
}
