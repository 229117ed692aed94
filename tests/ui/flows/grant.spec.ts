/** A sign-in that may not do what is asked of it, and is allowed to on the way. */
import { THIS_COMPUTER } from '../support/bridge'
import { expect, test } from '../support/flow'
import { look } from '../support/look'
import { samples } from '../support/samples'

const FILE = 'hello-world.sif'

test('an upload waits for what its sign-in lacks, and goes on when it is granted', async ({
  app,
  bridge,
  context,
  page,
}) => {
  await bridge.call('settings_set', { welcomeDone: true })
  await bridge.signIn()
  // A token that can fetch and not send takes the place of the sign-in.
  const reader = await bridge.call('token_make', {
    serverId: THIS_COMPUTER,
    name: 'reader',
    days: 1,
    readOnly: true,
  })
  await bridge.call('token_copy', { serverId: THIS_COMPUTER, tokenId: reader.id })
  const token = (await bridge.deeds()).copied.at(-1) ?? ''
  await bridge.putOnClipboard(token)
  await bridge.call('sign_in_paste_token', { serverId: THIS_COMPUTER })
  const id = await bridge.begin(samples.hello, 'ada/tools/hello', ['1'], THIS_COMPUTER)
  await bridge.phase(id, 'needs_attention')

  await app.open()
  await app.go('Transfers')
  const waiting = page.getByRole('article').filter({ hasText: FILE })
  await expect(waiting).toContainText('Your sign-in to This computer may not do this')
  await expect(waiting).toContainText('library:write')
  await look(page, 'grant-waits')
  await waiting.getByRole('button', { name: 'Grant…' }).click()
  await expect(page.getByText(/Sifter asks for “library:write” this time/)).toBeVisible()
  await look(page, 'grant-asks')
  const before = (await bridge.deeds()).opened.length
  await app.button('Continue in the browser').click()
  await expect.poll(async () => (await bridge.deeds()).opened.length).toBe(before + 1)
  const link = (await bridge.deeds()).opened.at(-1) ?? ''
  expect(new URL(link).searchParams.get('scope')).toBe('library:write')
  const browser = await context.newPage()
  await browser.goto(link)
  await browser.getByRole('button', { name: 'Continue as ada' }).click()

  await expect(app.toast('Signed in to This computer as ada')).toBeVisible()
  await bridge.ended(id)
  await app.go('Transfers')
  await expect(app.job(FILE)).toContainText('Arrived')
})
