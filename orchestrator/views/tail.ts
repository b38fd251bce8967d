// What the core did that the tables do not show yet: the events behind the projection's cursor, and the keys that
// wait for a cycle. It keeps the newest ones in memory and never writes.

import { orderIdOf } from '#data/contracts'
import type { StoredEvent } from '#data/log'
import type { CoreEvent, DecisionRecord } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'

/** A decision with the order it is about. */
export interface LoggedDecision extends DecisionRecord {
  orderId: string
  decidedAt: number
}

/** What the tables lack. */
export interface Tail {
  /** Orders whose newest state only the core has, at most 20,000. */
  orderIds: ReadonlySet<string>
  /** Newest last. */
  decisions: readonly LoggedDecision[]
  /** Decisions that were undone. */
  undone: ReadonlySet<string>
}

interface Entry {
  seq: number
  orderId: string | null
  decision: LoggedDecision | null
  undoneId: string | null
}

interface Reading {
  readSeq: number
  entries: Entry[]
  turn: Promise<unknown>
}

const most = 20_000
const page = 2_000
const readings = new WeakMap<Engine, Reading>()

/** What the tables lack right now; calls of one engine take turns and share what was read. */
export function tailOf(engine: Engine): Promise<Tail> {
  const reading = readings.get(engine) ?? { readSeq: 0, entries: [], turn: Promise.resolve() }
  readings.set(engine, reading)
  const next = reading.turn.then(() => readOn(engine, reading))
  reading.turn = next.catch(() => undefined)
  return next
}

async function readOn(engine: Engine, reading: Reading): Promise<Tail> {
  const { core, workspace } = engine
  const { cursor, waiting } = await progressOf(engine)
  reading.entries = reading.entries.filter((entry) => entry.seq > cursor)
  reading.readSeq = Math.max(reading.readSeq, cursor, core.lastSeq - most)
  // A log that does not answer has nothing new either: what was read goes on being told.
  while (reading.readSeq < core.lastSeq) {
    const events = await workspace.log.read(core.stream, reading.readSeq, page)
    for (const event of events) {
      const entry = entryOf(event)
      if (entry !== null) reading.entries.push(entry)
    }
    reading.readSeq = events.at(-1)?.seq ?? reading.readSeq
    if (events.length < page) break
  }
  reading.entries = reading.entries.slice(-most)
  const orderIds = new Set(waiting.filter((orderId) => core.state().orders.has(orderId)))
  for (const { orderId } of reading.entries) if (orderId !== null) orderIds.add(orderId)
  return {
    orderIds,
    decisions: reading.entries.flatMap(({ decision }) => (decision === null ? [] : [decision])),
    undone: new Set(reading.entries.flatMap(({ undoneId }) => (undoneId === null ? [] : [undoneId]))),
  }
}

/** How far the stream is projected, and the orders whose rows wait for a cycle; both of one moment. */
async function progressOf(engine: Engine): Promise<{ cursor: number; waiting: string[] }> {
  const rows = await engine.workspace.warehouse.reading((queries) =>
    queries.all<{ seq: number | null; provider: string | null; key: string | null }>(
      `SELECT seq, NULL AS provider, NULL AS key FROM projection_cursors WHERE stream = $stream
       UNION ALL
       (SELECT NULL, provider, key FROM pipeline_changes WHERE kind = 'order' AND key IS NOT NULL LIMIT ${most})`,
      { stream: engine.core.stream },
    ),
  )
  const waiting: string[] = []
  let cursor = 0
  for (const { seq, provider, key } of rows) {
    if (seq !== null) cursor = seq
    if (provider !== null && key !== null) waiting.push(orderIdOf(engine.market, provider, key))
  }
  return { cursor, waiting }
}

/** What an event says to the views; null where nothing. */
function entryOf(event: StoredEvent): Entry | null {
  const data = event.data as { orderId?: unknown; order?: { orderId?: unknown }; at?: number }
  const orderId = data.orderId ?? data.order?.orderId
  if (typeof orderId !== 'string') return null
  const decision = decisionOf(event, orderId)
  const undoneId = event.type === 'RerouteUndone' ? (event.data as { decisionId: string }).decisionId : null
  return { seq: event.seq, orderId, decision, undoneId }
}

function decisionOf(event: StoredEvent, orderId: string): LoggedDecision | null {
  const { data } = event as unknown as CoreEvent
  if (!('decision' in data) || data.decision === null) return null
  return { ...data.decision, orderId, decidedAt: data.at }
}
