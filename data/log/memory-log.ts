// The event log in memory, for runs that are over when their process ends. It keeps the promises of every log but one:
// nothing of it outlives the process.

import { type Clock, fail } from '#data/kernel'
import type { Appended, EventLog, NewEvent, StoredEvent } from './event-log.ts'

/** An event as text, so that nobody shares objects with the log. */
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
}

/** All events of a log in memory, by stream; can be sent to another thread. */
export type LogContent = ReadonlyMap<string, readonly Row[]>

/** A log in memory. */
export class MemoryLog implements EventLog {
  readonly #streams = new Map<string, Stream>()
  readonly #clock: Pick<Clock, 'now'>
  #isClosed = false

  /** @param content what it begins with */
  constructor(clock: Pick<Clock, 'now'>, content: LogContent = new Map()) {
    this.#clock = clock
    for (const [name, rows] of content) {
      const ids = new Map(rows.map(({ eventId }, i) => [eventId, i + 1]))
      this.#streams.set(name, { rows: [...rows], ids })
    }
  }

  /** What it holds now. */
  content(): LogContent {
    return new Map([...this.#streams].map(([name, { rows }]) => [name, [...rows]]))
  }

  /** The events of a stream in order, one by one. */
  *events(name: string): Generator<StoredEvent> {
    const rows = this.#streams.get(name)?.rows ?? []
    for (const [i, row] of rows.entries()) yield stored(name, i + 1, row)
  }

  async append(name: string, expectedSeq: number, events: readonly NewEvent[]): Promise<Appended> {
    this.#assertOpen()
    const stream: Stream = this.#streams.get(name) ?? { rows: [], ids: new Map() }
    const tail = stream.rows.length
    if (tail !== expectedSeq) throw fail('LOG_FENCED', { stream: name, seq: expectedSeq + 1, tail })
    const recordedAt = this.#clock.now()
    const rows = events.map(({ eventId, type, data }) => {
      return { eventId, type, recordedAt, data: JSON.stringify(data ?? null) }
    })
    const known = rows.find(({ eventId }) => stream.ids.has(eventId))
    if (known !== undefined) throw fail('LOG_EVENT_EXISTS', { stream: name, eventId: known.eventId })
    if (new Set(rows.map(({ eventId }) => eventId)).size < rows.length) {
      throw fail('LOG_EVENT_EXISTS', { stream: name, eventId: rows.at(-1)?.eventId })
    }
    if (rows.length > 0) this.#streams.set(name, stream)
    for (const row of rows) stream.ids.set(row.eventId, stream.rows.push(row))
    return { lastSeq: stream.rows.length, recordedAt }
  }

  async read(name: string, afterSeq: number, limit: number): Promise<StoredEvent[]> {
    this.#assertOpen()
    const rows = this.#streams.get(name)?.rows ?? []
    return rows.slice(afterSeq, afterSeq + limit).map((row, i) => stored(name, afterSeq + i + 1, row))
  }

  async tail(name: string): Promise<number> {
    this.#assertOpen()
    return this.#streams.get(name)?.rows.length ?? 0
  }

  async eventsOfCommand(name: string, commandId: string): Promise<StoredEvent[]> {
    this.#assertOpen()
    const { rows, ids } = this.#streams.get(name) ?? { rows: [], ids: new Map<string, number>() }
    const found: StoredEvent[] = []
    for (let i = 0; ; i++) {
      const seq = ids.get(`${commandId}/${i}`)
      if (seq === undefined) return found
      found.push(stored(name, seq, rows[seq - 1] as Row))
    }
  }

  async streams(): Promise<string[]> {
    this.#assertOpen()
    return [...this.#streams.keys()].sort()
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }

  #assertOpen(): void {
    if (this.#isClosed) throw fail('LOG_UNAVAILABLE', { reason: 'the log is closed' })
  }
}

function stored(stream: string, seq: number, { eventId, type, recordedAt, data }: Row): StoredEvent {
  return { stream, seq, eventId, type, recordedAt, data: JSON.parse(data) }
}
