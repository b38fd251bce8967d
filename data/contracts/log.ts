// What the core knows of its orders and stock, as rows: the projection writes them, staging unites them with those
// of files. They are snapshots: a row is as its order or position is now, whatever led there.

import type { TProperties } from 'typebox'
import { instant, integer, optional, table, text, texts, truth, word } from './column.ts'
import { entities } from './entities.ts'

const provider = text('provider that sent the order, "api" where it came over HTTP')
const market = text('market')
const flags = texts('what is odd about the row, though usable')
const updatedAt = instant('when it changed last, time of the market')
const nodeId = text('node of any provider, "provider:id"')

/** The mapped columns of an entity without some. */
function without<P extends TProperties, K extends keyof P & string>(columns: P, ...names: K[]): Omit<P, K> {
  const left = Object.entries(columns).filter(([name]) => !names.some((known) => known === name))
  return Object.fromEntries(left) as Omit<P, K>
}

/** Orders of the core. */
export const rawLogOrders = table('raw_log_orders', 'one row per order', ['provider', 'order_external_id'], {
  ...entities.orders.mapped.schema.properties,
  provider,
  market,
  flags,
  origin: word(['api', 'file'] as const, 'how it came to the core'),
  moves: integer('how often its work was moved to another node'),
  updatedAt,
})

/** Order lines of the core. */
export const rawLogOrderLines = table(
  'raw_log_order_lines',
  'one row per order line',
  ['provider', 'order_external_id', 'line_external_id'],
  {
    ...without(entities.order_lines.mapped.schema.properties, 'nodeExternalId'),
    nodeId: optional(nodeId),
    provider,
    market,
    flags,
  },
)

/** Fulfillment orders of the core; work that was moved away stays as cancelled. */
export const rawLogFulfillmentOrders = table(
  'raw_log_fulfillment_orders',
  'one row per piece of work for one node',
  ['provider', 'order_external_id', 'fulfillment_order_external_id'],
  {
    ...without(entities.fulfillment_orders.mapped.schema.properties, 'nodeExternalId'),
    nodeId,
    provider,
    market,
    flags,
    carrier: optional(text('carrier it is planned for, or left with')),
    lineIds: texts('lines of the order that it holds, in whole or in part'),
    cancelledAt: optional(instant('when the node lost the work: cancelled, or moved elsewhere')),
    replaces: optional(text('work that it took over by a reroute')),
    decisionId: optional(text('decision that made the reroute')),
  },
)

/** Shipments of the core. */
export const rawLogShipments = table(
  'raw_log_shipments',
  'one row per shipment',
  ['provider', 'order_external_id', 'shipment_external_id'],
  {
    ...without(entities.shipments.mapped.schema.properties, 'nodeExternalId'),
    nodeId: optional(nodeId),
    provider,
    market,
    flags,
  },
)

/** Stock as the core has it. */
export const rawLogInventory = table(
  'raw_log_inventory',
  'one row per product and node',
  ['sku', 'node_id'],
  {
    ...without(entities.inventory.mapped.schema.properties, 'nodeExternalId', 'unitCostCents'),
    nodeId,
    ringFenced: optional(integer('units left of what is set apart for channels')),
    provider: text('provider of the node'),
    market,
    flags,
  },
)

/** What every event did to stock: what was known of a position at any instant is the sum of its rows up to there. */
export const rawLogStockLedger = table(
  'raw_log_stock_ledger',
  'one row per event, product and node whose stock it changed; several where it changed ring fences of channels',
  ['market', 'seq', 'entry'],
  {
    market,
    seq: integer('place of the event in the stream of the market'),
    entry: integer('number of the row within the event, from 0'),
    knownAt: instant('since when it counts: the latest business time of any event up to it'),
    occurredAt: instant('business time of the event itself; earlier where it was told late'),
    kind: text('event, e.g. StockAllocated'),
    sku: text('SKU'),
    nodeId,
    isTracked: truth('whether the position has a stock feed after it; else only `held` says something'),
    onHand: integer('units more (or less) on hand'),
    allocated: integer('units more allocated to orders'),
    reserved: integer('units more softly reserved, as the event said; see expires_at'),
    safetyStock: integer('units more of safety stock'),
    ringFenced: integer('units more in the ring fence of `channel`'),
    inbound: integer('units more inbound without a day'),
    channel: optional(text('channel whose ring fence changed, or that reserved')),
    orderId: optional(text('order it was for')),
    reservationId: optional(text('soft reservation it was for')),
    held: integer('units more that the reservation holds, tracked or not'),
    heldRingFenced: integer('of these, out of the ring fence of `channel`'),
    expiresAt: optional(instant('from when on the reservation holds nothing, ended or not')),
    reason: optional(text('reason that was given')),
  },
)

/** Every version of the entries of the schedule of supply and demand. */
export const rawLogStockSchedule = table(
  'raw_log_stock_schedule',
  'one row per event and entry of the schedule that it changed; the newest of an entry holds',
  ['market', 'seq', 'schedule_id'],
  {
    market,
    seq: integer('place of the event in the stream of the market'),
    knownAt: instant('since when it counts: the latest business time of any event up to it'),
    scheduleId: text('id of the entry'),
    kind: word(['supply', 'demand'] as const, 'which way units are expected to go'),
    sku: text('SKU'),
    nodeId,
    quantity: integer('units expected from here on, 0 = none any more'),
    dueAt: instant('when they are expected'),
  },
)

/** How far the ledger of stock goes. */
export const rawLogStockCursors = table('raw_log_stock_cursors', 'one row per market', ['market'], {
  market,
  seq: integer('last event of the stream of the market that is in the ledger'),
  knownAt: instant('latest business time of any event up to it'),
})
