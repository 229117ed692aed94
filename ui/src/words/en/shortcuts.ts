// The keyboard, as the help sheet tells it. Keys are those of Linux and Windows; macOS names are made from them.

export const shortcuts = {
  keyName,
  title: 'Keyboard shortcuts',
  groups: [
    {
      title: 'Everywhere',
      rows: [
        ['Search or paste a link', 'Mod+K'],
        ['Filter this list', 'Mod+F'],
        ['Upload a file…', 'Mod+U'],
        ['Transfers', 'Mod+J'],
        ['Settings', 'Mod+,'],
        ['Back, forward', 'Alt+← Alt+→'],
        ['Refresh', 'F5'],
        ['Next pane', 'F6'],
        ['Close the topmost thing', 'Esc'],
        ['This help', 'Mod+?'],
      ],
    },
    {
      title: 'Images',
      rows: [
        ['Move between rows and cells', '← ↑ → ↓'],
        ['Open, or download', 'Enter'],
        ['Download the selection', 'Mod+D'],
        ['Copy the reference', 'Mod+C'],
        ['Show or hide the inspector', 'Mod+I'],
      ],
    },
    {
      title: 'Transfers',
      rows: [
        ['Pause or resume the selected one', 'Mod+Shift+P'],
        ['Cancel the selected one', 'Mod+.'],
        ['Move up or down in the queue', 'Alt+↑ Alt+↓'],
      ],
    },
  ],
}

const MAC: Record<string, string> = { Mod: '⌘', Shift: '⇧', Alt: '⌥', Enter: '↩', Esc: '⎋' }

/** Names one chord the way the system does: "Ctrl+K" or "⌘K". */
function keyName(chord: string, os: string): string {
  return chord
    .split(' ')
    .map((one) => {
      const keys = one.split('+')
      return os === 'macos'
        ? keys.map((key) => MAC[key] ?? key).join('')
        : keys.map((key) => (key === 'Mod' ? 'Ctrl' : key)).join('+')
    })
    .join(' ')
}
