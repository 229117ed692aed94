import { describe, expect, it } from 'vitest'

import type { DraftSheet, ServerView } from '../contract/generated'
import { servers as sample } from '../host/demo/servers'
import { badFile, oneFile, plan, severalFiles } from '../host/demo/uploads'
import { FakeHost, uiError, type Script } from '../host/fake'
import type { DropTarget } from './drop-target'
import { Servers } from './servers.svelte'
import { UploadForm } from './upload-form.svelte'

function make(sheet: DraftSheet = oneFile, target: DropTarget | null = null, script: Script = {}) {
  const host = new FakeHost({ upload_plan: plan, upload_start: () => ['t1'], ...script })
  const servers = new Servers(host)
  servers.list = sample
  return { host, servers, form: new UploadForm(host, servers, sheet, target) }
}

describe('the place of an upload', () => {
  it('is guessed from the account and the file name', () => {
    const { form } = make()
    expect(form.serverId).toBe('cloud')
    expect(form.place).toBe('ada/default/samtools')
    expect(form.request?.items[0]).toMatchObject({
      path: { entity: 'ada', collection: 'default', container: 'samtools' },
      tags: ['1.22', 'latest'],
    })
  })

  it('is a collection for several files, each with a container of its own', () => {
    const { form } = make(severalFiles)
    expect(form.place).toBe('ada/default')
    expect(form.request?.items.map((item) => item.path.container)).toEqual(['samtools', 'bcftools'])
    form.files[1]!.container = ' '
    expect(form.request).toBeNull()
  })

  it('follows the account to another server until somebody types', () => {
    const { form, servers } = make()
    form.chooseServer('uni')
    expect(form.place).toBe('')
    const account = { ...sample[0]!.account!, login: 'grace' }
    servers.list = sample.map((one): ServerView => (one.id === 'uni' ? { ...one, account } : one))
    form.settle()
    expect(form.place).toBe('grace/default/samtools')
    form.typePlace('lab/tools/x')
    form.chooseServer('cloud')
    form.settle()
    expect(form.place).toBe('lab/tools/x')
  })

  it.each(['', 'ada', 'ada/genomics', 'ada/genomics/', 'a/b/c/d', '/b/c'])('cannot be “%s”', (text) => {
    const { form } = make()
    form.typePlace(text)
    expect(form.request).toBeNull()
    expect(form.ready).toBe(false)
  })

  it('takes suggestions, and none when the server does not answer', async () => {
    const { form, host } = make(oneFile, null, { upload_destinations: () => ['ada/genomics/'] })
    expect(await form.complete('ada/')).toEqual(['ada/genomics/'])
    expect(host.asked('upload_destinations')).toEqual([{ serverId: 'cloud', text: 'ada/' }])
    host.answer({ upload_destinations: () => Promise.reject(uiError('unreachable')) })
    expect(await form.complete('ada/')).toEqual([])
  })
})

describe('the plan of an upload', () => {
  it('is asked once more when the fields changed while it was asked for', async () => {
    const answers: (() => void)[] = []
    const { form, host } = make(oneFile, null, {
      upload_plan: (upload) => new Promise((resolve) => answers.push(() => resolve(plan(upload)))),
    })
    const asking = form.ask()
    form.typePlace('ada/genomics/one')
    void form.ask()
    form.typePlace('ada/genomics/two')
    void form.ask()
    answers[0]!()
    await new Promise((resolve) => setTimeout(resolve))
    answers[1]!()
    await asking
    const places = host.asked('upload_plan').map((upload) => upload.items[0]?.path.container)
    expect(places).toEqual(['samtools', 'two'])
    expect(form.asking).toBe(false)
  })

  it('is thrown away when it cannot be had any more', async () => {
    const { form, host } = make()
    await form.ask()
    expect(form.plan).not.toBeNull()
    host.answer({ upload_plan: () => Promise.reject(uiError('unreachable')) })
    await form.ask()
    expect(form.plan).toBeNull()
    expect(form.problem?.code).toBe('unreachable')
    expect(form.ready).toBe(false)
  })

  it('stops the upload for a tag that cannot be, and for a lack of space', async () => {
    const { form, host } = make()
    form.files[0]!.tags = ['not ok']
    await form.ask()
    expect(form.ready).toBe(false)
    form.files[0]!.tags = ['1.0']
    await form.ask()
    expect(form.ready).toBe(true)
    host.answer({ upload_plan: (upload) => ({ ...plan(upload), problem: uiError('quota_exceeded') }) })
    await form.ask()
    expect(form.ready).toBe(false)
  })

  it('offers privacy for a container that will be made, and asks for it until it is taken back', async () => {
    const { form } = make()
    form.typePlace('ada/genomics/samtools')
    await form.ask()
    expect(form.createsContainer).toBe(false)
    expect(form.request?.items[0]?.private).toBe(false)
    form.typePlace('ada/new/samtools')
    await form.ask()
    expect(form.createsContainer).toBe(true)
    form.private = true
    expect(form.request?.items[0]?.private).toBe(true)
    // The answer for another place may be late: what was asked for must not get lost meanwhile.
    form.typePlace('ada/newer/samtools')
    expect(form.request?.items[0]?.private).toBe(true)
  })
})

describe('starting an upload', () => {
  it('leaves out the files that are no images', async () => {
    const { form, host } = make(severalFiles)
    expect(await form.start()).toBe(true)
    expect(host.asked('upload_start')[0]?.items.map((item) => item.fileId)).toEqual(['f1', 'f2'])
    form.leaveOut(form.files[0]!)
    expect(form.request?.items.map((item) => item.fileId)).toEqual(['f2'])
  })

  it('is impossible without a good file', async () => {
    const { form, host } = make(badFile)
    expect(form.bytes).toBe(0)
    expect(await form.start()).toBe(false)
    expect(host.asked('upload_start')).toEqual([])
  })

  it('keeps the sheet with its reason when it fails', async () => {
    const { form } = make(oneFile, null, { upload_start: () => Promise.reject(uiError('forbidden')) })
    expect(await form.start()).toBe(false)
    expect(form.problem?.code).toBe('forbidden')
    expect(form.starting).toBe(false)
  })
})
