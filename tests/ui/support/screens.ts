/** Every screen and sheet of the window, and how one gets there. */
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'

import { until, type Bridge } from './bridge'
import { expect } from './flow'
import type { Library } from './library'
import type { Relay } from './relay'
import { samples } from './samples'
import type { Window } from './window'

export interface World {
  lab: string
  labName: string
}

/** Two libraries with images, files that were downloaded, and transfers in every state. */
export async function furnish(bridge: Bridge, library: Library, relay: Relay): Promise<World> {
  await bridge.signIn()
  await bridge.publish(samples.older, 'ada/genomics/samtools', ['1.21'])
  await bridge.publish(samples.newer, 'ada/genomics/samtools', ['1.22', 'latest'])
  await bridge.publish(samples.arm, 'ada/genomics/samtools', ['1.22', 'latest'])
  await bridge.publish(samples.hello, 'ada/genomics/hello-world', ['latest'])
  await bridge.publish(samples.hello, 'ada/default/hello-world', ['1.0', 'latest'])
  const image = {
    serverId: 'this-computer',
    path: { entity: 'ada', collection: 'genomics', container: 'samtools' },
    arch: 'amd64',
  }
  await bridge.ended(await bridge.call('download_start', { image: { ...image, tag: '1.22' }, clash: 'ask' }))
  await bridge.ended(await bridge.call('download_start', { image: { ...image, tag: '1.21' }, clash: 'ask' }))
  await writeFile(bridge.at('downloads', 'samtools_1.21.sif'), 'changed since')

  const lab = await bridge.connectAs(library, relay.url)
  await bridge.publish(samples.newer, 'grace/default/samtools', ['1.22'], lab)
  relay.hold('up', 20 << 20)
  const gone = bridge.at('fleeting_1.0.sif')
  await copyFile(samples.large, gone)
  const stopped = await bridge.begin(gone, 'grace/default/fleeting', ['1.0'], lab)
  await bridge.phase(stopped, 'uploading')
  await bridge.call('transfer_pause', { transferId: stopped })
  await bridge.phase(stopped, 'paused')
  await rm(gone)
  await bridge.call('transfer_resume', { transferId: stopped })
  await bridge.phase(stopped, 'needs_attention')
  const moving = await bridge.begin(samples.large, 'grace/default/genome', ['2026'], lab)
  await bridge.phase(moving, 'uploading')
  const paused = await bridge.begin(samples.large, 'grace/default/genome-copy', ['2026'], lab)
  await bridge.phase(paused, 'uploading')
  await bridge.call('transfer_pause', { transferId: paused })
  await bridge.phase(paused, 'paused')
  // Seen on every screen from here on, in the longest words there are.
  const limits = { up: 1.5 * 1024 ** 2, down: 10 * 1024 ** 2, hours: { from: 0, until: 1439 } }
  await bridge.call('settings_set', { limits })
  return { lab, labName: new URL(relay.url).host }
}

export interface View {
  name: string
  show: (app: Window, world: World) => Promise<void>
}

const sheetIsOpen = (app: Window) => expect(app.sheet).toBeVisible()

async function place(app: Window, name: string): Promise<void> {
  await app.go(name)
  await expect(app.page.getByRole('heading', { level: 1, name, exact: true })).toBeVisible()
}

async function samtools(app: Window): Promise<void> {
  await app.browse('This computer', 'ada', 'genomics', 'samtools')
  await expect(app.page.getByRole('grid', { name: 'Tags by architecture' })).toBeVisible()
}

export const views: View[] = [
  { name: 'home', show: (app) => place(app, 'Home') },
  {
    name: 'transfers',
    show: async (app) => {
      await place(app, 'Transfers')
      const job = app
        .job('genome_2026.sif')
        .first()
        .getByRole('button', { name: 'genome_2026.sif', exact: true })
      if ((await job.getAttribute('aria-expanded')) !== 'true') await job.click()
    },
  },
  {
    name: 'limit-menu',
    show: async (app) => {
      await app.page
        .getByRole('main')
        .getByRole('button', { name: /^Speed limit/ })
        .click()
      await expect(app.page.getByRole('menu')).toBeVisible()
    },
  },
  {
    name: 'limit',
    show: async (app) => {
      await app.page.getByRole('menuitemradio', { name: 'Custom…' }).click()
      await sheetIsOpen(app)
    },
  },
  { name: 'computer', show: (app) => place(app, 'On this computer') },
  { name: 'server', show: (app) => place(app, 'This computer') },
  { name: 'entity', show: (app) => app.browse('This computer', 'ada') },
  { name: 'collection', show: (app) => app.browse('This computer', 'ada', 'genomics') },
  {
    name: 'container',
    show: async (app) => {
      await samtools(app)
      await app.page.getByRole('button', { name: /^(1\.22|latest) amd64/ }).click()
      await expect(app.page.getByRole('complementary')).toBeVisible()
    },
  },
  {
    name: 'container-alone',
    show: async (app) => {
      await app.button('Hide inspector').click()
      await expect(app.page.getByRole('complementary')).toBeHidden()
    },
  },
  {
    name: 'menu',
    show: async (app) => {
      await app.page.getByRole('button', { name: /^1\.21 amd64/ }).click({ button: 'right' })
      await expect(app.page.getByRole('menu')).toBeVisible()
    },
  },
  {
    name: 'delete',
    show: async (app) => {
      await app.page.getByRole('menuitem', { name: 'Delete image…' }).click()
      await sheetIsOpen(app)
    },
  },
  {
    name: 'clash',
    show: async (app) => {
      await app.page.getByRole('button', { name: /^1\.21 amd64/ }).dblclick()
      await sheetIsOpen(app)
    },
  },
  {
    name: 'search',
    show: async (app) => {
      await app.page.keyboard.press('Control+k')
      await app.page.keyboard.type('samtools')
      await app.page.keyboard.press('Enter')
      await expect(app.page.getByRole('grid', { name: 'Results for samtools' })).toBeVisible()
    },
  },
  {
    name: 'search-nothing',
    show: async (app) => {
      await app.page.keyboard.press('Control+k')
      await app.page.keyboard.type('unobtainium')
      await app.page.keyboard.press('Enter')
      await expect(app.page.getByText('Nothing called “unobtainium” on your servers.')).toBeVisible()
    },
  },
  {
    name: 'not-found',
    show: async (app) => {
      await app.page.keyboard.press('Control+k')
      await app.page.keyboard.type('library://ada/genomics/nothing')
      await app.page.keyboard.press('Enter')
      await expect(app.problem(/was not found/)).toBeVisible()
      const details = app.button('Details')
      if ((await details.count()) > 0) await details.click()
    },
  },
  {
    name: 'accounts',
    show: async (app, { labName }) => {
      await place(app, 'Accounts')
      await app.page.getByRole('option', { name: new RegExp(labName) }).click()
      await expect(app.page.getByRole('heading', { level: 2, name: labName })).toBeVisible()
    },
  },
  {
    name: 'diagnosis',
    show: async (app) => {
      await app.button('Diagnose…').click()
      await expect(app.sheet.getByRole('status')).not.toHaveText('Looking…')
    },
  },
  {
    name: 'addresses',
    show: async (app) => {
      await app.button('Edit addresses…').click()
      await expect(app.sheet.getByText(/^As discovered: /).first()).toBeVisible()
    },
  },
  {
    name: 'tokens',
    show: async (app) => {
      const servers = await app.bridge.call('server_list', {})
      const token = { serverId: 'this-computer', days: 5, readOnly: true }
      expect(servers[0]?.account?.signedIn).toBe(true)
      await app.bridge.call('token_make', { ...token, name: 'a-cluster-with-a-long-name-in-a-far-away-hall' })
      await place(app, 'Accounts')
      await app.page.getByRole('option', { name: /This computer/ }).click()
      await expect(app.page.getByRole('row', { name: /a-cluster/ })).toBeVisible()
    },
  },
  {
    name: 'token-new',
    show: async (app) => {
      await app.button('New token…').click()
      await sheetIsOpen(app)
    },
  },
  {
    name: 'token-made',
    show: async (app) => {
      await app.button('New token…').click()
      await app.sheet.getByRole('textbox', { name: 'Name' }).fill('ci')
      await app.sheet.getByRole('button', { name: 'Create token' }).click()
      await expect(app.sheet).toHaveAccessibleName('ci is ready')
    },
  },
  {
    name: 'command-line',
    show: async (app) => {
      await app.button('Use on the command line…').click()
      await expect(app.sheet.getByRole('button', { name: 'Set up singularity' })).toBeEnabled()
    },
  },
  {
    name: 'import',
    show: async (app) => {
      const folder = app.bridge.at('docker')
      await mkdir(folder, { recursive: true })
      const auths = { 'registry.example': { auth: 'YWRhOmh1c2g=' } }
      const helpers = { 'hub.example': 'none' }
      await writeFile(`${folder}/config.json`, JSON.stringify({ auths, credHelpers: helpers }))
      await app.button('Import…').click()
      await app.sheet.getByRole('button', { name: 'Import hub.example' }).click()
      await expect(app.sheet.getByText('docker-credential-none gave no password')).toBeVisible()
    },
  },
  {
    name: 'accounts-lab',
    show: async (app, { labName }) => {
      await app.page.getByRole('option', { name: new RegExp(labName) }).click()
      await expect(app.page.getByRole('heading', { level: 2, name: labName })).toBeVisible()
    },
  },
  {
    name: 'sign-out',
    show: async (app) => {
      await app.button('Sign out…').click()
      await sheetIsOpen(app)
    },
  },
  {
    name: 'sign-in',
    show: async (app) => {
      await app.button('Sign in again').click()
      await expect(app.heading('How would you like to sign in?')).toBeVisible()
    },
  },
  {
    name: 'sign-in-token',
    show: async (app) => {
      await app.button('Paste a token instead').click()
      await app.bridge.putOnClipboard(' ')
      await app.button('Paste token').click()
      await expect(app.problem('There is no token in the clipboard')).toBeVisible()
    },
  },
  {
    name: 'sign-in-waiting',
    show: async (app) => {
      await app.button('Continue in the browser').click()
      await expect(app.heading('Waiting for your browser…')).toBeVisible()
    },
  },
  {
    name: 'sign-in-code',
    show: async (app) => {
      await app.button('Use a code on another device').click()
      await expect(app.heading('Enter this code')).toBeVisible()
    },
  },
  { name: 'settings', show: (app) => place(app, 'Settings') },
  {
    name: 'settings-network',
    show: async (app) => {
      const proxy = { mode: 'manual', kind: 'http', host: 'proxy.invalid', port: 3128, user: 'ada' } as const
      await app.bridge.call('network_set_proxy', { ...proxy, bypass: ['lab.example', '10.0.0.0/8'] })
      await place(app, 'Home')
      await place(app, 'Settings')
      const network = app.page.getByRole('region', { name: 'Network' })
      await expect(network.getByRole('textbox', { name: 'Host' })).toHaveValue('proxy.invalid')
      await network.getByRole('textbox', { name: 'Host' }).scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'shortcuts',
    show: async (app) => {
      await app.page.keyboard.press('F1')
      await sheetIsOpen(app)
    },
  },
  {
    name: 'connect',
    show: async (app) => {
      await app.go('Connect a server…')
      await app.sheet.getByRole('textbox', { name: 'Address' }).fill('127.0.0.1:9')
      await app.page.keyboard.press('Enter')
      await expect(app.sheet.getByText('127.0.0.1:9 does not answer')).toBeVisible()
    },
  },
  {
    name: 'upload',
    show: async (app, { lab }) => {
      await app.choose(samples.newer)
      await app.sheet.getByRole('combobox', { name: 'Upload to' }).fill('ada/genomics/samtools')
      await app.sheet.getByRole('textbox', { name: 'Tags' }).fill('no/slash')
      await app.page.keyboard.press('Enter')
      await expect(app.sheet.getByText(/does not work as a tag/).first()).toBeVisible()
      await app.sheet.getByRole('textbox', { name: 'Tags' }).press('Backspace')
      await app.sheet.getByRole('textbox', { name: 'Tags' }).fill('')
      await app.sheet.getByRole('textbox', { name: 'What changed' }).fill('Faster sorting of large files.')
      await expect(app.sheet).toContainText('1.22 moves for amd64')
      expect(lab).not.toBe('')
    },
  },
  {
    name: 'upload-several',
    show: async (app) => {
      await app.bridge.dropFiles([samples.older, samples.arm, samples.notes])
      await expect(app.sheet).toHaveAccessibleName('Upload 3 files')
      await expect(app.sheet).toContainText('for arm64')
    },
  },
  {
    name: 'upload-damaged',
    show: async (app) => {
      await app.bridge.dropFiles([samples.truncated])
      await expect(app.sheet).toContainText('interrupted_1.0.sif is damaged')
    },
  },
  {
    name: 'drag',
    show: async (app) => {
      await app.browse('This computer', 'ada', 'genomics')
      const row = app.page.getByRole('row', { name: /samtools/ })
      const box = await row.boundingBox()
      await app.bridge.drag('over', 2, { x: (box?.x ?? 0) + 60, y: (box?.y ?? 0) + 10 })
      await expect(row).toHaveClass(/is-drop/)
    },
  },
]

/** Closes whatever lies over the window, so that the next view can be shown. */
export async function tidy(app: Window, name: string): Promise<void> {
  if (name === 'drag') return await app.bridge.drag('leave', 0)
  // A menu leads to the sheet that is looked at next.
  if (name === 'menu' || name === 'limit-menu') return
  if (await app.sheet.isVisible()) {
    await app.sheet
      .getByRole('button', { name: /^(Cancel|Close|Skip)$/ })
      .first()
      .click()
    await expect(app.sheet).toBeHidden()
  }
}

/** Waits until the toasts that would cover something have been closed. */
export async function closeToasts(app: Window): Promise<void> {
  const buttons = app.page
    .getByRole('log', { name: 'Notifications' })
    .getByRole('button', { name: 'Dismiss' })
  await until('there is no toast', async () => {
    if ((await buttons.count()) === 0) return true
    await buttons
      .first()
      .click({ timeout: 1000 })
      .catch(() => undefined)
    return false
  })
}
