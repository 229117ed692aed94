/** Settings › Network: the proxy, its password, and whose certificates are believed. */
import { screen, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import type { NetworkView, ProxySettings } from '../../contract/generated'
import { manualNetwork, network } from '../../host/demo/network'
import { uiError, type Script } from '../../host/fake'
import { listed, parsePort } from '../../state/proxy'
import { openWindow, settled } from '../../test/window'

const section = () => within(screen.getByRole('region', { name: 'Network' }))
const open = (script: Script = {}) => openWindow({ route: { name: 'settings' }, script })
const mode = (name: string) =>
  within(section().getByRole('group', { name: 'Proxy' })).getByRole('button', { name })

describe('what is typed about a proxy', () => {
  it('is a port, or none', () => {
    expect(['3128', ' 1 ', '65535'].map(parsePort)).toEqual([3128, 1, 65535])
    expect(['', '0', '65536', '-1', '3128a', '1e3', '9'.repeat(30)].map(parsePort)).toEqual(
      Array.from({ length: 7 }, () => null),
    )
  })

  it('is a list, however it is parted', () => {
    expect(listed(' a.example, 10.0.0.0/8;b\nc ,')).toEqual(['a.example', '10.0.0.0/8', 'b', 'c'])
    expect(listed('  ')).toEqual([])
  })
})

describe('the proxy', () => {
  it('says plainly what the system gives, and that scripts are not run', async () => {
    await open()
    expect(
      section().getByText(/HTTPS_PROXY.*the settings of the desktop count, with their script \(PAC\)/),
    ).toBeTruthy()
    expect(mode('System').getAttribute('aria-pressed')).toBe('true')
  })

  it('is none at once, and manual only once it is entered', async () => {
    const taken: ProxySettings[] = []
    const { user } = await open({
      network_set_proxy: (proxy) => {
        taken.push(proxy)
        return { ...network, proxy }
      },
    })
    await user.click(mode('None'))
    await settled()
    expect(taken.map((one) => one.mode)).toEqual(['direct'])
    await user.click(mode('Manual'))
    await settled()
    expect(taken).toHaveLength(1)
    const save = section().getByRole('button', { name: 'Use this proxy' })
    expect(save).toHaveProperty('disabled', true)
    await user.type(section().getByRole('textbox', { name: 'Host' }), 'proxy.lab')
    await user.type(section().getByRole('textbox', { name: 'Port' }), '99999')
    expect(section().getByText('A number from 1 to 65535.')).toBeTruthy()
    expect(save).toHaveProperty('disabled', true)
    await user.clear(section().getByRole('textbox', { name: 'Port' }))
    await user.type(section().getByRole('textbox', { name: 'Port' }), '1080')
    await user.click(
      within(section().getByRole('group', { name: 'Kind' })).getByRole('button', { name: 'SOCKS 5' }),
    )
    await user.type(section().getByRole('textbox', { name: 'Reach directly' }), 'lab.example 10.0.0.0/8')
    await user.click(save)
    await settled()
    expect(taken[1]).toEqual({
      mode: 'manual',
      kind: 'socks5',
      host: 'proxy.lab',
      port: 1080,
      user: '',
      bypass: ['lab.example', '10.0.0.0/8'],
    })
    expect(screen.getByText('The proxy is set')).toBeTruthy()
  })

  it('that cannot be used is named, and the form stays', async () => {
    const { user } = await open({
      network_get: () => manualNetwork,
      network_set_proxy: () => Promise.reject(uiError('invalid_address', { params: { text: 'a b' } })),
    })
    await user.type(section().getByRole('textbox', { name: 'Host' }), ' b')
    await user.click(section().getByRole('button', { name: 'Use this proxy' }))
    await settled()
    expect(section().getByText('“a b” is not an address')).toBeTruthy()
    expect(section().getByRole('textbox', { name: 'Host' })).toHaveProperty('value', 'proxy.uni.example b')
  })

  it('gets its password in a sheet that keeps nothing of it', async () => {
    const without: NetworkView = { ...manualNetwork, password: null }
    const { user, host } = await open({
      network_get: () => without,
      network_set_password: () => manualNetwork,
      network_forget_password: () => without,
    })
    await user.click(section().getByRole('button', { name: 'Set password…' }))
    await settled()
    const sheet = within(screen.getByRole('dialog', { name: 'Password of the proxy' }))
    const field = sheet.getByLabelText('Password')
    expect(field.getAttribute('type')).toBe('password')
    await user.type(field, 'hunter2')
    await user.click(sheet.getByRole('button', { name: 'Keep' }))
    await settled()
    expect(host.asked('network_set_password')).toEqual([{ password: 'hunter2' }])
    expect(screen.queryByRole('dialog')).toBeNull()
    expect(document.body.innerHTML).not.toContain('hunter2')
    expect(section().getByText('Kept in Secret Service')).toBeTruthy()
    await user.click(section().getByRole('button', { name: 'Forget' }))
    await settled()
    expect(section().getByText('None is kept')).toBeTruthy()
  })

  it('is asked for without what went wrong before', async () => {
    const { user } = await open({
      network_get: () => manualNetwork,
      network_forget_password: () => Promise.reject(uiError('storage_failed')),
    })
    await user.click(section().getByRole('button', { name: 'Forget' }))
    await settled()
    expect(section().getByRole('article')).toBeTruthy()
    await user.click(section().getByRole('button', { name: 'Change…' }))
    await settled()
    expect(within(screen.getByRole('dialog')).queryByRole('article')).toBeNull()
  })
})

describe('certificates', () => {
  it('that are believed are listed with their end, and taken back', async () => {
    const { user, host } = await open({
      network_get: () => manualNetwork,
      network_forget_host: () => network,
    })
    const authorities = within(section().getByRole('list', { name: 'Certificate authorities' }))
    expect(authorities.getByText('Lab CA')).toBeTruthy()
    expect(authorities.getByText(/^until 12 Jan 2028/)).toBeTruthy()
    await user.click(section().getByRole('button', { name: 'Stop trusting the certificate of registry.lab' }))
    await settled()
    expect(host.asked('network_forget_host')).toEqual([{ host: 'registry.lab' }])
    expect(section().queryByRole('list', { name: 'Trusted for one server' })).toBeNull()
  })

  it('that have ended say so', async () => {
    const [authority] = manualNetwork.authorities
    const ended = { ...authority!, ended: true }
    await open({ network_get: () => ({ ...manualNetwork, authorities: [ended] }) })
    expect(section().getByText(/^ended 12 Jan 2028/)).toBeTruthy()
  })

  it('are taken from a file, and a file without one is named', async () => {
    const { user } = await open({
      network_add_authority: () =>
        Promise.reject(
          uiError('authority_unusable', { params: { name: 'leaf.pem', reason: 'not_authority' } }),
        ),
    })
    await user.click(section().getByRole('button', { name: 'Add a CA…' }))
    await settled()
    expect(section().getByText('leaf.pem holds no certificate authority')).toBeTruthy()
    expect(section().getByText(/vouches for nobody else/)).toBeTruthy()
  })
})
