/**
 * What can be done by a key. The frame and the screens say what an action means at the moment;
 * the last one to say so wins, so that a screen can take over from the frame.
 */
export type ActionId =
  | 'search'
  | 'filter'
  | 'upload'
  | 'open'
  | 'download'
  | 'inspect'
  | 'examine'
  | 'copy_reference'
  | 'delete'
  | 'pause'
  | 'cancel'
  | 'transfers'
  | 'section'
  | 'back'
  | 'forward'
  | 'refresh'
  | 'settings'
  | 'shortcuts'
  | 'next_pane'

type Handler = (detail: number) => void

export class Actions {
  private readonly handlers = new Map<ActionId, Handler[]>()

  /** Takes an action over until the returned function is called. */
  handle(actions: Partial<Record<ActionId, Handler>>): () => void {
    const added = Object.entries(actions) as [ActionId, Handler][]
    for (const [id, handler] of added) this.handlers.set(id, [...(this.handlers.get(id) ?? []), handler])
    return () => {
      for (const [id, handler] of added) {
        this.handlers.set(
          id,
          (this.handlers.get(id) ?? []).filter((one) => one !== handler),
        )
      }
    }
  }

  /** Does it. False when nobody offers it now. */
  run(id: ActionId, detail = 0): boolean {
    const handler = this.handlers.get(id)?.at(-1)
    handler?.(detail)
    return handler !== undefined
  }
}
