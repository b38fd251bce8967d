// Routes of fulfillment orders: the list, one, each step of a node, and one step on many. The core says what may follow
// on what.

import { Type } from 'typebox'
import { api, fulfillmentOrderStatuses } from '#data/contracts'
import { fail } from '#data/kernel'
import type { Engine } from '#orchestrator/engine'
import { getWork, listWork } from '#orchestrator/views'
import { answerOf, commandIdOf, execute, idempotencyHeaders } from '../command.ts'
import type { FlowQueue } from '../flow-queue.ts'
import { checked, eachItem } from '../items.ts'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import { type WorkRef, workCommand } from '../work-commands.ts'
import { closed, oneOf, page, word } from './fields.ts'

const tags = ['fulfillment orders']
const base = '/fulfillment-orders/:orderId/:fulfillmentOrderId'
const params = Type.Object({ orderId: word('order id'), fulfillmentOrderId: word() })
const workQuery = Type.Object(
  {
    ...page,
    q: Type.Optional(word('part of an id, SKU or tracking number')),
    node: Type.Optional(word('node id')),
    status: Type.Optional(Type.Array(oneOf(fulfillmentOrderStatuses), { maxItems: 20 })),
    carrier: Type.Optional(word()),
    open: Type.Optional(Type.Boolean({ description: 'the node still has to do something' })),
    late: Type.Optional(Type.Boolean({ description: 'not left by its deadline' })),
    ownState: Type.Optional(word()),
  },
  closed,
)

const summaries: Record<api.WorkActionName, string> = {
  accept: 'The node takes it on',
  reject: 'The node will not do it: its units look for another one',
  'start-picking': 'The node begins: from here on the work stays',
  pick: 'The units were taken off the shelf',
  pack: 'The parcel is closed',
  ready: 'The goods wait for their customer',
  ship: 'A parcel left, with all that was there or with some of it',
  deliver: 'A parcel, or every one, has arrived',
  collect: 'The customer took the goods with them',
  'own-state': 'Put the work into an own state, or out of it',
}

/** Steps after which units may look for a node. */
const flowsOn: ReadonlySet<string> = new Set(['reject', 'pick'])

/** Adds the routes of fulfillment orders. */
export function addWork(app: App, { engine }: AppParts, flow: FlowQueue): void {
  addReads(app, engine)
  for (const name of Object.keys(api.workActions) as api.WorkActionName[]) addStep(app, engine, flow, name)
  addBulk(app, engine, flow)
}

function addReads(app: App, engine: Engine): void {
  app.get(
    '/fulfillment-orders',
    {
      schema: {
        tags,
        summary: 'Fulfillment orders by filters, the most pressing first',
        querystring: workQuery,
        response: { 200: api.fulfillmentOrderPage, ...problems },
      },
    },
    (request) => listWork(engine, request.query),
  )
  app.get(
    base,
    {
      schema: {
        tags,
        summary: 'One fulfillment order',
        params,
        response: { 200: api.fulfillmentOrderDetail, ...problems },
      },
    },
    async (request) => {
      const work = await getWork(engine, request.params)
      if (work !== null) return work
      const isKnown = engine.core.state().orders.has(request.params.orderId)
      throw fail(isKnown ? 'WORK_UNKNOWN' : 'ORDER_UNKNOWN', request.params)
    },
  )
}

function addStep(app: App, engine: Engine, flow: FlowQueue, name: api.WorkActionName): void {
  const schema = {
    tags,
    headers: idempotencyHeaders,
    params,
    summary: summaries[name],
    body: api.workActions[name],
    response: { 200: api.commandAnswer, ...problems },
  }
  app.post(`${base}/${name}`, { schema }, async (request) => {
    const { orderId, fulfillmentOrderId } = request.params
    const commandId = commandIdOf(request, `${name}/${orderId}/${fulfillmentOrderId}`)
    return act(engine, flow, { name, ref: request.params, body: request.body, commandId })
  })
}

interface Step {
  name: api.WorkActionName
  ref: WorkRef
  /** As the schema of the step has it. */
  body: object
  commandId: string
}

/** Carries out one step and leaves what follows to the flow. @throws ORDER_UNKNOWN, WORK_UNKNOWN, CORE_REFUSED */
async function act(
  engine: Engine,
  flow: FlowQueue,
  { name, ref: { orderId, fulfillmentOrderId }, body, commandId }: Step,
): Promise<api.CommandAnswer> {
  const ref = { orderId, fulfillmentOrderId }
  const work = engine.core
    .state()
    .orders.get(orderId)
    ?.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
  const planned = { nodeId: work?.nodeId ?? null, carrier: work?.carrier ?? null }
  const asked = workCommand(name, ref, body as never, planned)
  const answer = answerOf(await execute(engine, asked.type, asked.data as never, { commandId }), ref)
  if (flowsOn.has(name)) await flow.push(orderId)
  return answer
}

function addBulk(app: App, engine: Engine, flow: FlowQueue): void {
  const schema = {
    tags,
    headers: idempotencyHeaders,
    summary: 'One step on up to 1,000 fulfillment orders; each is judged by itself',
    body: api.workActionsAsked,
    response: { 200: api.itemResults, ...problems },
  }
  app.post('/fulfillment-orders/actions', { schema }, (request) => {
    const { action: name, items, reason, data } = request.body
    const given = { ...data, ...(reason === undefined ? {} : { reason }) }
    const body = checked<object>(request, api.workActions[name], given)
    const id = commandIdOf(request, `work-actions/${name}`)
    return eachItem(items, (ref, index) =>
      act(engine, flow, { name, ref, body, commandId: `${id}/${index}` }),
    )
  })
}
