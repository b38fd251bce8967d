// What the simulated database holds: streams of events behind the fence, and how much of each would survive the loss of
// its primary. It knows nothing of latency or failures; those are made in connection.ts.

import { DetourError, fail } from '#data/kernel'
import type { Appended, NewEvent, StoredEvent } from '#data/log'

/** An event as text, so that nobody shares objects with the store. */
interface Row {
  eventId: string
  type: string
  recordedAt: number
  data: string
}

interface Stream {
  rows: Row[]
  /** Seqs by event id. */
  ids: Map<string, number>
  /** Seq up to which a loss of the primary takes nothing. */
  durable: number
}

/** How the store behaves. */
export interface StoreRules {
  /** Whether an append must name the end of the stream; without it every append lands at the end. */
  isFenced: boolean
}

/** An append on its way, its data as text. */
export interface TextEvent {
  eventId: string
  type: string
  data: string
}

/** The streams of one simulated database. */
export class SimulatedStore {
  readonly #streams = new Map<string, Stream>()
  readonly #rules: StoreRules
  /** Counts losses of the primary: what was on its way to an earlier one never arrives. */
  generation = 0

  constructor(rules: StoreRules) {
    this.#rules = rules
  }

  /**
   * Writes the events at the end of the stream, all or none.
   * @param isSafe whether a loss of the primary leaves them, and with them all before; else they can only be read
   * @throws LOG_FENCED, LOG_EVENT_EXISTS
   */
  append(
    name: string,
    expectedSeq: number,
    events: readonly TextEvent[],
    at: number,
    isSafe: boolean,
  ): Appended {
    const stream = this.#stream(name)
    const tail = stream.rows.length
    if (this.#rules.isFenced && tail !== expectedSeq) {
      throw fail('LOG_FENCED', { stream: name, seq: expectedSeq + 1, tail })
    }
    const known = events.find((event) => stream.ids.has(event.eventId))
    if (known !== undefined) throw fail('LOG_EVENT_EXISTS', { stream: name, eventId: known.eventId })
    for (const event of events) {
      stream.rows.push({ ...event, recordedAt: at })
      stream.ids.set(event.eventId, stream.rows.length)
    }
    if (isSafe) stream.durable = stream.rows.length
    return { lastSeq: stream.rows.length, recordedAt: at }
  }

  /** Up to `limit` events after `afterSeq`. */
  read(name: string, afterSeq: number, limit: number): StoredEvent[] {
    const { rows } = this.#stream(name)
    return rows.slice(afterSeq, afterSeq + limit).map((row, i) => stored(name, afterSeq + i + 1, row))
  }

  /** Seq of the last event that can be read. */
  tail(name: string): number {
    return this.#stream(name).rows.length
  }

  /** Seq of the last event that a loss of the primary leaves. */
  durable(name: string): number {
    return this.#stream(name).durable
  }

  /** Events of one command, in order. */
  eventsOfCommand(name: string, commandId: string): StoredEvent[] {
    const { rows, ids } = this.#stream(name)
    const found: StoredEvent[] = []
    let seq = ids.get(`${commandId}/0`)
    // Ids of a command may lie apart where a broken writer wrote them: what follows the first is looked for by its id.
    for (let i = 1; seq !== undefined; seq = ids.get(`${commandId}/${i++}`)) {
      found.push(stored(name, seq, rows[seq - 1] as Row))
    }
    return found
  }

  /** Names of all streams, sorted. */
  streams(): string[] {
    return [...this.#streams.keys()].sort()
  }

  /** Another primary takes over: what was only readable is gone, and so is what was on its way. */
  losePrimary(): void {
    this.generation++
    for (const stream of this.#streams.values()) {
      for (const row of stream.rows.splice(stream.durable)) stream.ids.delete(row.eventId)
    }
  }

  #stream(name: string): Stream {
    let stream = this.#streams.get(name)
    if (stream === undefined) {
      stream = { rows: [], ids: new Map(), durable: 0 }
      this.#streams.set(name, stream)
    }
    return stream
  }
}

/** Events as text. */
export function asText(events: readonly NewEvent[]): TextEvent[] {
  return events.map(({ eventId, type, data }) => ({ eventId, type, data: JSON.stringify(data) }))
}

/** An error that the store gave, for those it was meant for. @throws any other */
export function storeError(error: unknown): DetourError {
  if (error instanceof DetourError) return error
  throw error
}

function stored(stream: string, seq: number, row: Row): StoredEvent {
  const { eventId, type, recordedAt } = row
  return { stream, seq, eventId, type, recordedAt, data: JSON.parse(row.data) }
}
