import { describe, expect, it, vi } from 'vitest'

import { words } from '../words/words'
import { Actions } from './actions.svelte'
import { actionFor, keysFor, shortcuts, type KeyPress } from './shortcuts'

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
})
const ctrl = { ctrlKey: true }
const command = { metaKey: true }

describe('keys', () => {
  it('stand for the same action with Command on macOS and Control elsewhere', () => {
    expect(actionFor(press('k', command), 'macos', true)?.action).toBe('search')
    expect(actionFor(press('k', ctrl), 'linux', true)?.action).toBe('search')
    expect(actionFor(press('k', ctrl), 'macos', true)).toBeNull()
    expect(actionFor(press('k', { ...ctrl, ...command }), 'linux', true)).toBeNull()
  })

  it('never take what a text field needs', () => {
    for (const [key, held] of [
      ['c', ctrl],
      ['d', ctrl],
      ['Delete', {}],
      ['ArrowLeft', { altKey: true }],
    ] as const) {
      expect(actionFor(press(key, held), 'linux', false)).not.toBeNull()
      expect(actionFor(press(key, held), 'linux', true)).toBeNull()
    }
  })

  it('give the number of a section', () => {
    expect(actionFor(press('3', ctrl), 'linux', true)).toEqual({ action: 'section', detail: 3 })
    expect(actionFor(press('0', ctrl), 'linux', true)).toBeNull()
  })

  it('are never a single letter, and never Control with Alt, which is AltGr', () => {
    for (const shortcut of shortcuts) {
      if (shortcut.key.length === 1) expect(shortcut.mod).toBe(true)
      if (shortcut.only !== 'mac') expect(shortcut.mod && shortcut.alt).toBeFalsy()
    }
  })

  it('mean one thing each', () => {
    for (const os of ['macos', 'linux', 'windows']) {
      const own = shortcuts.filter((one) => one.only !== (os === 'macos' ? 'other' : 'mac'))
      const presses = own.map(({ key, mod, shift, alt }) => JSON.stringify([key, mod, shift, alt]))
      expect(new Set(presses).size).toBe(presses.length)
    }
  })

  it('are written the way each system writes them', () => {
    expect(keysFor('pause', 'macos')).toBe('⌥⌘P')
    expect(keysFor('pause', 'windows')).toBe('Ctrl+Shift+P')
    expect(keysFor('back', 'linux')).toBe('Alt+←')
  })

  it('all have words on the page of shortcuts', () => {
    for (const { action } of shortcuts) expect(words.shortcuts.action[action]).toBeTruthy()
  })
})

describe('actions', () => {
  it('belong to the last who took them over, and go back', () => {
    const actions = new Actions()
    const [frame, screen] = [vi.fn(), vi.fn()]
    actions.handle({ refresh: frame })
    const leave = actions.handle({ refresh: screen })
    expect(actions.run('refresh')).toBe(true)
    leave()
    expect(actions.run('refresh')).toBe(true)
    expect(frame).toHaveBeenCalledTimes(1)
    expect(screen).toHaveBeenCalledTimes(1)
    expect(actions.run('delete')).toBe(false)
  })
})
