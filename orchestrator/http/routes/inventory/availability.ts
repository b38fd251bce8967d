// Routes that read inventory: availability, ATP by day, products. Everything is answered from memory, the past from the
// ledger.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { askAtp, askAvailability, searchProducts } from '#orchestrator/inventory'
import type { App, AppParts } from '../../parts.ts'
import { problems } from '../../problem.ts'
import { closed, date, word } from '../fields.ts'

const tags = ['inventory']
const past = Type.Optional(date('a past instant of market time'))
const several = (description: string) =>
  Type.Optional(Type.Array(word(), { maxItems: 10_000, description: `${description}; may be repeated` }))
const channel = Type.Optional(Type.String({ minLength: 1, maxLength: 100 }))
const availabilityQuery = Type.Object(
  {
    sku: several('SKU, none = all of the nodes'),
    node: several('node id, none = all with stock of the SKUs'),
    measures: several('defined measure, or source.measure'),
    channel,
    totals: Type.Optional(Type.Boolean()),
    asOf: past,
    cursor: Type.Optional(Type.String({ maxLength: 2_000 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'default 1,000' })),
  },
  closed,
)
const atpQuery = Type.Object(
  {
    sku: word(),
    node: several('node id, none = all with stock of the SKU, summed'),
    channel,
    days: Type.Optional(Type.Integer({ minimum: 1, maximum: 180, description: 'default 30' })),
    quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })),
    asOf: past,
  },
  closed,
)
const productQuery = Type.Object(
  {
    q: Type.String({ minLength: 1, maxLength: 200, description: 'begin of a SKU, a name or its words' }),
    cursor: Type.Optional(Type.String({ maxLength: 2_000 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'default 20' })),
  },
  closed,
)

/** Adds the routes that read inventory. */
export function addAvailability(app: App, { engine }: AppParts): void {
  const response = { 200: api.availabilityAnswer, ...problems }
  app.post(
    '/inventory/availability',
    {
      config: { access: 'read' },
      schema: { tags, summary: 'What can be promised', body: api.availabilityQuery, response },
    },
    (request) => askAvailability(engine, request.body),
  )
  app.get(
    '/inventory/availability',
    { schema: { tags, summary: 'What can be promised', querystring: availabilityQuery, response } },
    (request) => {
      const { sku: skus, node: nodeIds, ...query } = request.query
      return askAvailability(engine, { ...query, skus, nodeIds })
    },
  )
  app.get(
    '/inventory/atp',
    {
      schema: {
        tags,
        summary: 'Available to promise by day',
        querystring: atpQuery,
        response: { 200: api.atpAnswer, ...problems },
      },
    },
    (request) => askAtp(engine, request.query),
  )
  app.get(
    '/products',
    {
      schema: {
        tags,
        summary: 'Find products, with what can be promised of them',
        querystring: productQuery,
        response: { 200: api.productPage, ...problems },
      },
    },
    (request) => searchProducts(engine.core.state(), request.query, engine.now()),
  )
}
