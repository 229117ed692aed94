import { describe, expect, it } from 'vitest'

import type { SignInView } from '../contract/generated'
import { FakeHost } from '../host/fake'
import { SignIn } from './sign-in.svelte'

function attempt(phase: SignInView['phase']): SignInView {
  return {
    id: 'one',
    serverId: 'lab',
    phase,
    host: 'lab.example',
    secondsLeft: 300,
    browserOpened: true,
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
