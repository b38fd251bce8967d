// Routes that change an order: cancel, reroute, undo of a reroute, advance. The core says what is possible.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { type MarketFinder, transfer } from '#orchestrator/cluster'
import type { Engine } from '#orchestrator/engine'
import { getOrder } from '#orchestrator/views'
import { answerOf, commandIdOf, execute, idempotencyHeaders, refusal } from '../command.ts'
import { noMarket } from '../only-market.ts'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import type { Repeats } from '../repeats.ts'
import { closed, word } from './fields.ts'

const params = Type.Object({ orderId: word('order id or external id') })
const reason = Type.String({ minLength: 1, maxLength: 500 })
const reasonGiven = Type.Object({ reason }, closed)
const nodeGiven = Type.Object(
  {
    toNodeId: Type.Optional(word('default: the best one')),
    toMarket: Type.Optional(word('market to go to; default: the one it is in')),
  },
  closed,
)
const decisionGiven = Type.Object(
  { decisionId: word('decision of the reroute'), reason: Type.Optional(reason) },
  closed,
)
const shared = { tags: ['orders'], params, response: { 200: api.commandAnswer, ...problems } }
const write = { ...shared, headers: idempotencyHeaders }

/** Adds the routes that change an order. */
export function addOrderActions(
  app: App,
  { engine, findMarket = noMarket }: AppParts,
  repeats: Repeats,
): void {
  app.post(
    '/orders/:orderId/cancel',
    { schema: { ...write, summary: 'Cancel an order', body: reasonGiven } },
    async (request) => {
      const orderId = await orderIdFor(engine, request.params.orderId)
      const commandId = commandIdOf(request, `cancel/${orderId}`)
      const data = { orderId, reason: request.body.reason }
      return answerOf(await execute(engine, 'CancelOrder', data, { commandId }), { orderId })
    },
  )
  app.post(
    '/orders/:orderId/reroute',
    { schema: { ...write, summary: 'Move the work of an order', body: nodeGiven } },
    async (request) => {
      const orderId = await orderIdFor(engine, request.params.orderId)
      const { body } = request
      return repeats.once(request, `reroute/${orderId}`, body, async (commandId) => {
        const { toMarket = engine.market, ...to } = body
        if (toMarket !== engine.market)
          return toOther(engine, findMarket, orderId, { ...to, toMarket, commandId })
        const moved = await engine.reroute(orderId, { commandId, ...to })
        if (moved.status === 'refused') throw refusal(moved.reason, { orderId, ...body })
        return moved
      })
    },
  )
  app.post(
    '/orders/:orderId/undo-reroute',
    { schema: { ...write, summary: 'Take moved work back to where it came from', body: decisionGiven } },
    async (request) => {
      const orderId = await orderIdFor(engine, request.params.orderId)
      const commandId = commandIdOf(request, `undo-reroute/${orderId}`)
      const { decisionId, reason = 'undone by hand' } = request.body
      const data = { orderId, decisionId, reason }
      return answerOf(await execute(engine, 'UndoReroute', data, { commandId }), { orderId, decisionId })
    },
  )
  app.post(
    '/orders/:orderId/advance',
    { schema: { ...shared, summary: 'Take an order on through its flow; asking again is harmless' } },
    async (request) => {
      const orderId = await orderIdFor(engine, request.params.orderId)
      const before = engine.core.state().orders.get(orderId)
      if (before === undefined) throw fail('ORDER_UNKNOWN', { orderId })
      await engine.advance(orderId)
      const after = engine.core.state().orders.get(orderId) ?? before
      const status = after.status === before.status ? ('noop' as const) : ('done' as const)
      return { status, reason: null, orderId, orderStatus: after.status }
    },
  )
}

/** Takes the work to another market; where that is under way still, the answer says so. */
async function toOther(
  engine: Engine,
  find: MarketFinder,
  orderId: string,
  { toMarket, toNodeId = null, commandId }: { toMarket: string; toNodeId?: string | null; commandId: string },
): Promise<api.CommandAnswer> {
  const moved = await transfer(engine, orderId, { toMarket, toNodeId, commandId }, find)
  const { status, reason, transferId, toOrderId } = moved
  if (status === 'refused') throw refusal(reason, { orderId, toMarket, toNodeId })
  const orderStatus = engine.core.state().orders.get(orderId)?.status ?? null
  const other = transferId === null ? {} : { transfer: { transferId, market: toMarket, orderId: toOrderId } }
  return { status, reason, orderId, orderStatus, ...other }
}

/** The order that is meant, the very one that `GET /orders/:orderId` shows; the text itself where there is none. */
async function orderIdFor(engine: Engine, text: string): Promise<string> {
  const id = text.toLowerCase()
  if (engine.core.state().orders.has(id)) return id
  return (await getOrder(engine, text))?.orderId ?? text
}
