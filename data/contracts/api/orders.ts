// Shapes of orders over the API: what clients send, lists, and one order with everything about it.

import { Type } from 'typebox'
import { fulfillmentOrderStatuses, methods, orderStatuses } from '../status.ts'
import { decision } from './incidents.ts'
import { centsInteger, instantText, type Of, oneOf, orNull, pageOf, shape } from './shape.ts'

const id = (maxLength = 200) => Type.String({ minLength: 1, maxLength })
const words = (maxLength = 500) => Type.String({ maxLength })

/** Where an order goes. */
export const destination = shape({
  country: orNull(words()),
  region: orNull(words()),
  city: orNull(words()),
  postalCode: orNull(words()),
})
export type Destination = Of<typeof destination>

/** A line of a new order. */
export const newOrderLine = Type.Object(
  {
    lineId: Type.Optional(id()),
    sku: id(),
    quantity: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    unitPriceCents: Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 }),
    launchAt: Type.Optional(
      Type.String({ format: 'date-time', description: 'preorder: it waits until this instant' }),
    ),
  },
  { additionalProperties: false },
)

/** Where an order is to go; what is left out is not known. */
export const shipToChange = Type.Object(
  {
    country: Type.Optional(orNull(words(100))),
    region: Type.Optional(orNull(words(100))),
    city: Type.Optional(orNull(words(200))),
    postalCode: Type.Optional(orNull(words(50))),
  },
  { additionalProperties: false },
)

/** A new order, `POST /api/v1/orders`. */
export const newOrder = Type.Object(
  {
    externalId: id(),
    provider: Type.Optional(Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,62}$' })),
    market: Type.Optional(Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,62}$' })),
    channel: Type.Optional(words(100)),
    method: Type.Optional(oneOf(methods)),
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
    customerRef: Type.Optional(words(200)),
    promisedAt: Type.Optional(instantText),
    freightCents: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 })),
    shipTo: Type.Optional(shipToChange),
    hold: Type.Optional(
      Type.String({ minLength: 1, maxLength: 500, description: 'held from the start: why' }),
    ),
    reservationId: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'soft reservation whose units it takes over',
      }),
    ),
    lines: Type.Array(newOrderLine, { minItems: 1, maxItems: 1000 }),
  },
  { additionalProperties: false },
)
export type NewOrder = Of<typeof newOrder>

const summaryFields = {
  orderId: Type.String(),
  externalId: Type.String(),
  provider: Type.String(),
  market: Type.String(),
  channel: Type.String(),
  status: oneOf(orderStatuses),
  method: oneOf(methods),
  placedAt: instantText,
  promisedAt: orNull(instantText),
  shippedAt: orNull(instantText),
  deliveredAt: orNull(instantText),
  isLate: orNull(Type.Boolean()),
  isOpen: Type.Boolean(),
  isAtRisk: Type.Boolean({ description: 'open, and an open incident holds its node or carrier' }),
  lateRisk: orNull(
    Type.Number({
      description: 'probability of missing the promise, 0 to 1; null where no model tells, or it is over',
    }),
  ),
  totalCents: centsInteger,
  currency: Type.String(),
  region: Type.String(),
  city: orNull(Type.String()),
  nodeId: orNull(Type.String()),
  nodeName: orNull(Type.String()),
  lineCount: Type.Integer(),
  unitCount: Type.Integer(),
  moves: Type.Integer({ description: 'how often it was rerouted' }),
}

/** A row of the order list. */
export const orderSummary = shape(summaryFields)
export type OrderSummary = Of<typeof orderSummary>
/** A page of the order list. */
export const orderPage = pageOf(orderSummary)

const orderLineView = shape({
  lineId: Type.String(),
  sku: Type.String(),
  name: orNull(Type.String()),
  quantity: Type.Integer(),
  shippedQuantity: Type.Integer(),
  cancelledQuantity: Type.Integer(),
  unitPriceCents: centsInteger,
  totalCents: centsInteger,
  status: oneOf(orderStatuses),
  nodeId: orNull(Type.String()),
  nodeName: orNull(Type.String()),
  deliveredQuantity: Type.Integer(),
  returnRequestedQuantity: Type.Integer(),
  returnedQuantity: Type.Integer(),
  backorderedQuantity: Type.Integer(),
  launchAt: orNull(instantText),
  hold: orNull(Type.String({ description: 'why it is held' })),
  parts: Type.Array(
    shape({
      state: oneOf(orderStatuses),
      ownState: orNull(Type.String()),
      quantity: Type.Integer(),
      fulfillmentOrderId: orNull(Type.String()),
      nodeId: orNull(Type.String()),
    }),
    { description: 'which of its units stand where; empty for history' },
  ),
})

/** Part of a line at a node. */
export const workLineView = shape({
  lineId: Type.String(),
  sku: Type.String(),
  name: orNull(Type.String()),
  quantity: Type.Integer(),
  shortQuantity: Type.Integer({ description: 'units the node could not find' }),
  shippedQuantity: Type.Integer(),
  deliveredQuantity: Type.Integer(),
})

const fulfillmentOrderView = shape({
  fulfillmentOrderId: Type.String(),
  nodeId: Type.String(),
  nodeName: Type.String(),
  carrier: orNull(Type.String()),
  status: oneOf(fulfillmentOrderStatuses),
  attempt: Type.Integer(),
  quantity: Type.Integer(),
  releasedAt: orNull(instantText),
  pickedAt: orNull(instantText),
  packedAt: orNull(instantText),
  shippedAt: orNull(instantText),
  deliveredAt: orNull(instantText),
  shipBy: orNull(instantText),
  ownState: orNull(Type.String()),
  isReleased: Type.Boolean({ description: 'the node has it; false = planned' }),
  acceptedAt: orNull(instantText),
  pickingAt: orNull(instantText),
  rejectedAt: orNull(instantText),
  rejectReason: orNull(Type.String()),
  lines: Type.Array(workLineView),
  actions: Type.Array(Type.String({ description: 'what can be asked of it now' })),
})

/** A parcel. */
export const shipmentView = shape({
  shipmentId: Type.String(),
  nodeId: orNull(Type.String()),
  carrier: Type.String(),
  service: orNull(Type.String()),
  trackingNumber: orNull(Type.String()),
  shippedAt: orNull(instantText),
  deliveredAt: orNull(instantText),
  fulfillmentOrderId: orNull(Type.String()),
  quantity: orNull(Type.Integer({ description: 'units in it, null where nobody said' })),
  lines: Type.Array(shape({ lineId: Type.String(), quantity: Type.Integer() })),
})

/** A step in the life of an order. */
export const timelineEntry = shape({
  at: instantText,
  type: Type.String({ description: 'event type, e.g. OrderCreated' }),
  text: Type.String({ description: 'what happened, in words' }),
  reason: orNull(Type.String()),
  nodeId: orNull(Type.String()),
})
export type TimelineEntry = Of<typeof timelineEntry>

/** One order with everything about it. */
export const orderDetail = shape({
  ...summaryFields,
  isLive: Type.Boolean({ description: 'the core works on it; false = history from files' }),
  version: orNull(Type.Integer({ description: 'counts edits; send it with an edit; null for history' })),
  hold: orNull(Type.String({ description: 'why the whole order is held' })),
  parentOrderId: orNull(Type.String({ description: 'order it was split or cloned from' })),
  actions: Type.Array(Type.String({ description: 'what can be asked of it now' })),
  customerRef: orNull(Type.String()),
  shipTo: destination,
  freightCents: centsInteger,
  taxCents: centsInteger,
  discountCents: centsInteger,
  carrier: Type.String(),
  cancelledAt: orNull(instantText),
  cancelReason: orNull(Type.String()),
  flags: Type.Array(Type.String()),
  tags: Type.Array(Type.String(), { description: 'that policies put on it' }),
  lines: Type.Array(orderLineView),
  fulfillmentOrders: Type.Array(fulfillmentOrderView),
  shipments: Type.Array(shipmentView),
  timeline: Type.Array(timelineEntry),
  decisions: Type.Array(decision),
  oddness: orNull(
    shape({
      score: Type.Number(),
      pValue: orNull(Type.Number()),
      model: Type.String(),
      reasons: Type.Array(
        shape({
          feature: Type.String(),
          title: Type.String(),
          value: orNull(Type.Number()),
          expected: orNull(Type.Number()),
          unit: Type.String(),
        }),
      ),
    }),
  ),
})
export type OrderDetail = Of<typeof orderDetail>

/** What a command on an order answers. */
export const commandAnswer = shape({
  status: oneOf(['done', 'noop', 'refused'] as const),
  reason: orNull(Type.String({ description: 'reason code of a refusal' })),
  orderId: orNull(Type.String()),
  orderStatus: orNull(oneOf(orderStatuses)),
  /** The order that a split or a clone made. */
  newOrderId: Type.Optional(Type.String()),
  /** The order that gets the work in another market; the reason is `transfer_under_way` while that has no end yet. */
  transfer: Type.Optional(
    shape({ transferId: Type.String(), market: Type.String(), orderId: orNull(Type.String()) }),
  ),
})
export type CommandAnswer = Of<typeof commandAnswer>

/** A stock position over the API. */
export const stockPosition = shape({
  sku: Type.String(),
  name: orNull(Type.String()),
  skuClass: Type.String(),
  nodeId: Type.String(),
  nodeName: Type.String(),
  onHand: Type.Integer(),
  allocated: Type.Integer(),
  reserved: Type.Integer(),
  ringFenced: Type.Integer({ description: 'left of what is set apart for channels' }),
  safetyStock: Type.Integer(),
  inbound: Type.Integer(),
  available: Type.Integer(),
  state: oneOf(['ok', 'low', 'out'] as const),
  updatedAt: instantText,
})
export type StockPosition = Of<typeof stockPosition>
/** A page of stock positions. */
export const stockPage = pageOf(stockPosition)

/** Stock changes, `POST /api/v1/inventory/adjustments`: all of them or none. */
export const stockAdjustments = Type.Object(
  {
    market: Type.Optional(Type.String()),
    items: Type.Array(
      Type.Object(
        {
          sku: id(),
          nodeId: id(),
          delta: Type.Optional(Type.Integer({ minimum: -1_000_000_000, maximum: 1_000_000_000 })),
          onHand: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
          reason: Type.Optional(words(200)),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 1000 },
    ),
  },
  { additionalProperties: false },
)
export type StockAdjustments = Of<typeof stockAdjustments>
