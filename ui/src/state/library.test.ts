import { describe, expect, it } from 'vitest'

import { libraryScript } from '../host/demo/library'
import { FakeHost, uiError } from '../host/fake'
import { Library } from './library.svelte'
import { Loaded } from './loaded.svelte'

const turn = () => new Promise((resolve) => setTimeout(resolve))

describe('pages of a library', () => {
  it('are kept, so that going back shows them at once', async () => {
    const host = new FakeHost(libraryScript)
    const library = new Library(host)
    const page = library.entity('cloud', 'ada')
    await page.load()
    expect(library.entity('cloud', 'ada')).toBe(page)
    expect(library.entity('uni', 'ada')).not.toBe(page)
    expect(page.value?.collections).toHaveLength(3)
  })

  it('are asked for anew when their server changed, if somebody looks at them', async () => {
    const host = new FakeHost(libraryScript)
    const library = new Library(host)
    const leave = library.entity('cloud', 'ada').view()
    library.entity('cloud', 'grace').view()()
    library.entity('uni', 'ada').view()
    await turn()
    const before = host.calls.length
    library.hear({ kind: 'library_changed', serverId: 'cloud' })
    expect(host.calls.slice(before).map((call) => call.request)).toEqual([
      { serverId: 'cloud', entity: 'ada' },
    ])
    leave()
    library.hear({ kind: 'library_changed', serverId: 'cloud' })
    expect(host.calls).toHaveLength(before + 1)
  })

  it('of a search everywhere are asked for anew when any server changed', async () => {
    const host = new FakeHost(libraryScript)
    const library = new Library(host)
    library.search('tools', { kind: 'everywhere' }).view()
    library.search('tools', { kind: 'server', serverId: 'uni' }).view()
    library.hear({ kind: 'library_changed', serverId: 'cloud' })
    expect(host.asked('library_search').map((search) => search.scope.kind)).toEqual([
      'everywhere',
      'server',
      'everywhere',
    ])
  })

  it('are asked for anew after an image was deleted', async () => {
    const host = new FakeHost(libraryScript)
    const library = new Library(host)
    const path = { entity: 'ada', collection: 'genomics', container: 'samtools' }
    library.container('cloud', path).view()
    await library.deleteImage({ serverId: 'cloud', path, tag: '1.21', arch: 'amd64' })
    expect(host.asked('library_container')).toHaveLength(2)
  })
})

describe('something that was asked for', () => {
  it('is the last answer that was asked for, whatever comes later', async () => {
    const answers: ((text: string) => void)[] = []
    const loaded = new Loaded(() => new Promise<string>((resolve) => answers.push(resolve)))
    const first = loaded.load()
    const second = loaded.load()
    answers[1]!('new')
    await second
    answers[0]!('old')
    await first
    expect(loaded.value).toBe('new')
    expect(loaded.loading).toBe(false)
  })

  it('stays when it cannot be brought up to date', async () => {
    let fails = false
    const loaded = new Loaded(() => (fails ? Promise.reject(uiError('unreachable')) : Promise.resolve(7)))
    await loaded.load()
    fails = true
    await loaded.load()
    expect(loaded.value).toBe(7)
    expect(loaded.problem?.code).toBe('unreachable')
    fails = false
    await loaded.load()
    expect(loaded.problem).toBeNull()
  })
})
