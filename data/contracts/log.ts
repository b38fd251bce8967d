// What the core knows of its orders and stock, as rows: the projection writes them, staging unites them with those
// of files. They are snapshots: a row is as its order or position is now, whatever led there.

import type { TProperties } from 'typebox'
import { instant, integer, optional, table, text, texts, word } from './column.ts'
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
    ...without(entities.inventory.mapped.schema.properties, 'nodeExternalId', 'unitCostCents', 'reserved'),
    nodeId,
    provider: text('provider of the node'),
    market,
    flags,
  },
)
