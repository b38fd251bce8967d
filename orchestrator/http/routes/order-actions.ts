// Routes that change an order: edit, the actions by name, reroute and its undo, advance; and one action on many
// orders. The core says what is possible.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { type MarketFinder, type TransferWish, transfer } from '#orchestrator/cluster'
import type { Engine } from '#orchestrator/engine'
import { getOrder } from '#orchestrator/views'
import { answerOf, commandIdOf, execute, idempotencyHeaders, refusal } from '../command.ts'
import type { FlowQueue } from '../flow-queue.ts'
import { versionHeaders, versionIn } from '../if-match.ts'
import { checked, eachItem } from '../items.ts'
import { noMarket } from '../only-market.ts'
import { editCommand, flowsOn, madeBy, orderCommand } from '../order-commands.ts'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import type { Repeats } from '../repeats.ts'
import { closed, word } from './fields.ts'

const params = Type.Object({ orderId: word('order id or external id') })
const reason = Type.String({ minLength: 1, maxLength: 500 })
const limitsWords = 'why it goes beyond the limits of reroutes'
const nodeGiven = Type.Object(
  {
    toNodeId: Type.Optional(word('default: the best one')),
    toMarket: Type.Optional(word('market to go to; default: the one it is in')),
    override: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: limitsWords })),
  },
  closed,
)
const decisionGiven = Type.Object(
  { decisionId: word('decision of the reroute, or id of the transfer'), reason: Type.Optional(reason) },
  closed,
)
const shared = { tags: ['orders'], params, response: { 200: api.commandAnswer, ...problems } }
const write = { ...shared, headers: idempotencyHeaders }

/** Adds the routes that change an order. */
export function addOrderActions(
  app: App,
  { engine, findMarket = noMarket }: AppParts,
  repeats: Repeats,
  flow: FlowQueue,
): void {
  for (const name of Object.keys(api.orderActions) as api.OrderActionName[]) {
    if (name !== 'release') addAction(app, engine, flow, name)
  }
  addRelease(app, engine, repeats)
  addEdit(app, engine, flow)
  addBulk(app, engine, flow)
  app.post(
    '/orders/:orderId/reroute',
    { schema: { ...write, summary: 'Move the work of an order', body: nodeGiven } },
    async (request) => {
      const orderId = await orderIdFor(engine, request.params.orderId)
      const { body } = request
      return repeats.once(request, `reroute/${orderId}`, body, async (commandId) => {
        const { toMarket = engine.market, override, ...to } = body
        const who = { by: request.caller.name, ...(override === undefined ? {} : { override }) }
        if (toMarket !== engine.market)
          return toOther(engine, findMarket, orderId, { ...to, toMarket, commandId, guard: who })
        const moved = await engine.reroute(orderId, { commandId, ...to, ...who })
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
      const about = { orderId, decisionId }
      const order = engine.core.state().orders.get(orderId)
      // A transfer that has no end yet: its source may still keep the work.
      if (order?.work.some(({ transfer }) => transfer?.transferId === decisionId)) {
        const data = { orderId, transferId: decisionId, reason }
        return answerOf(await execute(engine, 'FailTransfer', data, { commandId }), about)
      }
      const data = { ...about, reason, by: request.caller.name }
      return answerOf(await execute(engine, 'UndoReroute', data, { commandId }), about)
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

const summaries: Record<api.OrderActionName, string> = {
  hold: 'Hold an order or lines of it; work that nobody began is called back',
  'lift-hold': 'Lift the hold of an order or of lines',
  release: 'Lift a hold and take the order on through its flow now',
  cancel: 'Cancel an order, or units of its lines',
  split: 'Move units to an order of their own',
  clone: 'Make a new order with the same lines',
  substitute: 'Turn units of a line into another SKU',
  backorder: 'Let units wait for stock',
  preorder: 'Let lines wait for a day',
  retry: 'Try again what was held by checks, waits for stock or was refused everywhere',
  'own-state': 'Put a line, work or all parts that fit into an own state, or out of it',
  return: 'Delivered units are to come back',
  'receive-return': 'Goods came back to a node',
}

function addAction(app: App, engine: Engine, flow: FlowQueue, name: api.OrderActionName): void {
  const schema = { ...write, summary: summaries[name], body: api.orderActions[name] }
  app.post(`/orders/:orderId/${name}`, { schema }, async (request) => {
    const orderId = await orderIdFor(engine, request.params.orderId)
    const commandId = commandIdOf(request, `${name}/${orderId}`)
    return act(engine, flow, { name, orderId, body: request.body, commandId })
  })
}

interface Action {
  name: api.OrderActionName
  orderId: string
  /** As the schema of the action has it. */
  body: object
  commandId: string
}

/** Carries out one action and leaves what follows to the flow. @throws ORDER_UNKNOWN, CORE_REFUSED */
async function act(
  engine: Engine,
  flow: FlowQueue,
  { name, orderId, body, commandId }: Action,
): Promise<api.CommandAnswer> {
  const order = engine.core.state().orders.get(orderId)
  const asked = orderCommand(name, orderId, body as never, { order, commandId })
  const answer = answerOf(await execute(engine, asked.type, asked.data as never, { commandId }), { orderId })
  const made = madeBy(asked)
  if (flowsOn.has(name)) await flow.push(orderId)
  if (made === null) return answer
  await flow.push(made)
  return { ...answer, newOrderId: made }
}

function addRelease(app: App, engine: Engine, repeats: Repeats): void {
  const schema = { ...write, summary: summaries.release, body: api.orderActions.release }
  app.post('/orders/:orderId/release', { schema }, async (request) => {
    const orderId = await orderIdFor(engine, request.params.orderId)
    const { reason = 'by hand' } = request.body
    return repeats.once(request, `release/${orderId}`, request.body, async (commandId) => {
      const data = { orderId, lineIds: null, reason }
      const lifted = answerOf(await execute(engine, 'LiftHold', data, { commandId }), { orderId })
      const before = engine.core.state().orders.get(orderId)
      await engine.advance(orderId)
      const after = engine.core.state().orders.get(orderId)
      const isChanged = lifted.status === 'done' || after !== before
      const orderStatus = after?.status ?? lifted.orderStatus
      return { ...lifted, status: isChanged ? ('done' as const) : ('noop' as const), orderStatus }
    })
  })
}

function addEdit(app: App, engine: Engine, flow: FlowQueue): void {
  const schema = {
    ...write,
    headers: versionHeaders('the order'),
    summary: 'Change an order',
    body: api.orderEdit,
  }
  app.patch('/orders/:orderId', { schema }, async (request) => {
    const orderId = await orderIdFor(engine, request.params.orderId)
    const commandId = commandIdOf(request, `edit/${orderId}`)
    const version = versionIn(request.headers['if-match'], 'an order')
    const data = editCommand(orderId, request.body, { version, commandId })
    const answer = answerOf(await execute(engine, 'EditOrder', data, { commandId }), { orderId })
    await flow.push(orderId)
    return answer
  })
}

function addBulk(app: App, engine: Engine, flow: FlowQueue): void {
  const schema = {
    tags: ['orders'],
    headers: idempotencyHeaders,
    summary: 'One action on up to 1,000 orders; each is judged by itself',
    body: api.orderActionsAsked,
    response: { 200: api.itemResults, ...problems },
  }
  app.post('/orders/actions', { schema }, (request) => {
    const { action: name, orderIds, reason, data } = request.body
    const given = { ...data, ...(reason === undefined ? {} : { reason }) }
    const body = checked<object>(request, api.orderActions[name], given)
    const id = commandIdOf(request, `actions/${name}`)
    return eachItem(orderIds, async (text, index) => {
      const orderId = await orderIdFor(engine, text)
      return act(engine, flow, { name, orderId, body, commandId: `${id}/${index}` })
    })
  })
}

/** Takes the work to another market; where that is under way still, the answer says so. */
async function toOther(
  engine: Engine,
  find: MarketFinder,
  orderId: string,
  wish: Omit<TransferWish, 'toNodeId'> & { toNodeId?: string },
): Promise<api.CommandAnswer> {
  const { toMarket, toNodeId = null } = wish
  const moved = await transfer(engine, orderId, { ...wish, toNodeId }, find)
  const { status, reason, transferId, toOrderId } = moved
  if (status === 'refused') throw refusal(reason, { orderId, toMarket, toNodeId })
  const orderStatus = engine.core.state().orders.get(orderId)?.status ?? null
  const other = transferId === null ? {} : { transfer: { transferId, market: toMarket, orderId: toOrderId } }
  return { status, reason, orderId, orderStatus, ...other }
}

/**
 * The order that is meant, the very one that `GET /orders/:orderId` shows; the text itself where there is none. One
 * that is archived is back when it resolves.
 */
async function orderIdFor(engine: Engine, text: string): Promise<string> {
  const id = text.toLowerCase()
  if (engine.core.state().orders.has(id)) return id
  const orderId = (await getOrder(engine, text))?.orderId ?? text
  await engine.core.restore(orderId, engine.now())
  return orderId
}
