// Messages of one kind that wait for one receiver: untried ones in their order, and those to be tried again, by time.
// It does not know of other kinds.

import type { api } from '#data/contracts'

/** A message that waits. */
export interface Waiting {
  /** Of the business event. */
  seq: number
  eventType: api.WebhookEventType
  /** Seq of the event that queued it. */
  round: number
  /** Tries so far. */
  attempt: number
  /** Epoch ms, 0 = at once. */
  dueAt: number
  /** Seq of the attempt that holds its body, null before the first. */
  payloadAt: number | null
  /** Whether it is sent again because somebody asked for it. */
  isReplay: boolean
}

/** What waits, without what was taken. */
export class WaitingLine {
  readonly #untried = new Map<number, Waiting>()
  /** Sorted by `dueAt`. */
  readonly #later: Waiting[] = []

  /** Adds a message; it takes the place of an untried one with the same seq. */
  add(waiting: Waiting): void {
    if (waiting.dueAt === 0) this.#untried.set(waiting.seq, waiting)
    else this.#later.splice(this.#placeOf(waiting.dueAt), 0, waiting)
  }

  /** Removes the message; one that was taken is not here. */
  remove(waiting: Waiting): void {
    if (this.#untried.get(waiting.seq) === waiting) this.#untried.delete(waiting.seq)
    const end = this.#placeOf(waiting.dueAt)
    const place = this.#later.lastIndexOf(waiting, end)
    if (place >= 0) this.#later.splice(place, 1)
  }

  /** The message to be tried now, which stays; null where none is due. */
  first(now: number): Waiting | null {
    const later = this.#later[0]
    if (later !== undefined && later.dueAt <= now) return later
    return this.#firstUntried()
  }

  /** When the next one is due, epoch ms, 0 = at once; null where nothing waits. */
  nextDueAt(): number | null {
    return this.#untried.size > 0 ? 0 : (this.#later[0]?.dueAt ?? null)
  }

  #firstUntried(): Waiting | null {
    for (const waiting of this.#untried.values()) return waiting
    return null
  }

  /** Behind all that are due then or earlier. */
  #placeOf(dueAt: number): number {
    let low = 0
    for (let high = this.#later.length; low < high; ) {
      const middle = (low + high) >> 1
      if ((this.#later[middle] as Waiting).dueAt <= dueAt) low = middle + 1
      else high = middle
    }
    return low
  }
}
