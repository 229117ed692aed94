import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ErrorCode, UiError } from '../../contract/generated'
import { actionWords, errorWords, hasWords } from './errors'

const contract = readFileSync(`${import.meta.dirname}/../../contract/generated.ts`, 'utf8')
const union = /export type ErrorCode = ([^;]+);/.exec(contract)?.[1] ?? ''
const codes = [...union.matchAll(/"([a-z_]+)"/g)].map((match) => match[1] as ErrorCode)

function error(code: ErrorCode, params: UiError['params'] = {}, retry: UiError['retry'] = 'yes'): UiError {
  return { code, params, retry, details: '' }
}

describe('every error code of the contract', () => {
  it('is found in the generated file', () => {
    expect(codes.length).toBeGreaterThan(40)
    expect(codes).toContain('not_a_sif')
  })

  it.each(codes)('%s has words of its own, with and without its facts', (code) => {
    expect(hasWords(code)).toBe(true)
    const words = errorWords(error(code))
    expect(words.title).not.toMatch(/undefined|null|NaN|\[object/)
    expect(words.body).not.toMatch(/undefined|null|NaN|\[object/)
    if (code.includes('_')) expect(words.title).not.toContain(code)
    expect(words.title.length).toBeGreaterThan(5)
    expect(words.body).toMatch(/[.…]$/)
    for (const action of words.actions) expect(actionWords[action]).toBeTruthy()
  })
})

describe('error words', () => {
  it('name the sizes of a full quota', () => {
    const gib = 1024 ** 3
    const words = errorWords(
      error('quota_exceeded', { server: 'Sylabs Cloud', needs: 3.1 * gib, left: 0.9 * gib, total: 11 * gib }),
    )
    expect(words.title).toBe('Not enough space on Sylabs Cloud')
    expect(words.body).toBe('This image needs 3.1 GiB. You have 922 MiB left of 11.0 GiB.')
  })

  it('offer sign-in for a place that may be private, but not to the signed in', () => {
    expect(errorWords(error('not_found', { signedIn: false })).actions).toContain('sign_in')
    expect(errorWords(error('not_found', { signedIn: true })).actions).not.toContain('sign_in')
  })

  it('offer to try again only when that can help', () => {
    expect(errorWords(error('server_fault', {}, 'yes')).actions).toContain('retry')
    expect(errorWords(error('server_fault', {}, 'no')).actions).not.toContain('retry')
    expect(errorWords(error('server_fault', {}, 'after_sign_in')).actions[0]).toBe('sign_in')
  })

  it.each(['off', 'port', 'already_running', 'newer', 'disk', 'other', ''])(
    'say in a sentence why the library on this computer did not start: %s',
    (reason) => {
      const { body } = errorWords(error('local_library_failed', { reason }))
      expect(body).toMatch(/^[A-Z][^_]+ [^_]+\.$/)
      expect(body.toLowerCase()).not.toBe(`${reason}.`)
    },
  )

  it('never show the name the app has for something a server does not offer', () => {
    for (const what of ['browser_sign_in', 'private', 'architecture', 'brand_new']) {
      const { title } = errorWords(error('not_offered', { server: 'lab.example', what }))
      expect(title).not.toMatch(/_|^.*offer (private|architecture)/)
    }
  })

  it('say what does not fit, with the numbers there are', () => {
    const body = (params: UiError['params']) => errorWords(error('quota_exceeded', params)).body
    expect(body({})).toBe('The image does not fit.')
    expect(body({ needs: 1024 })).toBe('This image needs 1.0 KiB.')
    expect(body({ needs: 1024, left: 512, total: 2048 })).toMatch(/You have 512 .* left of 2.0 KiB\.$/)
  })

  it('say which file name does not work, and why', () => {
    const { title, body } = errorWords(error('invalid_name', { field: 'file', text: 'a/b.sif' }))
    expect(title).toBe('“a/b.sif” does not work as a file name')
    expect(body).toMatch(/slash/)
    expect(errorWords(error('invalid_name', { field: 'file', text: '' })).title).toMatch(/^This does/)
  })

  it('offer to grant what a sign-in lacks, and name it where the server does', () => {
    const lacking = (params: UiError['params']) =>
      errorWords(error('scope_missing', { server: 'the lab', ...params }, 'after_sign_in'))
    expect(lacking({ scopes: 'library:write' }).body).toMatch(/needs \(“library:write”\)\. Grant it/)
    expect(lacking({}).body).toMatch(/needs\. Grant it/)
    expect(lacking({}).actions).toEqual(['grant'])
  })

  it('fall back to the unforeseen for a code of a newer version', () => {
    expect(errorWords(error('brand_new' as ErrorCode)).title).toMatch(/did not foresee/)
  })

  it('tell a provider, an organisation and a library apart when a sign-in is refused', () => {
    const params = { provider: 'GitHub', server: 'the lab', organisation: 'octo-lab', scopes: 'openid' }
    const titles = (
      [
        'client_id_refused',
        'approval_needed',
        'single_sign_on_needed',
        'scope_missing',
        'sign_in_not_accepted',
      ] as const
    ).map((code) => errorWords(error(code, params)))
    expect(new Set(titles.map(({ title }) => title)).size).toBe(titles.length)
    const [client, approval, single, scope, library] = titles.map(({ title, body }) => `${title} ${body}`)
    expect(client).toMatch(/GitHub.*Settings/)
    expect(approval).toMatch(/administrator/)
    expect(single).toMatch(/Octo-lab.*GitHub/)
    expect(scope).toMatch(/openid/)
    expect(library).toMatch(/The lab.*GitHub/)
    for (const { actions } of titles) expect(actions).toContain('retry')
  })
})
