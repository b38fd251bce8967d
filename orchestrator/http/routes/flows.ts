// Routes of flows: documents and their checks, versions, modes, runs, and what people ask of them.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { newestFlow } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { assertNoRival, type Compiled, compileContextOf, compileFlow } from '#orchestrator/flows'
import { assertFlowPublishable } from '#orchestrator/replay'
import { getFlow, getOrder, listAsked, listFlows, listRuns } from '#orchestrator/views'
import { commandIdOf, execute, idempotencyHeaders, refusal } from '../command.ts'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import type { Repeats } from '../repeats.ts'
import { closed, oneOf, page, word } from './fields.ts'
import { addFlowRuns } from './flow-runs.ts'

const tags = ['flows']
const bodyLimit = 1_000_000
const byId = Type.Object({ flowId: api.flowName })
const write = { tags, headers: idempotencyHeaders }

/** Adds the routes of flows. */
export function addFlows(app: App, { engine }: AppParts, repeats: Repeats): void {
  addReading(app, engine)
  addDrafts(app, engine)
  addPublishing(app, engine)
  addFlowRuns(app, engine, repeats)
}

function addReading(app: App, engine: Engine): void {
  app.get(
    '/flows',
    {
      schema: {
        tags,
        summary: 'All flows, the default last',
        response: { 200: api.flowsAnswer, ...problems },
      },
    },
    () => listFlows(engine),
  )
  app.get(
    '/flows/schema',
    {
      schema: {
        tags,
        summary: 'The JSON Schema of a flow document',
        response: { 200: Type.Unsafe<object>({ type: 'object', additionalProperties: true }), ...problems },
      },
    },
    () => ({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...api.flowDocument }),
  )
  addRunReading(app, engine)
  app.get(
    '/flows/:flowId',
    {
      schema: {
        tags,
        summary: 'One flow: a version, the newest where none is named, its draft and what is odd about it',
        params: byId,
        querystring: Type.Object({ version: Type.Optional(Type.Integer({ minimum: 1 })) }, closed),
        response: { 200: api.flowDetail, ...problems },
      },
    },
    (request) => getFlow(engine, request.params.flowId, request.query.version),
  )
}

function addRunReading(app: App, engine: Engine): void {
  app.get(
    '/flows/runs',
    {
      schema: {
        tags,
        summary: 'Runs of flows with their steps, the newest first',
        querystring: Type.Object(
          {
            ...page,
            flowId: Type.Optional(api.flowName),
            orderId: Type.Optional(word('order id')),
            runId: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
            status: Type.Optional(oneOf(api.flowRunStatuses)),
          },
          closed,
        ),
        response: { 200: api.flowRunPage, ...problems },
      },
    },
    (request) => listRuns(engine, request.query),
  )
  app.get(
    '/orders/:orderId/runs',
    {
      schema: {
        tags,
        summary:
          'Runs of an order with the results of their steps, and what systems outside were asked about it',
        params: Type.Object({ orderId: word('order id or external id') }),
        response: { 200: api.flowRunsAnswer, ...problems },
      },
    },
    async (request) => {
      const { orderId } = request.params
      const order = await getOrder(engine, orderId)
      if (order === null) throw fail('ORDER_UNKNOWN', { orderId })
      const { items } = await listRuns(engine, { orderId: order.orderId, limit: 200 })
      return { items, actions: await listAsked(engine, order.orderId) }
    },
  )
}

/** What is wrong with a document, and its plan. */
function compile(engine: Engine, document: unknown): Compiled {
  return compileFlow(document, compileContextOf(engine.core.state(), engine.now(), engine.flows.outside))
}

function addDrafts(app: App, engine: Engine): void {
  app.post(
    '/flows/check',
    {
      bodyLimit,
      schema: {
        tags,
        summary: 'What is wrong or odd about a document; nothing is published',
        body: api.flowDraftBody,
        response: { 200: api.flowCheckAnswer, ...problems },
      },
      config: { access: 'read' },
    },
    (request) => {
      const { plan, findings } = compile(engine, request.body.document)
      return { isUsable: plan !== null, findings, isStraight: plan?.isStraight ?? false }
    },
  )
  app.put(
    '/flows/:flowId/draft',
    {
      bodyLimit,
      schema: {
        ...write,
        summary: 'Keep a draft, whatever is wrong with it',
        params: byId,
        body: api.flowDraftBody,
        response: { 200: api.flowDetail, ...problems },
      },
    },
    async (request) => {
      const { flowId } = request.params
      const commandId = commandIdOf(request, `flows/${flowId}/draft`)
      const data = { flowId, document: request.body.document, by: request.caller.name }
      await run(engine, 'SaveFlowDraft', data, commandId)
      return getFlow(engine, flowId)
    },
  )
  app.delete(
    '/flows/:flowId/draft',
    {
      schema: {
        ...write,
        summary: 'Drop a draft',
        params: byId,
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      const { flowId } = request.params
      const commandId = commandIdOf(request, `flows/${flowId}/draft/delete`)
      await run(engine, 'RemoveFlowDraft', { flowId, by: request.caller.name }, commandId)
      return reply.code(204).send(null)
    },
  )
}

function addPublishing(app: App, engine: Engine): void {
  app.post(
    '/flows',
    {
      bodyLimit,
      schema: {
        ...write,
        summary: 'Publish the next version of a flow; the same as its newest is no new one',
        body: api.flowPublishBody,
        response: { 200: api.flowPublished, ...problems },
      },
      // A flow may call addresses and run files of the home, as receivers of webhooks may be told of everything.
      config: { access: 'manage' },
    },
    (request) => publish(engine, request.body, commandIdOf(request, 'flows'), request.caller.name),
  )
  app.put(
    '/flows/:flowId/mode',
    {
      schema: {
        ...write,
        summary: 'On, in shadow, paused (nothing of it moves), or off (it takes nothing new)',
        params: byId,
        body: api.flowModeBody,
        response: { 200: api.flowDetail, ...problems },
      },
    },
    async (request) => {
      const { flowId } = request.params
      const commandId = commandIdOf(request, `flows/${flowId}/mode`)
      const { mode } = request.body
      assertNoRival(flowId, mode, engine.core.state(), engine.now(), engine.flows.outside)
      const data = { flowId, mode, by: request.caller.name }
      await run(engine, 'SetFlowMode', data, commandId)
      engine.cycleSoon()
      return getFlow(engine, flowId)
    },
  )
}

/** @throws FLOW_INVALID, FLOW_NEEDS_WORD, REPLAY_UNKNOWN, CORE_REFUSED */
async function publish(
  engine: Engine,
  { document: given, replayId, accepted = [] }: api.FlowPublishBody,
  commandId: string,
  by: string,
): Promise<api.FlowPublished> {
  const { plan, document, findings } = compile(engine, given)
  if (plan === null || document === null) {
    const [first] = findings
    const { code, tileId, position, text: reason } = first ?? { text: 'it has no way' }
    throw fail('FLOW_INVALID', { reason, code, tileId, position, findings })
  }
  const { flowId, kind } = plan
  const asked = { accepted, ...(replayId === undefined ? {} : { replayId }) }
  assertFlowPublishable({ flowId, kind, document: given, findings }, asked, engine.replays)
  const result = await run(engine, 'PublishFlow', { document, by }, commandId)
  await run(engine, 'RemoveFlowDraft', { flowId, by }, `${commandId}/draft`)
  engine.cycleSoon()
  const version = Number(result.answer.details?.version)
  const { published } = engine.core.state().flows
  const found = published.find((flow) => flow.flowId === flowId && flow.version === version)
  const flow = found ?? newestFlow(published, flowId)
  if (flow === undefined) throw fail('FLOW_UNKNOWN', { flowId })
  return { flow, isNew: result.status === 'done', findings }
}

async function run<T extends Parameters<typeof execute>[1]>(
  engine: Engine,
  type: T,
  data: Parameters<typeof execute<T>>[2],
  commandId: string,
) {
  const result = await execute(engine, type, data, { commandId })
  if (result.status !== 'refused') return result
  const { details = {} } = result.answer
  if (result.reason === 'flow_unknown') throw fail('FLOW_UNKNOWN', details)
  throw refusal(result.reason, details)
}
