import { describe, expect, it, vi } from 'vitest'

import type { LinkTarget } from '../contract/generated'
import { FakeHost, uiError } from '../host/fake'
import { Links } from './links.svelte'
import { Navigation } from './navigation.svelte'
import { Sheets } from './sheets.svelte'

async function follow(target: LinkTarget | Error, text = 'anything') {
  const host = new FakeHost({
    app_understand: () => (target instanceof Error ? Promise.reject(uiError('internal')) : target),
  })
  const navigation = new Navigation()
  const sheets = new Sheets()
  const onfile = vi.fn()
  const links = new Links(host, navigation, sheets, onfile)
  const led = await links.follow(text)
  expect(links.busy).toBe(false)
  return { led, links, host, sheets, onfile, route: navigation.route }
}

describe('whatever is typed or pasted', () => {
  const path = { entity: 'ada', collection: 'genomics', container: 'samtools' }

  it.each<[string, LinkTarget, object]>([
    [
      'a container with its tag',
      { kind: 'container', serverId: 'cloud', path, tag: '1.21' },
      { name: 'container', serverId: 'cloud', path, tag: '1.21' },
    ],
    [
      'a container without one',
      { kind: 'container', serverId: 'cloud', path, tag: null },
      { name: 'container', serverId: 'cloud', path },
    ],
    [
      'a collection',
      { kind: 'collection', serverId: 'cloud', entity: 'ada', collection: 'genomics' },
      { name: 'collection', serverId: 'cloud', entity: 'ada', collection: 'genomics' },
    ],
    [
      'a person',
      { kind: 'entity', serverId: 'cloud', entity: 'ada' },
      { name: 'entity', serverId: 'cloud', entity: 'ada' },
    ],
    [
      'words',
      { kind: 'words', text: 'samtools' },
      { name: 'search', text: 'samtools', scope: { kind: 'everywhere' } },
    ],
  ])('leads to %s', async (_, target, route) => {
    const { led, route: reached } = await follow(target)
    expect(led).toBe(true)
    expect(reached).toEqual(route)
  })

  it('offers to connect an unknown server', async () => {
    const { sheets } = await follow({ kind: 'unknown_server', address: 'lab.example' })
    expect(sheets.current).toEqual({ kind: 'connect', address: 'lab.example' })
  })

  it('opens the sheet of a pasted file', async () => {
    const { onfile } = await follow({ kind: 'file', sheetId: 's7' })
    expect(onfile).toHaveBeenCalledWith('s7')
  })

  it('stays where it is, with the reason, when it leads nowhere', async () => {
    const short = await follow({ kind: 'words', text: 'ab' })
    expect(short.led).toBe(false)
    expect(short.route.name).toBe('home')
    expect(short.links.trouble).toEqual({ kind: 'too_short' })
    const strange = await follow({ kind: 'unsupported', scheme: 'ftp' })
    expect(strange.links.trouble).toEqual({ kind: 'unsupported', scheme: 'ftp' })
    const failed = await follow(new Error())
    expect(failed.links.trouble).toMatchObject({ kind: 'failed' })
  })

  it('is not asked about when it is empty', async () => {
    const { host, led } = await follow({ kind: 'words', text: 'x' }, '  ')
    expect(led).toBe(false)
    expect(host.calls).toEqual([])
  })
})
