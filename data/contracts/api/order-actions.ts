// Shapes of what can be asked of orders and fulfillment orders over the API, one by one and in bulk.

import { Type } from 'typebox'
import { methods, orderStatuses } from '../status.ts'
import { newOrderLine, shipToChange } from './orders.ts'
import { instantText, type Of, oneOf, orNull, shape } from './shape.ts'

const closed = { additionalProperties: false }
const id = Type.String({ minLength: 1, maxLength: 200 })
const units = Type.Integer({ minimum: 1, maximum: 1_000_000 })
const cents = Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 })
const reasonText = Type.String({ minLength: 1, maxLength: 500 })
const reason = Type.Optional(reasonText)
const lineUnits = Type.Object({ lineId: id, quantity: units }, closed)
const lines = Type.Array(lineUnits, { minItems: 1, maxItems: 1000 })
const lineIds = Type.Optional(
  Type.Array(id, { minItems: 1, maxItems: 1000, description: 'default: the order' }),
)

const someLines = Type.Optional(orNull(lines))

/** What of an order is to change, `PATCH /api/v1/orders/{id}`. */
export const orderEdit = Type.Object(
  {
    version: Type.Optional(
      Type.Integer({ minimum: 1, description: 'version that was seen; another one is refused' }),
    ),
    reason,
    add: Type.Optional(Type.Array(newOrderLine, { minItems: 1, maxItems: 1000 })),
    quantities: Type.Optional(
      Type.Array(
        Type.Object({ lineId: id, quantity: Type.Integer({ minimum: 0, maximum: 1_000_000 }) }, closed),
        { minItems: 1, maxItems: 1000, description: 'units ordered from now on; 0 cancels the line' },
      ),
    ),
    prices: Type.Optional(
      Type.Array(Type.Object({ lineId: id, unitPriceCents: cents }, closed), { minItems: 1, maxItems: 1000 }),
    ),
    shipTo: Type.Optional(shipToChange),
    method: Type.Optional(oneOf(methods)),
    promisedAt: Type.Optional(orNull(instantText)),
  },
  closed,
)
export type OrderEdit = Of<typeof orderEdit>

const newName = Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'default: made up' }))

/** Bodies of the actions on an order, by name. */
export const orderActions = {
  hold: Type.Object({ reason: reasonText, lineIds }, closed),
  'lift-hold': Type.Object({ reason, lineIds }, closed),
  release: Type.Object({ reason }, closed),
  cancel: Type.Object({ reason: reasonText, lines: someLines }, closed),
  split: Type.Object({ lines, externalId: newName, reason }, closed),
  clone: Type.Object({ lines: someLines, externalId: newName, reason }, closed),
  substitute: Type.Object(
    {
      lineId: id,
      quantity: units,
      sku: id,
      newLineId: newName,
      unitPriceCents: Type.Optional(cents),
      reason,
    },
    closed,
  ),
  backorder: Type.Object({ lines: someLines, reason }, closed),
  preorder: Type.Object({ launchAt: instantText, lineIds, reason }, closed),
  retry: Type.Object({ reason }, closed),
  'own-state': Type.Object(
    {
      state: orNull(Type.String({ minLength: 1, maxLength: 100 })),
      lineId: Type.Optional(id),
      fulfillmentOrderId: Type.Optional(id),
      reason,
    },
    closed,
  ),
  return: Type.Object({ lines, reason: reasonText }, closed),
  'receive-return': Type.Object(
    {
      lines,
      nodeId: id,
      restock: Type.Optional(Type.Boolean({ description: 'whether it can be sold again; default true' })),
      reason,
    },
    closed,
  ),
} as const
/** Name of an action on an order. */
export type OrderActionName = keyof typeof orderActions

/** Bodies of the actions on a fulfillment order, by name. */
export const workActions = {
  accept: Type.Object({}, closed),
  reject: Type.Object({ reason: reasonText }, closed),
  'start-picking': Type.Object({}, closed),
  pick: Type.Object(
    {
      short: Type.Optional(
        Type.Array(lineUnits, { maxItems: 1000, description: 'units that were not found, by line' }),
      ),
      shortTo: Type.Optional(
        Type.Unsafe<'source' | 'cancel'>({
          type: 'string',
          enum: ['source', 'cancel'],
          description: 'what becomes of them: sought at another node (default) or cancelled',
        }),
      ),
    },
    closed,
  ),
  pack: Type.Object({}, closed),
  ready: Type.Object({}, closed),
  ship: Type.Object(
    {
      shipmentId: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 300,
          description: 'default: the next free one, id of the fulfillment order with -S1',
        }),
      ),
      carrier: Type.Optional(
        Type.String({ minLength: 1, maxLength: 300, description: 'default: the planned one' }),
      ),
      service: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
      trackingNumber: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
      promisedAt: Type.Optional(instantText),
      lines: Type.Optional(
        Type.Array(lineUnits, {
          minItems: 1,
          maxItems: 1000,
          description: 'what is in it; default: all that is left',
        }),
      ),
    },
    closed,
  ),
  deliver: Type.Object(
    {
      shipmentId: Type.Optional(
        Type.String({ minLength: 1, maxLength: 300, description: 'default: every parcel on its way' }),
      ),
    },
    closed,
  ),
  collect: Type.Object({}, closed),
  'own-state': Type.Object({ state: orNull(Type.String({ minLength: 1, maxLength: 100 })), reason }, closed),
} as const
/** Name of an action on a fulfillment order. */
export type WorkActionName = keyof typeof workActions

const named = <T extends string>(names: readonly T[]) => Type.Unsafe<T>({ type: 'string', enum: [...names] })
const data = Type.Optional(
  Type.Object({}, { additionalProperties: true, description: 'body of the action, as for a single one' }),
)
const names = <T extends object>(actions: T) => Object.keys(actions) as (keyof T & string)[]

/** One action on many orders, `POST /api/v1/orders/actions`. */
export const orderActionsAsked = Type.Object(
  {
    action: named(names(orderActions)),
    orderIds: Type.Array(id, { minItems: 1, maxItems: 1000 }),
    reason,
    data,
  },
  closed,
)

export type OrderActions = Of<typeof orderActionsAsked>

/** One action on many fulfillment orders, `POST /api/v1/fulfillment-orders/actions`. */
export const workActionsAsked = Type.Object(
  {
    action: named(names(workActions)),
    items: Type.Array(Type.Object({ orderId: id, fulfillmentOrderId: id }, closed), {
      minItems: 1,
      maxItems: 1000,
    }),
    reason,
    data,
  },
  closed,
)

/** Many new orders, `POST /api/v1/orders/bulk`; a bad one does not stop the others. */
export const newOrders = Type.Object(
  {
    orders: Type.Array(Type.Unsafe<unknown>({ description: 'an order as for POST /orders' }), {
      minItems: 1,
      maxItems: 1000,
    }),
  },
  closed,
)

/** How each of many requests ended. */
export const itemResults = shape({
  done: Type.Integer({ description: 'items that changed something' }),
  refused: Type.Integer({ description: 'items that were refused or invalid' }),
  items: Type.Array(
    shape({
      index: Type.Integer(),
      status: oneOf(['done', 'noop', 'refused'] as const),
      orderId: orNull(Type.String()),
      orderStatus: orNull(oneOf(orderStatuses)),
      reason: orNull(Type.String({ description: 'reason code of a refusal' })),
      problem: orNull(
        shape({
          code: Type.String(),
          detail: Type.String(),
          retryable: Type.Boolean(),
        }),
      ),
    }),
  ),
})
export type ItemResults = Of<typeof itemResults>
export type OrderActionsAnswer = ItemResults

/** An own state: a step of one's own within a standard state. */
export const ownState = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, description: 'no standard state, and there once' }),
    within: Type.Unsafe<(typeof orderStatuses)[number]>({
      type: 'string',
      enum: [...orderStatuses],
      description: 'the standard state that it is a step of; it ends with it',
    }),
    from: Type.Array(Type.String({ maxLength: 100 }), {
      maxItems: 100,
      description: 'states it may follow on: own ones, or the standard state that it is within',
    }),
    to: Type.Array(Type.String({ maxLength: 100 }), {
      maxItems: 100,
      description: 'states that may follow: own ones, or the standard state, which means none of its own',
    }),
    blocks: Type.Boolean({ description: 'nothing goes on until it is left' }),
  },
  closed,
)
/** The own states of a market, `PUT /api/v1/order-states`. */
export const ownStatesAsked = Type.Object(
  { states: Type.Array(ownState, { maxItems: 200 }) },
  {
    ...closed,
    examples: [
      {
        states: [
          { name: 'fraud_check', within: 'validated', from: ['validated'], to: ['cleared'], blocks: true },
          { name: 'cleared', within: 'validated', from: ['fraud_check'], to: ['validated'], blocks: false },
        ],
      },
    ],
  },
)

/** Every state and what may follow on what, `GET /api/v1/order-states`. */
export const orderStates = shape({
  states: Type.Array(shape({ state: oneOf(orderStatuses), isTerminal: Type.Boolean() })),
  transitions: Type.Array(
    shape({
      from: orNull(oneOf(orderStatuses)),
      to: orNull(oneOf(orderStatuses)),
      by: Type.Array(Type.String({ description: 'event type' })),
    }),
    { description: 'from null: new units; to null: units that leave the order' },
  ),
  ownStates: Type.Array(ownState),
})
export type OrderStates = Of<typeof orderStates>
/** Body of an action on an order. */
export type OrderActionBody<A extends OrderActionName> = Of<(typeof orderActions)[A]>
/** Body of an action on a fulfillment order. */
export type WorkActionBody<A extends WorkActionName> = Of<(typeof workActions)[A]>
