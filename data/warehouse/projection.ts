// From the log to the warehouse: rows of events and the cursor in one transaction, so that each lands exactly once.

import type { Effects } from '#data/kernel'
import type { EventLog, StoredEvent } from '#data/log'
import { jsonText } from './json-text.ts'
import type { Queries, Warehouse } from './warehouse.ts'

/** Writes the rows of one event; runs inside the transaction that also moves the cursor. */
export type EventHandler = (queries: Queries, event: StoredEvent, effects: Effects) => Promise<void>

/** Handlers by event type; an event without one is kept in raw_log_events only. */
export type EventHandlers = Record<string, EventHandler>

/** Takes the events of some streams by the batch, for those that are too many for a transaction each. */
export interface BatchHandler {
  matches(stream: string): boolean
  /** Last event of the stream that may be taken now; where it is absent, all may. */
  limit?(stream: string): number | Promise<number>
  /** Writes the rows of events of one stream; runs inside the transaction that also moves the cursor. */
  land(queries: Queries, events: readonly StoredEvent[], effects: Effects): Promise<void>
}

/** What is projected, and by whom. */
export interface ProjectionOptions {
  /** The first that matches a stream takes it whole; streams that none matches go to the handlers of events. */
  batches?: readonly BatchHandler[]
  /** Streams to bring up to date; default all. */
  streams?: (stream: string) => boolean
  /** Whether the events themselves become rows, too. Default true. */
  keepsEvents?: boolean
}

/**
 * Events per read of the log, per transaction of a batch handler, and per statement: whoever waits for the thread
 * gets it between two statements.
 */
const batch = { events: 1_000, batches: 2_000, statement: 500 }

/**
 * Brings the warehouse up to date with the streams of the log.
 * A batch handler gets up to 2,000 events in a transaction. Events with a handler of their own get a transaction
 * each, the others go in groups of up to 1,000.
 * @returns events projected
 */
export async function project(
  log: EventLog,
  warehouse: Warehouse,
  handlers: EventHandlers,
  effects: Effects,
  options: ProjectionOptions = {},
): Promise<number> {
  let projected = 0
  const cursors = await cursorsOf(warehouse)
  for (const stream of await log.streams()) {
    if (options.streams?.(stream) === false) continue
    if ((await log.tail(stream)) <= (cursors.get(stream) ?? 0)) continue
    const taker = options.batches?.find((each) => each.matches(stream))
    const limit = (await taker?.limit?.(stream)) ?? Number.MAX_SAFE_INTEGER
    for (let cursor = cursors.get(stream) ?? 0; ; ) {
      const most = Math.min(taker === undefined ? batch.events : batch.batches, limit - cursor)
      const events = most > 0 ? await log.read(stream, cursor, most) : []
      const last = events.at(-1)
      if (last === undefined) break
      let landed = 0
      for (const group of taker === undefined ? groups(events, handlers) : [events]) {
        landed += await landOnce(warehouse, group, options.keepsEvents !== false, async (queries) => {
          if (taker !== undefined) await taker.land(queries, group, effects)
          else for (const event of group) await handlers[event.type]?.(queries, event, effects)
        })
      }
      projected += landed
      // Others may have landed some of them meanwhile, and more.
      cursor = landed === events.length ? last.seq : await cursorOf(warehouse, stream)
    }
  }
  return projected
}

/** Events of the streams that the warehouse does not have yet. */
export async function unprojected(log: EventLog, warehouse: Warehouse): Promise<number> {
  let events = 0
  for (const stream of await log.streams()) {
    events += Math.max(0, (await log.tail(stream)) - (await cursorOf(warehouse, stream)))
  }
  return events
}

/** The last event of the stream whose rows are in the warehouse, 0 when none is. */
async function cursorOf(queries: Queries, stream: string): Promise<number> {
  const [row] = await queries.all<{ seq: number }>('SELECT seq FROM projection_cursors WHERE stream = $1', [
    stream,
  ])
  return row?.seq ?? 0
}

/** All cursors at once: most streams have nothing new. */
async function cursorsOf(queries: Queries): Promise<Map<string, number>> {
  const rows = await queries.all<{ stream: string; seq: number }>(
    'SELECT stream, seq FROM projection_cursors',
  )
  return new Map(rows.map(({ stream, seq }) => [stream, seq]))
}

function groups(events: StoredEvent[], handlers: EventHandlers): StoredEvent[][] {
  const out: StoredEvent[][] = []
  let plain: StoredEvent[] = []
  for (const event of events) {
    if (handlers[event.type] === undefined) {
      plain.push(event)
      continue
    }
    if (plain.length > 0) out.push(plain)
    out.push([event])
    plain = []
  }
  if (plain.length > 0) out.push(plain)
  return out
}

/** Lands events in one transaction, unless somebody did meanwhile. @returns events landed */
async function landOnce(
  warehouse: Warehouse,
  events: StoredEvent[],
  isKept: boolean,
  land: (queries: Queries) => Promise<void>,
): Promise<number> {
  const [first] = events
  if (first === undefined) return 0
  return warehouse.transaction(async (queries) => {
    if ((await cursorOf(queries, first.stream)) !== first.seq - 1) return 0
    await land(queries)
    if (isKept) await keepEvents(queries, events)
    else await moveCursor(queries, events)
    return events.length
  })
}

/**
 * Writes events of one stream and moves its cursor behind them, for a caller that made their rows in the same
 * transaction.
 */
export async function keepEvents(queries: Queries, events: readonly StoredEvent[]): Promise<void> {
  for (let at = 0; at < events.length; at += batch.statement) {
    await queries.run(
      `INSERT INTO raw_log_events
       SELECT e ->> 'stream', (e ->> 'seq')::BIGINT, e ->> 'eventId', e ->> 'type',
              make_timestamptz((e ->> 'recordedAt')::BIGINT * 1000), e -> 'data'
       FROM (SELECT unnest(from_json($1::JSON, '["JSON"]')) AS e)`,
      [jsonText(events.slice(at, at + batch.statement))],
    )
  }
  await moveCursor(queries, events)
}

async function moveCursor(queries: Queries, events: readonly StoredEvent[]): Promise<void> {
  const last = events.at(-1)
  if (last === undefined) return
  await queries.run('DELETE FROM projection_cursors WHERE stream = $1', [last.stream])
  await queries.run('INSERT INTO projection_cursors VALUES ($1, $2)', [last.stream, last.seq])
}
