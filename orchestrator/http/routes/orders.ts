// Routes of orders: list, one, create. Reads come from the views, writes go to the core.

import { Type } from 'typebox'
import { api, methods, orderStatuses } from '#data/contracts'
import { fail } from '#data/kernel'
import type { Engine } from '#orchestrator/engine'
import { getOrder, listOrders } from '#orchestrator/views'
import { AskedTimes, answerOf, commandIdOf, execute, idempotencyHeaders } from '../command.ts'
import type { FlowQueue } from '../flow-queue.ts'
import { checked, eachItem } from '../items.ts'
import { aboutOrder, newOrderOf } from '../new-order.ts'
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
    ownState: Type.Optional(word('own state of a part of it')),
    from: Type.Optional(date('placed at or after')),
    to: Type.Optional(date('placed before')),
    sort: Type.Optional(oneOf(['placedAt', 'promisedAt', 'totalCents', 'lateRisk'])),
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
    async (request, reply) => {
      const id = request.params.orderId
      const order = await getOrder(engine, id)
      if (order === null) throw fail('ORDER_UNKNOWN', { orderId: id })
      if (order.version !== null) reply.header('etag', `"${order.version}"`)
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
  const create = (commandId: string, body: api.NewOrder, now: number) =>
    createOrder(engine, flow, body, { commandId, now })
  app.post('/orders', { schema }, async (request, reply) => {
    const commandId = commandIdOf(request, 'orders')
    const created = await times.during(commandId, engine.arrival, (now) =>
      create(commandId, request.body, now),
    )
    return reply.code(201).header('location', `${basePath}/orders/${created.orderId}`).send(created)
  })
  const bulk = {
    ...write,
    summary: 'Create up to 1,000 orders; each is judged by itself',
    body: api.newOrders,
    response: { 200: api.itemResults, ...problems },
  }
  app.post('/orders/bulk', { schema: bulk }, (request) => {
    const id = commandIdOf(request, 'orders-bulk')
    return times.during(id, engine.arrival, (now) =>
      eachItem(request.body.orders, async (order, index) =>
        create(`${id}/${index}`, checked<api.NewOrder>(request, api.newOrder, order), now),
      ),
    )
  })
}

/** Creates one order and leaves it to the flow. @throws ORDER_EXISTS, CORE_REFUSED, HTTP_BODY_INVALID */
async function createOrder(
  engine: Engine,
  flow: FlowQueue,
  body: api.NewOrder,
  { commandId, now }: { commandId: string; now: number },
): Promise<api.CommandAnswer> {
  const data = newOrderOf(body, engine, now)
  const { order } = data
  const result = await execute(engine, 'CreateOrder', data, { commandId, at: now })
  if (result.reason === 'order_exists') throw fail('ORDER_EXISTS', aboutOrder(order))
  const created = answerOf(result, { orderId: order.orderId })
  await flow.push(order.orderId)
  return created
}
