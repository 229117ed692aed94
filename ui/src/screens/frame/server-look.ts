/** How a server looks in lists: its icon and the dot that says how it does. */
import type { IconName } from '../../components/icons'
import type { ServerKind, ServerView } from '../../contract/generated'
import { words } from '../../words/words'

export function serverIcon(kind: ServerKind): IconName {
  switch (kind) {
    case 'sylabs_cloud':
      return 'cloud'
    case 'this_computer':
      return 'share'
    case 'library':
      return 'server'
  }
}

/** Null while nobody asked the server yet. */
export function serverDot(
  server: ServerView,
): { state: 'ok' | 'slow' | 'down' | 'off'; label: string } | null {
  switch (server.state) {
    case 'unknown':
      return null
    case 'online':
      return server.account?.signedIn || server.ways.length === 0
        ? { state: 'ok', label: words.frame.dot.online }
        : { state: 'off', label: words.frame.signedOut }
    case 'slow':
      return { state: 'slow', label: words.frame.dot.slow }
    case 'down':
      return { state: 'down', label: words.frame.dot.down }
    case 'off':
      return { state: 'off', label: words.frame.dot.off }
  }
}
