// The stream of a market as rows: what a batch of events touched is taken from the core's state and written anew.
// A state that is ahead of the batch does no harm: the events between are in later batches, which write it again.

import { logTables, operations } from '#data/contracts'
import type { StoredEvent } from '#data/log'
import { type BatchHandler, jsonText, type Queries } from '#data/warehouse'
import type { CoreEvent, CoreState, Order, Stock } from '#orchestrator/core'
import { type ChangedKey, noteChanged } from './changed.ts'
import { landDecisions } from './decision-rows.ts'
import { landFlowRows } from './flow-rows.ts'
import { landIncidentRows } from './incident-rows.ts'
import { landPolicyRows } from './policy-rows.ts'
import { partsOfNode, rowOfIncident, rowOfStock, rowsOfOrder } from './rows.ts'
import { coreEvents, type Touched, touchedBy } from './touched.ts'
import { replaceRows } from './write.ts'

const prefix = 'market:'

/** Where the state of a market comes from: its running core, or the fold of its stream. */
export interface MarketSource {
  /** Last event that the state has; later ones are left for the next projection. */
  readonly lastSeq: number
  state(): CoreState | Promise<CoreState>
}

/**
 * Takes the streams of markets.
 * @param sourceOf is asked for a market only when there is something to project
 * @param options keepsTrail: whether decisions keep what they weighed
 */
export function marketHandler(
  sourceOf: (market: string) => Promise<MarketSource>,
  { keepsTrail }: { keepsTrail: boolean },
): BatchHandler {
  return {
    matches: (stream) => stream.startsWith(prefix),
    limit: async (stream) => (await sourceOf(stream.slice(prefix.length))).lastSeq,
    land: async (queries, stored) => {
      const events = coreEvents(stored)
      const touched = touchedBy(events)
      const { orders, stock, incidents, sources } = touched
      await landIncidentRows(queries, marketOf(stored), stored)
      await landPolicyRows(queries, marketOf(stored), events)
      await landFlowRows(queries, marketOf(stored), events)
      if (orders.size + stock.size + incidents.size === 0 && !sources) return
      const source = await sourceOf(marketOf(stored))
      await landTouched(queries, await source.state(), events, touched)
      await landDecisions(queries, await source.state(), events, { keepsTrail })
      await nameOrders(queries, archivedBy(events))
    },
  }
}

function marketOf(events: readonly StoredEvent[]): string {
  return events[0]?.stream.slice(prefix.length) ?? ''
}

async function landTouched(queries: Queries, state: CoreState, events: CoreEvent[], touched: Touched) {
  const archived = archivedBy(events)
  const orders = await landOrders(queries, (id) => state.orders.get(id) ?? archived.get(id), touched.orders)
  const stock = await landStock(
    queries,
    state,
    touched.sources ? withSources(state, touched.stock) : touched.stock,
  )
  const incidents = present([...touched.incidents].map((id) => state.incidents.get(id)))
  const incidentRows = incidents.map((incident) => rowOfIncident(state.market, incident))
  await replaceRows(queries, operations.incidents, incidentRows, ['incident_id'])
  await noteChanged(queries, [...orders, ...stock])
}

const present = <T>(values: readonly (T | undefined)[]): T[] => values.filter((value) => value !== undefined)

const orderKey = ['provider', 'order_external_id'] as const

/** Orders that left memory, as they were then: whatever came before is in their event. */
function archivedBy(events: readonly CoreEvent[]): Map<string, Order> {
  return new Map(
    events.flatMap((event) =>
      event.type === 'OrderArchived' ? [[event.data.order.orderId, event.data.order]] : [],
    ),
  )
}

/** Decisions about orders that had left memory when they were made into rows learn whose they are. */
async function nameOrders(queries: Queries, archived: ReadonlyMap<string, Order>): Promise<void> {
  if (archived.size === 0) return
  const orders = [...archived.values()].map(({ orderId, externalId, currency }) => ({
    orderId,
    externalId,
    currency,
  }))
  await queries.run(
    `UPDATE decisions SET order_external_id = o.externalId, currency = o.currency
     FROM (SELECT unnest(from_json($1::VARCHAR, '[{"orderId":"VARCHAR","externalId":"VARCHAR","currency":"VARCHAR"}]'),
                         recursive := true)) AS o
     WHERE decisions.order_id::VARCHAR = o.orderId AND decisions.order_external_id IS NULL`,
    [jsonText(orders)],
  )
}

async function landOrders(
  queries: Queries,
  orderOf: (orderId: string) => Order | undefined,
  ids: Set<string>,
): Promise<ChangedKey[]> {
  const rows = present([...ids].map(orderOf)).map(rowsOfOrder)
  const keys = rows.map(({ order }) => [order.provider, order.orderExternalId] as const)
  const orders = rows.map(({ order }) => order)
  const lines = rows.flatMap((row) => row.lines)
  const work = rows.flatMap((row) => row.work)
  const shipments = rows.flatMap((row) => row.shipments)
  await replaceRows(queries, logTables.rawLogOrders, orders, orderKey, keys)
  await replaceRows(queries, logTables.rawLogOrderLines, lines, orderKey, keys)
  await replaceRows(queries, logTables.rawLogFulfillmentOrders, work, orderKey, keys)
  await replaceRows(queries, logTables.rawLogShipments, shipments, orderKey, keys)
  return keys.map(([provider, externalId]) => ['order', provider, externalId])
}

/** The keys, and those of every position of which several sources tell. */
function withSources(state: CoreState, keys: ReadonlySet<string>): Set<string> {
  const all = new Set(keys)
  for (const [key, stock] of state.stock) if ((stock.more?.sources.length ?? 0) > 0) all.add(key)
  return all
}

async function landStock(queries: Queries, state: CoreState, keys: Set<string>): Promise<ChangedKey[]> {
  const positions: Stock[] = present([...keys].map((key) => state.stock.get(key)))
  const rows = positions.map((stock) => rowOfStock(state.market, stock))
  await replaceRows(queries, logTables.rawLogInventory, rows, ['sku', 'node_id'])
  return positions.map(({ sku, nodeId }) => {
    const { provider, externalId } = partsOfNode(nodeId)
    return ['inventory', provider, `${sku}\u001f${externalId}`]
  })
}
