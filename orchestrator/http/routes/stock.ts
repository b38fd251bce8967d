// Routes of inventory: the list of positions, and all that stands in inventory/.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { listStock } from '#orchestrator/views'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import { closed, direction, oneOf, page, word } from './fields.ts'
import { addAdjustments } from './inventory/adjustments.ts'
import { addAvailability } from './inventory/availability.ts'
import { addPlans } from './inventory/plan.ts'
import { addReservations } from './inventory/reservations.ts'

const tags = ['inventory']
const query = Type.Object(
  {
    ...page,
    q: Type.Optional(word('part of a SKU or of a product name')),
    node: Type.Optional(word('node id')),
    state: Type.Optional(oneOf(['ok', 'low', 'out'])),
    sort: Type.Optional(oneOf(['sku', 'available', 'onHand'])),
    direction,
  },
  closed,
)

/** Adds the routes of inventory. */
export function addStock(app: App, parts: AppParts): void {
  const { engine } = parts
  app.get(
    '/inventory',
    {
      schema: {
        tags,
        summary: 'Stock positions',
        querystring: query,
        response: { 200: api.stockPage, ...problems },
      },
    },
    (request) => listStock(engine, request.query),
  )
  addAvailability(app, parts)
  addAdjustments(app, parts)
  addPlans(app, parts)
  addReservations(app, parts)
}
