/** The app over loopback HTTP, so that the whole window runs in any browser. */
import { toUiError } from '../contract/errors'
import type { AppEvent } from '../contract/generated'
import type { Host } from './types'

export function bridgeHost(): Host {
  return {
    async call(command, request) {
      let answer: Response
      let body: unknown
      try {
        answer = await fetch(`/api/${command}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(request),
        })
        body = await answer.json()
      } catch (error) {
        throw toUiError(error)
      }
      if (!answer.ok) throw toUiError(body)
      return body as never
    },
    watch(onEvent) {
      const source = new EventSource('/api/events')
      source.onmessage = (message: MessageEvent<string>) => onEvent(JSON.parse(message.data) as AppEvent)
      return () => source.close()
    },
  }
}
