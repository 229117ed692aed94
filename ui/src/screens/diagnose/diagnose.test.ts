/** The diagnosis of a server, a certificate that is refused, and addresses that are entered. */
import { screen, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import type { DiagnosisView, ShownCertificate } from '../../contract/generated'
import { addresses, finished, manualNetwork } from '../../host/demo/network'
import { servers } from '../../host/demo/servers'
import { uiError, type Script } from '../../host/fake'
import { words } from '../../words/words'
import { openWindow, settled } from '../../test/window'

const dialog = (name?: string) => within(screen.getByRole('dialog', name ? { name } : {}))
const openAccounts = (script: Script = {}) => openWindow({ route: { name: 'accounts' }, script })

const waiting: DiagnosisView = {
  ...finished,
  done: false,
  hosts: [
    {
      host: 'hub.uni.example',
      checks: [
        { kind: 'name', outcome: { kind: 'running' } },
        { kind: 'connection', outcome: { kind: 'waiting' } },
      ],
    },
  ],
}

describe('a diagnosis', () => {
  const begin = async (script: Script = {}) => {
    const opened = await openAccounts(script)
    await opened.user.click(screen.getByRole('button', { name: 'Diagnose…' }))
    await settled()
    return opened
  }

  it('shows each thing as it is looked at, and what it means in the end', async () => {
    const { host } = await begin({ diagnosis_start: () => waiting })
    expect(host.asked('diagnosis_start')).toEqual([{ serverId: 'cloud', address: null, allowHttp: false }])
    const sheet = dialog('Diagnosis of Sylabs Cloud')
    expect(sheet.getByRole('status').textContent).toContain('Looking…')
    expect(sheet.getByRole('button', { name: 'Copy report' })).toHaveProperty('disabled', true)
    const rows = () => sheet.getAllByRole('listitem').map((row) => row.className)
    expect(rows().map((name) => name.split(' ')[0])).toEqual(['running', 'waiting'])

    // The report of another diagnosis is nothing to this one.
    host.send({ kind: 'diagnosis', diagnosis: { ...finished, id: 'other' } })
    await settled()
    expect(sheet.getByRole('status').textContent).toContain('Looking…')
    host.send({ kind: 'diagnosis', diagnosis: finished })
    await settled()
    expect(sheet.getByRole('status').textContent).toContain('2 things do not work.')
    const keys = within(sheet.getByRole('region', { name: 'keys.uni.example' }))
    expect(keys.getByText(/The certificate of keys.uni.example is not trusted/)).toBeTruthy()
    expect(keys.getByText('Not looked at: something above has to work first.')).toBeTruthy()
    const hub = within(sheet.getByRole('region', { name: 'hub.uni.example' }))
    expect(hub.getByText('The server names 3 services.')).toBeTruthy()
    expect(hub.getByText(/refuses this token/)).toBeTruthy()
  })

  it('is stopped, begun again and copied', async () => {
    const { host, user } = await begin({ diagnosis_start: () => waiting })
    const sheet = dialog()
    await user.click(sheet.getByRole('button', { name: 'Stop' }))
    expect(host.asked('diagnosis_stop')).toEqual([{ diagnosisId: 'd1' }])
    const stopped = waiting.hosts.map((one) => ({
      ...one,
      checks: one.checks.map(({ kind }) => ({
        kind,
        outcome: { kind: 'skipped', why: 'stopped' } as const,
      })),
    }))
    host.send({ kind: 'diagnosis', diagnosis: { ...waiting, done: true, hosts: stopped } })
    await settled()
    expect(sheet.getByRole('status').textContent).toContain('Stopped before everything was looked at.')
    await user.click(sheet.getByRole('button', { name: 'Copy report' }))
    await settled()
    expect(host.asked('diagnosis_copy_report')).toEqual([{ diagnosisId: 'd1' }])
    await user.click(sheet.getByRole('button', { name: 'Look again' }))
    expect(host.asked('diagnosis_start')).toHaveLength(2)
  })

  it('stops when its sheet is closed', async () => {
    const { host, user } = await begin({ diagnosis_start: () => waiting })
    // The cross of the sheet and the button do the same.
    await user.click(dialog().getAllByRole('button', { name: 'Close' }).at(-1)!)
    await settled()
    expect(host.asked('diagnosis_stop')).toEqual([{ diagnosisId: 'd1' }])
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('says why it could not begin', async () => {
    await begin({
      diagnosis_start: () => Promise.reject(uiError('local_library_failed', { params: { reason: 'off' } })),
    })
    expect(dialog().getByText('It is off. Start it first.')).toBeTruthy()
  })

  it('has words for everything it may say', () => {
    for (const [kind, name] of Object.entries(words.diagnosis.checks)) expect(name, kind).toBeTruthy()
    for (const [why, text] of Object.entries(words.diagnosis.skipped)) expect(text, why).toMatch(/\.$/)
    const one = { kind: 'secured', issuer: 'X', until: '2027-06-01T00:00:00Z' } as const
    expect(words.diagnosis.seen({ ...one, pinned: true })).toContain('the one you accepted')
    expect(words.diagnosis.seen({ ...one, pinned: false })).toContain('“X” vouches')
    const unsafe = uiError('sign_in_rejected', { params: { server: 'lab' } })
    expect(words.diagnosis.trouble('sign_in', unsafe).body).toContain('public address')
    expect(words.diagnosis.trouble('account', unsafe)).toEqual(words.errors.say(unsafe))
    expect(words.diagnosis.seen({ kind: 'through', proxy: 'p:1', system: true })).toContain(
      "system's proxy p:1",
    )
  })
})

describe('connecting a server whose certificate is not trusted', () => {
  const refusal = (code: 'certificate_untrusted' | 'certificate_changed' = 'certificate_untrusted') =>
    uiError(code, {
      params: { server: 'registry.lab', host: 'registry.lab', fingerprint: 'AB:CD', issuer: 'Lab CA' },
    })

  async function tryToConnect(script: Script = {}) {
    const opened = await openAccounts({ server_connect: () => Promise.reject(refusal()), ...script })
    await opened.user.click(screen.getAllByRole('button', { name: 'Connect a server…' })[0]!)
    await settled()
    await opened.user.type(dialog().getByRole('textbox', { name: 'Address' }), 'registry.lab')
    await opened.user.click(dialog().getByRole('button', { name: 'Connect' }))
    await settled()
    return opened
  }

  it('shows it, accepts it only by a button that says so, and comes back', async () => {
    const asked: ShownCertificate[] = []
    const { user, host } = await tryToConnect({
      certificate_trust: (shown) => {
        asked.push(shown)
        return manualNetwork
      },
    })
    expect(dialog().getByText(/It is signed by “Lab CA”/)).toBeTruthy()
    await user.click(dialog().getByRole('button', { name: 'Show certificate' }))
    await settled()
    const sheet = dialog('Certificate of registry.lab')
    expect(sheet.getByText(/^3A:9F:11/)).toBeTruthy()
    expect(sheet.getByText('registry.lab, library.lab')).toBeTruthy()
    expect(asked).toEqual([])
    await user.click(sheet.getByRole('button', { name: 'Trust this certificate for this server' }))
    await settled()
    expect(asked).toEqual([{ host: 'registry.lab', fingerprint: 'AB:CD' }])
    expect(dialog('Connect a server').getByRole('textbox', { name: 'Address' })).toHaveProperty(
      'value',
      'registry.lab',
    )
    expect(host.asked('server_connect')).toHaveLength(1)
  })

  it('leaves one that cannot be accepted without that button', async () => {
    const question = {
      host: 'registry.lab',
      shown: { ...manualNetwork.authorities[0]!, ended: true },
      accepted: null,
      acceptable: false,
    }
    const { user } = await tryToConnect({ certificate_show: () => question })
    await user.click(dialog().getByRole('button', { name: 'Show certificate' }))
    await settled()
    expect(dialog().getByText('This one cannot be accepted.')).toBeTruthy()
    expect(dialog().queryByRole('button', { name: /^Trust/ })).toBeNull()
  })

  it('shows what was accepted before beside one that is another', async () => {
    const [shown] = manualNetwork.authorities
    const question = {
      host: 'registry.lab',
      shown: shown!,
      accepted: { ...shown!, fingerprint: 'EE:EE' },
      acceptable: true,
    }
    const { user } = await tryToConnect({
      server_connect: () => Promise.reject(refusal('certificate_changed')),
      certificate_show: () => question,
    })
    expect(dialog().getByText(/It is not the one that you accepted/)).toBeTruthy()
    await user.click(dialog().getByRole('button', { name: 'Show certificate' }))
    await settled()
    const sheet = dialog('Another certificate of registry.lab')
    expect(sheet.getByText('EE:EE')).toBeTruthy()
  })

  it('takes an authority from a file and tries again', async () => {
    const { user, host } = await tryToConnect({ network_add_authority: () => manualNetwork })
    await user.click(dialog().getByRole('button', { name: 'Add CA…' }))
    await settled()
    expect(host.asked('server_connect')).toHaveLength(2)
  })

  it('is diagnosed, and comes back with the address', async () => {
    const { user, host } = await tryToConnect()
    await user.click(dialog().getByRole('button', { name: 'Diagnose…' }))
    await settled()
    expect(host.asked('diagnosis_start')).toEqual([
      { serverId: null, address: 'registry.lab', allowHttp: false },
    ])
    await user.click(dialog('Diagnosis of registry.lab').getByRole('button', { name: 'Back' }))
    await settled()
    expect(dialog('Connect a server').getByRole('textbox')).toHaveProperty('value', 'registry.lab')
  })
})

describe('a server that does not answer', () => {
  it('offers a diagnosis on its card', async () => {
    const down = servers.map((server) =>
      server.id === 'cloud'
        ? {
            ...server,
            state: 'down' as const,
            problem: uiError('unreachable', {
              params: { server: 'Sylabs Cloud', how: 'refused' },
              retry: 'yes',
            }),
          }
        : server,
    )
    const { user, host } = await openAccounts({ server_list: () => down })
    const card = within(screen.getByRole('article', { name: 'Sylabs Cloud does not answer' }))
    expect(card.getByText(/nothing listens at that port/)).toBeTruthy()
    await user.click(card.getByRole('button', { name: 'Diagnose…' }))
    await settled()
    expect(host.asked('diagnosis_start')).toHaveLength(1)
  })
})

describe('the addresses of a server', () => {
  const begin = async (script: Script = {}) => {
    const opened = await openAccounts({ server_addresses: () => addresses, ...script })
    await opened.user.click(screen.getByRole('button', { name: 'Edit addresses…' }))
    await settled()
    return opened
  }

  it('are seen, entered and put back', async () => {
    const { user, host } = await begin()
    const sheet = dialog('Addresses of Sylabs Cloud')
    expect(sheet.getByText('As discovered: https://library.uni.example')).toBeTruthy()
    expect(sheet.getAllByText('The server names none.')).toHaveLength(2)
    expect(sheet.getByRole('textbox', { name: 'Key server' })).toHaveProperty(
      'value',
      'https://keys.openpgp.org',
    )
    await user.click(sheet.getByRole('button', { name: 'Key server as discovered' }))
    await user.type(sheet.getByRole('textbox', { name: 'Library' }), ' mirror.uni.example ')
    await user.click(sheet.getByRole('button', { name: 'Check and save' }))
    await settled()
    expect(host.asked('server_set_addresses')).toEqual([
      { serverId: 'cloud', library: 'mirror.uni.example', keys: null, builder: null, registry: null },
    ])
    expect(screen.queryByRole('dialog')).toBeNull()
    expect(screen.getByText('Addresses of Sylabs Cloud saved')).toBeTruthy()
  })

  it('stay to be mended when one of them does not answer', async () => {
    const { user } = await begin({
      server_set_addresses: () =>
        Promise.reject(uiError('not_a_library', { params: { server: 'x.example' } })),
    })
    await user.click(dialog().getByRole('button', { name: 'Check and save' }))
    await settled()
    expect(dialog().getByText('X.example is not a container library')).toBeTruthy()
  })
})
