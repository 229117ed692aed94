/** The vault: sign-ins on a computer without a keychain. */
import { screen, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import type { AppView } from '../../contract/generated'
import { app } from '../../host/demo/servers'
import { oneFile } from '../../host/demo/uploads'
import { uiError, type Script } from '../../host/fake'
import { openWindow, settled } from '../../test/window'

const main = () => within(screen.getByRole('main'))
const sheet = () => within(screen.getByRole('dialog'))

/** What the app says of itself without a keychain. */
const without = (vault: AppView['vault']): Partial<AppView> => ({
  keychain: 'absent',
  vault,
  storage: { kind: vault === 'open' ? 'vault' : 'session_only' },
})
const after = (vault: AppView['vault']) => () => ({ ...app, ...without(vault) })

async function open(vault: AppView['vault'], name: 'accounts' | 'settings', script: Script = {}) {
  return await openWindow({ route: { name }, app: without(vault), script })
}

describe('the vault', () => {
  it('is not spoken of where there is a keychain', async () => {
    const { sifter } = await openWindow({ route: { name: 'accounts' } })
    expect(main().queryByRole('button', { name: 'Make a vault…' })).toBeNull()
    sifter.navigation.go({ name: 'settings' })
    await settled()
    expect(main().queryByRole('heading', { name: 'Vault' })).toBeNull()
  })

  it('is made with a passphrase that is long enough and typed twice', async () => {
    const { host, user } = await open('none', 'accounts', { vault_create: after('open') })
    expect(main().getByText(/has no keychain, so the sign-in is forgotten/)).toBeTruthy()
    await user.click(main().getByRole('button', { name: 'Make a vault…' }))
    await settled()
    const [first, second] = [
      sheet().getByLabelText('Passphrase'),
      sheet().getByLabelText('The same passphrase again'),
    ]
    expect([first, second].map((field) => field.getAttribute('type'))).toEqual(['password', 'password'])
    await user.type(first, 'short')
    await user.click(sheet().getByRole('button', { name: 'Make the vault' }))
    expect(sheet().getByText('At least eight characters.')).toBeTruthy()
    await user.type(first, ' no more')
    await user.type(second, 'short no mor')
    expect(sheet().getByText('The two are not the same.')).toBeTruthy()
    expect(host.asked('vault_create')).toEqual([])
    await user.type(second, 'e')
    await user.click(sheet().getByRole('button', { name: 'Make the vault' }))
    await settled()
    expect(host.asked('vault_create')).toEqual([{ passphrase: 'short no more' }])
    expect(screen.queryByRole('dialog')).toBeNull()
    expect(screen.getByText('Sign-ins are kept in the vault now')).toBeTruthy()
    expect(main().queryByText(/has no keychain/)).toBeNull()
    expect(document.documentElement.outerHTML).not.toContain('short no more')
  })

  it('says that a passphrase is wrong, forgets what was typed, and stays closed', async () => {
    const refused = () => Promise.reject(uiError('vault_passphrase_wrong'))
    const { user } = await open('closed', 'accounts', { vault_open: refused })
    await user.click(main().getByRole('button', { name: 'Open the vault…' }))
    await settled()
    const field = sheet().getByLabelText<HTMLInputElement>('Passphrase')
    await user.type(field, 'guess{Enter}')
    await settled()
    expect(sheet().getByText('This is not the passphrase')).toBeTruthy()
    expect(field.value).toBe('')
    await user.click(sheet().getByRole('button', { name: 'Cancel' }))
    await settled()
    expect(main().getByText(/The vault is closed/)).toBeTruthy()
  })

  it('is closed and deleted in the settings, the second only after a question', async () => {
    const { host, user } = await open('open', 'settings', {
      vault_close: after('closed'),
      vault_forget: after('none'),
    })
    await user.click(main().getByRole('button', { name: 'Close it now' }))
    await settled()
    expect(main().getByRole('button', { name: 'Open the vault…' })).toBeTruthy()
    await user.click(main().getByRole('button', { name: 'Delete the vault…' }))
    await settled()
    expect(sheet().getByText(/cannot be opened any more/)).toBeTruthy()
    await user.click(sheet().getByRole('button', { name: 'Cancel' }))
    expect(host.asked('vault_forget')).toEqual([])
    await user.click(main().getByRole('button', { name: 'Delete the vault…' }))
    await settled()
    await user.click(sheet().getByRole('button', { name: 'Delete vault' }))
    await settled()
    expect(host.asked('vault_forget')).toEqual([{}])
    expect(main().getByRole('button', { name: 'Make a vault…' })).toBeTruthy()
  })

  it('closes by itself after a time that the settings name, and says so', async () => {
    const { host, user } = await open('open', 'settings', { settings_set: () => app.settings })
    const times = within(main().getByRole('group', { name: 'Close it by itself' }))
    expect(times.getByRole('button', { pressed: true }).textContent.trim()).toBe('15 minutes')
    await user.click(times.getByRole('button', { name: 'Never' }))
    await user.click(times.getByRole('button', { name: '1 hour' }))
    await settled()
    expect(host.asked('settings_set')).toEqual([{ vaultLockMinutes: 0 }, { vaultLockMinutes: 60 }])

    host.answer({ app_state: after('closed') })
    host.send({ kind: 'vault_locked' })
    await settled()
    expect(screen.getByText(/The vault has closed itself/)).toBeTruthy()
    expect(main().getByRole('button', { name: 'Open the vault…' })).toBeTruthy()
  })

  it('offers a time that only the file has', async () => {
    const settings = { ...app.settings, vaultLockMinutes: 30 }
    await openWindow({ route: { name: 'settings' }, app: { ...without('open'), settings } })
    const times = within(main().getByRole('group', { name: 'Close it by itself' }))
    expect(times.getByRole('button', { pressed: true }).textContent.trim()).toBe('30 minutes')
  })

  it('can be opened from what went wrong because it was closed', async () => {
    const { user } = await openWindow({
      route: { name: 'accounts' },
      app: without('closed'),
      script: { server_refresh: () => Promise.reject(uiError('vault_closed')) },
    })
    await user.click(main().getByRole('button', { name: 'Check again' }))
    await settled()
    const card = within(main().getByRole('article', { name: 'The vault is closed' }))
    await user.click(card.getByRole('button', { name: 'Open the vault…' }))
    await settled()
    expect(screen.getByRole('dialog', { name: 'Open the vault' })).toBeTruthy()
  })

  it.each(['Cancel', 'Open'])('gives the sheet back that it was opened over: %s', async (answer) => {
    const { sifter, user } = await open('closed', 'accounts', {
      upload_plan: () => Promise.reject(uiError('vault_closed')),
      vault_open: after('open'),
    })
    sifter.uploads.open(oneFile, { serverId: 'cloud', path: { entity: 'ada', collection: 'genomics' } })
    await settled()
    await user.click(sheet().getByRole('button', { name: 'Open the vault…' }))
    await settled()
    await user.type(sheet().getByLabelText('Passphrase'), 'correct horse')
    await user.click(sheet().getByRole('button', { name: answer }))
    await settled()
    expect(screen.getByRole('dialog', { name: oneFile.files[0]!.name })).toBeTruthy()
    expect(sifter.uploads.form?.place).toBe('ada/genomics/samtools')
  })
})

describe('a locked keychain', () => {
  it('is shown for as long as something waits for it', async () => {
    const { host } = await openWindow({ route: { name: 'home' } })
    host.send({ kind: 'keychain', waiting: true })
    await settled()
    expect(screen.getByText('Waiting for you to unlock the keychain…')).toBeTruthy()
    host.send({ kind: 'keychain', waiting: false })
    await settled()
    expect(screen.queryByText('Waiting for you to unlock the keychain…')).toBeNull()
  })
})
