// The distributed log driver: an event log in a PostgreSQL database that several processes may write. It never
// acknowledges an append before the commit returned, and never repeats one whose outcome is unknown.

import { type DetourError, fail } from '#data/kernel'
import { AppendQueue, type PendingAppend } from './append-queue.ts'
import type { Appended, EventLog, NewEvent, StoredEvent } from './event-log.ts'
import * as table from './postgres-events.ts'
import { type Ask, type LineEffects, PostgresLine } from './postgres-line.ts'
import { PostgresLines } from './postgres-lines.ts'
import { logVersions, newerLog, upgradeTables } from './postgres-schema.ts'
import { placeOf, postgresFailure, stateOf } from './postgres-session.ts'

/** Settings of the driver. */
export interface PostgresLogOptions {
  /** Whether a server without standbys will do. Default no. */
  isSingleNode?: boolean
  /** Told the number of events of each transaction that was committed, before its callers are. */
  onCommit?: (events: number) => void
}

/**
 * The log in a PostgreSQL database, its tables made when they are not there. Appends that wait at the same time share
 * one statement. Where the connection breaks, appends under way are rejected with LOG_UNAVAILABLE, and the next call
 * connects again. An append waits as long as the server waits for its standbys, unless the server stops answering.
 * @param url `postgres://user:password@host:port/database`; connect straight or through a pooler of sessions
 * @throws LOG_UNSAFE when the server may lose what it acknowledged
 * @throws LOG_NEWER when a newer Detour wrote it
 * @throws LOG_UNAVAILABLE, LOG_DAMAGED
 */
export async function openPostgresLog(
  url: string,
  effects: LineEffects,
  options: PostgresLogOptions = {},
): Promise<EventLog> {
  const log = new PostgresLog(url, effects, options)
  try {
    await log.open()
    return log
  } catch (error) {
    await log.close()
    throw error instanceof Error && stateOf(error) === 'LOG_UNSAFE' ? error : postgresFailure(error, url)
  }
}

/** Rows per statement of a read: other calls get their turn between two of them. */
const chunkRows = 2000
/** Longest read, ms; after that time an append that waits is asked after, too. */
const readMs = 30_000
const watchMs = 5000
/** How long closing waits for appends that wait for a standby, ms. */
const closeMs = 10_000
const readers = 2

/** SQLSTATE classes of statements refused for what they contain or collide with: nothing was written. */
const refusals = new Set(['22', '23', '40', '54'])
const uniqueViolation = '23505'

class PostgresLog implements EventLog {
  readonly #url: string
  readonly #effects: LineEffects
  readonly #options: PostgresLogOptions
  readonly #writer: PostgresLine
  /** Short questions, answered in the order of the calls; long reads. */
  readonly #asker: PostgresLine
  readonly #readers: PostgresLines
  readonly #queue = new AppendQueue()
  #writing: Promise<void> | null = null
  #damage: DetourError | null = null
  #isClosed = false
  #isGivenUp = false

  constructor(url: string, effects: LineEffects, options: PostgresLogOptions) {
    this.#url = url
    this.#effects = effects
    this.#options = options
    const limited = { url, isSingleNode: options.isSingleNode ?? false, limitMs: readMs }
    this.#writer = new PostgresLine({ ...limited, limitMs: null }, effects)
    this.#asker = new PostgresLine(limited, effects)
    this.#readers = new PostgresLines(readers, limited, effects)
  }

  async open(): Promise<void> {
    await upgradeTables(this.#writer, 'log', logVersions, newerLog(placeOf(this.#url)))
    await this.#writer.take((ask) => table.selectTail(ask, ''))
  }

  async append(stream: string, expectedSeq: number, events: readonly NewEvent[]): Promise<Appended> {
    const texts = events.map((event) => JSON.stringify(event.data) ?? 'null')
    this.#checkOpen()
    if (this.#damage !== null) throw this.#damage
    const recordedAt = this.#effects.clock.now()
    return new Promise((resolve, reject) => {
      this.#queue.push({ stream, expectedSeq, recordedAt, events, texts, resolve, reject })
      this.#writing ??= this.#write()
    })
  }

  async read(stream: string, afterSeq: number, limit: number): Promise<StoredEvent[]> {
    const end = afterSeq + limit
    const chunk = (from: number): Promise<unknown[][]> => {
      const rows = this.#chunk(stream, from, Math.min(chunkRows, end - from))
      rows.catch(() => {})
      return rows
    }
    const events: StoredEvent[] = []
    let next = chunk(afterSeq)
    for (let from = afterSeq; from < end; from += chunkRows) {
      const rows = await next
      const isFull = rows.length === chunkRows
      if (isFull && from + chunkRows < end) next = chunk(from + chunkRows)
      for (const row of rows) events.push(this.#eventOf(stream, row))
      if (!isFull) break
    }
    return events
  }

  async #chunk(stream: string, from: number, most: number): Promise<unknown[][]> {
    const rows = await this.#ask(this.#readers, (ask) => table.selectEvents(ask, stream, from, most))
    if (rows === null) throw this.#damaged(`stream ${stream} has a gap after event ${from}`)
    return rows
  }

  tail(stream: string): Promise<number> {
    return this.#ask(this.#asker, (ask) => table.selectTail(ask, stream))
  }

  async eventsOfCommand(stream: string, commandId: string): Promise<StoredEvent[]> {
    const rows = await this.#ask(this.#asker, (ask) => table.selectCommand(ask, stream, commandId))
    return rows.map((row) => this.#eventOf(stream, row))
  }

  streams(): Promise<string[]> {
    return this.#ask(this.#asker, (ask) => table.selectStreams(ask))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const cancel = this.#effects.clock.after(closeMs, () => {
      this.#isGivenUp = true
      this.#writer.cut('the log is being closed')
    })
    await this.#writing
    cancel()
    await Promise.all([this.#writer, this.#asker, this.#readers].map((line) => line.close()))
  }

  #checkOpen(): void {
    if (this.#isClosed) throw fail('LOG_UNAVAILABLE', { reason: 'the log is closed' })
  }

  async #ask<T>(line: PostgresLine | PostgresLines, work: (ask: Ask) => Promise<T>): Promise<T> {
    this.#checkOpen()
    try {
      return await line.take(work)
    } catch (error) {
      throw this.#failure(error)
    }
  }

  /** Writes group after group until nothing waits; what is asked for in the same turn joins the first. */
  async #write(): Promise<void> {
    await new Promise<void>((resolve) => process.nextTick(resolve))
    for (let group = this.#queue.next(); group.length > 0; group = this.#queue.next())
      await this.#commit(group)
    this.#writing = null
  }

  async #commit(group: PendingAppend[]): Promise<void> {
    try {
      if (this.#damage !== null) throw this.#damage
      if (this.#isGivenUp) this.#checkOpen()
      if (await this.#insert(group)) this.#acknowledge(group)
      else await this.#refuse(group, null)
    } catch (error) {
      const isRefusal = refusals.has(stateOf(error).slice(0, 2))
      if (isRefusal) await this.#refuse(group, error)
      else for (const append of group) append.reject(this.#failure(error))
    }
  }

  #acknowledge(group: PendingAppend[]): void {
    const events = group.reduce((sum, append) => sum + append.events.length, 0)
    if (events > 0) this.#options.onCommit?.(events)
    for (const { expectedSeq, events, recordedAt, resolve } of group) {
      resolve({ lastSeq: expectedSeq + events.length, recordedAt })
    }
  }

  /** Nothing of the group was written; halves of it show for whose sake. */
  async #refuse(group: PendingAppend[], error: unknown): Promise<void> {
    if (group.length > 1) {
      const half = group.length >> 1
      await this.#commit(group.slice(0, half))
      await this.#commit(group.slice(half))
      return
    }
    const [{ stream, expectedSeq, events, reject }] = group as [PendingAppend]
    const { constraint } = (error ?? {}) as { constraint?: string }
    if (error === null || (stateOf(error) === uniqueViolation && constraint !== 'events_by_id')) {
      reject(fail('LOG_FENCED', { stream, seq: expectedSeq + 1 }))
    } else if (stateOf(error) === uniqueViolation) {
      reject(fail('LOG_EVENT_EXISTS', { stream, eventId: await this.#knownId(stream, events) }))
    } else reject(this.#failure(error))
  }

  /** @returns whether the group is in the log; false = nothing of it is */
  async #insert(group: PendingAppend[]): Promise<boolean> {
    const [{ stream, expectedSeq, events }] = group as [PendingAppend]
    if (events.length === 0) {
      return (await this.#writer.take((ask) => table.selectTail(ask, stream))) === expectedSeq
    }
    const stop = this.#watch()
    try {
      const { isDone, isDoubtful } = await this.#writer.take((ask) => table.insertEvents(ask, group))
      if (!isDoubtful) return isDone
      const reason = 'the server warned that the commit may not have reached its standbys'
      throw fail('LOG_UNAVAILABLE', { path: placeOf(this.#url), reason })
    } finally {
      stop()
    }
  }

  /** While a statement is under way: cuts its connection where the server does not even answer another question. */
  #watch(): () => void {
    let isOver = false
    let cancel = () => {}
    const look = async () => {
      const isAlive = await this.#asker
        .take((ask) => table.selectTail(ask, ''))
        .then(
          () => true,
          () => false,
        )
      if (isOver) return
      if (isAlive) next()
      else this.#writer.cut('the server stopped answering')
    }
    const next = () => {
      cancel = this.#effects.clock.after(watchMs, () => void look())
    }
    next()
    return () => {
      isOver = true
      cancel()
    }
  }

  async #knownId(stream: string, events: readonly NewEvent[]): Promise<string | undefined> {
    const ids = events.map((event) => event.eventId)
    const twice = ids.find((id, i) => ids.indexOf(id) !== i)
    const known = this.#ask(this.#asker, (ask) => table.selectKnownId(ask, stream, ids))
    return (await known.catch(() => null)) ?? twice ?? ids[0]
  }

  #eventOf(stream: string, row: unknown[]): StoredEvent {
    const [seq, eventId, type, recordedAt, data] = row as [string, string, string, string, string]
    return {
      stream,
      seq: Number(seq),
      eventId,
      type,
      recordedAt: Number(recordedAt),
      data: this.#parse(seq, data),
    }
  }

  #parse(seq: string, data: string): unknown {
    try {
      return JSON.parse(data)
    } catch (error) {
      throw this.#damaged(`data of event ${seq} is not JSON`, error)
    }
  }

  #failure(error: unknown): DetourError {
    const failure = postgresFailure(error, this.#url)
    if (failure.code === 'LOG_DAMAGED') this.#damage ??= failure
    return failure
  }

  #damaged(reason: string, cause?: unknown): DetourError {
    this.#damage ??= fail('LOG_DAMAGED', { path: placeOf(this.#url), reason }, { cause })
    return this.#damage
  }
}
