/** Keys go public, are found, and turn out to be revoked; and which servers are asked. */
import { screen, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import { foundKeys, keyServerList, publishPlan, revokedKey } from '../../host/demo/key-servers'
import { FINGERPRINT, keyRows, verification } from '../../host/demo/signatures'
import { uiError } from '../../host/fake'
import { openWindow, settled } from '../../test/window'

const route = { name: 'keys' as const }
const dialog = () => within(screen.getByRole('dialog'))
const on = (host: string) => screen.getByRole('switch', { name: host }).getAttribute('aria-checked')

describe('publishing a key', () => {
  async function openSheet(script: Parameters<typeof openWindow>[0] = {}) {
    const opened = await openWindow({ route, ...script })
    const mine = within(screen.getByRole('grid', { name: 'Mine' }))
    await opened.user.click(mine.getByRole('button', { name: /Actions for/ }))
    await opened.user.click(screen.getByRole('menuitem', { name: 'Publish…' }))
    await settled()
    return opened
  }

  it('says what becomes public, and how it went on each server', async () => {
    const { host, user } = await openSheet()
    expect(dialog().getByText(/Your name and address: Ada <ada@example.org>/)).toBeTruthy()
    // Only where the person is at home already.
    expect([on('hub.uni.example'), on('keys.openpgp.org'), on('keys.sylabs.io')]).toEqual([
      'true',
      'false',
      'false',
    ])
    await user.click(dialog().getByRole('switch', { name: 'keys.openpgp.org' }))
    await user.click(dialog().getByRole('switch', { name: 'keys.sylabs.io' }))
    const refused = uiError('not_offered', { params: { server: 'keys.sylabs.io', what: 'publish' } })
    host.answer({
      key_publish: ({ address }) =>
        address.includes('sylabs')
          ? Promise.reject(refused)
          : { address, host: new URL(address).host, published: '2026-11-22T14:00:00Z', outdated: false },
    })
    await user.click(dialog().getByRole('button', { name: 'Publish on 3 servers' }))
    await settled()
    expect(host.asked('key_publish').map(({ address }) => address)).toEqual(
      publishPlan.places.map(({ server }) => server.address),
    )
    expect(dialog().getAllByText('Published')).toHaveLength(2)
    expect(dialog().getByText(/hides your name until you confirm the address/)).toBeTruthy()
    expect(dialog().getByText(/Keys.sylabs.io takes no keys from Sifter/)).toBeTruthy()
    // What failed can be tried again, by itself.
    expect(dialog().getByRole('button', { name: 'Publish on keys.sylabs.io' })).toBeTruthy()
  })

  it('needs a sign-in where a library takes keys from its people only', async () => {
    const places = publishPlan.places.map((place) => ({
      ...place,
      needsSignIn: place.server.serverId !== null,
    }))
    const { sifter, user } = await openSheet({
      script: { key_publish_plan: () => ({ ...publishPlan, places }) },
    })
    expect(screen.queryByRole('switch', { name: 'hub.uni.example' })).toBeNull()
    await user.click(dialog().getByRole('button', { name: 'Sign in' }))
    expect(sifter.navigation.route).toEqual({ name: 'sign_in', serverId: 'uni' })
  })

  it('is offered again as soon as a key was taken back, and when it changed', async () => {
    const { host, user } = await openWindow({ route })
    const mine = within(screen.getByRole('grid', { name: 'Mine' }))
    await user.click(mine.getByRole('button', { name: /Actions for/ }))
    await user.click(screen.getByRole('menuitem', { name: 'Take it back…' }))
    await settled()
    host.answer({ key_publish_plan: () => ({ ...publishPlan, standing: 'revoked' }) })
    await user.click(dialog().getByRole('button', { name: 'Take it back' }))
    await settled()
    expect(dialog().getByText('That you have taken the key back')).toBeTruthy()
    await user.click(dialog().getByRole('button', { name: 'Cancel' }))
    const published = [
      {
        address: 'https://keys.openpgp.org',
        host: 'keys.openpgp.org',
        published: '2026-11-20T09:00:00Z',
        outdated: true,
      },
    ]
    const rows = keyRows.map((row) => (row.trust === 'own' ? { ...row, published } : row))
    host.answer({ key_list: () => ({ keys: rows, revoked: [] }) })
    await user.click(screen.getByRole('button', { name: 'Import…' }))
    await settled()
    expect(screen.getByText(/has changed since it was published on keys.openpgp.org/)).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Publish again…' }))
    await settled()
    expect(screen.getByRole('dialog')).toBeTruthy()
  })
})

describe('finding a key', () => {
  it('asks nobody while somebody types, and shows where each key is from', async () => {
    const { host, user } = await openWindow({ route })
    await user.click(screen.getByRole('button', { name: 'Find…' }))
    await settled()
    expect(dialog().getByText(/hub.uni.example, keys.openpgp.org, and keys.sylabs.io learn/)).toBeTruthy()
    const search = dialog().getByRole('button', { name: 'Search' }) as HTMLButtonElement
    expect(search.disabled).toBe(true)
    await user.type(dialog().getByRole('textbox'), 'grace@example.org')
    await settled()
    expect(host.asked('key_search')).toEqual([])
    await user.keyboard('{Enter}')
    await settled()
    expect(host.asked('key_search')).toEqual([{ text: 'grace@example.org' }])
    expect(dialog().getByText('1F2E 3D4C 5B6A 7988 0011 2233 4455 6677 DEAD BEEF')).toBeTruthy()
    expect(dialog().getByText(/on hub.uni.example and keys.openpgp.org/)).toBeTruthy()
    expect(dialog().getByText(/keys.sylabs.io did not answer/)).toBeTruthy()
    // Nobody is led to trust what its owner took back.
    expect(dialog().getByText('Revoked')).toBeTruthy()
    expect(dialog().queryByRole('button', { name: /^Trust Grace \(old\)/ })).toBeNull()
  })

  it('adds a key as met, and leads to the comparing of fingerprints and back', async () => {
    const { host, user } = await openWindow({ route })
    await user.click(screen.getByRole('button', { name: 'Find…' }))
    await user.type(dialog().getByRole('textbox'), 'grace{Enter}')
    await settled()
    const [grace] = foundKeys
    const row = {
      ...keyRows[1]!,
      trust: 'met' as const,
      key: { ...keyRows[1]!.key, fingerprint: grace!.id, names: grace!.names },
    }
    host.answer({ key_list: () => ({ keys: [...keyRows, row], revoked: [] }) })
    await user.click(dialog().getByRole('button', { name: 'Add Grace <grace@example.org>' }))
    await settled()
    expect(host.asked('key_fetch')).toEqual([{ fingerprint: grace!.id, address: grace!.address }])
    expect(dialog().getByText('Met')).toBeTruthy()
    await user.click(dialog().getByRole('button', { name: 'Trust Grace <grace@example.org>…' }))
    await settled()
    expect(host.asked('key_trust')).toEqual([])
    expect(dialog().getByText('The fingerprint here')).toBeTruthy()
    await user.click(dialog().getByRole('button', { name: 'Not now' }))
    await settled()
    expect(dialog().getByRole('list', { name: 'Keys that were found' })).toBeTruthy()
  })

  it('begins at a signature whose key nobody had', async () => {
    const { host, user } = await openWindow({
      route: { name: 'inspector', fileId: 'f1' },
      script: { inspect_check: () => verification('could_not_check', 'unknown_key') },
    })
    await user.click(screen.getByRole('tab', { name: /Signatures/ }))
    await user.click(screen.getByRole('button', { name: 'Find this key…' }))
    await settled()
    expect((dialog().getByRole('textbox') as HTMLInputElement).value).toBe(FINGERPRINT)
    expect(host.asked('key_search')).toEqual([])
    await user.click(dialog().getByRole('button', { name: 'Search' }))
    await settled()
    expect(host.asked('key_search')).toEqual([{ text: FINGERPRINT }])
  })
})

describe('a key of somebody else that is revoked', () => {
  it('is told once, and stays on the screen of keys until it is dismissed', async () => {
    const { host, sifter, user } = await openWindow({
      script: { key_list: () => ({ keys: keyRows, revoked: [revokedKey] }) },
    })
    host.send({ kind: 'key_revoked', key: revokedKey })
    await settled()
    const log = within(screen.getByRole('log'))
    expect(log.getByText('The key of Bob <bob@example.org> is revoked')).toBeTruthy()
    await user.click(log.getByRole('button', { name: 'Show' }))
    await settled()
    expect(sifter.navigation.route).toEqual({ name: 'keys' })
    const banner = within(screen.getByRole('alert'))
    expect(banner.getByText(/It signed samtools_1.21.sif and 1 other on this computer/)).toBeTruthy()
    await user.click(banner.getByRole('button', { name: 'Look at one…' }))
    await user.click(screen.getByRole('menuitem', { name: 'bcftools_1.2.sif' }))
    await settled()
    expect(host.asked('inspect_transfer')).toEqual([{ transferId: 't8' }])
    sifter.navigation.go(route)
    await settled()
    host.answer({ key_list: () => ({ keys: keyRows, revoked: [] }) })
    await user.click(within(screen.getByRole('alert')).getByRole('button', { name: 'Dismiss' }))
    await settled()
    expect(host.asked('key_dismiss_revoked')).toEqual([{ fingerprint: revokedKey.fingerprint }])
    expect(screen.queryByRole('alert')).toBeNull()
  })
})

describe('the key servers in the settings', () => {
  const settings = { name: 'settings' as const }
  const section = () => within(screen.getByRole('region', { name: 'Key servers' }))
  const addresses = keyServerList.others.map(({ address }) => address)

  it('are added once they answer, moved, and forgotten for the usual ones', async () => {
    const { host, user } = await openWindow({ route: settings })
    expect(section().getByText('of Uni Hub, asked first')).toBeTruthy()
    const field = section().getByLabelText('Address of a key server')
    await user.type(field, 'keys.example.org')
    host.answer({
      key_server_test: () =>
        Promise.reject(uiError('unreachable', { params: { server: 'keys.example.org' } })),
    })
    await user.click(section().getByRole('button', { name: 'Add' }))
    await settled()
    expect(host.asked('key_servers_set')).toEqual([])
    await user.click(section().getByRole('button', { name: 'Add it all the same' }))
    await settled()
    expect(host.asked('key_servers_set')).toEqual([{ addresses: [...addresses, 'keys.example.org'] }])
  })

  it('are moved, and given up for the usual ones', async () => {
    const { host, user } = await openWindow({ route: settings })
    await user.click(section().getByRole('button', { name: 'Actions for keys.openpgp.org' }))
    await user.click(screen.getByRole('menuitem', { name: 'Ask it later' }))
    await settled()
    expect(host.asked('key_servers_set')).toEqual([{ addresses: [...addresses].reverse() }])
    await user.click(section().getByRole('button', { name: 'Back to the usual ones' }))
    await settled()
    expect(host.asked('key_servers_set').at(-1)).toEqual({ addresses: null })
  })

  it('are asked now whether a key is revoked', async () => {
    const { host, user } = await openWindow({ route: settings })
    await user.click(section().getByRole('button', { name: 'Ask now' }))
    await settled()
    expect(host.asked('key_recheck')).toHaveLength(1)
    expect(screen.getByText('Asked about 2 keys. None is revoked.')).toBeTruthy()
  })
})
