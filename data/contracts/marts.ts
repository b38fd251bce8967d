// The tables analysts, models and the dashboard read; built by the pipeline from the raw tables.

import { cents, instant, integer, number, optional, table, text, texts, truth, uuid, word } from './column.ts'
import { fulfillmentOrderStatuses, methods, movementKinds, nodeTypes, orderStatuses } from './status.ts'

const orderId = uuid('id from market, provider and external id')
const nodeId = text('node: provider and external id, "provider:id"')

/** Orders. */
export const orders = table('orders', 'one row per order', ['order_id'], {
  orderId,
  market: text('market'),
  provider: text('provider'),
  externalId: text('id in the source'),
  channel: text('sales channel'),
  status: word(orderStatuses, 'state'),
  method: word(methods, 'how it reaches the customer'),
  currency: text('ISO 4217 code'),
  customerRef: optional(text('customer as the source names them')),
  country: optional(text('country of the destination')),
  region: text('region of the destination, "unknown" where the source does not say'),
  city: optional(text('city of the destination')),
  postalCode: optional(text('postal code of the destination')),
  placedAt: instant('when the customer ordered'),
  approvedAt: optional(instant('when payment was approved')),
  promisedAt: optional(instant('last instant at which a delivery keeps the promise')),
  shippedAt: optional(instant('when the last part left')),
  deliveredAt: optional(instant('when the customer had the last part')),
  cancelledAt: optional(instant('when it was cancelled')),
  isLate: optional(truth('delivered after the promise; null where either is unknown')),
  isOpen: truth('neither shipped, delivered, collected, cancelled nor returned'),
  lineCount: integer('lines'),
  unitCount: integer('units ordered'),
  totalCents: cents('value of the goods, without freight and tax'),
  freightCents: cents('freight charged'),
  taxCents: cents('tax charged'),
  discountCents: cents('discounts given'),
  nodeCount: integer('nodes that work on it'),
  nodeId: optional(text('the node, where it is a single one')),
  carrier: text('carrier, "multiple" where several, "unknown" where not known'),
  lane: text('"origin region>destination region", "multiple" where several'),
  skuClass: text('class of its lines, "mixed" where several'),
  isInFull: truth('every unit ordered has left'),
  isReturned: truth('at least one line was asked to be taken back'),
  flags: texts('what is odd about it, though usable'),
})

/** Order lines. */
export const orderLines = table('order_lines', 'one row per order line', ['order_id', 'line_id'], {
  orderId,
  lineId: text('id within the order'),
  market: text('market'),
  provider: text('provider'),
  sku: text('stock keeping unit'),
  skuClass: text('class, "unknown" where not known'),
  status: word(orderStatuses, 'state'),
  placedAt: instant('when the customer ordered'),
  quantity: integer('units ordered'),
  shippedQuantity: integer('units shipped'),
  cancelledQuantity: integer('units cancelled'),
  unitPriceCents: cents('price of one unit'),
  totalCents: cents('quantity x price - discount'),
  discountCents: cents('discount'),
  taxCents: cents('tax'),
  freightCents: cents('freight charged'),
  nodeId: optional(nodeId),
  shipBy: optional(instant('last instant for the hand-over to the carrier')),
  flags: texts('what is odd about it, though usable'),
})

/** Fulfillment orders: from the source, or one per order and node where the source has none. */
export const fulfillmentOrders = table(
  'fulfillment_orders',
  'one row per piece of work for one node',
  ['order_id', 'fulfillment_order_id'],
  {
    orderId,
    fulfillmentOrderId: text('id within the order'),
    market: text('market'),
    provider: text('provider'),
    nodeId,
    status: word(fulfillmentOrderStatuses, 'state'),
    attempt: integer('1 = first node tried'),
    isDerived: truth('made from lines and shipments because the source has no such record'),
    carrier: text('carrier, "multiple" where several, "unknown" where not known'),
    lane: text('"origin region>destination region"'),
    channel: text('sales channel'),
    region: text('destination region'),
    method: word(methods, 'how it reaches the customer'),
    skuClass: text('class of its lines, "mixed" where several'),
    placedAt: instant('when the customer ordered'),
    releasedAt: instant('when the node got the work'),
    acceptedAt: optional(instant('accepted')),
    rejectedAt: optional(instant('rejected')),
    rejectReason: optional(text('why')),
    pickedAt: optional(instant('picked')),
    packedAt: optional(instant('packed')),
    shippedAt: optional(instant('left the node or was ready for pick-up')),
    closedAt: optional(instant('stopped being open work: shipped, rejected or cancelled')),
    shipBy: optional(instant('last instant at which leaving is on time')),
    promisedAt: optional(instant('promise of the order')),
    deliveredAt: optional(instant('delivered')),
    lineCount: integer("lines that name its node; where none does, the order's lines"),
    filledLineCount: integer('lines that left in full at the first attempt'),
    quantity: integer('units asked'),
    shortQuantity: integer('units not found'),
    processingCostCents: cents('cost of the work'),
    freightCostCents: cents('cost of carriage'),
  },
)

/** Shipments. */
export const shipments = table('shipments', 'one row per shipment', ['order_id', 'shipment_id'], {
  orderId,
  shipmentId: text('id within the order'),
  market: text('market'),
  provider: text('provider'),
  nodeId: optional(nodeId),
  carrier: text('carrier, "unknown" where not known'),
  service: optional(text('service')),
  trackingNumber: optional(text('tracking number')),
  lane: text('"origin region>destination region"'),
  placedAt: instant('when the customer ordered'),
  shippedAt: optional(instant('handed to the carrier')),
  promisedAt: optional(instant('last instant at which delivery is on time')),
  deliveredAt: optional(instant('delivered')),
  isLate: optional(truth('delivered after the promise')),
  freightCostCents: optional(cents('cost of carriage')),
  insuranceCents: optional(cents('insurance')),
  weightG: optional(number('grams')),
})

/** Nodes. */
export const nodes = table('nodes', 'one row per node', ['node_id'], {
  nodeId,
  market: text('market'),
  provider: text('provider'),
  externalId: text('id in the source'),
  name: text('name'),
  type: word(nodeTypes, 'kind'),
  timeZone: text('IANA time zone'),
  country: optional(text('country')),
  region: text('region, "unknown" where not known'),
  city: optional(text('city')),
  postalCode: optional(text('postal code')),
  latitude: optional(number('degrees north')),
  longitude: optional(number('degrees east')),
  dailyCapacity: optional(integer('orders a day')),
  cutOff: optional(text('HH:MM local')),
  processingCostCents: optional(cents('cost of one order')),
  isActive: truth('takes new work'),
})

/** Products. */
export const products = table('products', 'one row per product', ['provider', 'sku'], {
  market: text('market'),
  provider: text('provider'),
  sku: text('stock keeping unit'),
  name: text('name'),
  skuClass: text('class, "unknown" where not known'),
  weightG: optional(number('grams')),
  priceCents: optional(cents('list price')),
  costCents: optional(cents('cost')),
})

/** Stock as last counted. */
export const inventoryPositions = table(
  'inventory_positions',
  'one row per product and node',
  ['provider', 'sku', 'node_id'],
  {
    market: text('market'),
    provider: text('provider'),
    sku: text('stock keeping unit'),
    skuClass: text('class'),
    nodeId,
    countedAt: instant('when the quantities were true'),
    onHand: integer('on the shelf'),
    allocated: integer('promised, hard'),
    reserved: integer('softly reserved'),
    safetyStock: integer('never promised'),
    inbound: integer('on its way'),
    available: integer('on hand - allocated - reserved - safety stock - units set apart for channels'),
    unitCostCents: optional(cents('cost of one unit')),
  },
)

/** Stock counts, all of them. */
export const inventoryCounts = table(
  'inventory_counts',
  'one row per product, node and count',
  ['provider', 'sku', 'node_id', 'counted_at'],
  {
    market: text('market'),
    provider: text('provider'),
    sku: text('stock keeping unit'),
    skuClass: text('class'),
    nodeId,
    countedAt: instant('when the quantities were true'),
    onHand: integer('on the shelf'),
    allocated: integer('promised, hard'),
    reserved: integer('softly reserved'),
    safetyStock: integer('never promised'),
    inbound: integer('on its way'),
    available: integer('on hand - allocated - reserved - safety stock'),
    unitCostCents: optional(cents('cost of one unit')),
  },
)

/** Stock movements. */
export const inventoryMovements = table(
  'inventory_movements',
  'one row per stock movement',
  ['provider', 'movement_id'],
  {
    market: text('market'),
    provider: text('provider'),
    movementId: text('id in the source'),
    sku: text('stock keeping unit'),
    skuClass: text('class'),
    nodeId,
    movedAt: instant('when it moved'),
    kind: word(movementKinds, 'why it moved'),
    delta: integer('units, positive = more on the shelf'),
  },
)

/** Returns. */
export const returns = table('returns', 'one row per return line', ['order_id', 'return_id'], {
  orderId,
  returnId: text('id within the order'),
  market: text('market'),
  provider: text('provider'),
  lineId: optional(text('order line')),
  sku: text('stock keeping unit, "unknown" where not known'),
  skuClass: text('class'),
  nodeId: optional(nodeId),
  carrier: text('carrier that had delivered it'),
  channel: text('sales channel'),
  region: text('region'),
  lane: text('"origin region>destination region" of the order'),
  method: word(methods, 'how the order had reached the customer'),
  isFirst: truth('first return of its order'),
  reason: text('reason, "unknown" where not known'),
  quantity: integer('units'),
  requestedAt: instant('asked'),
  receivedAt: optional(instant('back')),
  refundCents: cents('money given back'),
  lossCents: cents('value lost'),
})

export {
  marketClock,
  metricCatalogue,
  metricLeaves,
  metricPoints,
  metricRevisions,
  stepHours,
} from './metrics.ts'
