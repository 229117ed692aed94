import { describe, expect, it } from 'vitest'

import { app as view } from '../host/demo/servers'
import { FakeHost, uiError, type Script } from '../host/fake'
import { App } from './app.svelte'
import { applyTheme, Settings } from './settings.svelte'

async function make(script: Script = {}) {
  const host = new FakeHost({
    app_state: () => structuredClone(view),
    settings_set: ({ welcomeDone: _, ...patch }) => ({ ...view.settings, ...patch }),
    ...script,
  })
  const app = new App(host)
  await app.load()
  return { host, app, settings: new Settings(host, app) }
}

describe('settings', () => {
  it('are what the app answers, not what was asked for', async () => {
    const { host, settings } = await make({
      settings_set: () => ({ ...view.settings, parallelTransfers: 8 }),
    })
    await settings.set({ parallelTransfers: 12 })
    expect(host.asked('settings_set')).toEqual([{ parallelTransfers: 12 }])
    expect(settings.view?.parallelTransfers).toBe(8)
  })

  it('stay as they were when a change fails, and say why', async () => {
    const { settings } = await make({ settings_set: () => Promise.reject(uiError('storage_failed')) })
    await settings.set({ theme: 'dark' })
    expect(settings.view?.theme).toBe('system')
    expect(settings.problem?.code).toBe('storage_failed')
  })

  it('take no offence at a cancelled dialog', async () => {
    const { settings } = await make({ settings_choose_folder: () => Promise.reject(uiError('cancelled')) })
    expect(await settings.chooseFolder()).toBe(false)
    expect(settings.problem).toBeNull()
  })

  it('follow changes that were made elsewhere', async () => {
    const { app, settings } = await make()
    app.hear({ kind: 'settings', settings: { ...view.settings, theme: 'light' } })
    expect(settings.view?.theme).toBe('light')
  })

  it('put a chosen theme on the document and take it off again', () => {
    const root = document.createElement('html')
    applyTheme('dark', root)
    expect(root.dataset.theme).toBe('dark')
    applyTheme('system', root)
    expect(root.dataset.theme).toBeUndefined()
  })
})

describe('the welcome page', () => {
  it('is left once', async () => {
    const { host, app } = await make({ app_state: () => ({ ...structuredClone(view), firstRun: true }) })
    await app.leaveWelcome()
    await app.leaveWelcome()
    expect(host.asked('settings_set')).toEqual([{ welcomeDone: true }])
    expect(app.view?.firstRun).toBe(false)
  })

  it('cannot keep the window from starting when the app does not answer', async () => {
    const { app } = await make({ app_state: () => Promise.reject(new Error('no bridge')) })
    expect(app.view).toBeNull()
    expect(app.problem).toMatchObject({ code: 'internal', details: 'Error: no bridge' })
    expect(app.os).toBe('linux')
  })
})
