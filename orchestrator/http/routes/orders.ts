// Routes of orders: list, one, create. Reads come from the views, writes go to the core.

import { Type } from 'typebox'
import { api, methods, orderIdOf, orderStatuses } from '#data/contracts'
import { fail, isCurrency } from '#data/kernel'
import type { CommandData } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { getOrder, listOrders } from '#orchestrator/views'
import { AskedTimes, answerOf, commandIdOf, execute, idempotencyHeaders } from '../command.ts'
import type { FlowQueue } from '../flow-queue.ts'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import { closed, date, direction, oneOf, page, word } from './fields.ts'

const orderQuery = Type.Object(
  {
    ...page,
    q: Type.Optional(word('part of an id, SKU, customer reference, city or tracking number')),
    status: Type.Optional(Type.Array(oneOf(orderStatuses), { maxItems: 20 })),
    node: Type.Optional(word('node id')),
    channel: Type.Optional(word()),
    region: Type.Optional(word()),
    method: Type.Optional(oneOf(methods)),
    provider: Type.Optional(word()),
    open: Type.Optional(Type.Boolean()),
    late: Type.Optional(Type.Boolean()),
    moved: Type.Optional(Type.Boolean({ description: 'rerouted at least once' })),
    atRisk: Type.Optional(Type.Boolean()),
    incident: Type.Optional(word('incident id')),
    from: Type.Optional(date('placed at or after')),
    to: Type.Optional(date('placed before')),
    sort: Type.Optional(oneOf(['placedAt', 'promisedAt', 'totalCents'])),
    direction,
  },
  closed,
)
const orderId = Type.Object({ orderId: word('order id or external id') })
const tags = ['orders']
const write = { tags, headers: idempotencyHeaders }

/** Adds the routes of orders. */
export function addOrders(app: App, { engine, basePath = '/api/v1' }: AppParts, flow: FlowQueue): void {
  addReads(app, engine)
  addCreate(app, engine, flow, basePath)
}

function addReads(app: App, engine: Engine): void {
  app.get(
    '/orders',
    {
      schema: {
        tags,
        summary: 'Orders by filters',
        querystring: orderQuery,
        response: { 200: api.orderPage, ...problems },
      },
    },
    (request) => listOrders(engine, request.query),
  )
  app.get(
    '/orders/:orderId',
    {
      schema: {
        tags,
        summary: 'One order',
        params: orderId,
        response: { 200: api.orderDetail, ...problems },
      },
    },
    async (request) => {
      const id = request.params.orderId
      const order = await getOrder(engine, id)
      if (order === null) throw fail('ORDER_UNKNOWN', { orderId: id })
      return order
    },
  )
}

function addCreate(app: App, engine: Engine, flow: FlowQueue, basePath: string): void {
  const times = new AskedTimes()
  const schema = {
    ...write,
    summary: 'Create an order; it is sourced, reserved and released behind the answer',
    body: api.newOrder,
    response: { 201: api.commandAnswer, ...problems },
  }
  app.post('/orders', { schema }, async (request, reply) => {
    const commandId = commandIdOf(request, 'orders')
    return times.during(commandId, engine.arrival, async (now) => {
      const data = newOrderOf(request.body, engine, now)
      const { order } = data
      const result = await execute(engine, 'CreateOrder', data, { commandId, at: now })
      if (result.reason === 'order_exists') throw fail('ORDER_EXISTS', aboutOrder(order))
      const created = answerOf(result)
      await flow.push(order.orderId)
      return reply.code(201).header('location', `${basePath}/orders/${order.orderId}`).send(created)
    })
  })
}

function aboutOrder({ orderId, externalId, provider, market }: CommandData['CreateOrder']['order']) {
  return { orderId, externalId, provider, market, reason: 'order_exists' }
}

/** The command of a new order. An order that is known keeps its time, so that the same request asks for the same. */
function newOrderOf(body: api.NewOrder, engine: Engine, now: number): CommandData['CreateOrder'] {
  const { externalId, provider = 'api', market = engine.market, shipTo } = body
  if (market !== engine.market)
    throw fail('CORE_REFUSED', { reason: 'market_unknown', market, known: engine.market })
  if (!isCurrency(body.currency)) throw invalid('/currency', 'is no currency of ISO 4217')
  const id = orderIdOf(market, provider, externalId)
  const lines = linesOf(body)
  const totalCents = lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0)
  if (!Number.isSafeInteger(totalCents)) throw invalid('/lines', 'are worth more than can be counted')
  return {
    order: {
      orderId: id,
      market,
      provider,
      externalId,
      channel: body.channel ?? null,
      method: body.method ?? 'delivery',
      currency: body.currency,
      customerRef: body.customerRef ?? null,
      shipTo: {
        country: shipTo?.country ?? null,
        region: shipTo?.region ?? null,
        city: shipTo?.city ?? null,
        postalCode: shipTo?.postalCode ?? null,
        timeZone: null,
      },
      placedAt: engine.core.state().orders.get(id)?.placedAt ?? now,
      approvedAt: null,
      promisedAt: body.promisedAt === undefined ? null : Date.parse(body.promisedAt),
      totalCents,
      freightCents: body.freightCents ?? 0,
      taxCents: 0,
      discountCents: 0,
      flags: [],
    },
    lines,
  }
}

function linesOf({ lines }: api.NewOrder): CommandData['CreateOrder']['lines'] {
  const seen = new Set<string>()
  return lines.map(({ lineId, sku, quantity, unitPriceCents }, i) => {
    const id = lineId ?? String(i + 1)
    if (seen.has(id)) throw invalid(`/lines/${i}/lineId`, 'is there twice')
    seen.add(id)
    const none = { cancelled: 0, shipped: 0, discountCents: 0, taxCents: 0, freightCents: 0 }
    return { lineId: id, sku, quantity, unitPriceCents, ...none }
  })
}

function invalid(field: string, reason: string) {
  return fail('HTTP_BODY_INVALID', {
    reason: `body${field} ${reason}`,
    in: 'body',
    errors: [{ field, reason }],
  })
}
