import { expect, test } from '../support/flow'
import { samples } from '../support/samples'

test.beforeEach(async ({ app, bridge }) => {
  await bridge.signIn()
  await bridge.publish(samples.older, 'ada/default/samtools', ['1.21'])
  await bridge.publish(samples.newer, 'ada/default/samtools', ['1.22'])
  await app.open()
  await app.browse('This computer', 'ada', 'default', 'samtools')
})

test('an image is deleted after a question that says what goes', async ({ app, bridge, page }) => {
  const cell = page.getByRole('button', { name: /^1\.21 amd64, 1\.0 MiB/ })
  await cell.click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Delete image…' }).click()
  await expect(app.sheet).toHaveAccessibleName('Delete 1.21 for amd64?')
  await expect(app.sheet).toContainText('This removes the image, 1.0 MiB, from This computer for everyone.')
  await app.sheet.getByRole('button', { name: 'Cancel' }).click()
  await expect(cell).toBeVisible()

  // The same from the keyboard.
  await cell.focus()
  await page.keyboard.press('Delete')
  await app.sheet.getByRole('button', { name: 'Delete 1.0 MiB' }).click()
  await expect(app.toast('Deleted 1.21 for amd64')).toBeVisible()
  await expect(page.getByRole('rowheader')).toHaveText([/1\.22/])
  const page_ = await bridge.call('library_container', {
    serverId: 'this-computer',
    path: { entity: 'ada', collection: 'default', container: 'samtools' },
  })
  expect(page_.tags.map((row) => row.tag)).toEqual(['1.22'])
})

test('without a yes nothing is deleted', async ({ app, page }) => {
  await page.getByRole('button', { name: /^1\.21 amd64, 1\.0 MiB/ }).click()
  await page.keyboard.press('Delete')
  await expect(app.sheet).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(app.sheet).toBeHidden()
  await app.reload()
  await app.browse('This computer', 'ada', 'default', 'samtools')
  await expect(page.getByRole('rowheader')).toHaveCount(2)
})
