// Shapes of promises: by which methods, from where, until when and at what cost a cart could be had; and of what-if
// runs over many orders.

import { Type } from 'typebox'
import { methods } from '../status.ts'
import { networkChange } from './network.ts'
import { shipToChange } from './orders.ts'
import { centsInteger, instantText, type Of, oneOf, orNull, shape } from './shape.ts'
import { strategyDraft } from './strategies.ts'

const id = () => Type.String({ minLength: 1, maxLength: 200 })

/** A cart and where it would go, `POST /api/v1/promise`. */
export const promiseRequest = Type.Object(
  {
    lines: Type.Array(
      Type.Object(
        {
          sku: id(),
          quantity: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
          unitPriceCents: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 })),
          weightG: Type.Optional(Type.Number({ minimum: 0, maximum: 1e9, description: 'of one unit' })),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 200 },
    ),
    shipTo: shipToChange,
    latitude: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
    longitude: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
    methods: Type.Optional(Type.Array(oneOf(methods), { minItems: 1, description: 'default: all' })),
    channel: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    customerRef: Type.Optional(Type.String({ maxLength: 200 })),
    currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
    confidence: Type.Optional(
      Type.Number({ minimum: 0.5, maximum: 0.999, description: 'share of promises kept, default 0.9' }),
    ),
    strategyId: Type.Optional(id()),
    maxOptions: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 50, description: 'per method, default 5' }),
    ),
    reserve: Type.Optional(
      Type.Object(
        {
          option: Type.Integer({ minimum: 0, maximum: 1_000, description: 'which of the options, 0 = best' }),
          reservationId: id(),
          ttlSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_592_000 })),
        },
        { additionalProperties: false, description: 'soft reserves the units of an option' },
      ),
    ),
  },
  { additionalProperties: false },
)
export type PromiseRequest = Of<typeof promiseRequest>

/** What one node would send. */
export const promisedShipment = shape({
  nodeId: Type.String(),
  nodeName: Type.String(),
  carrier: orNull(Type.String()),
  serviceId: orNull(Type.String()),
  dispatchAt: instantText,
  arrivesAt: instantText,
  distanceKm: orNull(Type.Number()),
  lines: Type.Array(shape({ sku: Type.String(), quantity: Type.Integer() })),
})

/** A way to have the cart. */
export const promiseOption = shape({
  method: oneOf(methods),
  promisedAt: instantText,
  /** Local day of the destination, for a text like "arrives by Thursday". */
  promisedDay: Type.String(),
  probability: Type.Number({ description: 'of keeping it, 0 to 1' }),
  /** By the strategy, without its price of time, which the date says: the sum of the terms. */
  costCents: centsInteger,
  terms: Type.Array(shape({ name: Type.String(), cents: centsInteger })),
  co2Grams: orNull(Type.Integer()),
  /** Where the customer collects, null where it is brought. */
  collectAt: orNull(
    shape({ nodeId: Type.String(), nodeName: Type.String(), distanceKm: orNull(Type.Number()) }),
  ),
  isWhole: Type.Boolean({ description: 'false = a part can be had only' }),
  shipments: Type.Array(promisedShipment),
  missing: Type.Array(shape({ sku: Type.String(), quantity: Type.Integer() })),
})
export type PromiseOption = Of<typeof promiseOption>

/** Every way: whole carts first, of these the methods as they were asked for, each the best first. */
export const promiseAnswer = shape({
  at: instantText,
  currency: Type.String(),
  strategyId: Type.String(),
  strategyVersion: Type.Integer(),
  options: Type.Array(promiseOption),
  unavailable: Type.Array(
    shape({
      method: oneOf(methods),
      code: Type.String({ description: 'e.g. no_node_has_stock' }),
      reason: Type.String(),
    }),
  ),
  reservationId: orNull(Type.String()),
})
export type PromiseAnswer = Of<typeof promiseAnswer>

/** What is different in a what-if. */
export const whatIfOverrides = Type.Object(
  {
    closedNodeIds: Type.Optional(Type.Array(id(), { maxItems: 20_000 })),
    capacityFactors: Type.Optional(
      Type.Array(
        shape({
          nodeId: orNull(id()),
          factor: Type.Number({ minimum: 0, maximum: 1_000, description: 'of every limit; null node = all' }),
        }),
        { maxItems: 20_000 },
      ),
    ),
    stock: Type.Optional(
      Type.Array(shape({ sku: id(), nodeId: id(), available: Type.Integer({ minimum: 0 }) }), {
        maxItems: 100_000,
      }),
    ),
    network: Type.Optional(networkChange),
    strategy: Type.Optional(strategyDraft),
    strategyId: Type.Optional(id()),
  },
  { additionalProperties: false },
)
export type WhatIfOverrides = Of<typeof whatIfOverrides>

/** An order that is given to a what-if. */
export const whatIfOrder = Type.Object(
  {
    orderId: id(),
    method: Type.Optional(oneOf(methods)),
    channel: Type.Optional(Type.String({ maxLength: 100 })),
    customerRef: Type.Optional(Type.String({ maxLength: 200 })),
    promisedAt: Type.Optional(instantText),
    shipTo: shipToChange,
    lines: Type.Array(
      shape({
        lineId: id(),
        sku: id(),
        quantity: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
        unitPriceCents: Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 }),
      }),
      { minItems: 1, maxItems: 1_000 },
    ),
  },
  { additionalProperties: false },
)

/** A what-if, `POST /api/v1/sourcing/simulate`. */
export const whatIfRequest = Type.Object(
  {
    orders: Type.Optional(Type.Array(whatIfOrder, { minItems: 1, maxItems: 20_000 })),
    stored: Type.Optional(
      Type.Object(
        {
          orderIds: Type.Optional(Type.Array(id(), { minItems: 1, maxItems: 20_000 })),
          from: Type.Optional(instantText),
          to: Type.Optional(instantText),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20_000, description: 'default 1,000' })),
        },
        {
          additionalProperties: false,
          description: 'orders of the market, by id or by when they were placed',
        },
      ),
    ),
    overrides: whatIfOverrides,
    timeLimitSeconds: Type.Optional(Type.Number({ minimum: 0.1, maximum: 300, description: 'default 20' })),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295 })),
  },
  { additionalProperties: false },
)
export type WhatIfRequest = Of<typeof whatIfRequest>

const sideFields = {
  orders: Type.Integer(),
  ordersWhole: Type.Integer(),
  units: Type.Integer(),
  unitsServed: Type.Integer(),
  fillRate: orNull(Type.Number()),
  splitOrders: Type.Integer(),
  shipments: Type.Integer(),
  distanceKm: orNull(Type.Number({ description: 'mean of shipments' })),
  costCents: centsInteger,
  terms: Type.Array(shape({ name: Type.String(), cents: centsInteger })),
  lateRisk: orNull(
    Type.Number({ description: 'mean probability of missing the promise, of orders with one' }),
  ),
  lateOrders: orNull(Type.Number({ description: 'expected' })),
  bound: orNull(Type.Number({ description: 'cents that no solution with as little left over is below' })),
  gap: orNull(Type.Number({ description: '(cost - bound) / cost' })),
  seconds: Type.Number(),
  nodes: Type.Array(
    shape({
      nodeId: Type.String(),
      nodeName: Type.String(),
      orders: Type.Integer(),
      units: Type.Integer(),
      load: orNull(Type.Number({ description: 'share of its tightest daily limit' })),
    }),
  ),
}

/** How a set of orders would go. */
export const whatIfSide = shape(sideFields)
export type WhatIfSide = Of<typeof whatIfSide>

/** Baseline and variant, and where they differ. */
export const whatIfAnswer = shape({
  at: instantText,
  currency: Type.String(),
  baseline: whatIfSide,
  variant: whatIfSide,
  changedOrders: Type.Integer(),
  changes: Type.Array(
    shape({
      orderId: Type.String(),
      externalId: Type.String({ description: 'id in its source; of a given order its id' }),
      before: Type.Array(
        shape({ nodeId: Type.String(), serviceId: orNull(Type.String()), units: Type.Integer() }),
      ),
      after: Type.Array(
        shape({ nodeId: Type.String(), serviceId: orNull(Type.String()), units: Type.Integer() }),
      ),
      costCents: centsInteger,
      lateRisk: orNull(Type.Number()),
      reason: Type.String(),
    }),
    { description: 'the 1,000 that change the cost most' },
  ),
  refused: Type.Array(
    shape({
      orderId: Type.String(),
      externalId: Type.String(),
      code: Type.String(),
      reason: Type.String(),
    }),
    {
      description: 'orders without a place in the variant',
    },
  ),
})
export type WhatIfAnswer = Of<typeof whatIfAnswer>
