// What waits for one receiver: new messages in the order of their events, and those to be tried again, by time.
// It sends nothing.

import type { api } from '#data/contracts'
import type { WaitingRow } from './events.ts'

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
}

/** The messages of one receiver. */
export class ReceiverQueue {
  /** Everything that waits or is being tried, by seq. */
  readonly #all = new Map<number, Waiting>()
  #fresh: Waiting[] = []
  #next = 0
  /** Sorted by `dueAt`. */
  readonly #later: Waiting[] = []

  get size(): number {
    return this.#all.size
  }

  /** Adds a message; one with the same seq gives way to it. */
  add(waiting: Waiting): void {
    this.#all.set(waiting.seq, waiting)
    if (waiting.dueAt === 0) this.#fresh.push(waiting)
    else this.#postpone(waiting)
  }

  has(seq: number): boolean {
    return this.#all.has(seq)
  }

  /** The message to be tried now, no longer offered until it is put back or settled; null where none is due. */
  take(now: number): Waiting | null {
    const later = this.#firstLater()
    if (later !== null && later.dueAt <= now) {
      this.#later.shift()
      return later
    }
    const fresh = this.#firstFresh()
    if (fresh !== null) this.#next++
    return fresh
  }

  /** When the next one is due, epoch ms, 0 = at once; null where nothing waits. */
  nextDueAt(): number | null {
    if (this.#firstFresh() !== null) return 0
    return this.#firstLater()?.dueAt ?? null
  }

  /** Offers a message again that was taken, unless another took its place. */
  putBack(waiting: Waiting, dueAt: number): void {
    if (this.#all.get(waiting.seq) !== waiting) return
    waiting.dueAt = dueAt
    this.#postpone(waiting)
  }

  /**
   * Takes note of a try of the message.
   * @param round the message as queued then; a later replay is another one
   * @param again when and how it is tried again; null = it waits no longer
   */
  settle(seq: number, round: number, again: Pick<Waiting, 'attempt' | 'dueAt' | 'payloadAt'> | null): void {
    const waiting = this.#all.get(seq)
    if (waiting === undefined || waiting.round !== round) return
    this.#all.delete(seq)
    if (again !== null) this.add({ ...waiting, ...again })
  }

  /** Everything that waits, oldest event first. */
  rows(): WaitingRow[] {
    return [...this.#all.values()]
      .toSorted((a, b) => a.seq - b.seq)
      .map((one) => [one.seq, one.eventType, one.round, one.attempt, one.dueAt, one.payloadAt])
  }

  #isLive(waiting: Waiting): boolean {
    return this.#all.get(waiting.seq) === waiting
  }

  #firstFresh(): Waiting | null {
    for (; this.#next < this.#fresh.length; this.#next++) {
      const waiting = this.#fresh[this.#next] as Waiting
      if (this.#isLive(waiting)) {
        this.#forgetTaken()
        return waiting
      }
    }
    this.#fresh = []
    this.#next = 0
    return null
  }

  #forgetTaken(): void {
    if (this.#next < 1000 || this.#next * 2 < this.#fresh.length) return
    this.#fresh = this.#fresh.slice(this.#next)
    this.#next = 0
  }

  #firstLater(): Waiting | null {
    for (let waiting = this.#later[0]; waiting !== undefined; waiting = this.#later[0]) {
      if (this.#isLive(waiting)) return waiting
      this.#later.shift()
    }
    return null
  }

  #postpone(waiting: Waiting): void {
    let low = 0
    for (let high = this.#later.length; low < high; ) {
      const middle = (low + high) >> 1
      if ((this.#later[middle] as Waiting).dueAt <= waiting.dueAt) low = middle + 1
      else high = middle
    }
    this.#later.splice(low, 0, waiting)
  }
}
