// The embedded log driver: an event log in one SQLite file, owned by a worker thread.
// It never acknowledges an append before SQLite's commit, synced to disk, returned.

import { Worker } from 'node:worker_threads'
import { type Effects, fail, reasonOf } from '#data/kernel'
import type { Appended, EventLog, NewEvent, StoredEvent } from './event-log.ts'
import type {
  AppendBatch,
  Failure,
  Outcome,
  PackedRows,
  Question,
  Reply,
  Request,
} from './sqlite-protocol.ts'

/** What of the world outside the driver needs. */
export type LogEffects = Pick<Effects, 'clock'>

/** Settings of the driver. */
export interface SqliteLogOptions {
  /** Told the number of events of each transaction that was committed, before its callers are. */
  onCommit?: (events: number) => void
}

/**
 * The log in the SQLite file `path`, made when it does not exist. Appends that wait at the same time share
 * one transaction and one sync. Where its thread dies, every call under way is rejected with LOG_UNAVAILABLE
 * and the next call starts a new thread.
 * @param path file; its folder must exist
 * @throws LOG_DAMAGED when the file is damaged or not a log; it is left as it was
 * @throws LOG_NEWER when a newer Detour wrote it
 * @throws LOG_UNAVAILABLE when it cannot be opened
 */
export async function openSqliteLog(
  path: string,
  effects: LogEffects,
  options: SqliteLogOptions = {},
): Promise<EventLog> {
  const log = new SqliteLog(path, effects, options)
  await log.tail('')
  return log
}

interface Asked {
  resolve: (value: unknown) => void
  reject: (error: Error) => void
}

interface PendingAppend {
  recordedAt: number
  resolve: (appended: Appended) => void
  reject: (error: Error) => void
}

/** Rows per message of a read: appends get their turn between two of them. */
const chunkRows = 2000

/** Cells (three per event) after which a batch is sent at once, so that the thread starts while we go on. */
const batchCells = 3 * 200

class SqliteLog implements EventLog {
  readonly #path: string
  readonly #effects: LogEffects
  readonly #options: SqliteLogOptions
  readonly #asked = new Map<number, Asked>()
  /** Oldest first; those before `#answered` are done. */
  #appends: PendingAppend[] = []
  #answered = 0
  #batch: AppendBatch = emptyBatch()
  #worker: Worker | null = null
  #lastId = 0
  #isClosed = false

  constructor(path: string, effects: LogEffects, options: SqliteLogOptions) {
    this.#path = path
    this.#effects = effects
    this.#options = options
  }

  async append(stream: string, expectedSeq: number, events: readonly NewEvent[]): Promise<Appended> {
    const texts = events.map((event) => JSON.stringify(event.data) ?? 'null')
    const worker = this.#awake()
    const batch = this.#batch
    if (batch.streams.length === 0) process.nextTick(() => this.#postBatch())
    const recordedAt = this.#effects.clock.now()
    batch.streams.push(stream)
    batch.expectedSeqs.push(expectedSeq)
    batch.counts.push(events.length)
    batch.recordedAt.push(recordedAt)
    for (let i = 0; i < events.length; i++) {
      const event = events[i] as NewEvent
      batch.cells.push(event.eventId, event.type, texts[i] as string)
    }
    if (batch.cells.length >= batchCells) this.#postBatch(worker)
    return new Promise((resolve, reject) => {
      this.#appends.push({ recordedAt, resolve, reject })
    })
  }

  async read(
    stream: string,
    afterSeq: number,
    limit: number,
    without: readonly string[] = [],
  ): Promise<StoredEvent[]> {
    const chunk = (from: number): Promise<PackedRows> => {
      const rows = Math.min(chunkRows, afterSeq + limit - from)
      const answer = this.#ask<PackedRows>((id) => ({
        kind: 'read',
        id,
        stream,
        afterSeq: from,
        limit: rows,
        without,
      }))
      answer.catch(() => {})
      return answer
    }
    const events: StoredEvent[] = []
    const end = afterSeq + limit
    let next = chunk(afterSeq)
    for (let from = afterSeq; from < end; from += chunkRows) {
      const rows = await next
      const isFull = rows.types.length === chunkRows
      if (isFull && from + chunkRows < end) next = chunk(from + chunkRows)
      this.#unpack(stream, rows, events)
      if (!isFull) break
    }
    return events
  }

  async tail(stream: string): Promise<number> {
    return this.#ask((id) => ({ kind: 'tail', id, stream }))
  }

  async eventsOfCommand(stream: string, commandId: string): Promise<StoredEvent[]> {
    const found = await this.#ask<PackedRows[]>((id) => ({ kind: 'command', id, stream, commandId }))
    const events: StoredEvent[] = []
    for (const rows of found) this.#unpack(stream, rows, events)
    return events
  }

  async streams(): Promise<string[]> {
    return this.#ask((id) => ({ kind: 'streams', id }))
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    const worker = this.#worker
    if (worker === null) {
      this.#isClosed = true
      return
    }
    const gone = new Promise((resolve) => worker.once('exit', resolve))
    const closed = this.#ask<null>((id) => ({ kind: 'close', id }))
    this.#isClosed = true
    await closed
    await gone
  }

  /** The thread, started where there is none, kept from letting the process end. */
  #awake(): Worker {
    if (this.#isClosed) throw fail('LOG_UNAVAILABLE', { reason: 'the log is closed' })
    const worker = this.#worker ?? this.#start()
    if (this.#isIdle()) worker.ref()
    return worker
  }

  #isIdle(): boolean {
    return this.#asked.size === 0 && this.#answered === this.#appends.length
  }

  async #ask<T>(make: (id: number) => Question | { kind: 'close'; id: number }): Promise<T> {
    const worker = this.#awake()
    const id = ++this.#lastId
    this.#postBatch(worker)
    worker.postMessage(make(id) satisfies Request)
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve: resolve as (value: unknown) => void, reject })
    })
  }

  #postBatch(worker = this.#worker): void {
    if (this.#batch.streams.length === 0) return
    worker?.postMessage(this.#batch satisfies Request)
    this.#batch = emptyBatch()
  }

  #start(): Worker {
    const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), {
      workerData: { path: this.#path },
    })
    let cause: unknown
    worker.on('message', (reply: Reply) => this.#receive(reply))
    worker.on('error', (error) => {
      cause = error
    })
    worker.on('exit', () => {
      this.#worker = null
      this.#batch = emptyBatch()
      const reason = cause === undefined ? 'the log thread stopped' : reasonOf(cause)
      this.#failAll({ code: 'LOG_UNAVAILABLE', details: { reason } }, cause)
    })
    this.#worker = worker
    return worker
  }

  #receive(reply: Reply): void {
    switch (reply.kind) {
      case 'committed':
        if (reply.events > 0) this.#options.onCommit?.(reply.events)
        this.#settleAppends(reply.outcomes)
        break
      case 'answer':
        this.#asked.get(reply.id)?.resolve(reply.value)
        this.#asked.delete(reply.id)
        break
      case 'failed':
        this.#asked.get(reply.id)?.reject(fail(reply.failure.code, reply.failure.details))
        this.#asked.delete(reply.id)
        break
      case 'broken':
        this.#failAll(reply.failure)
    }
    if (this.#isIdle() && !this.#isClosed) this.#worker?.unref()
  }

  #settleAppends(outcomes: Outcome[]): void {
    for (const outcome of outcomes) {
      const append = this.#appends[this.#answered++] as PendingAppend
      if (typeof outcome !== 'number') append.reject(fail(outcome.code, outcome.details))
      else append.resolve({ lastSeq: outcome, recordedAt: append.recordedAt })
    }
    if (this.#answered * 2 < this.#appends.length) return
    this.#appends = this.#appends.slice(this.#answered)
    this.#answered = 0
  }

  #failAll(failure: Failure, cause?: unknown): void {
    const waiting = [...this.#appends.slice(this.#answered), ...this.#asked.values()]
    this.#appends = []
    this.#answered = 0
    this.#asked.clear()
    for (const one of waiting) one.reject(fail(failure.code, failure.details, { cause }))
  }

  #unpack(stream: string, rows: PackedRows, into: StoredEvent[]): void {
    const data = this.#parse(rows)
    for (let i = 0; i < data.length; i++) {
      into.push({
        stream,
        seq: rows.firstSeq + i,
        eventId: rows.eventIds[i] as string,
        type: rows.types[i] as string,
        recordedAt: rows.recordedAt[i] as number,
        data: data[i],
      })
    }
  }

  #parse(rows: PackedRows): unknown[] {
    try {
      return JSON.parse(rows.data) as unknown[]
    } catch (error) {
      const reason = `data after event ${rows.firstSeq - 1} is not JSON`
      throw fail('LOG_DAMAGED', { path: this.#path, reason }, { cause: error })
    }
  }
}

function emptyBatch(): AppendBatch {
  return { kind: 'appends', streams: [], expectedSeqs: [], counts: [], recordedAt: [], cells: [] }
}
