// From the log to the warehouse: each event's rows and the cursor in one transaction, so that each lands exactly once.

import type { Effects } from '#data/kernel'
import type { EventLog, StoredEvent } from '#data/log'
import type { Queries, Warehouse } from './warehouse.ts'

/** Writes the rows of one event; runs inside the transaction that also moves the cursor. */
export type EventHandler = (queries: Queries, event: StoredEvent, effects: Effects) => Promise<void>

/** Handlers by event type; an event without one is kept in raw_log_events only. */
export type EventHandlers = Record<string, EventHandler>

const batch = 1_000

/**
 * Brings every stream's events into the warehouse.
 * Events with a handler get a transaction each, the others go in groups of up to 1,000.
 * @returns events projected
 */
export async function project(
  log: EventLog,
  warehouse: Warehouse,
  handlers: EventHandlers,
  effects: Effects,
): Promise<number> {
  let projected = 0
  for (const stream of await log.streams()) {
    for (;;) {
      const cursor = await cursorOf(warehouse, stream)
      const events = await log.read(stream, cursor, batch)
      if (events.length === 0) break
      for (const group of groups(events, handlers)) {
        await warehouse.transaction((queries) => land(queries, group, handlers, effects))
      }
      projected += events.length
    }
  }
  return projected
}

/** The last event of the stream whose rows are in the warehouse, 0 when none is. */
async function cursorOf(warehouse: Warehouse, stream: string): Promise<number> {
  const [row] = await warehouse.all<{ seq: number }>('SELECT seq FROM projection_cursors WHERE stream = $1', [
    stream,
  ])
  return row?.seq ?? 0
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

async function land(queries: Queries, events: StoredEvent[], handlers: EventHandlers, effects: Effects) {
  for (const event of events) await handlers[event.type]?.(queries, event, effects)
  await keepEvents(queries, events)
}

/**
 * Writes events of one stream and moves its cursor behind them, for a caller that made their rows in the same
 * transaction.
 */
export async function keepEvents(queries: Queries, events: StoredEvent[]): Promise<void> {
  const last = events.at(-1)
  if (last === undefined) return
  await queries.run(
    `INSERT INTO raw_log_events
     SELECT e ->> 'stream', (e ->> 'seq')::BIGINT, e ->> 'eventId', e ->> 'type',
            make_timestamptz((e ->> 'recordedAt')::BIGINT * 1000), e -> 'data'
     FROM (SELECT unnest(from_json($1::JSON, '["JSON"]')) AS e)`,
    [JSON.stringify(events)],
  )
  await queries.run('DELETE FROM projection_cursors WHERE stream = $1', [last.stream])
  await queries.run('INSERT INTO projection_cursors VALUES ($1, $2)', [last.stream, last.seq])
}
