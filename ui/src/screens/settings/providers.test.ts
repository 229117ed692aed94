/** What Sifter is called at identity providers, in Settings and on the sign-in screen. */
import { screen, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import { providerClients } from '../../host/demo/providers'
import { uiError } from '../../host/fake'
import { openWindow, settled } from '../../test/window'

const settings = { route: { name: 'settings' as const } }

describe('the client ids in Settings', () => {
  it('are shown with what is still missing', async () => {
    const lacking = providerClients.map((one) => ({ ...one, hasSecret: false }))
    await openWindow({ ...settings, script: { provider_clients: () => lacking } })
    const part = screen.getByRole('region', { name: 'Sign-in providers' })
    expect(within(part).getByText(/googleusercontent\.com, still without its client secret/)).toBeTruthy()
    expect(within(part).getAllByText('No client id')).toHaveLength(3)
  })

  it('are sent with the address that belongs to them, and nothing else', async () => {
    const { host, user } = await openWindow(settings)
    await user.click(screen.getByRole('button', { name: 'Set the client id for GitLab' }))
    await user.type(screen.getByLabelText('Client id'), ' sifter-gl ')
    expect(screen.queryByLabelText('Tenant')).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await settled()
    expect(host.asked('provider_client_set')).toEqual([
      { kind: 'gitlab', clientId: 'sifter-gl', address: 'https://git.uni.example' },
    ])
    expect(screen.queryByLabelText('Client id')).toBeNull()
  })

  it('take a secret from the clipboard by the app, and no field takes one', async () => {
    const { host, user } = await openWindow(settings)
    await user.click(screen.getByRole('button', { name: 'Set the client id for GitHub' }))
    await user.type(screen.getByLabelText('Client id'), 'Iv1.0a')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await settled()
    // The id and the address, and nothing to type a secret into.
    const part = screen.getByRole('region', { name: 'Sign-in providers' })
    expect(within(part).getAllByRole('textbox')).toHaveLength(2)
    await user.click(screen.getByRole('button', { name: 'Paste client secret' }))
    await settled()
    expect(host.asked('provider_client_paste_secret')).toEqual([{ kind: 'github' }])
  })

  it('say why they were not taken, and stay to be mended', async () => {
    const refuse = () => {
      throw uiError('invalid_address', { params: { text: 'http://git.test' } })
    }
    const { user } = await openWindow({ ...settings, script: { provider_client_set: refuse } })
    await user.click(screen.getByRole('button', { name: 'Set the client id for GitLab' }))
    await user.type(screen.getByLabelText('Client id'), 'x')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await settled()
    expect(screen.getByText(/http:\/\/git\.test/)).toBeTruthy()
    expect(screen.getByLabelText<HTMLInputElement>('Client id').value).toBe('x')
  })
})

describe('the sign-in screen', () => {
  it('goes to a provider directly only where that leads somewhere', async () => {
    const { host, user } = await openWindow({
      route: { name: 'sign_in', serverId: 'uni' },
      script: {
        sign_in_start: ({ serverId }) => ({
          id: 'i1',
          serverId,
          phase: 'waiting_for_browser',
          host: 'accounts.google.com',
          secondsLeft: 60,
          browserOpened: true,
          code: null,
          error: null,
        }),
        sign_in_cancel: () => ({}),
      },
    })
    expect(screen.getAllByRole('button', { name: /directly$/ })).toHaveLength(1)
    await user.click(screen.getByRole('button', { name: 'Go to Google directly' }))
    await settled()
    expect(host.asked('sign_in_start')).toEqual([
      { serverId: 'uni', how: 'provider', another: false, provider: 'google' },
    ])
    expect(screen.getByText(/Approve the request on Google/)).toBeTruthy()
  })

  it('shows the code where a provider gives one', async () => {
    const { user } = await openWindow({
      route: { name: 'sign_in', serverId: 'uni' },
      script: {
        sign_in_start: ({ serverId }) => ({
          id: 'i1',
          serverId,
          phase: 'waiting_for_code',
          host: 'github.com',
          secondsLeft: 60,
          browserOpened: true,
          code: { code: 'WDJB-MJHT', page: 'https://github.com/login/device' },
          error: null,
        }),
        sign_in_cancel: () => ({}),
      },
    })
    await user.click(screen.getByRole('button', { name: 'Go to Google directly' }))
    await settled()
    expect(screen.getByText('WDJB-MJHT')).toBeTruthy()
  })
})
