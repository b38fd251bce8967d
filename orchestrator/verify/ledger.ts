// Compares the ledger of stock, which tells of any past instant, with the positions that the events give: what its rows
// add up to must be what is there. It writes nothing.

import type { EventLog } from '#data/log'
import type { Queries, Warehouse } from '#data/warehouse'
import { type CoreState, coreDefinition, coreEvent, coreStream, stockKey } from '#orchestrator/core'
import { type EventRef, refOf } from './audit.ts'
import type { Replay } from './replay.ts'
import type { Drift } from './report.ts'

/** What is compared. */
export interface LedgerParts {
  log: EventLog
  warehouse: Warehouse
  replay: Replay
}

const chunk = 10_000
/** Positions that are traced to an event. */
const traced = 20

/** Figures of a position, in one order everywhere. */
type Figures = readonly number[]
const sums = ['on_hand', 'allocated', 'reserved', 'safety_stock', 'ring_fenced', 'inbound'] as const
const nothing: Figures = sums.map(() => 0)

/** Positions of which the ledger tells something else than the events. @throws LOG_UNAVAILABLE, WAREHOUSE_QUERY */
export async function driftOfLedger(parts: LedgerParts): Promise<Drift[]> {
  const { log, warehouse, replay } = parts
  const { market } = replay.audit
  const { seq, told } = await warehouse.reading((queries) => readSums(queries, market))
  if (seq === 0 || seq > (await log.tail(coreStream(market)))) return []
  const state = seq === replay.audit.lastSeq ? replay.audit.state : await stateAt(log, market, seq)
  const keys = new Set([...told.keys(), ...state.stock.keys()])
  const odd = [...keys].filter((key) => !isSame(told.get(key) ?? nothing, figuresOf(state, key))).sort()
  const first = await firstMissed(parts, odd.slice(0, traced), seq)
  return odd.map((key) => {
    const [sku, nodeId] = key.split('\u001f')
    const found = `adds up to ${words(told.get(key) ?? nothing)}; the events give ${words(figuresOf(state, key))}`
    const subject = `position ${sku} at ${nodeId}`
    return {
      ...{ kind: 'table' as const, market, rule: 'raw_log_stock_ledger', subject, found },
      ...{ first: first.get(key) ?? null, isOver: false },
    }
  })
}

const words = (figures: Figures) => sums.map((name, i) => `${name} ${figures[i]}`).join(', ')
const isSame = (a: Figures, b: Figures) => a.every((units, i) => units === b[i])

function figuresOf({ stock }: CoreState, key: string): Figures {
  const known = stock.get(key)
  if (known === undefined) return nothing
  const { onHand, allocated, reserved, safetyStock, ringFenced, inbound } = known
  return [onHand, allocated, reserved, safetyStock, ringFenced, inbound]
}

/** How far the ledger goes, and what it adds up to at each position with a stock feed; both of one moment. */
async function readSums(queries: Queries, market: string) {
  const [cursor] = await queries.all<{ seq: number }>(
    'SELECT seq FROM raw_log_stock_cursors WHERE market = $1',
    [market],
  )
  const rows = await queries.all<Record<(typeof sums)[number], number> & { sku: string; node_id: string }>(
    `SELECT sku, node_id, ${sums.map((name) => `sum(${name})::BIGINT AS ${name}`).join(', ')}
     FROM raw_log_stock_ledger WHERE market = $1 GROUP BY sku, node_id HAVING bool_or(is_tracked)`,
    [market],
  )
  const told = new Map(rows.map((row) => [stockKey(row.sku, row.node_id), sums.map((name) => row[name])]))
  return { seq: cursor?.seq ?? 0, told: told as ReadonlyMap<string, Figures> }
}

async function stateAt(log: EventLog, market: string, seq: number): Promise<CoreState> {
  const { initial, evolve } = coreDefinition(market)
  let state = initial()
  for (let from = 0; from < seq; from += chunk) {
    const events = await log.read(coreStream(market), from, Math.min(chunk, seq - from))
    for (const event of events) state = evolve(state, coreEvent(event))
  }
  return state
}

/** The event of each position after which the ledger tells something else for the first time. */
async function firstMissed(
  { log, warehouse, replay }: LedgerParts,
  keys: readonly string[],
  seq: number,
): Promise<Map<string, EventRef>> {
  const found = new Map<string, EventRef>()
  if (keys.length === 0) return found
  const { market } = replay.audit
  const rows = new Map<string, Map<number, Figures>>()
  for (const key of keys) rows.set(key, await warehouse.reading((queries) => rowsOf(queries, market, key)))
  const { initial, evolve } = coreDefinition(market)
  const told = new Map<string, Figures>()
  let state = initial()
  for (let from = 0; from < seq && found.size < keys.length; from += chunk) {
    const events = await log.read(coreStream(market), from, Math.min(chunk, seq - from))
    for (const event of events) {
      state = evolve(state, coreEvent(event))
      for (const key of keys) {
        const more = rows.get(key)?.get(event.seq)
        const sum = more === undefined ? (told.get(key) ?? nothing) : plus(told.get(key) ?? nothing, more)
        told.set(key, sum)
        if (!found.has(key) && !isSame(sum, figuresOf(state, key))) found.set(key, refOf(event))
      }
    }
  }
  return found
}

const plus = (a: Figures, b: Figures): Figures => a.map((units, i) => units + (b[i] ?? 0))

async function rowsOf(queries: Queries, market: string, key: string): Promise<Map<number, Figures>> {
  const [sku = '', nodeId = ''] = key.split('\u001f')
  const rows = await queries.all<Record<(typeof sums)[number], number> & { seq: number }>(
    `SELECT seq, ${sums.map((name) => `sum(${name})::BIGINT AS ${name}`).join(', ')}
     FROM raw_log_stock_ledger WHERE market = $1 AND sku = $2 AND node_id = $3 GROUP BY seq`,
    [market, sku, nodeId],
  )
  return new Map(rows.map((row) => [row.seq, sums.map((name) => row[name])]))
}
