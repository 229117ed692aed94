import { afterEach, describe, expect, it, vi } from 'vitest'

import type { DraftSheet } from '../contract/generated'
import { servers as sample } from '../host/demo/servers'
import { oneFile, plan, severalFiles } from '../host/demo/uploads'
import { FakeHost, uiError, type Script } from '../host/fake'
import { dropAt, dropData } from './drop-target'
import { Servers } from './servers.svelte'
import { Sheets } from './sheets.svelte'
import { Uploads } from './uploads.svelte'

function make(script: Script = {}) {
  const host = new FakeHost({ upload_plan: plan, upload_discard: () => ({}), ...script })
  const servers = new Servers(host)
  servers.list = sample
  const sheets = new Sheets()
  const ontrouble = vi.fn()
  return { host, sheets, ontrouble, uploads: new Uploads(host, servers, sheets, ontrouble) }
}

const sheet = (id: string): DraftSheet => ({ ...oneFile, id })

/** Puts an element that takes drops under every point of the window. */
function under(target: Parameters<typeof dropData>[0]) {
  const element = document.createElement('div')
  element.dataset.drop = dropData(target)
  document.elementFromPoint = () => element
  return element
}

afterEach(() => {
  document.elementFromPoint = () => null
})

describe('a drag over the window', () => {
  it('is known while it lasts, with its words', () => {
    const { uploads } = make()
    uploads.hear({ kind: 'drag', phase: 'over', files: 2, x: 5, y: 6 })
    expect(uploads.drag).toEqual({ files: 2, x: 5, y: 6 })
    expect(uploads.dropText).toBe('Let go to upload 2 files')
    uploads.target = { serverId: 'cloud', path: { entity: 'ada' }, tag: '1.0' }
    expect(uploads.dropText).toBe('Let go to upload 2 files to library://ada:1.0')
    uploads.hear({ kind: 'drag', phase: 'leave', files: 2, x: 0, y: 0 })
    expect(uploads.drag).toBeNull()
    expect(uploads.dropText).toBe('')
  })

  it('keeps the number of files, which the system tells only at first', () => {
    const { uploads } = make()
    uploads.hear({ kind: 'drag', phase: 'enter', files: 3, x: 1, y: 1 })
    uploads.hear({ kind: 'drag', phase: 'over', files: 0, x: 5, y: 6 })
    expect(uploads.dropText).toBe('Let go to upload 3 files')
    uploads.hear({ kind: 'drag', phase: 'leave', files: 0, x: 0, y: 0 })
    expect(uploads.drag).toBeNull()
  })

  it('opens the sheet for the place it was let go over', () => {
    const { uploads, sheets } = make()
    under({ serverId: 'cloud', path: { entity: 'ada', collection: 'imaging', container: 'fsl' }, tag: '6.0' })
    uploads.hear({ kind: 'dropped', sheet: oneFile, x: 1, y: 1 })
    expect(sheets.current).toMatchObject({ kind: 'upload', sheetId: 's1' })
    expect(uploads.form?.place).toBe('ada/imaging/fsl')
    expect(uploads.form?.files[0]?.tags).toEqual(['6.0'])
  })

  it('knows no target where there is none', () => {
    document.elementFromPoint = () => document.createElement('p')
    expect(dropAt(1, 1)).toBeNull()
  })
})

describe('upload sheets', () => {
  it('come one after the other', async () => {
    const { uploads, sheets, host } = make()
    uploads.open(sheet('a'), null)
    uploads.open(sheet('b'), null)
    expect(uploads.form?.sheet.id).toBe('a')
    await uploads.close(true)
    expect(uploads.form?.sheet.id).toBe('b')
    expect(sheets.current).toMatchObject({ sheetId: 'b' })
    await uploads.close(false)
    expect(uploads.form).toBeNull()
    expect(sheets.current).toBeNull()
    expect(host.asked('upload_discard')).toEqual([{ sheetId: 'b' }])
  })

  it('give way to newer files when they wait behind a sign-in', () => {
    const { uploads, sheets, host } = make()
    uploads.open(sheet('a'), null)
    sheets.close()
    uploads.open(sheet('b'), null)
    expect(uploads.form?.sheet.id).toBe('b')
    expect(host.asked('upload_discard')).toEqual([{ sheetId: 'a' }])
  })

  it('are not opened for nothing', () => {
    const { uploads, sheets } = make()
    uploads.open({ id: 'x', files: [] }, null)
    expect(sheets.current).toBeNull()
  })

  it('are opened for chosen files, for the place where they were asked for', async () => {
    const { uploads } = make({ upload_choose: () => severalFiles })
    await uploads.choose({ serverId: 'cloud', path: { entity: 'ada', collection: 'teaching' } })
    expect(uploads.form?.place).toBe('ada/teaching')
    expect(uploads.form?.good).toHaveLength(2)
  })

  it('say nothing when the dialog was cancelled, and why when it failed', async () => {
    const { uploads, host, ontrouble } = make({ upload_choose: () => Promise.reject(uiError('cancelled')) })
    await uploads.choose()
    expect(ontrouble).not.toHaveBeenCalled()
    host.answer({ upload_choose: () => Promise.reject(uiError('file_unreadable')) })
    await uploads.choose()
    expect(ontrouble).toHaveBeenCalledWith(uiError('file_unreadable'))
  })
})
