// Compares the tables of a market with its events, also while events keep coming, and names the event after which a row
// is not as it should be. It writes nothing.

import type { EventLog, StoredEvent } from '#data/log'
import type { Queries, Warehouse } from '#data/warehouse'
import { type CoreState, coreDefinition, coreEvent, coreStream } from '#orchestrator/core'
import { driftOfRows, type RowDrift } from '#orchestrator/projection'
import { type EventRef, refOf } from './audit.ts'
import type { Replay } from './replay.ts'
import type { Drift } from './report.ts'
import { namesIn } from './touched.ts'

/** What is compared. */
export interface TableParts {
  log: EventLog
  warehouse: Warehouse
  replay: Replay
  /** Brings the tables up to date with the log. */
  project(): Promise<unknown>
}

const chunk = 10_000
/** Times that rows which change while they are compared are looked at again. */
const looks = 3
/** Rows that are traced to an event, and versions of each that are tried. */
const most = { traced: 20, versions: 50 }

/** Rows that are not as the events say, and how many could not be told because they kept changing. */
export async function driftOfTables(parts: TableParts): Promise<{ drift: Drift[]; inFlux: number }> {
  const { log, warehouse, replay, project } = parts
  const { market } = replay.audit
  const stream = coreStream(market)
  let rows: RowDrift[] | null = null
  for (let look = 1; look <= looks; look++) {
    await project()
    const before: RowDrift[] | null = rows
    const found: { cursor: number; rows: RowDrift[] } = await warehouse.exclusive(async (queries) => {
      const cursor = await cursorOf(queries, stream)
      if (cursor > (await log.tail(stream))) return { cursor, rows: [] }
      await replay.to(cursor)
      const scope = before === null ? null : scopeOf(before)
      const { state, archived } = replay.audit
      return { cursor, rows: await driftOfRows(queries, state, scope, archived.values()) }
    })
    const tail = await log.tail(stream)
    if (found.cursor > tail) return { drift: [ahead(market, found.cursor, tail)], inFlux: 0 }
    const moving = await touchedAfter(log, stream, found.cursor)
    const isMoving = ({ id }: RowDrift) => id !== null && moving.has(id)
    const strangers: RowDrift[] = (before ?? []).filter(({ id }) => id === null)
    rows = [...strangers, ...found.rows]
    if (!rows.some(isMoving)) return { drift: await traced(parts, rows, found.cursor), inFlux: 0 }
    if (look === looks) {
      const still = rows.filter((row) => !isMoving(row))
      return { drift: await traced(parts, still, found.cursor), inFlux: rows.length - still.length }
    }
  }
  return { drift: [], inFlux: 0 }
}

function scopeOf(rows: readonly RowDrift[]) {
  const ids = (kind: RowDrift['kind']) =>
    rows.flatMap((row) => (row.kind === kind && row.id !== null ? [row.id] : []))
  return { orders: new Set(ids('order')), positions: new Set(ids('position')) }
}

async function cursorOf(queries: Queries, stream: string): Promise<number> {
  const sql = 'SELECT seq FROM projection_cursors WHERE stream = $1'
  const [row] = await queries.all<{ seq: number }>(sql, [stream])
  return row?.seq ?? 0
}

/** Says that the tables have more of a market, or of another stream, than the log. */
export function ahead(market: string, cursor: number, tail: number): Drift {
  const found = `the tables have event ${cursor}, the log ends at ${tail}: was an older log restored?`
  return {
    kind: 'cursor',
    market,
    rule: 'projection_cursors',
    subject: market,
    found,
    first: null,
    isOver: false,
  }
}

/** Ids of what events after `seq` touch: rows may be ahead of the cursor by them. */
async function touchedAfter(log: EventLog, stream: string, seq: number): Promise<Set<string>> {
  const touched = new Set<string>()
  for (let from = seq; ; from += chunk) {
    const events = await log.read(stream, from, chunk)
    const empty = coreDefinition('').initial()
    const { orders, positions } = namesIn(events, empty, empty)
    for (const id of [...orders, ...positions]) touched.add(id)
    if (events.length < chunk) return touched
  }
}

async function traced(parts: TableParts, rows: readonly RowDrift[], cursor: number): Promise<Drift[]> {
  const { market } = parts.replay.audit
  const versions = await versionsOf(parts, rows.slice(0, most.traced), cursor)
  const drift: Drift[] = []
  for (const row of rows) {
    const subject = `${row.kind} ${row.kind === 'order' ? (row.id ?? row.key) : row.key}`
    const known = row.id === null ? undefined : versions.get(row.id)
    const first = known === undefined ? null : await firstMissed(parts, row, known)
    const found = row.id === null ? 'has rows, but no event made it' : 'rows are not as its events say'
    drift.push({ kind: 'table', market, rule: row.table, subject, found, first, isOver: false })
  }
  return drift
}

interface Version {
  event: EventRef
  state: CoreState
}

/** States after the events that touched each of the rows, the newest last. */
async function versionsOf(
  { log, replay }: TableParts,
  rows: readonly RowDrift[],
  cursor: number,
): Promise<Map<string, Version[]>> {
  const versions = new Map(rows.flatMap(({ id }) => (id === null ? [] : [[id, [] as Version[]]])))
  if (versions.size === 0) return versions
  const { initial, evolve } = coreDefinition(replay.audit.market)
  let state = initial()
  const note = (event: StoredEvent, before: CoreState) => {
    const { orders, positions } = namesIn([event], before, state)
    for (const id of [...orders, ...positions]) versions.get(id)?.push({ event: refOf(event), state })
  }
  for (let from = 0; from < cursor; from += chunk) {
    for (const event of await log.read(
      coreStream(replay.audit.market),
      from,
      Math.min(chunk, cursor - from),
    )) {
      const before = state
      state = evolve(state, coreEvent(event))
      note(event, before)
    }
  }
  return versions
}

/** The first event that the rows do not show: the one after the newest version they agree with, else the newest. */
async function firstMissed(
  { warehouse }: TableParts,
  row: RowDrift,
  versions: readonly Version[],
): Promise<EventRef | null> {
  const id = row.id ?? ''
  const scope = { orders: row.kind === 'order' ? [id] : [], positions: row.kind === 'position' ? [id] : [] }
  const oldest = Math.max(0, versions.length - 1 - most.versions)
  for (let i = versions.length - 2; i >= oldest; i--) {
    const state = versions[i]?.state
    if (state === undefined) break
    const drift = await warehouse.exclusive((queries) => driftOfRows(queries, state, scope))
    if (!drift.some(({ table }) => table === row.table)) return versions[i + 1]?.event ?? null
  }
  return versions.at(-1)?.event ?? null
}
