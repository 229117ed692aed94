/** Which keys stand for which action, for the keyboard and for the page of shortcuts. */
import type { ActionId } from './actions.svelte'

export interface Shortcut {
  action: ActionId
  /** The key as `KeyboardEvent.key` names it, in lower case. */
  key: string
  /** Command on macOS, Control elsewhere. */
  mod?: boolean
  shift?: boolean
  alt?: boolean
  /** Works while a text field has the focus. */
  inFields?: boolean
  /** Not said on the page of shortcuts, because another key is. */
  hidden?: boolean
  /** Only on macOS, or only elsewhere. */
  only?: 'mac' | 'other'
}

export const shortcuts: Shortcut[] = [
  { action: 'search', key: 'k', mod: true, inFields: true },
  { action: 'filter', key: 'f', mod: true, inFields: true },
  { action: 'upload', key: 'u', mod: true, inFields: true },
  { action: 'open', key: 'o', mod: true, inFields: true },
  { action: 'download', key: 'd', mod: true },
  { action: 'inspect', key: 'i', mod: true },
  { action: 'inspect', key: 'enter', alt: true, only: 'other', hidden: true },
  { action: 'examine', key: 'e', mod: true, shift: true },
  { action: 'copy_reference', key: 'c', mod: true },
  { action: 'delete', key: 'delete', only: 'other' },
  { action: 'delete', key: 'backspace', mod: true, only: 'mac' },
  { action: 'pause', key: 'p', mod: true, alt: true, only: 'mac' },
  { action: 'pause', key: 'p', mod: true, shift: true, only: 'other' },
  { action: 'cancel', key: '.', mod: true },
  { action: 'transfers', key: 'j', mod: true, inFields: true },
  { action: 'section', key: '1…9', mod: true, inFields: true },
  { action: 'back', key: '[', mod: true, only: 'mac', inFields: true },
  { action: 'forward', key: ']', mod: true, only: 'mac', inFields: true },
  { action: 'back', key: 'arrowleft', alt: true, only: 'other' },
  { action: 'forward', key: 'arrowright', alt: true, only: 'other' },
  { action: 'refresh', key: 'r', mod: true, inFields: true },
  { action: 'refresh', key: 'f5', only: 'other', inFields: true, hidden: true },
  { action: 'settings', key: ',', mod: true, inFields: true },
  { action: 'next_pane', key: 'f6', inFields: true },
  { action: 'shortcuts', key: '/', mod: true, inFields: true },
  { action: 'shortcuts', key: '?', mod: true, shift: true, inFields: true, hidden: true },
  { action: 'shortcuts', key: 'f1', only: 'other', inFields: true, hidden: true },
]

export interface KeyPress {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  shiftKey: boolean
  altKey: boolean
}

/** Shortcuts of one system, as the page of shortcuts shows them. */
export function shortcutsFor(os: string): Shortcut[] {
  const other = os === 'macos' ? 'other' : 'mac'
  return shortcuts.filter((shortcut) => shortcut.only !== other)
}

/** What a key press stands for, if anything. Digits give the number of the section. */
export function actionFor(
  press: KeyPress,
  os: string,
  inField: boolean,
): { action: ActionId; detail: number } | null {
  const mac = os === 'macos'
  const mod = mac ? press.metaKey : press.ctrlKey
  const stray = mac ? press.ctrlKey : press.metaKey
  if (stray) return null
  const key = press.key.toLowerCase()
  const digit = /^[1-9]$/.test(key)
  for (const shortcut of shortcutsFor(os)) {
    if (inField && !shortcut.inFields) continue
    const keyFits = shortcut.key === '1…9' ? digit : shortcut.key === key
    if (!keyFits || mod !== !!shortcut.mod || press.altKey !== !!shortcut.alt) continue
    if (press.shiftKey !== !!shortcut.shift && key !== '?') continue
    return { action: shortcut.action, detail: digit ? Number(key) : 0 }
  }
  return null
}

const NAMES: Record<string, string> = {
  arrowleft: '←',
  arrowright: '→',
  backspace: '⌫',
  delete: 'Delete',
  enter: 'Enter',
}

/** "Ctrl+K", "⌘K". */
export function keysOf(shortcut: Shortcut, os: string): string {
  const key = NAMES[shortcut.key] ?? shortcut.key.toUpperCase()
  if (os === 'macos') {
    return `${shortcut.alt ? '⌥' : ''}${shortcut.shift ? '⇧' : ''}${shortcut.mod ? '⌘' : ''}${key}`
  }
  return [shortcut.mod && 'Ctrl', shortcut.alt && 'Alt', shortcut.shift && 'Shift', key]
    .filter(Boolean)
    .join('+')
}

/** The keys of an action, for a hint beside its button. */
export function keysFor(action: ActionId, os: string): string {
  const shortcut = shortcutsFor(os).find((one) => one.action === action && !one.hidden)
  return shortcut ? keysOf(shortcut, os) : ''
}
