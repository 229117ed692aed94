/** An offline bundle, from the inspector to the file manager. */
import { screen, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import { bundle, bundleDone } from '../../host/demo/key-servers'
import { uiError } from '../../host/fake'
import { openWindow, settled } from '../../test/window'

const dialog = () => within(screen.getByRole('dialog'))

async function openSheet(opening: Parameters<typeof openWindow>[0] = {}) {
  const opened = await openWindow({ route: { name: 'inspector', fileId: 'f1' }, ...opening })
  await opened.user.click(screen.getByRole('button', { name: 'Offline bundle…' }))
  await settled()
  return opened
}

describe('an offline bundle', () => {
  it('says what will be in it, is made where the person says, and tells what is missing', async () => {
    const { host, user } = await openSheet()
    for (const text of ['keys.asc', 'SHA256SUMS', 'VERIFY.txt']) expect(dialog().getByText(text)).toBeTruthy()
    await user.click(dialog().getByRole('button', { name: 'Choose folder…' }))
    await settled()
    expect(dialog().getByText('/media/stick')).toBeTruthy()
    const name = dialog().getByLabelText('Name of the folder')
    await user.clear(name)
    await user.type(name, 'to-the-cluster')
    await user.click(dialog().getByRole('button', { name: 'Copy 3.1 GiB' }))
    await settled()
    expect(host.asked('bundle_start')).toEqual([{ fileId: 'f1', name: 'to-the-cluster' }])
    host.send({ kind: 'bundle', bundle: { ...bundle, bytesDone: bundle.bytesTotal / 2 } })
    await settled()
    expect(dialog().getByRole('progressbar').getAttribute('aria-valuenow')).toBe('50')
    host.send({ kind: 'bundle', bundle: bundleDone })
    await settled()
    expect(dialog().getByText(/No public key for A20C27EE7FF7BA84/)).toBeTruthy()
    await user.click(dialog().getByRole('button', { name: 'Show in folder' }))
    expect(host.asked('bundle_reveal')).toEqual([{ bundleId: bundle.id }])
  })

  it('is stopped, and can be begun again', async () => {
    const { host, user } = await openSheet()
    await user.click(dialog().getByRole('button', { name: 'Copy 3.1 GiB' }))
    await settled()
    await user.click(dialog().getByRole('button', { name: 'Stop' }))
    expect(host.asked('bundle_cancel')).toEqual([{ bundleId: bundle.id }])
    host.send({ kind: 'bundle', bundle: { ...bundle, phase: 'cancelled' } })
    await settled()
    expect(dialog().getByText('Stopped. Nothing is left of it.')).toBeTruthy()
    expect(dialog().getByRole('button', { name: 'Copy 3.1 GiB' })).toBeTruthy()
  })

  it('goes on behind a closed sheet, and says when it is there', async () => {
    const { host, user } = await openSheet()
    await user.click(dialog().getByRole('button', { name: 'Copy 3.1 GiB' }))
    await settled()
    await user.click(dialog().getByRole('button', { name: 'Go on in the background' }))
    host.send({ kind: 'bundle', bundle: bundleDone })
    await settled()
    const log = within(screen.getByRole('log'))
    await user.click(log.getByRole('button', { name: 'Show in folder' }))
    expect(host.asked('bundle_reveal')).toEqual([{ bundleId: bundle.id }])
  })

  it('says in the sheet when its name is taken', async () => {
    const taken = uiError('file_exists', { params: { name: 'x', folder: '~' } })
    const { user } = await openSheet({ script: { bundle_start: () => Promise.reject(taken) } })
    await user.click(dialog().getByRole('button', { name: 'Copy 3.1 GiB' }))
    await settled()
    expect(dialog().getByRole('article')).toBeTruthy()
    expect(dialog().getByLabelText('Name of the folder')).toBeTruthy()
  })
})
