/** From the sidebar to an image: finding, choosing, fetching, deleting. */
import { screen, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import type { LinkCheck, TransferView } from '../../contract/generated'
import { libraryRoutes } from '../../host/demo/library'
import { servers } from '../../host/demo/servers'
import { transfer, transfers } from '../../host/demo/transfers'
import { uiError } from '../../host/fake'
import { openWindow, settled } from '../../test/window'

const main = () => within(screen.getByRole('main'))

describe('a collection', () => {
  it('filters while one types, and says when nothing is left', async () => {
    const { user } = await openWindow({ route: libraryRoutes.library })
    await user.type(main().getByRole('textbox', { name: 'Filter' }), 'aligner')
    expect(main().getAllByRole('row').slice(1)).toHaveLength(3)
    await user.keyboard('x')
    expect(main().getByText('Nothing here matches “alignerx”.')).toBeTruthy()
    await user.keyboard('{Escape}')
    expect(main().getAllByRole('row').slice(1)).toHaveLength(14)
  })

  it('is sorted by its newest container, and otherwise when asked to', async () => {
    const { user } = await openWindow({ route: libraryRoutes.library })
    const first = () => main().getAllByRole('row')[1]!.textContent
    expect(first()).toContain('samtools')
    await user.click(main().getByRole('button', { name: 'Name' }))
    expect(first()).toContain('bcftools')
    await user.click(main().getByRole('button', { name: 'Size' }))
    expect(first()).toContain('deepvariant')
  })

  it('copies its reference and the one of a row', async () => {
    const { host, user } = await openWindow({ route: libraryRoutes.library })
    await user.click(main().getByRole('button', { name: 'Copy library://ada/genomics' }))
    await user.pointer({ keys: '[MouseRight]', target: main().getAllByRole('row')[1]! })
    await user.click(screen.getByRole('menuitem', { name: 'Copy reference' }))
    expect(host.asked('app_copy').map((copy) => copy.text)).toEqual([
      'library://ada/genomics',
      'library://ada/genomics/samtools',
    ])
  })

  it('is where files go that are chosen by key', async () => {
    const { sifter, user } = await openWindow({ route: libraryRoutes.library })
    await user.keyboard('{Control>}u{/Control}')
    await settled()
    expect(sifter.uploads.form?.place).toBe('ada/genomics/samtools')
  })

  it('opens a container with Enter, and goes back', async () => {
    const { sifter, user } = await openWindow({ route: libraryRoutes.library })
    main().getAllByRole('row')[1]!.focus()
    await user.keyboard('{Enter}')
    await settled()
    expect(main().getByRole('heading', { level: 1 }).textContent).toBe('samtools')
    await user.keyboard('{Alt>}{ArrowLeft}{/Alt}')
    await settled()
    expect(sifter.navigation.route.name).toBe('collection')
  })

  it('shows what was there before while its server does not answer', async () => {
    const { host, sifter } = await openWindow({ route: libraryRoutes.library })
    host.answer({ library_collection: () => Promise.reject(uiError('unreachable')) })
    sifter.hear({ kind: 'library_changed', serverId: 'cloud' })
    await settled()
    expect(main().getAllByRole('row').length).toBeGreaterThan(10)
    expect(main().getByText(/could not be brought up to date/)).toBeTruthy()
  })
})

describe('a server', () => {
  it('tells what is used where there is no limit, without the room of a meter', async () => {
    const server = servers[0]!
    await openWindow({
      route: { name: 'server', serverId: server.id },
      script: { server_list: () => [{ ...server, quota: { used: 1024, total: 0 } }] },
    })
    expect(main().queryByRole('meter')).toBeNull()
    expect(main().getByText('1.0 KiB used, no limit').closest('.metered')).toBeNull()
  })

  it('invites the signed out to sign in or to search', async () => {
    const { sifter, user } = await openWindow({
      route: { name: 'server', serverId: 'uni' },
      script: { library_entities: () => [] },
    })
    expect(main().getByText('Browse public images, or sign in to see yours.')).toBeTruthy()
    await user.click(main().getByRole('button', { name: 'Search public images' }))
    expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'Search or paste a link' }))
    await user.click(main().getByRole('button', { name: 'Sign in' }))
    expect(sifter.navigation.route).toEqual({ name: 'sign_in', serverId: 'uni' })
  })

  it('on this computer starts with one button, or says why not', async () => {
    const { host, user } = await openWindow({
      route: libraryRoutes.off,
      script: {
        server_start_local: () =>
          Promise.reject(uiError('local_library_failed', { params: { reason: 'port' } })),
      },
    })
    await user.click(main().getByRole('button', { name: 'Start it' }))
    await settled()
    expect(main().getByText('Another program uses its port.')).toBeTruthy()
    host.answer({ server_start_local: () => ({ ...servers[2]!, state: 'online' }) })
    await user.click(main().getByRole('button', { name: 'Start it' }))
    await settled()
    expect(main().queryByRole('button', { name: 'Start it' })).toBeNull()
  })
})

describe('a container', () => {
  const cell = (name: RegExp) => main().getByRole('button', { name })
  const inspector = () => screen.getByRole('complementary')

  it('shows the newest image of this computer first, and the one that is clicked then', async () => {
    const { user } = await openWindow({ route: libraryRoutes.container })
    expect(inspector().getAttribute('aria-label')).toBe('samtools:1.21, amd64')
    await user.click(cell(/^1\.20 arm64/))
    expect(inspector().getAttribute('aria-label')).toBe('samtools:1.20, arm64')
    expect(main().getByText('library://ada/genomics/samtools:1.20')).toBeTruthy()
  })

  it('tells whether others can get what was uploaded to it last', async () => {
    const { host } = await openWindow({ route: libraryRoutes.container })
    const { serverId, path } = libraryRoutes.container
    const upload = (link: LinkCheck, rest: Partial<TransferView> = {}) =>
      transfer('t1', 'samtools_1.21.sif', {
        serverId,
        path,
        link,
        phase: { kind: 'done', how: 'arrived' },
        ...rest,
      })
    const show = async (...history: TransferView[]) => {
      host.send({ kind: 'transfers', list: { ...transfers, history } })
      await settled()
    }
    await show(upload('only_shared'), upload('anyone'))
    expect(main().getByText('Only people you share it with can get it')).toBeTruthy()
    expect(main().queryByText('Anyone with the link can get it')).toBeNull()
    await show(upload('anyone'))
    expect(main().getByText('Anyone with the link can get it')).toBeTruthy()
    await show(upload('anyone', { path: { ...path, container: 'bcftools' } }), upload('unknown'))
    expect(main().queryByText(/can get it|is not known/)).toBeNull()
  })

  it('downloads with Enter on a cell, and from the inspector', async () => {
    const { host, user } = await openWindow({ route: libraryRoutes.container })
    cell(/^1\.20 amd64/).focus()
    await user.keyboard('{Enter}')
    await settled()
    await user.click(within(inspector()).getByRole('button', { name: 'Download 86.9 MiB' }))
    await settled()
    expect(host.asked('download_start').map(({ image }) => image.tag)).toEqual(['1.20', '1.20'])
    expect(screen.getAllByText(/^Downloading samtools/)).toHaveLength(2)
  })

  it('asks before it puts a file in the place of another', async () => {
    const { host, user } = await openWindow({ route: libraryRoutes.container })
    await user.dblClick(cell(/^1\.21 arm64/))
    await settled()
    const sheet = within(screen.getByRole('dialog'))
    expect(host.asked('download_start')).toEqual([])
    await user.click(sheet.getByRole('button', { name: 'Keep both' }))
    await settled()
    expect(host.asked('download_start')[0]).toMatchObject({ clash: 'keep_both' })
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('does not download what never arrived', async () => {
    const { host, user } = await openWindow({ route: libraryRoutes.container })
    await user.dblClick(cell(/^1\.16\.1 amd64: Not complete/))
    await settled()
    expect(host.asked('download_plan')).toEqual([])
  })

  it('deletes only after a question, and says what is deleted', async () => {
    const { host, user } = await openWindow({ route: libraryRoutes.container })
    await user.click(cell(/^1\.20 amd64/))
    await user.keyboard('{Delete}')
    await settled()
    const sheet = within(screen.getByRole('dialog', { name: 'Delete 1.20 for amd64?' }))
    expect(document.activeElement).toBe(sheet.getByRole('button', { name: 'Cancel' }))
    expect(host.asked('library_delete_image')).toEqual([])
    await user.click(sheet.getByRole('button', { name: 'Delete 86.9 MiB' }))
    await settled()
    expect(host.asked('library_delete_image')).toMatchObject([{ tag: '1.20', arch: 'amd64' }])
    expect(screen.getByText('Deleted 1.20 for amd64')).toBeTruthy()
  })

  it('deletes the image the keyboard stands on, and nothing from a hole', async () => {
    const { user } = await openWindow({ route: libraryRoutes.container })
    cell(/^1\.20 amd64/).focus()
    await user.keyboard('{ArrowRight}{Delete}')
    await settled()
    expect(screen.getByRole('dialog', { name: 'Delete 1.20 for arm64?' })).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Cancel' }))
    cell(/^1\.21 ppc64le: no image/).focus()
    await user.keyboard('{Delete}{Control>}d{/Control}')
    await settled()
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('takes an image for a hole', async () => {
    const { host, sifter, user } = await openWindow({ route: libraryRoutes.container })
    await user.click(cell(/^1\.17 arm64: no image/))
    await settled()
    expect(host.asked('upload_choose')).toHaveLength(1)
    expect(sifter.uploads.form?.files[0]?.tags).toEqual(['1.17'])
  })

  it('offers neither holes nor deleting to those who may only read', async () => {
    const { host, sifter, user } = await openWindow()
    const page = await host.call('library_container', {
      serverId: 'cloud',
      path: libraryRoutes.container.path,
    })
    host.answer({ library_container: () => ({ ...page, writable: false }) })
    sifter.navigation.go(libraryRoutes.container)
    await settled()
    expect(main().queryByRole('button', { name: /Add one/ })).toBeNull()
    expect(main().getAllByRole('img', { name: /no image$/ }).length).toBeGreaterThan(0)
    await user.click(cell(/^1\.20 amd64/))
    await user.keyboard('{Delete}')
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('says when the tag of a link is not there', async () => {
    await openWindow({ route: { ...libraryRoutes.container, tag: '9.9' } })
    expect(main().getByText('There is no tag 9.9 here.')).toBeTruthy()
  })

  it('hides its inspector and shows it again by key', async () => {
    const { user } = await openWindow({ route: libraryRoutes.container })
    await user.keyboard('{Control>}i{/Control}')
    expect(screen.queryByRole('complementary')).toBeNull()
    await user.keyboard('{Control>}i{/Control}')
    expect(inspector()).toBeTruthy()
  })
})

describe('a search', () => {
  it('names the servers that did not answer, and looks on one alone', async () => {
    const { host, user } = await openWindow({ route: libraryRoutes.search })
    expect(main().getByText('No answer from lab.example.')).toBeTruthy()
    await user.click(main().getByRole('button', { name: 'hub.uni.example' }))
    await settled()
    expect(host.asked('library_search').at(-1)?.scope).toEqual({ kind: 'server', serverId: 'uni' })
  })

  it('offers every server when one has nothing', async () => {
    const { host, user } = await openWindow({
      route: { name: 'search', text: 'foo', scope: { kind: 'server', serverId: 'cloud' } },
      script: { library_search: ({ text }) => ({ text, hits: [], unanswered: [] }) },
    })
    expect(main().getByText('Nothing called “foo” on Sylabs Cloud. Search all your servers?')).toBeTruthy()
    await user.click(main().getByRole('button', { name: 'Search everywhere' }))
    await settled()
    expect(host.asked('library_search').at(-1)?.scope).toEqual({ kind: 'everywhere' })
  })
})
