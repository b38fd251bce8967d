// Data of a page: asked for when what it depends on changes, asked again when the server says so, with its error kept.

import { debounced } from './clock.ts'
import { onChange } from './live.ts'
import { wantsKey } from './problem.ts'
import { shell } from './shell.svelte.ts'

const calmMs = 400
const atMostMs = 2_000

/** Data that is on its way, there, or could not be had. */
export class Resource<T> {
  /** The newest answer; stays while the next one is on its way. */
  data = $state.raw<T | null>(null)
  error = $state.raw<unknown>(null)
  isLoading = $state(true)
  /** Counts answers, so that a page can tell that new ones came. */
  version = $state(0)

  #load: (signal: AbortSignal) => Promise<T>
  #running: AbortController | null = null
  #isHeld = false
  #waiting: T | null = null

  constructor(load: (signal: AbortSignal) => Promise<T>) {
    this.#load = load
  }

  /** Asks now; an older question is dropped. */
  refresh = async (byItself = false): Promise<void> => {
    // Instead of a question that somebody waits for it is that question.
    const isQuiet = byItself && !this.isLoading
    this.#running?.abort()
    const running = new AbortController()
    this.#running = running
    if (!isQuiet) this.isLoading = true
    try {
      const data = await this.#load(running.signal)
      if (running.signal.aborted) return
      if (isQuiet && this.#isHeld) this.#waiting = data
      else this.#show(data)
    } catch (error) {
      if (running.signal.aborted) return
      if (wantsKey(error)) shell.isLocked = true
      // A failed refresh in the background keeps what is on screen; the stream's state says that it may be old.
      if (!isQuiet || this.data === null) this.error = error
    }
    if (!running.signal.aborted) this.isLoading = false
  }

  /** While held, news that come by themselves wait: lists must not move under a pointer. */
  hold = (isHeld: boolean): void => {
    this.#isHeld = isHeld
    if (isHeld || this.#waiting === null) return
    this.#show(this.#waiting)
  }

  stop(): void {
    this.#running?.abort()
  }

  #show(data: T): void {
    this.#waiting = null
    this.data = data
    this.error = null
    this.version += 1
  }
}

/**
 * Data for the component that calls this. `load` is called again whenever reactive values it reads at once change,
 * and after a change of one of `kinds` on the server.
 * @param kinds kinds of change it depends on; none = it is asked for once
 */
export function resource<T>(
  load: (signal: AbortSignal) => Promise<T>,
  kinds: readonly string[] = [],
): Resource<T> {
  const made = new Resource<T>(load)
  $effect(() => {
    void made.refresh()
    return () => made.stop()
  })
  $effect(() => {
    const again = debounced(calmMs, atMostMs, () => void made.refresh(true))
    const stop = onChange((change) => {
      if (change.kind === 'all' || kinds.includes(change.kind)) again.ask()
    })
    return () => {
      stop()
      again.cancel()
    }
  })
  return made
}

/** Attachment: holds the resource back while a mouse is over the element. */
export function holding(held: Resource<unknown>) {
  return (element: HTMLElement) => {
    const enter = (event: PointerEvent) => event.pointerType === 'mouse' && held.hold(true)
    const leave = () => held.hold(false)
    element.addEventListener('pointerenter', enter)
    element.addEventListener('pointerleave', leave)
    return () => {
      element.removeEventListener('pointerenter', enter)
      element.removeEventListener('pointerleave', leave)
      held.hold(false)
    }
  }
}
