/** Tokens, several accounts, the command lines' files, and what ends. */
import { screen, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import { tokens, withSeveral } from '../../host/demo/accounts'
import { servers } from '../../host/demo/servers'
import { uiError, type Script } from '../../host/fake'
import { openWindow, settled } from '../../test/window'

const main = () => within(screen.getByRole('main'))
const dialog = () => within(screen.getByRole('dialog'))
const open = (script: Script = {}) => openWindow({ route: { name: 'accounts' }, script })

describe('tokens', () => {
  it('say where they are used and how close their end is', async () => {
    await open()
    const rows = main().getAllByRole('row').slice(1)
    expect(rows.map((row) => within(row).getAllByRole('cell')[3]!.textContent?.trim())).toEqual([
      'in 2 mo',
      'in 6 d',
      'expired 2 d ago',
    ])
    expect(within(rows[0]!).getByText('this computer')).toBeTruthy()
    expect(within(rows[1]!).getByText('read only')).toBeTruthy()
  })

  it('are revoked only after a question that says what stops', async () => {
    const { host, user } = await open()
    await user.click(main().getByRole('button', { name: 'Revoke singularity on workbench…' }))
    await settled()
    expect(dialog().getByText(/A command line on this computer, or Sifter itself, uses it/)).toBeTruthy()
    expect(document.activeElement).toBe(dialog().getByRole('button', { name: 'Cancel' }))
    await user.click(dialog().getByRole('button', { name: 'Revoke token' }))
    await settled()
    expect(host.asked('token_revoke')).toEqual([{ serverId: 'cloud', tokenId: 'k1' }])
    expect(host.asked('token_list')).toHaveLength(2)
  })

  it('are no section where the server has none, and a problem where it fails', async () => {
    const { host, sifter } = await open({
      token_list: () => Promise.reject(uiError('not_offered', { params: { what: 'tokens' } })),
    })
    expect(main().queryByRole('heading', { name: 'Tokens' })).toBeNull()
    host.answer({ token_list: () => Promise.reject(uiError('unreachable', { retry: 'yes' })) })
    await sifter.tokens.load('cloud')
    await settled()
    expect(main().getByText(/does not answer/)).toBeTruthy()
  })

  it('are copied by the app and never shown, and forgotten when the sheet closes', async () => {
    const { host, user } = await open()
    await user.click(main().getByRole('button', { name: 'New token…' }))
    await settled()
    await user.type(dialog().getByRole('textbox', { name: 'Name' }), ' ci ')
    await user.click(dialog().getByRole('button', { name: '30 days' }))
    await user.click(dialog().getByRole('button', { name: 'Only download' }))
    await user.click(dialog().getByRole('button', { name: 'Create token' }))
    await settled()
    const made = { serverId: 'cloud', name: 'ci', days: 30, readOnly: true }
    expect(host.asked('token_make')).toEqual([made])
    expect(screen.getByRole('dialog', { name: 'ci is ready' })).toBeTruthy()
    await user.click(dialog().getByRole('button', { name: 'Copy token' }))
    await settled()
    expect(host.asked('token_copy')).toEqual([{ serverId: 'cloud', tokenId: 'k9' }])
    expect(host.asked('token_seen')).toEqual([])
    await user.click(dialog().getByRole('button', { name: 'Done' }))
    await settled()
    expect(host.asked('token_seen')).toEqual([{ serverId: 'cloud', tokenId: 'k9' }])
  })

  it('cannot be made with an account that is a token itself', async () => {
    await open({ token_list: () => ({ ...tokens, canMake: false }) })
    expect(main().queryByRole('button', { name: 'New token…' })).toBeNull()
    expect(main().getByText(/a token cannot make others/)).toBeTruthy()
  })
})

describe('several accounts', () => {
  it('are switched by one click', async () => {
    const { host, user } = await open({ server_list: () => withSeveral() })
    await user.click(main().getByRole('button', { name: 'Use ada-lab' }))
    await settled()
    expect(host.asked('account_use')).toEqual([{ accountId: 'a2' }])
    expect(screen.getByText('Working as ada-lab on Sylabs Cloud')).toBeTruthy()
  })

  it('are signed out one by one', async () => {
    const { host, user } = await open({ server_list: () => withSeveral(), account_sign_out: () => ({}) })
    await user.click(main().getByRole('button', { name: 'Sign out ada-lab…' }))
    await settled()
    await user.click(dialog().getByRole('button', { name: 'Sign out' }))
    await settled()
    expect(host.asked('account_sign_out')).toEqual([{ accountId: 'a2' }])
  })

  it('are added beside the one there is', async () => {
    const { host, sifter, user } = await openWindow({
      route: { name: 'sign_in', serverId: 'uni', another: true },
      script: { sign_in_start: () => Promise.reject(uiError('sign_in_busy')) },
    })
    expect(main().getByRole('heading', { level: 1 }).textContent).toBe('Add an account on hub.uni.example')
    await user.click(main().getByRole('button', { name: 'Continue in the browser' }))
    await settled()
    expect(host.asked('sign_in_start')).toEqual([{ serverId: 'uni', how: 'browser', another: true }])
    expect(sifter.navigation.route.name).toBe('sign_in')
  })

  it('say who signed in when it was somebody else, and take both on request', async () => {
    const wrong = uiError('other_person', {
      params: { server: 'hub.uni.example', expected: 'ada', found: 'grace' },
      retry: 'yes',
    })
    const { host, user } = await openWindow({
      route: { name: 'sign_in', serverId: 'uni' },
      script: { sign_in_start: () => Promise.reject(wrong) },
    })
    await user.click(main().getByRole('button', { name: 'Continue in the browser' }))
    await settled()
    expect(main().getByText('You signed in as grace, not as ada')).toBeTruthy()
    await user.click(main().getByRole('button', { name: 'Add as another account' }))
    await settled()
    expect(host.asked('sign_in_start').map(({ another }) => another)).toEqual([false, true])
  })
})

describe('the command line', () => {
  it('gets an account after a warning and a choice, and says what was written', async () => {
    const { host, user } = await open()
    await user.click(main().getByRole('button', { name: 'Use on the command line…' }))
    await settled()
    expect(dialog().getByText(/keep their token in a plain file/)).toBeTruthy()
    expect(dialog().getByText('The token that is there is replaced.')).toBeTruthy()
    await user.click(dialog().getByRole('button', { name: 'apptainer' }))
    await settled()
    expect(dialog().getByText(/Run it once/)).toBeTruthy()
    expect((dialog().getByRole('button', { name: 'Set up apptainer' }) as HTMLButtonElement).disabled).toBe(
      true,
    )
    await user.click(dialog().getByRole('button', { name: 'singularity' }))
    await user.click(dialog().getByRole('switch'))
    await user.click(dialog().getByRole('button', { name: 'Set up singularity' }))
    await settled()
    expect(host.asked('command_write')).toEqual([
      { accountId: 'a1', program: 'singularity', activate: false },
    ])
    expect(screen.getByRole('dialog', { name: 'singularity can use this account now' })).toBeTruthy()
  })

  it('says why nothing can be handed over', async () => {
    const { user } = await open({
      command_plan: () =>
        Promise.reject(uiError('not_offered', { params: { server: 'lab', what: 'command_line' } })),
    })
    await user.click(main().getByRole('button', { name: 'Use on the command line…' }))
    await settled()
    expect(dialog().getByText('Lab does not offer tokens for other programs')).toBeTruthy()
  })

  it('is imported from item by item, each with its place and its outcome', async () => {
    const { host, user } = await open()
    await user.click(main().getByRole('button', { name: 'Import…' }))
    await settled()
    const items = dialog().getAllByRole('listitem')
    expect(items[0]!.textContent).toContain('From singularity: ~/.singularity/remote.yaml')
    expect(items[2]!.textContent).toContain('docker-credential-secretservice is asked')
    expect(dialog().getByText('~/.apptainer/remote.yaml cannot be used')).toBeTruthy()
    expect(host.asked('import_take')).toEqual([])
    host.answer({ import_take: () => Promise.reject(uiError('not_encrypted')) })
    await user.click(dialog().getByRole('button', { name: 'Import hub.lab.example:5000' }))
    await settled()
    host.answer({ import_take: () => servers[0]! })
    await user.click(dialog().getByRole('button', { name: 'Connect without encryption' }))
    await settled()
    expect(host.asked('import_take')).toEqual([
      { itemId: 'm2', allowHttp: false },
      { itemId: 'm2', allowHttp: true },
    ])
    expect(within(items[1]!).getByText('Imported')).toBeTruthy()
  })
})

describe('what ends', () => {
  it('is said on the first page, with the way to renew it', async () => {
    const { sifter, user } = await openWindow({ script: { server_list: () => withSeveral() } })
    expect(main().getByText(/Your token for Sylabs Cloud ends in 6 d/)).toBeTruthy()
    await user.click(main().getByRole('button', { name: 'Sign in again' }))
    await settled()
    expect(sifter.navigation.route).toEqual({ name: 'sign_in', serverId: 'cloud' })
  })
})
