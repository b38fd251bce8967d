// Messages of one kind that wait for one receiver: untried ones in their order, and those to be tried again, by time.
// It does not know of other kinds.

import type { api } from '#data/contracts'

/** A message that waits. */
export interface Waiting {
  /** Of the business event. */
  seq: number
  eventType: api.WebhookEventType
  /** The incident, or those that are told together, that it is about; null = it is about none. */
  subject: string | null
  /** Seq of the event that queued it. */
  round: number
  /** Tries so far. */
  attempt: number
  /** Those of them that the schedule does not count. */
  uncounted: number
  /** Epoch ms, 0 = at once. */
  dueAt: number
  /** Seq of the attempt that holds its body, null before the first. */
  payloadAt: number | null
  /** Whether it is sent again because somebody asked for it. */
  isReplay: boolean
}

/** A message in a line. */
export interface Queued extends Waiting {
  /** Among those that are due alike the lowest goes first. */
  turn: number
}

/** What waits, without what was taken. */
export class WaitingLine {
  readonly #untried: Queued[] = []
  readonly #later: Queued[] = []

  add(waiting: Queued): void {
    const row = this.#rowOf(waiting)
    row.splice(placeAfter(row, waiting), 0, waiting)
  }

  /** Removes the message; one that was taken is not here. */
  remove(waiting: Queued): void {
    const row = this.#rowOf(waiting)
    const place = placeAfter(row, waiting) - 1
    if (row[place] === waiting) row.splice(place, 1)
  }

  /** The message to be tried now, which stays; null where none is due. */
  first(now: number): Queued | null {
    const later = this.#later[0]
    if (later !== undefined && later.dueAt <= now) return later
    return this.#untried[0] ?? null
  }

  /** When the next one is due, epoch ms, 0 = at once; null where nothing waits. */
  nextDueAt(): number | null {
    return this.#untried.length > 0 ? 0 : (this.#later[0]?.dueAt ?? null)
  }

  #rowOf({ dueAt }: Queued): Queued[] {
    return dueAt === 0 ? this.#untried : this.#later
  }
}

/** Behind all that go before it, and itself. */
function placeAfter(row: readonly Queued[], { dueAt, turn }: Queued): number {
  let low = 0
  for (let high = row.length; low < high; ) {
    const middle = (low + high) >> 1
    const other = row[middle] as Queued
    if (other.dueAt < dueAt || (other.dueAt === dueAt && other.turn <= turn)) low = middle + 1
    else high = middle
  }
  return low
}
