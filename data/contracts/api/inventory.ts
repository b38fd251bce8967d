// Shapes of inventory over the API: what is available, when, what is held, counted, set apart and expected.

import { Type } from 'typebox'
import { instantText, type Of, oneOf, orNull, pageOf, shape } from './shape.ts'

const id = (description?: string) =>
  Type.String({ minLength: 1, maxLength: 200, ...(description === undefined ? {} : { description }) })
const words = (maxLength = 200) => Type.String({ maxLength })
const closed = { additionalProperties: false }
const unitsMost = 1_000_000_000
/** Whole units from `minimum` on. */
export const units = (minimum: 0 | 1 = 1) => Type.Integer({ minimum, maximum: unitsMost })
const channel = Type.String({ minLength: 1, maxLength: 100 })
const reason = Type.Optional(words())
/** A position. */
export const place = { sku: id(), nodeId: id() }
const instant = (description: string) => Type.String({ format: 'date-time', description })
const list = <T extends ReturnType<typeof Type.Object>>(item: T, maxItems: number) =>
  Type.Array(item, { minItems: 1, maxItems })
const name = Type.String({ pattern: '^[a-z][a-z0-9_]{0,62}$' })

/** What is asked of availability, `POST /api/v1/inventory/availability`. */
export const availabilityQuery = Type.Object(
  {
    skus: Type.Optional(Type.Array(id(), { maxItems: 10_000, description: 'none = all of the nodes' })),
    nodeIds: Type.Optional(Type.Array(id(), { maxItems: 10_000, description: 'none = all with stock' })),
    channel: Type.Optional(channel),
    measures: Type.Optional(
      Type.Array(words(130), { maxItems: 50, description: 'defined measures, or source.measure' }),
    ),
    totals: Type.Optional(Type.Boolean({ description: 'sums of each SKU beside its nodes' })),
    asOf: Type.Optional(instant('a past instant of market time')),
    cursor: Type.Optional(words(2_000)),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'default 1,000' })),
  },
  closed,
)
export type AvailabilityQuery = Of<typeof availabilityQuery>

const figures = {
  onHand: Type.Integer(),
  allocated: Type.Integer({ description: 'held by orders' }),
  reserved: Type.Integer({ description: 'softly reserved, not yet expired' }),
  safetyStock: Type.Integer(),
  ringFenced: Type.Integer({ description: 'left of what is set apart for channels' }),
  inbound: Type.Integer(),
}

/** Stock of a SKU at a node, and what of it can be promised. */
export const availability = shape({
  ...place,
  isTracked: Type.Boolean({ description: 'false = no stock feed: treated as available' }),
  ...figures,
  available: orNull(Type.Integer({ description: 'null where stock is not tracked' })),
  measures: Type.Optional(Type.Record(Type.String(), Type.Number())),
})
export type Availability = Of<typeof availability>

const total = shape({
  sku: Type.String(),
  ...figures,
  available: Type.Integer(),
  nodes: Type.Integer({ description: 'with tracked stock' }),
  untrackedNodes: Type.Integer(),
})

/** What availability answers. */
export const availabilityAnswer = shape({
  at: instantText,
  items: Type.Array(availability),
  totals: Type.Optional(Type.Array(total)),
  nextCursor: orNull(Type.String()),
  unknown: Type.Optional(shape({ skus: Type.Array(Type.String()), nodeIds: Type.Array(Type.String()) })),
})
export type AvailabilityAnswer = Of<typeof availabilityAnswer>
export type AvailabilityTotal = Of<typeof total>

/** Available to promise by day, `GET /api/v1/inventory/atp`. */
export const atpAnswer = shape({
  at: instantText,
  sku: Type.String(),
  nodeIds: Type.Array(Type.String()),
  untrackedNodeIds: Type.Array(Type.String()),
  available: Type.Integer({ description: 'now, over the tracked nodes' }),
  days: Type.Array(
    shape({
      day: Type.String({ format: 'date' }),
      supply: Type.Integer({ description: 'expected on that day' }),
      demand: Type.Integer(),
      atp: Type.Integer({ description: 'promisable from that day on' }),
    }),
  ),
  quantity: orNull(Type.Integer()),
  firstDay: orNull(Type.String({ description: 'first day on which the quantity can be promised' })),
})
export type AtpAnswer = Of<typeof atpAnswer>

/** What a change of inventory answers. */
export const stockAnswer = shape({
  status: oneOf(['done', 'noop'] as const),
  changed: Type.Optional(Type.Integer()),
  left: Type.Optional(Type.Integer({ description: 'units still expected' })),
})
export type StockAnswer = Of<typeof stockAnswer>

/** How one of several items went. */
export const itemResult = {
  status: oneOf(['done', 'known', 'noop', 'refused'] as const),
  reason: orNull(Type.String()),
}

/** Changes of stock, all or none; or, where each has an id, each by itself and never twice. */
export const stockChanges = Type.Object(
  {
    market: Type.Optional(Type.String()),
    items: list(
      Type.Object(
        {
          adjustmentId: Type.Optional(
            id('makes the item a change by itself; the same id never counts twice'),
          ),
          ...place,
          delta: Type.Optional(Type.Integer({ minimum: -unitsMost, maximum: unitsMost })),
          onHand: Type.Optional(units(0)),
          reason,
          source: Type.Optional(name),
        },
        closed,
      ),
      5_000,
    ),
  },
  closed,
)
export type StockChanges = Of<typeof stockChanges>

/** What changes of stock answer: as of a command, with a result of each item where each is one. */
export const stockChangesAnswer = shape({
  status: oneOf(['done', 'noop', 'refused'] as const),
  reason: orNull(Type.String()),
  orderId: Type.Null(),
  orderStatus: Type.Null(),
  items: Type.Optional(Type.Array(shape({ adjustmentId: Type.String(), ...itemResult }))),
})
export type StockChangesAnswer = Of<typeof stockChangesAnswer>

/** Figures of a source system. */
export const sourceCounts = Type.Object(
  {
    source: name,
    items: list(
      Type.Object(
        {
          ...place,
          onHand: Type.Optional(units(0)),
          measures: Type.Optional(Type.Record(Type.String({ maxLength: 63 }), units(0))),
          countedAt: Type.Optional(instant('default: now')),
        },
        closed,
      ),
      5_000,
    ),
  },
  closed,
)
/** Expected supply and demand. */
export const scheduleEntries = Type.Object(
  {
    entries: list(
      Type.Object(
        {
          scheduleId: id('the same id again replaces'),
          kind: oneOf(['supply', 'demand'] as const),
          ...place,
          quantity: units(0),
          dueAt: instant('when it is expected'),
        },
        closed,
      ),
      5_000,
    ),
  },
  closed,
)
/** Units that are expected to come or to go. */
export const scheduledUnits = shape({
  scheduleId: Type.String(),
  kind: oneOf(['supply', 'demand'] as const),
  sku: Type.String(),
  nodeId: Type.String(),
  quantity: Type.Integer(),
  dueAt: instantText,
})
export type ScheduledUnits = Of<typeof scheduledUnits>
/** The schedule of a SKU or of all. */
export const schedulePage = pageOf(scheduledUnits)
/** Scheduled supply that came. */
export const supplyReceipt = Type.Object({ scheduleId: id(), quantity: units(), reason }, closed)
/** Units kept back. */
export const safetyStocks = Type.Object(
  { items: list(Type.Object({ ...place, quantity: units(0) }, closed), 5_000), reason },
  closed,
)
/** Units of channels. */
export const channelUnits = Type.Object(
  { items: list(Type.Object({ ...place, channel, quantity: units() }, closed), 5_000), reason },
  closed,
)
/** Units of one channel for another. */
export const channelMove = Type.Object(
  { ...place, from: channel, to: channel, quantity: units(), reason },
  closed,
)
/** Backorder limits. */
export const stockRules = Type.Object(
  {
    rules: list(
      Type.Object(
        {
          sku: Type.Optional(id('none = every SKU')),
          nodeId: Type.Optional(id('none = every node')),
          backorderLimit: units(0),
        },
        closed,
      ),
      5_000,
    ),
  },
  closed,
)
/** How figures are made of those of sources. */
export const measures = Type.Object(
  {
    measures: Type.Array(
      Type.Object(
        {
          name,
          terms: Type.Array(Type.Object({ source: name, measure: name, factor: Type.Number() }, closed), {
            minItems: 1,
            maxItems: 50,
          }),
        },
        closed,
      ),
      { maxItems: 50 },
    ),
  },
  closed,
)
/** What a person counted. */
export const cycleCount = Type.Object(
  {
    countId: Type.Optional(id('the same id never counts twice')),
    nodeId: id(),
    items: list(Type.Object({ sku: id(), quantity: units(0) }, closed), 5_000),
    countedAt: Type.Optional(instant('default: now')),
    by: Type.Optional(words(100)),
  },
  closed,
)
/** What a count found beside what was expected. */
export const cycleCountAnswer = shape({
  status: oneOf(['done', 'noop'] as const),
  countId: Type.String(),
  items: Type.Array(
    shape({
      sku: Type.String(),
      quantity: Type.Integer(),
      expected: Type.Integer(),
      variance: Type.Integer(),
    }),
  ),
})
