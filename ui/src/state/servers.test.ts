import { describe, expect, it } from 'vitest'

import type { ServerView } from '../contract/generated'
import { servers as sample } from '../host/demo/servers'
import { FakeHost, uiError, type Script } from '../host/fake'
import { Servers } from './servers.svelte'

async function make(script: Script = {}) {
  const host = new FakeHost({ server_list: () => sample, ...script })
  const servers = new Servers(host)
  await servers.load()
  return { host, servers }
}

const as = (id: string, rest: Partial<ServerView>): ServerView => ({
  ...sample.find((one) => one.id === id)!,
  ...rest,
})

describe('servers', () => {
  it('are listed, and replaced as a whole by an event', async () => {
    const { servers } = await make()
    expect(servers.list).toHaveLength(3)
    servers.hear({ kind: 'servers', servers: sample.slice(0, 1) })
    expect(servers.list.map((one) => one.id)).toEqual(['cloud'])
    expect(servers.byId('uni')).toBeUndefined()
  })

  it('say why they could not be listed', async () => {
    const { servers } = await make({ server_list: () => Promise.reject(uiError('storage_failed')) })
    expect(servers.loaded).toBe(true)
    expect(servers.problem?.code).toBe('storage_failed')
  })

  it('take a changed server into its old place and a new one at the end', async () => {
    const { servers } = await make({
      server_refresh: () => as('cloud', { state: 'slow' }),
      server_connect: ({ address }) => as('uni', { id: 'new', name: address }),
    })
    await servers.refresh('cloud')
    await servers.connect('lab.example')
    expect(servers.list.map((one) => one.id)).toEqual(['cloud', 'uni', 'this-computer', 'new'])
    expect(servers.list[0]?.state).toBe('slow')
  })

  it('forget a removed server only when that worked', async () => {
    const { host, servers } = await make({ server_remove: () => Promise.reject(uiError('internal')) })
    await expect(servers.remove('uni')).rejects.toMatchObject({ code: 'internal' })
    expect(servers.byId('uni')).toBeDefined()
    host.answer({ server_remove: () => ({}) })
    await servers.remove('uni')
    expect(servers.byId('uni')).toBeUndefined()
  })

  it('name the one that does worst, and none that is off or well', async () => {
    const { servers } = await make()
    expect(servers.ailing).toBeNull()
    servers.list = [as('cloud', { state: 'slow' }), as('uni', { state: 'down' })]
    expect(servers.ailing?.id).toBe('uni')
    servers.list = [as('cloud', { state: 'slow' }), as('this-computer', { state: 'off' })]
    expect(servers.ailing?.id).toBe('cloud')
  })

  it('start and stop the library on this computer', async () => {
    const { servers } = await make({
      server_start_local: () => as('this-computer', { state: 'online' }),
      server_stop_local: () => as('this-computer', { state: 'off' }),
    })
    await servers.startLocal()
    expect(servers.byId('this-computer')?.state).toBe('online')
    await servers.stopLocal()
    expect(servers.byId('this-computer')?.state).toBe('off')
  })
})
