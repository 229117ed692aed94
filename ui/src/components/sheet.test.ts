import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { createRawSnippet } from 'svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'

import Sheet from './Sheet.svelte'

const user = userEvent.setup({ delay: null })
const html = (markup: string) => createRawSnippet(() => ({ render: () => `<div>${markup}</div>` }))
const footer = html('<button>Cancel</button><button>Delete</button>')

function open(content: string, rest: object = {}) {
  const onclose = vi.fn()
  const view = render(Sheet, { open: true, title: 'A sheet', onclose, children: html(content), ...rest })
  return { onclose, ...view, dialog: screen.getByRole('dialog', { name: 'A sheet' }) }
}

const focused = () => document.activeElement?.textContent || document.activeElement?.id

function opener(): HTMLButtonElement {
  const button = document.createElement('button')
  button.textContent = 'Opener'
  document.body.append(button)
  button.focus()
  return button
}

afterEach(() => document.querySelectorAll('body > button, body > main').forEach((one) => one.remove()))

describe('a sheet', () => {
  it('is modal', () => {
    const shown = vi.spyOn(HTMLDialogElement.prototype, 'showModal')
    open('')
    expect(shown).toHaveBeenCalledTimes(1)
  })

  it('begins in its first field', () => {
    open('<input id="first"><input id="second">', { footer })
    expect(focused()).toBe('first')
  })

  it('begins where it is told to', () => {
    open('<input id="first"><input id="second" data-first>')
    expect(focused()).toBe('second')
  })

  it('begins at the safe answer where there is no field', () => {
    open('<p>Really?</p>', { footer })
    expect(focused()).toBe('Cancel')
  })

  it('keeps Tab inside', async () => {
    open('<input id="first">', { footer })
    await user.tab({ shift: true })
    await user.tab({ shift: true })
    expect(focused()).toBe('Delete')
    await user.tab()
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Close' }))
  })

  it('gives the focus back to what opened it', () => {
    const button = opener()
    const { unmount } = open('<input id="first">')
    expect(focused()).toBe('first')
    unmount()
    expect(document.activeElement).toBe(button)
  })

  it('gives the focus to the page when what opened it is gone', () => {
    const main = document.createElement('main')
    main.tabIndex = -1
    document.body.append(main)
    const button = opener()
    const { unmount } = open('<input id="first">')
    button.remove()
    unmount()
    expect(document.activeElement).toBe(main)
  })

  it('closes by its button and on Escape, which a dialog calls cancel', async () => {
    const { onclose, dialog } = open('')
    await user.click(screen.getByRole('button', { name: 'Close' }))
    const escape = new Event('cancel', { cancelable: true })
    dialog.dispatchEvent(escape)
    expect(onclose).toHaveBeenCalledTimes(2)
    // The state closes it, not the browser.
    expect(escape.defaultPrevented).toBe(true)
  })

  it('stays while it is busy', () => {
    const { onclose, dialog } = open('', { busy: true })
    dialog.dispatchEvent(new Event('cancel', { cancelable: true }))
    expect(onclose).not.toHaveBeenCalled()
    expect(screen.getByRole('button', { name: 'Close' })).toHaveProperty('disabled', true)
  })
})
