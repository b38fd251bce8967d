// Questions to the inventory of a running engine: now, from memory; or as of a past instant, from the ledger. It
// changes nothing.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import { type CoreState, type ScheduleEntry, stockKey } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { type AtpPosition, atpAnswer, horizonDays } from './atp.ts'
import {
  type AvailabilityRequest,
  availabilityOf,
  type FigureSource,
  figuresOfState,
} from './availability.ts'
import { ledgerTo, pastFigures, pastSchedule } from './past.ts'

/** Stock at an instant, and the schedule that was known then. */
interface Instant {
  at: number
  source: FigureSource
  scheduleAt(sku: string, nodeId: string): readonly ScheduleEntry[]
}

/**
 * What can be promised of SKUs at nodes; of now at once, of the past as a promise.
 * @throws INVENTORY_QUERY_INVALID, HTTP_CURSOR_INVALID, WAREHOUSE_QUERY
 */
export function askAvailability(
  engine: Engine,
  query: AvailabilityRequest,
): api.AvailabilityAnswer | Promise<api.AvailabilityAnswer> {
  const { asOf, measures, skus = [], nodeIds = [] } = query
  const state = engine.core.state()
  const channel = query.channel ?? null
  if (asOf === undefined) {
    const now = engine.now()
    return availabilityOf(state, figuresOfState(state, channel, now), query, now)
  }
  if (measures !== undefined && measures.length > 0) {
    throw fail('INVENTORY_QUERY_INVALID', { reason: 'measures of sources are kept for now only' })
  }
  const narrow = { skus, nodeIds, channel }
  return instantOf(engine, asOf, narrow).then(({ at, source }) => availabilityOf(state, source, query, at))
}

/** What is asked of ATP over the API. */
export interface AtpRequest {
  sku: string
  node?: readonly string[] | undefined
  channel?: string | undefined
  days?: number | undefined
  quantity?: number | undefined
  asOf?: string | undefined
}

/**
 * What can be promised of a SKU by day, at some nodes or at all with its stock.
 * @throws INVENTORY_QUERY_INVALID, WAREHOUSE_QUERY
 */
export async function askAtp(engine: Engine, request: AtpRequest): Promise<api.AtpAnswer> {
  const { sku, node = [], quantity = null, days = 30 } = request
  const narrow = { skus: [sku], nodeIds: node, channel: request.channel ?? null }
  const { at, source, scheduleAt } = await instantOf(engine, request.asOf, narrow)
  const nodeIds = node.length > 0 ? [...new Set(node)] : [...source.nodesOf(sku)].sort()
  const untracked: string[] = []
  const positions: AtpPosition[] = []
  for (const nodeId of nodeIds) {
    const figures = source.figuresOf(sku, nodeId)
    if (figures === null && !source.isTracked(nodeId)) untracked.push(nodeId)
    else positions.push({ available: figures?.available ?? 0, entries: scheduleAt(sku, nodeId) })
  }
  const query = {
    sku,
    nodeIds,
    untrackedNodeIds: untracked,
    days: Math.min(days, horizonDays),
    quantity,
  }
  return atpAnswer(query, positions, at)
}

interface Narrow {
  skus: readonly string[]
  nodeIds: readonly string[]
  channel: string | null
}

async function instantOf(engine: Engine, asOf: string | undefined, narrow: Narrow): Promise<Instant> {
  const now = engine.now()
  const state = engine.core.state()
  if (asOf === undefined) return ofState(state, now, narrow.channel)
  const at = Date.parse(asOf)
  if (!Number.isFinite(at) || at > now) {
    throw fail('INVENTORY_QUERY_INVALID', { reason: `${asOf} is not a past instant of the market` })
  }
  // Nothing happened since: memory knows.
  if (state.latestAt <= at) return ofState(state, at, narrow.channel)
  const { warehouse } = engine.workspace
  const { market } = engine
  if ((await warehouse.reading((queries) => ledgerTo(queries, market))) <= at) await engine.project()
  return warehouse.reading((queries) => ofLedger(queries, { market, at, ...narrow }))
}

function ofState(state: CoreState, at: number, channel: string | null): Instant {
  return {
    at,
    source: figuresOfState(state, channel, at),
    scheduleAt: (sku, nodeId) => state.scheduleAt.get(stockKey(sku, nodeId)) ?? [],
  }
}

async function ofLedger(queries: Queries, query: Narrow & { market: string; at: number }): Promise<Instant> {
  const source = await pastFigures(queries, query)
  const [sku] = query.skus
  const isOne = query.skus.length === 1 && sku !== undefined
  const entries = isOne ? await pastSchedule(queries, { ...query, sku }) : []
  const byPosition = Map.groupBy(entries, (entry) => stockKey(entry.sku, entry.nodeId))
  return {
    at: query.at,
    source,
    scheduleAt: (of, nodeId) => byPosition.get(stockKey(of, nodeId)) ?? [],
  }
}
