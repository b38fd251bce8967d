// What a source's files can be mapped to: one contract per entity, columns as they stand in raw_file_<entity>.
// The columns that Detour itself adds to such a row are in `provenance`.

import type { TProperties } from 'typebox'
import { cents, instant, integer, number, optional, table, text, texts, truth, word } from './column.ts'
import { fulfillmentOrderStatuses, methods, movementKinds, nodeTypes, orderStatuses } from './status.ts'

/** Columns every raw_file row has beside the mapped ones. */
export const provenance = {
  provider: text('provider that sent the row'),
  market: text('market the provider belongs to'),
  fileNo: integer('number of the landed file the row stands in, see load_files'),
  rowNumber: integer('place of the record among the landed ones of its file, from 1'),
  flags: texts('what is odd about the row, though usable'),
}

const entity = <P extends TProperties>(name: string, grain: string, key: string[], columns: P) =>
  Object.freeze({
    ...table(`raw_file_${name}`, grain, ['provider', ...key], { ...columns, ...provenance }),
    entity: name,
    naturalKey: key,
    mapped: table(name, grain, key, columns),
  })

const orderExternalId = text('id of the order in the source')

const orders = entity('orders', 'one row per order', ['order_external_id'], {
  orderExternalId,
  placedAt: instant('when the customer ordered'),
  status: word(orderStatuses, 'state of the order'),
  channel: optional(text('sales channel: web, store, marketplace')),
  method: word(methods, 'how it reaches the customer'),
  currency: text('ISO 4217 code of all amounts of the order'),
  customerRef: optional(text('customer as the source names them')),
  shipToCountry: optional(text('country of the destination')),
  shipToRegion: optional(text('state or province of the destination')),
  shipToCity: optional(text('city of the destination')),
  shipToPostalCode: optional(text('postal code of the destination')),
  shipToTimeZone: optional(text('IANA time zone of the destination')),
  promisedAt: optional(instant('last instant at which a delivery keeps the promise')),
  approvedAt: optional(instant('when payment was approved')),
  shippedAt: optional(instant('when the carrier got the last part')),
  deliveredAt: optional(instant('when the customer had the last part')),
  cancelledAt: optional(instant('when it was cancelled')),
  cancelReason: optional(text('why it was cancelled')),
  totalCents: optional(cents('value of the goods; where absent the sum of the lines')),
  freightCents: optional(cents('freight charged; where absent the sum of the lines')),
  taxCents: optional(cents('tax charged')),
  discountCents: optional(cents('discount given on the order')),
})

const orderLines = entity(
  'order_lines',
  'one row per order line',
  ['order_external_id', 'line_external_id'],
  {
    orderExternalId,
    lineExternalId: text('id of the line within its order'),
    sku: text('stock keeping unit'),
    quantity: integer('units ordered, >= 1'),
    unitPriceCents: cents('price of one unit'),
    discountCents: optional(cents('discount on the line')),
    taxCents: optional(cents('tax on the line')),
    freightCents: optional(cents('freight charged for the line')),
    nodeExternalId: optional(text('node that fulfils the line')),
    status: optional(word(orderStatuses, 'state of the line; where absent that of the order')),
    shipBy: optional(instant('last instant for the hand-over to the carrier')),
    shippedQuantity: optional(integer('units shipped so far')),
    cancelledQuantity: optional(integer('units cancelled')),
  },
)

const fulfillmentOrders = entity(
  'fulfillment_orders',
  'one row per piece of work for one node',
  ['order_external_id', 'fulfillment_order_external_id'],
  {
    orderExternalId,
    fulfillmentOrderExternalId: text('id of the fulfillment order within its order'),
    nodeExternalId: text('node that does the work'),
    status: word(fulfillmentOrderStatuses, 'state of the work'),
    attempt: optional(integer('1 = first node tried, 2 = re-sourced once, ...')),
    releasedAt: optional(instant('when the node got the work')),
    acceptedAt: optional(instant('when the node accepted it')),
    rejectedAt: optional(instant('when the node rejected it')),
    rejectReason: optional(text('why the node rejected it')),
    pickedAt: optional(instant('when the last unit was picked')),
    packedAt: optional(instant('when it was packed')),
    shippedAt: optional(instant('when it left the node, or was ready for pick-up')),
    shipBy: optional(instant('last instant at which leaving is on time')),
    quantity: optional(integer('units asked of the node')),
    shortQuantity: optional(integer('units the node could not find')),
    processingCostCents: optional(cents("what the node's work cost")),
  },
)

const shipments = entity('shipments', 'one row per shipment', ['order_external_id', 'shipment_external_id'], {
  orderExternalId,
  shipmentExternalId: text('id of the shipment within its order'),
  nodeExternalId: optional(text('node it left from')),
  carrier: optional(text('carrier')),
  service: optional(text('service of the carrier')),
  trackingNumber: optional(text('tracking number')),
  shippedAt: optional(instant('when the carrier got it')),
  promisedAt: optional(instant('last instant at which its delivery is on time')),
  deliveredAt: optional(instant('when the customer had it')),
  freightCostCents: optional(cents('what the carrier charges the shipper')),
  insuranceCents: optional(cents('insurance paid for it')),
  weightG: optional(number('weight, grams')),
})

const nodes = entity('nodes', 'one row per node', ['node_external_id'], {
  nodeExternalId: text('id of the node in the source'),
  name: optional(text('name')),
  type: word(nodeTypes, 'kind of node'),
  timeZone: optional(text('IANA time zone')),
  country: optional(text('country')),
  region: optional(text('state or province')),
  city: optional(text('city')),
  postalCode: optional(text('postal code')),
  latitude: optional(number('degrees north')),
  longitude: optional(number('degrees east')),
  dailyCapacity: optional(integer('orders the node can send in a day')),
  cutOff: optional(text('local time HH:MM until which an order leaves the same day')),
  processingCostCents: optional(cents('cost of handling one order')),
  isActive: optional(truth('whether it takes new work')),
})

const products = entity('products', 'one row per product', ['sku'], {
  sku: text('stock keeping unit'),
  name: optional(text('name')),
  skuClass: optional(text('class or category')),
  weightG: optional(number('weight of one unit, grams')),
  lengthMm: optional(number('length, millimetres')),
  widthMm: optional(number('width, millimetres')),
  heightMm: optional(number('height, millimetres')),
  priceCents: optional(cents('list price of one unit')),
  costCents: optional(cents('cost of one unit')),
})

const inventory = entity('inventory', 'one row per stock count', ['sku', 'node_external_id', 'counted_at'], {
  sku: text('stock keeping unit'),
  nodeExternalId: text('node'),
  countedAt: instant('when the quantities were true'),
  onHand: integer('units on the shelf'),
  allocated: optional(integer('units promised to orders, hard')),
  reserved: optional(integer('units softly reserved')),
  safetyStock: optional(integer('units never promised')),
  inbound: optional(integer('units on their way')),
  unitCostCents: optional(cents('cost of one unit in stock')),
})

const inventoryMovements = entity(
  'inventory_movements',
  'one row per stock movement',
  ['movement_external_id'],
  {
    movementExternalId: text('id of the movement in the source'),
    sku: text('stock keeping unit'),
    nodeExternalId: text('node'),
    movedAt: instant('when it moved'),
    kind: word(movementKinds, 'why it moved'),
    delta: integer('units, positive = more on the shelf'),
  },
)

const returns = entity('returns', 'one row per return line', ['order_external_id', 'return_external_id'], {
  orderExternalId,
  returnExternalId: text('id of the return line within its order'),
  lineExternalId: optional(text('order line it takes back')),
  sku: optional(text('stock keeping unit')),
  quantity: integer('units taken back'),
  reason: optional(text('why')),
  requestedAt: instant('when the customer asked'),
  receivedAt: optional(instant('when the goods were back')),
  nodeExternalId: optional(text('node that takes it back')),
  refundCents: optional(cents('money given back')),
  lossCents: optional(cents('value lost in goods and handling')),
})

/** Every entity a mapping can fill, by name. */
export const entities = {
  orders,
  order_lines: orderLines,
  fulfillment_orders: fulfillmentOrders,
  shipments,
  nodes,
  products,
  inventory,
  inventory_movements: inventoryMovements,
  returns,
} as const

/** Name of an entity. */
export type EntityName = keyof typeof entities
