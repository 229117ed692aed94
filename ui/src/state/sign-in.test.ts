import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { SignInView, TokenOwner } from '../contract/generated'
import { servers } from '../host/demo/servers'
import { FakeHost, uiError, type Script } from '../host/fake'
import { SignIn } from './sign-in.svelte'

function attempt(phase: SignInView['phase']): SignInView {
  return {
    id: 'one',
    serverId: 'lab',
    phase,
    host: 'lab.example',
    secondsLeft: 300,
    browserOpened: true,
    code: null,
    error: null,
  }
}

describe('a sign-in', () => {
  it('keeps a report that is heard before the answer that names the attempt', async () => {
    const host = new FakeHost({
      sign_in_start: () => {
        signIn.hear({ kind: 'sign_in', signIn: attempt('waiting_for_browser') })
        return attempt('preparing')
      },
      sign_in_cancel: () => ({}),
    })
    const signIn = new SignIn(host)
    await signIn.start('lab')
    expect(signIn.attempt?.phase).toBe('waiting_for_browser')
    await signIn.drop()
  })

  it('keeps that report when the end of an earlier attempt is heard after it', async () => {
    const host = new FakeHost({
      sign_in_start: () => {
        signIn.hear({ kind: 'sign_in', signIn: attempt('waiting_for_browser') })
        signIn.hear({ kind: 'sign_in', signIn: { ...attempt('cancelled'), id: 'earlier' } })
        return attempt('preparing')
      },
      sign_in_cancel: () => ({}),
    })
    const signIn = new SignIn(host)
    await signIn.start('lab')
    expect(signIn.attempt?.phase).toBe('waiting_for_browser')
    await signIn.drop()
  })

  it('begins once for a double click', async () => {
    const host = new FakeHost({ sign_in_start: () => attempt('preparing'), sign_in_cancel: () => ({}) })
    const signIn = new SignIn(host)
    await Promise.all([signIn.start('lab'), signIn.start('lab')])
    expect(host.calls.map(({ command }) => command)).toEqual(['sign_in_start'])
    await signIn.drop()
    await signIn.start('lab')
    expect(signIn.attempt?.phase).toBe('preparing')
    await signIn.drop()
  })

  it('is the last one of two that begin at once', async () => {
    const answers: ((begun: SignInView) => void)[] = []
    const host = new FakeHost({
      sign_in_start: () => new Promise<SignInView>((answer) => answers.push(answer)),
      sign_in_cancel: () => ({}),
    })
    const signIn = new SignIn(host)
    const both = [signIn.start('lab'), signIn.start('hub')]
    await vi.waitFor(() => expect(answers).toHaveLength(2))
    const later = { ...attempt('waiting_for_browser'), id: 'two' }
    signIn.hear({ kind: 'sign_in', signIn: later })
    signIn.hear({ kind: 'sign_in', signIn: attempt('cancelled') })
    answers[1]?.({ ...attempt('preparing'), id: 'two' })
    answers[0]?.(attempt('preparing'))
    await Promise.all(both)
    expect(signIn.attempt).toEqual(later)
    await signIn.drop()
  })

  it('that is given up before it has begun is cancelled then', async () => {
    let answer: (begun: SignInView) => void = () => undefined
    const host = new FakeHost({
      sign_in_start: () => new Promise<SignInView>((resolve) => (answer = resolve)),
      sign_in_cancel: () => ({}),
    })
    const signIn = new SignIn(host)
    const begun = signIn.start('lab')
    await vi.waitFor(() => expect(host.calls.map(({ command }) => command)).toContain('sign_in_start'))
    await signIn.drop()
    answer(attempt('preparing'))
    await begun
    expect(signIn.attempt).toBeNull()
    expect(host.calls.at(-1)).toEqual({ command: 'sign_in_cancel', request: { signInId: 'one' } })
  })

  it('does not take the report of an earlier attempt', async () => {
    const signIn = new SignIn(
      new FakeHost({ sign_in_start: () => attempt('preparing'), sign_in_cancel: () => ({}) }),
    )
    signIn.hear({ kind: 'sign_in', signIn: { ...attempt('failed'), id: 'earlier' } })
    await signIn.start('lab')
    expect(signIn.attempt?.phase).toBe('preparing')
    await signIn.drop()
  })
})

describe('a sign-in that goes on', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  async function begin(script: Script = {}) {
    const host = new FakeHost({
      sign_in_start: () => attempt('waiting_for_browser'),
      sign_in_cancel: () => ({}),
      ...script,
    })
    const signIn = new SignIn(host)
    await signIn.start('lab')
    const hear = (phase: SignInView['phase']) => signIn.hear({ kind: 'sign_in', signIn: attempt(phase) })
    return { host, signIn, hear }
  }

  it('counts the seconds of its link down between the reports, to zero', async () => {
    const { signIn } = await begin()
    vi.advanceTimersByTime(2000)
    expect(signIn.secondsLeft).toBe(298)
    vi.advanceTimersByTime(400_000)
    expect(signIn.secondsLeft).toBe(0)
  })

  it('stops counting when it is over, and is not cancelled then', async () => {
    const { host, signIn, hear } = await begin()
    hear('done')
    expect(vi.getTimerCount()).toBe(0)
    await signIn.drop()
    expect(host.asked('sign_in_cancel')).toEqual([])
    expect(signIn.attempt).toBeNull()
  })

  it('is cancelled when it is dropped, and when another one begins', async () => {
    const { host, signIn } = await begin()
    await signIn.start('lab')
    await signIn.drop()
    expect(host.asked('sign_in_cancel')).toHaveLength(2)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('copies its link, and says why not when it cannot', async () => {
    const { host, signIn } = await begin({ sign_in_copy_link: () => ({}) })
    expect(await signIn.copyLink()).toBe(true)
    host.answer({ sign_in_copy_link: () => Promise.reject(uiError('internal')) })
    expect(await signIn.copyLink()).toBe(false)
    expect(signIn.problem?.code).toBe('internal')
  })

  it('says why it could not begin', async () => {
    const { signIn } = await begin({ sign_in_start: () => Promise.reject(uiError('sign_in_busy')) })
    expect(signIn.attempt).toBeNull()
    expect(signIn.problem?.code).toBe('sign_in_busy')
  })
})

describe('a pasted token', () => {
  const owner: TokenOwner = { login: 'ada', expires: null }

  it('is asked for by the name of the server only, first whose it is', async () => {
    const host = new FakeHost({ sign_in_check_token: () => owner, sign_in_paste_token: () => servers[0]! })
    const signIn = new SignIn(host)
    const checked = signIn.checkToken('cloud')
    expect(signIn.pasting).toBe(true)
    await checked
    expect(signIn.owner).toEqual(owner)
    expect(signIn.pasting).toBe(false)
    expect(host.asked('sign_in_paste_token')).toEqual([])
    expect(await signIn.pasteToken('cloud')).toBe(true)
    expect(signIn.owner).toBeNull()
    expect(host.asked('sign_in_check_token')).toEqual([{ serverId: 'cloud' }])
    expect(host.asked('sign_in_paste_token')).toEqual([{ serverId: 'cloud' }])
  })

  it('that is refused leaves its reason', async () => {
    const signIn = new SignIn(
      new FakeHost({ sign_in_check_token: () => Promise.reject(uiError('token_refused')) }),
    )
    await signIn.checkToken('cloud')
    expect(signIn.owner).toBeNull()
    expect(signIn.problem?.code).toBe('token_refused')
    expect(signIn.pasting).toBe(false)
  })

  it('is forgotten when nobody said yes, and only then', async () => {
    const host = new FakeHost({
      sign_in_check_token: () => owner,
      sign_in_paste_token: () => servers[0]!,
      sign_in_drop_token: () => ({}),
    })
    const signIn = new SignIn(host)
    await signIn.dropToken()
    await signIn.checkToken('cloud')
    await signIn.pasteToken('cloud')
    await signIn.dropToken()
    expect(host.asked('sign_in_drop_token')).toEqual([])
    await signIn.checkToken('cloud')
    await signIn.dropToken()
    expect(host.asked('sign_in_drop_token')).toEqual([{}])
    expect(signIn.owner).toBeNull()
  })
})
