// Routes of inventory: positions, and adjustments that happen all together or not at all.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { listStock } from '#orchestrator/views'
import { answerOf, commandIdOf, execute, idempotencyHeaders } from '../command.ts'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import { closed, direction, oneOf, page, word } from './fields.ts'

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
export function addStock(app: App, { engine }: AppParts): void {
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
  const schema = {
    tags,
    summary: 'Change stock: all changes or none',
    headers: idempotencyHeaders,
    body: api.stockAdjustments,
    response: { 200: api.commandAnswer, ...problems },
  }
  app.post('/inventory/adjustments', { schema }, async (request) => {
    const commandId = commandIdOf(request, 'adjustments')
    const { market = engine.market } = request.body
    if (market !== engine.market) {
      throw fail('CORE_REFUSED', { reason: 'market_unknown', market, known: engine.market })
    }
    const items = request.body.items.map((item, i) => {
      if ((item.delta === undefined) === (item.onHand === undefined)) {
        const field = `/items/${i}`
        const reason = 'needs either delta or onHand'
        throw fail('HTTP_BODY_INVALID', { reason: `body${field} ${reason}`, errors: [{ field, reason }] })
      }
      return {
        sku: item.sku,
        nodeId: item.nodeId,
        delta: item.delta ?? null,
        onHand: item.onHand ?? null,
        reason: item.reason ?? 'adjusted over the API',
      }
    })
    return answerOf(await execute(engine, 'AdjustStock', { items }, { commandId }))
  })
}
