/** What jsdom lacks and the window uses. */
import { configure } from '@testing-library/svelte'
import { vi } from 'vitest'

// Looking up whether each element is hidden costs most of the time of a test here.
configure({ defaultHidden: true })

HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
  this.open = true
}
HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) {
  this.open = false
  this.dispatchEvent(new Event('close'))
}
Element.prototype.scrollIntoView ??= () => undefined
HTMLElement.prototype.showPopover ??= function (this: HTMLElement) {
  this.setAttribute('data-open', '')
}
HTMLElement.prototype.hidePopover ??= function (this: HTMLElement) {
  this.removeAttribute('data-open')
}
vi.stubGlobal(
  'matchMedia',
  vi.fn((query: string) => ({
    matches: false,
    media: query,
    addEventListener: vi.fn(),
    removeEventListener: vi.fn(),
  })),
)
