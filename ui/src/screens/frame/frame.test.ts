/** The frame: keys, the sidebar, the search field, the status strip, what is pasted and what is dropped. */
import { fireEvent, screen, within } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'

import { libraryRoutes } from '../../host/demo/library'
import { servers } from '../../host/demo/servers'
import { transfers } from '../../host/demo/transfers'
import { oneFile } from '../../host/demo/uploads'
import { uiError } from '../../host/fake'
import { openWindow, settled } from '../../test/window'

const search = () => screen.getByRole('textbox', { name: 'Search or paste a link' })
const strip = () => screen.getByRole('contentinfo', { name: 'Status' })

describe('keys', () => {
  it('lead to the places of the sidebar', async () => {
    const { sifter, user } = await openWindow()
    await user.keyboard('{Control>}j{/Control}')
    expect(sifter.navigation.route.name).toBe('transfers')
    await user.keyboard('{Control>}4{/Control}')
    expect(sifter.navigation.route).toEqual({ name: 'server', serverId: 'cloud' })
    await user.keyboard('{Control>},{/Control}')
    expect(sifter.navigation.route.name).toBe('settings')
  })

  it('go round the panes with F6, each with its ring', async () => {
    const { user } = await openWindow({ route: libraryRoutes.container })
    const reached = () => document.querySelector<HTMLElement>('[data-pane="reached"]')
    screen.getByRole('main').focus()
    await user.keyboard('{F6}')
    expect(reached()).toBe(screen.getByRole('complementary'))
    await user.keyboard('{F6}')
    expect(reached()?.classList).toContain('sidebar')
    await user.keyboard('{F6}')
    expect(document.activeElement).toBe(screen.getByRole('main'))
    expect(document.querySelectorAll('[data-pane="reached"]')).toHaveLength(1)
  })

  it('are not heard while a sheet is open', async () => {
    const { sifter, user } = await openWindow()
    await user.keyboard('{Control>}/{/Control}')
    await settled()
    expect(screen.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeTruthy()
    await user.keyboard('{Control>}j{/Control}')
    expect(sifter.navigation.route.name).toBe('home')
  })

  it('find the search field and the filter of the screen', async () => {
    const { user } = await openWindow({ route: libraryRoutes.library })
    await user.keyboard('{Control>}k{/Control}')
    expect(document.activeElement).toBe(search())
    await user.keyboard('{Control>}f{/Control}')
    expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'Filter' }))
  })

  it('give the focus to the screen they lead to', async () => {
    const { sifter, user } = await openWindow({ route: libraryRoutes.library })
    within(screen.getByRole('main')).getAllByRole('row')[1]!.focus()
    await user.keyboard('{Control>}j{/Control}')
    await settled()
    expect(sifter.navigation.route.name).toBe('transfers')
    expect(document.activeElement).toBe(screen.getByRole('main'))
  })
})

describe('the search field', () => {
  it('follows a link and empties itself', async () => {
    const { sifter, user } = await openWindow({
      script: {
        app_understand: () => ({ kind: 'entity', serverId: 'cloud', entity: 'ada' }),
      },
    })
    await user.type(search(), 'library://ada{Enter}')
    await settled()
    expect(sifter.navigation.route).toEqual({ name: 'entity', serverId: 'cloud', entity: 'ada' })
    expect(search()).toHaveProperty('value', '')
  })

  it('says why a text leads nowhere, until it changes', async () => {
    const { user } = await openWindow({
      script: { app_understand: () => ({ kind: 'unsupported', scheme: 'ftp' }) },
    })
    await user.type(search(), 'ftp://x{Enter}')
    await settled()
    expect(screen.getByRole('alert').textContent).toContain('Sifter cannot get ftp:// links yet.')
    expect(search().getAttribute('aria-invalid')).toBe('true')
    await user.type(search(), 'y')
    expect(screen.queryByRole('alert')).toBeNull()
    expect(document.activeElement).toBe(search())
  })
})

describe('what is pasted outside of a field', () => {
  const paste = (text: string) => fireEvent.paste(document.body, { clipboardData: { getData: () => text } })

  it('is followed when it is plainly a link', async () => {
    const { host } = await openWindow()
    await paste(' library://ada/genomics/samtools:1.21 ')
    await settled()
    expect(host.asked('app_understand')).toEqual([{ text: 'library://ada/genomics/samtools:1.21' }])
  })

  it('is left alone otherwise: it may be a token', async () => {
    const { host } = await openWindow()
    await paste('eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl')
    await settled()
    expect(host.asked('app_understand')).toEqual([])
  })
})

describe('the sidebar', () => {
  it('unfolds the library one walks into and marks where one is', async () => {
    await openWindow({ route: libraryRoutes.library })
    const sidebar = within(screen.getByRole('navigation', { name: 'Places' }))
    expect(sidebar.getByRole('button', { name: 'genomics 14' }).getAttribute('aria-current')).toBe('page')
    expect(sidebar.getByRole('button', { name: /^Sylabs Cloud/ }).getAttribute('aria-current')).toBeNull()
    expect(sidebar.getByRole('button', { name: 'Hide what is in Sylabs Cloud' })).toBeTruthy()
  })

  it('offers nothing to unfold in a library that is off', async () => {
    await openWindow()
    expect(screen.queryByRole('button', { name: 'Show what is in This computer' })).toBeNull()
  })

  it('says how a server does in a shape and in words', async () => {
    await openWindow({
      script: { server_list: () => [{ ...servers[0]!, state: 'down' }, servers[1]!] },
    })
    expect(screen.getByRole('img', { name: 'not answering' }).dataset.s).toBe('down')
    expect(screen.getByRole('img', { name: 'signed out' }).dataset.s).toBe('off')
  })
})

describe('the status strip', () => {
  it('sums up what moves, and leads to it', async () => {
    const { sifter, user } = await openWindow()
    expect(strip().textContent).toContain('2 up, 1 down')
    expect(strip().textContent).toContain('↑ 18.4 MiB/s')
    await user.click(within(strip()).getByRole('button'))
    expect(sifter.navigation.route.name).toBe('transfers')
  })

  it('names the server that does worst', async () => {
    await openWindow({ script: { server_list: () => [{ ...servers[0]!, state: 'slow' }] } })
    expect(strip().textContent).toContain('Sylabs Cloud is slow')
  })

  it('is quiet when nothing moves', async () => {
    await openWindow({
      script: { transfer_list: () => ({ ...transfers, active: [], queued: [], attention: [] }) },
    })
    expect(strip().textContent).toContain('All services answering')
    expect(strip().textContent).toContain('No transfers')
  })
})

describe('files that hang over the window', () => {
  afterEach(() => {
    document.elementFromPoint = () => null
  })

  it('light the row under them, say where they would go, and open the sheet for it', async () => {
    const { host, sifter } = await openWindow({ route: libraryRoutes.library })
    const row = within(screen.getByRole('main')).getAllByRole('row')[2]!
    document.elementFromPoint = () => row.querySelector('td')
    host.send({ kind: 'drag', phase: 'over', files: 1, x: 10, y: 10 })
    await settled()
    expect(row.classList).toContain('is-drop')
    expect(strip().textContent).toContain('Let go to upload to library://ada/genomics/multiqc')
    expect(
      screen
        .getAllByRole('status')
        .map((one) => one.textContent)
        .join(),
    ).toContain('multiqc')
    host.send({ kind: 'dropped', sheet: oneFile, x: 10, y: 10 })
    await settled()
    expect(row.classList).not.toContain('is-drop')
    expect(sifter.uploads.form?.place).toBe('ada/genomics/multiqc')
    expect(screen.getByRole('dialog', { name: 'samtools_1.22.sif' })).toBeTruthy()
  })

  it('leave no trace when they go away', async () => {
    const { host } = await openWindow({ route: libraryRoutes.library })
    const main = screen.getByRole('main')
    document.elementFromPoint = () => main
    host.send({ kind: 'drag', phase: 'enter', files: 3, x: 1, y: 1 })
    await settled()
    expect(main.classList).toContain('is-drop')
    host.send({ kind: 'drag', phase: 'leave', files: 3, x: 0, y: 0 })
    await settled()
    expect(main.classList).not.toContain('is-drop')
    expect(strip().textContent).not.toContain('Let go')
  })
})

describe('the first run', () => {
  const first = { app: { firstRun: true } }

  it('needs no account, and does not come back once it was left', async () => {
    const { host, sifter, user } = await openWindow(first)
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('What would you like to do first?')
    expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'Link or name' }))
    await user.click(screen.getByRole('button', { name: 'Just look around' }))
    await settled()
    expect(sifter.navigation.route.name).toBe('home')
    expect(sifter.navigation.canGoBack).toBe(false)
    expect(host.asked('settings_set')).toEqual([{ welcomeDone: true }])
  })

  it('connects a server by the address that was typed', async () => {
    const { user } = await openWindow(first)
    await user.type(screen.getByRole('textbox', { name: 'Server address' }), 'lab.example{Enter}')
    await settled()
    const sheet = within(screen.getByRole('dialog', { name: 'Connect a server' }))
    expect(sheet.getByRole('textbox', { name: 'Address' })).toHaveProperty('value', 'lab.example')
  })
})

describe('connecting a server', () => {
  async function connect(script: NonNullable<Parameters<typeof openWindow>[0]>['script']) {
    const opened = await openWindow({ script })
    opened.sifter.sheets.open({ kind: 'connect' })
    await settled()
    await opened.user.type(screen.getByRole('textbox', { name: 'Address' }), 'lab.example{Enter}')
    await settled()
    return { ...opened, sheet: () => within(screen.getByRole('dialog')) }
  }

  it('goes there', async () => {
    const { sifter } = await connect({ server_connect: () => ({ ...servers[1]!, id: 'lab', name: 'Lab' }) })
    expect(sifter.navigation.route).toEqual({ name: 'server', serverId: 'lab' })
    expect(screen.getByText('Connected to Lab')).toBeTruthy()
  })

  it('without encryption asks first', async () => {
    const { host, user, sheet } = await connect({
      server_connect: ({ allowHttp }) =>
        allowHttp
          ? servers[1]!
          : Promise.reject(uiError('not_encrypted', { params: { server: 'lab.example' } })),
    })
    expect(sheet().getByText(/Anyone on the network can read/)).toBeTruthy()
    await user.click(sheet().getByRole('button', { name: 'Connect without encryption' }))
    await settled()
    expect(host.asked('server_connect').map((one) => one.allowHttp)).toEqual([false, true])
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('says at the field what is wrong with an address', async () => {
    const { sheet } = await connect({
      server_connect: () => Promise.reject(uiError('invalid_address', { params: { text: 'lab.example' } })),
    })
    const field = sheet().getByRole('textbox', { name: 'Address' })
    expect(field.getAttribute('aria-invalid')).toBe('true')
    const reason = document.getElementById(field.getAttribute('aria-describedby')!)
    expect(reason?.textContent).toContain('“lab.example” is not an address')
  })
})
