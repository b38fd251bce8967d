// Routes of what people ask of runs of flows: answers, events, other versions, another try.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { isEnded } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { mayGoAgain } from '#orchestrator/flows'
import { idempotencyHeaders } from '../command.ts'
import type { App } from '../parts.ts'
import { problems } from '../problem.ts'
import type { Repeats } from '../repeats.ts'
import { word } from './fields.ts'

const tags = ['flows']
const write = { tags, headers: idempotencyHeaders }
/** Orders of one request whose flow failed, and which are taken through it again. */
const reprocessMost = 1_000

/** Adds the routes of runs. */
export function addFlowRuns(app: App, engine: Engine, repeats: Repeats): void {
  const { flows } = engine
  app.post(
    '/flows/runs/answer',
    {
      schema: {
        ...write,
        summary: 'Answer a run that waits for a person',
        body: api.flowAnswerBody,
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      const { runId, ...answer } = request.body
      await repeats.once(request, 'flows/runs/answer', request.body, async () => {
        await flows.answer(runId, { ...answer, by: request.caller.name })
        return null
      })
      return reply.code(204).send(null)
    },
  )
  app.post(
    '/orders/:orderId/events',
    {
      schema: {
        ...write,
        summary: 'Tell the flow of an order of an event, such as payment.captured',
        params: Type.Object({ orderId: word('order id') }),
        body: api.flowEventBody,
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      const { orderId } = request.params
      const { name, note = null } = request.body
      await repeats.once(request, `orders/${orderId}/events`, request.body, async () => {
        await flows.raise(orderId, name, note, request.caller.name)
        return null
      })
      return reply.code(204).send(null)
    },
  )
  addManaging(app, engine, repeats)
}

function addManaging(app: App, engine: Engine, repeats: Repeats): void {
  app.post(
    '/flows/:flowId/migrate',
    {
      schema: {
        ...write,
        summary: 'Let runs of one version go on with another; those that cannot stay, with the reason',
        params: Type.Object({ flowId: api.flowName }),
        body: api.flowMigration,
        response: { 200: api.flowMigrated, ...problems },
      },
    },
    (request) => {
      const { flowId } = request.params
      return repeats.once(request, `flows/${flowId}/migrate`, request.body, () =>
        engine.flows.migrate(flowId, request.body, request.caller.name),
      )
    },
  )
  app.post(
    '/flows/reprocess',
    {
      schema: {
        ...write,
        summary: 'Take orders through their flow once more: some, or all whose run of a flow failed',
        body: api.flowReprocess,
        response: { 200: api.flowReprocessed, ...problems },
      },
    },
    (request) =>
      repeats.once(request, 'flows/reprocess', request.body, () => reprocess(engine, request.body)),
  )
}

async function reprocess(
  engine: Engine,
  { orderIds, flowId }: api.FlowReprocess,
): Promise<api.FlowReprocessed> {
  const items: api.FlowReprocessed['items'] = []
  let begun = 0
  for (const orderId of orderIds ?? failedOrders(engine, flowId)) {
    const done = await engine.flows.reprocess(orderId)
    const [runId, reason] = 'runId' in done ? [done.runId, null] : [null, done.reason]
    if (reason === 'straight') await engine.advance(orderId)
    if (runId !== null || reason === 'straight') begun++
    items.push({ orderId, runId, reason })
  }
  return { begun, items }
}

/** Orders whose last run of the flow failed, or of any flow, and that nobody else holds. */
function failedOrders({ core }: Engine, flowId: string | undefined): string[] {
  const found: string[] = []
  for (const order of core.state().orders.values()) {
    const { orderId, flow } = order
    if (flow?.state !== 'failed' || isEnded(order) || !mayGoAgain(order)) continue
    if (flowId !== undefined && flow.flowId !== flowId) continue
    found.push(orderId)
    if (found.length >= reprocessMost) break
  }
  return found
}
