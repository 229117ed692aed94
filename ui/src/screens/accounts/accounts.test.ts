/** Accounts, signing in, and settings. */
import { screen, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import type { SignInView } from '../../contract/generated'
import { servers } from '../../host/demo/servers'
import { uiError, type Script } from '../../host/fake'
import { openWindow, settled } from '../../test/window'
import { abilities, dotOf } from './look'

const main = () => within(screen.getByRole('main'))

describe('accounts', () => {
  const open = (script: Script = {}) => openWindow({ route: { name: 'accounts' }, script })

  it('are walked through with the arrows, and the one with the focus is shown', async () => {
    const { user } = await open()
    main()
      .getByRole('option', { name: /Sylabs Cloud/ })
      .focus()
    await user.keyboard('{ArrowRight}')
    expect(main().getByRole('option', { selected: true }).textContent).toContain('hub.uni.example')
    expect(main().getByRole('heading', { level: 2 }).textContent).toBe('hub.uni.example')
  })

  it('are signed out of only after a question, whose safe answer has the focus', async () => {
    const { host, user } = await open({ account_sign_out: () => ({}) })
    await user.click(main().getByRole('button', { name: 'Sign out…' }))
    await settled()
    const sheet = within(screen.getByRole('dialog', { name: 'Sign out of Sylabs Cloud?' }))
    expect(document.activeElement).toBe(sheet.getByRole('button', { name: 'Cancel' }))
    await user.click(sheet.getByRole('button', { name: 'Cancel' }))
    expect(host.asked('account_sign_out')).toEqual([])
    await user.click(main().getByRole('button', { name: 'Sign out…' }))
    await settled()
    await user.click(screen.getByRole('button', { name: 'Sign out' }))
    await settled()
    expect(host.asked('account_sign_out')).toEqual([{ accountId: 'a1' }])
    expect(screen.getByText('Signed out of Sylabs Cloud')).toBeTruthy()
  })

  it('stay when a server could not be removed, with the reason', async () => {
    const { user } = await open({ server_remove: () => Promise.reject(uiError('keychain_locked')) })
    await user.click(main().getByRole('button', { name: 'Remove server…' }))
    await settled()
    await user.click(screen.getByRole('button', { name: 'Remove server' }))
    await settled()
    expect(main().getByText('The keychain is locked')).toBeTruthy()
    expect(main().getByRole('option', { name: /Sylabs Cloud/ })).toBeTruthy()
  })

  it('say what a server can do, cannot do, and what is not known of it', () => {
    const unknown = servers[2]!.capabilities
    expect(abilities(unknown), 'nobody has asked').toEqual([])
    const told = abilities({ ...unknown, multipart: false, tokens: true })
    expect(told).toContainEqual({ able: false, text: 'Uploads start over when they break' })
    expect(told).toContainEqual({ able: true, text: 'Access tokens by name' })
    const open = told.filter(({ able }) => able === null).map(({ text }) => text)
    expect(open).toEqual([
      'Tags for each architecture: not known',
      'Resuming downloads: not known',
      'Registry: not known',
      'Publishing keys: not known',
      'Remote builds: not known',
      'Quota before upload: not known',
      'Search: not known',
      'Sign-in through the browser: not known',
    ])
    expect(dotOf('unknown')).toBe('off')
  })
})

describe('signing in', () => {
  const attempt = (rest: Partial<SignInView> = {}): SignInView => ({
    id: 'i1',
    serverId: 'uni',
    phase: 'waiting_for_browser',
    host: 'hub.uni.example',
    secondsLeft: 272,
    browserOpened: true,
    code: null,
    error: null,
    ...rest,
  })
  const open = (serverId: string, script: Script = {}) =>
    openWindow({
      route: { name: 'sign_in', serverId },
      script: { sign_in_start: () => attempt(), sign_in_cancel: () => ({}), ...script },
    })

  it('in the browser waits, goes on by itself, and ends at the server', async () => {
    const { host, sifter, user } = await open('uni')
    await user.click(main().getByRole('button', { name: 'Continue in the browser' }))
    await settled()
    expect(main().getByText('Waiting for your browser…')).toBeTruthy()
    expect(main().getByText('The link works for 4:32 more')).toBeTruthy()
    host.send({ kind: 'sign_in', signIn: attempt({ phase: 'exchanging' }) })
    await settled()
    expect(main().getByText('Approved. Finishing the sign-in…')).toBeTruthy()
    host.send({ kind: 'sign_in', signIn: attempt({ phase: 'done' }) })
    await settled()
    expect(sifter.navigation.route).toEqual({ name: 'server', serverId: 'uni' })
    expect(host.asked('sign_in_cancel')).toEqual([])
  })

  it('offers a button for each provider of the server, and goes to the one that is pressed', async () => {
    const { host, user } = await open('uni')
    const named = ['Google', 'GitHub', 'GitLab', 'Microsoft', 'Campus login']
    const buttons = main().getAllByRole('button', { name: /^Sign in with / })
    expect(buttons.map((button) => button.textContent.trim())).toEqual(named)
    const signs = buttons.map((button) => button.querySelector('use')?.getAttribute('href'))
    expect(signs).toEqual(['#i-p-google', '#i-p-github', '#i-p-gitlab', '#i-p-microsoft', '#i-globe'])

    const gitlab = main().getByRole('button', { name: 'Sign in with GitLab' })
    gitlab.focus()
    await user.keyboard('{Enter}')
    await settled()
    const start = { serverId: 'uni', how: 'browser', another: false }
    expect(host.asked('sign_in_start')).toEqual([{ ...start, provider: 'gitlab' }])
    expect(main().getByText('Approve the request on GitLab. This window goes on by itself.')).toBeTruthy()
    expect(gitlab.getAttribute('aria-current')).toBe('true')
    await user.click(gitlab)
    await settled()
    expect(host.asked('sign_in_start'), 'what goes on already is not begun again').toHaveLength(1)

    host.answer({ sign_in_start: () => attempt({ id: 'i2' }) })
    await user.click(main().getByRole('button', { name: 'Sign in with Google' }))
    await settled()
    expect(host.asked('sign_in_cancel')).toEqual([{ signInId: 'i1' }])
    expect(host.asked('sign_in_start').at(-1)).toEqual({ ...start, provider: 'google' })
    host.send({
      kind: 'sign_in',
      signIn: attempt({ id: 'i2', phase: 'failed', error: uiError('sign_in_timed_out', { retry: 'yes' }) }),
    })
    await settled()
    await user.click(main().getByRole('button', { name: 'Start again' }))
    await settled()
    expect(host.asked('sign_in_start').at(-1)).toEqual({ ...start, provider: 'google' })

    await user.click(main().getByRole('button', { name: 'Continue in the browser' }))
    await settled()
    expect(host.asked('sign_in_start').at(-1)).toEqual(start)
    expect(main().getByText(/^Approve the request on hub\.uni\.example\./)).toBeTruthy()
  })

  it('at a server without providers offers none', async () => {
    const uni = servers.find(({ id }) => id === 'uni')!
    const plain = { ...uni, ways: [{ kind: 'browser' as const, providers: [] }] }
    await open('uni', { server_list: () => [plain] })
    expect(main().queryAllByRole('button', { name: /^Sign in with / })).toEqual([])
    expect(main().getByRole('button', { name: 'Continue in the browser' })).toBeTruthy()
  })

  it('without a browser says how to go on', async () => {
    const { user } = await open('uni', { sign_in_start: () => attempt({ browserOpened: false }) })
    await user.click(main().getByRole('button', { name: 'Continue in the browser' }))
    await settled()
    expect(main().getByText('No browser could be opened. Copy the link and open it yourself.')).toBeTruthy()
  })

  it('that failed says why, and can be started again', async () => {
    const { host, user } = await open('uni')
    await user.click(main().getByRole('button', { name: 'Open the browser' }))
    await settled()
    host.send({
      kind: 'sign_in',
      signIn: attempt({ phase: 'failed', error: uiError('sign_in_timed_out', { retry: 'yes' }) }),
    })
    await settled()
    expect(main().getByText('The sign-in link stopped working')).toBeTruthy()
    host.answer({ sign_in_start: () => attempt({ id: 'i2' }) })
    await user.click(main().getByRole('button', { name: 'Start again' }))
    await settled()
    expect(host.asked('sign_in_start')).toHaveLength(2)
    await user.click(main().getByRole('button', { name: 'Cancel' }))
    await settled()
    expect(host.asked('sign_in_cancel')).toEqual([{ signInId: 'i2' }])
  })

  it('with a token never shows the token, and begins after a yes to its owner', async () => {
    const { host, sifter, user, container } = await open('cloud', {
      sign_in_check_token: () => Promise.reject(uiError('no_token_in_clipboard', { retry: 'yes' })),
      sign_in_open_token_page: () => ({}),
      sign_in_paste_token: () => servers[0]!,
    })
    expect(container.querySelectorAll('main input, main textarea')).toHaveLength(0)
    const last = () => main().getByRole<HTMLButtonElement>('button', { name: /^Sign in/ })
    await user.click(main().getByRole('button', { name: 'Open token page' }))
    await user.click(main().getByRole('button', { name: 'Paste token' }))
    await settled()
    expect(main().getByText('There is no token in the clipboard')).toBeTruthy()
    expect(last().disabled).toBe(true)
    host.answer({ sign_in_check_token: () => ({ login: 'ada', expires: '2026-12-22T09:00:00Z' }) })
    await user.click(main().getByRole('button', { name: 'Paste token' }))
    await settled()
    expect(main().getByRole('status').textContent).toContain('Token for ada')
    expect(main().getByRole('status').textContent).toContain('expires 22 Dec 2026')
    expect(host.asked('sign_in_paste_token')).toEqual([])
    await user.click(last())
    await settled()
    expect(host.asked('sign_in_paste_token')).toEqual([{ serverId: 'cloud' }])
    expect(sifter.navigation.route).toEqual({ name: 'server', serverId: 'cloud' })
  })
})

describe('settings', () => {
  const open = (script: Script = {}) => openWindow({ route: { name: 'settings' }, script })

  it('change at once, and the window with them', async () => {
    const { host, user } = await open()
    await user.click(main().getByRole('button', { name: 'Dark' }))
    await settled()
    expect(document.documentElement.dataset.theme).toBe('dark')
    await user.click(main().getByRole('button', { name: 'More at once' }))
    await user.click(main().getByRole('switch', { name: /^Start the library/ }))
    await settled()
    expect(host.asked('settings_set')).toEqual([
      { theme: 'dark' },
      { parallelTransfers: 4 },
      { startLocalLibrary: false },
    ])
    delete document.documentElement.dataset.theme
  })

  it('say why something could not be changed, until that is dismissed', async () => {
    const { user } = await open({ app_show_data_folder: () => Promise.reject(uiError('storage_failed')) })
    await user.click(main().getByRole('button', { name: 'Show data folder' }))
    await settled()
    expect(main().getByText("Sifter's own data could not be used")).toBeTruthy()
    await user.click(main().getByRole('button', { name: 'Dismiss' }))
    await settled()
    expect(main().queryByText("Sifter's own data could not be used")).toBeNull()
  })
})
