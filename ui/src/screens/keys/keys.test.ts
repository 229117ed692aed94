/** The screen of keys. */
import { screen, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import { FINGERPRINT, keyRows } from '../../host/demo/signatures'
import { uiError } from '../../host/fake'
import { openWindow, settled } from '../../test/window'

const route = { name: 'keys' as const }

describe('keys', () => {
  it('are listed as mine, trusted and met, with a reminder until there is a backup', async () => {
    const { host, user } = await openWindow({ route })
    for (const group of ['Mine', 'People I trust', 'Met, not trusted yet'])
      expect(screen.getByRole('grid', { name: group })).toBeTruthy()
    expect(screen.getByText(/There is no backup of Ada/)).toBeTruthy()
    const done = keyRows.map((row) => ({ ...row, backedUp: true }))
    host.answer({ key_list: () => ({ keys: done, revoked: [] }) })
    await user.click(screen.getByRole('button', { name: 'Back up…' }))
    await settled()
    expect(host.asked('key_export')).toEqual([{ fingerprint: FINGERPRINT, secret: true }])
    expect(screen.queryByText(/There is no backup of Ada/)).toBeNull()
  })

  it('are created with a passphrase that has to be typed twice', async () => {
    const { host, user } = await openWindow({ route })
    await user.click(screen.getByRole('button', { name: 'Create key…' }))
    await settled()
    const dialog = within(screen.getByRole('dialog'))
    await user.type(dialog.getByLabelText('Name and address'), 'Ada <ada@example.org>')
    await user.type(dialog.getByLabelText('Passphrase'), 'correct horse')
    const make = dialog.getByRole('button', { name: 'Create key' }) as HTMLButtonElement
    expect(make.disabled).toBe(true)
    await user.type(dialog.getByLabelText('The same again'), 'correct hors')
    expect(dialog.getByText('The two are not the same.')).toBeTruthy()
    await user.type(dialog.getByLabelText('The same again'), 'e')
    expect((dialog.getByLabelText('Passphrase') as HTMLInputElement).type).toBe('password')
    await user.click(dialog.getByRole('button', { name: 'RSA 4096' }))
    await user.click(make)
    await settled()
    expect(host.asked('key_make')).toEqual([
      { name: 'Ada <ada@example.org>', rsa: true, days: 1095, passphrase: 'correct horse', keep: false },
    ])
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('go to a command-line tool, with the secret part only when that is wanted', async () => {
    const { host, user } = await openWindow({ route })
    const lend = async () => {
      const mine = within(screen.getByRole('grid', { name: 'Mine' }))
      await user.click(mine.getByRole('button', { name: /Actions for/ }))
      await user.click(screen.getByRole('menuitem', { name: 'Use on the command line…' }))
      await settled()
      return within(screen.getByRole('dialog'))
    }
    let dialog = await lend()
    await user.click(dialog.getByRole('button', { name: 'Add to Singularity' }))
    await settled()
    expect(dialog.getByText('It was added to the keys in ~/.singularity/sypgp.')).toBeTruthy()
    await user.click(dialog.getAllByRole('button', { name: 'Close' }).at(-1)!)
    dialog = await lend()
    await user.click(dialog.getByRole('button', { name: 'Apptainer' }))
    await user.click(dialog.getByRole('switch', { name: 'The secret part too, to sign there' }))
    await user.click(dialog.getByRole('button', { name: 'Add to Apptainer' }))
    await settled()
    expect(host.asked('key_lend')).toEqual([
      { fingerprint: FINGERPRINT, tool: 'singularity', secret: false },
      { fingerprint: FINGERPRINT, tool: 'apptainer', secret: true },
    ])
  })

  it('of others are trusted only after their fingerprints were compared', async () => {
    const { host, user } = await openWindow({ route })
    const met = within(screen.getByRole('grid', { name: 'Met, not trusted yet' }))
    await user.click(met.getByRole('button', { name: /Actions for/ }))
    await user.click(screen.getByRole('menuitem', { name: 'Trust…' }))
    await settled()
    expect(host.asked('key_trust')).toEqual([])
    const dialog = within(screen.getByRole('dialog'))
    expect(dialog.getByText('1204 5C8C 0B10 04D0 58DE 4BED A20C 27EE 7FF7 BA99')).toBeTruthy()
    await user.click(dialog.getByRole('button', { name: 'It is the same, trust it' }))
    await settled()
    expect(host.asked('key_trust')).toEqual([{ fingerprint: keyRows[2]!.key.fingerprint }])
  })

  it('are taken back with a reason, and the sheet says when the passphrase is wrong', async () => {
    const { host, user } = await openWindow({ route })
    const mine = within(screen.getByRole('grid', { name: 'Mine' }))
    await user.click(mine.getByRole('button', { name: /Actions for/ }))
    await user.click(screen.getByRole('menuitem', { name: 'Take it back…' }))
    await settled()
    const dialog = within(screen.getByRole('dialog'))
    await user.click(dialog.getByRole('button', { name: 'Others may have it' }))
    host.answer({ key_revoke: () => Promise.reject(uiError('passphrase_wrong')) })
    await user.type(dialog.getByLabelText('Passphrase'), 'x')
    await user.click(dialog.getByRole('button', { name: 'Take it back' }))
    await settled()
    expect(screen.getByRole('dialog').textContent).toContain('The passphrase is wrong')
    expect(host.asked('key_revoke')).toEqual([
      { fingerprint: FINGERPRINT, cause: 'compromised', passphrase: 'x' },
    ])
  })

  it('have nothing that removes one of mine at once', async () => {
    const { user } = await openWindow({ route })
    const mine = within(screen.getByRole('grid', { name: 'Mine' }))
    await user.click(mine.getByRole('button', { name: /Actions for/ }))
    expect(screen.queryByRole('menuitem', { name: 'Remove' })).toBeNull()
  })
})
