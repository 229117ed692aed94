/** Outcomes that pass by: each leaves by itself, unless somebody is looking at it. */
import type { IconName } from '../components/icons'

export interface ToastRequest {
  text: string
  icon?: IconName
  tone?: 'plain' | 'ok' | 'bad'
  action?: string
  onaction?: () => void
}

export interface ToastEntry extends ToastRequest {
  id: number
}

/** Long enough to read two lines and to reach the button. */
const STAY_MS = 8000
const MOST = 3

export class Toasts {
  list = $state.raw<ToastEntry[]>([])
  private next = 1
  private readonly timers = new Map<number, ReturnType<typeof setTimeout>>()

  say(toast: ToastRequest): void {
    const entry = { ...toast, id: this.next++ }
    const leaving = this.list.slice(0, Math.max(0, this.list.length + 1 - MOST))
    for (const old of leaving) this.close(old.id)
    this.list = [...this.list, entry]
    this.wait(entry.id)
  }

  /** Runs a toast's action, which ends the toast. */
  act(id: number): void {
    const toast = this.list.find((one) => one.id === id)
    this.close(id)
    toast?.onaction?.()
  }

  close(id: number): void {
    clearTimeout(this.timers.get(id))
    this.timers.delete(id)
    this.list = this.list.filter((one) => one.id !== id)
  }

  /** While the pointer or the focus rests on the toasts, none of them leaves. */
  hold(): void {
    for (const timer of this.timers.values()) clearTimeout(timer)
    this.timers.clear()
  }

  release(): void {
    for (const toast of this.list) this.wait(toast.id)
  }

  private wait(id: number): void {
    clearTimeout(this.timers.get(id))
    this.timers.set(
      id,
      setTimeout(() => this.close(id), STAY_MS),
    )
  }
}
