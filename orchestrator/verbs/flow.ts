// `detour flow`: the flows of the market, looked at, checked, published from a file, and how they stand.

import { readFile } from 'node:fs/promises'
import { Type } from 'typebox'
import { api } from '#data/contracts'
import { fail, reasonOf } from '#data/kernel'
import type { Engine } from '#orchestrator/engine'
import { assertNoRival, compileContextOf, compileFlow } from '#orchestrator/flows'
import { assertFlowPublishable } from '#orchestrator/replay'
import { getFlow, listFlows, listRuns } from '#orchestrator/views'
import { replayToEnd, showReplay } from './replay.ts'
import { showNumber, showTable } from './table.ts'
import { defineVerb } from './verb.ts'
import { withEngine } from './with-engine.ts'

const closed = { additionalProperties: false }
const file = Type.String({ minLength: 1, description: 'a flow document, absolute' })
const flowId = api.flowName
const by = 'command line'

/** Lists flows. */
export const flowListVerb = defineVerb({
  name: 'flow-list',
  schema: Type.Object({}, closed),
  isExclusive: false,
  needsEngine: true,
  run: (_, context) => withEngine(context, async (engine) => listFlows(engine)),
  show: ({ items }) =>
    showTable(
      ['flow', 'kind', 'mode', 'version', 'running', 'wait for a person', 'title'],
      items.map((flow) => [
        ...[flow.flowId, flow.kind, flow.mode, flow.version === 0 ? 'draft' : flow.version],
        ...[flow.running, flow.waitingForPeople, flow.title],
      ]),
    ),
})

/** Prints the document of a flow. */
export const flowShowVerb = defineVerb({
  name: 'flow-show',
  schema: Type.Object({ flowId, version: Type.Optional(Type.Integer({ minimum: 1 })) }, closed),
  isExclusive: false,
  needsEngine: true,
  run: ({ flowId: name, version }, context) =>
    withEngine(context, async (engine) => {
      const { document, draft } = getFlow(engine, name, version)
      return document ?? draft?.document ?? null
    }),
  show: (document) => JSON.stringify(document, null, 2),
})

/** Says what is wrong or odd about a file. */
export const flowCheckVerb = defineVerb({
  name: 'flow-check',
  schema: Type.Object({ file }, closed),
  isExclusive: false,
  needsEngine: true,
  run: ({ file: path }, context) =>
    withEngine(context, async (engine) => {
      const { plan, findings } = await compiled(engine, path)
      return { isUsable: plan !== null, findings }
    }),
  hasFailed: ({ isUsable }) => !isUsable,
  show: ({ isUsable, findings }) =>
    [
      isUsable ? 'It can be published; nothing was changed.' : 'It cannot be published.',
      showFindings(findings),
    ]
      .filter((part) => part !== '')
      .join('\n'),
})

/** Publishes a file as the next version. */
export const flowPublishVerb = defineVerb({
  name: 'flow-publish',
  schema: Type.Object(
    {
      file,
      replayId: Type.Optional(Type.String({ maxLength: 100 })),
      accept: Type.Optional(Type.Array(Type.String({ maxLength: 60 }), { maxItems: 20 })),
    },
    closed,
  ),
  changesData: true,
  needsEngine: true,
  run: ({ file: path, replayId, accept: accepted = [] }, context) =>
    withEngine(context, async (engine) => {
      const { plan, document, given, findings } = await compiled(engine, path)
      if (plan === null || document === null)
        throw fail('FLOW_INVALID', { reason: findings[0]?.text ?? 'it has no way', findings })
      const asked = { accepted, ...(replayId === undefined ? {} : { replayId }) }
      assertFlowPublishable(
        { flowId: plan.flowId, kind: plan.kind, document: given, findings },
        asked,
        engine.replays,
      )
      const at = engine.now()
      const result = await engine.core.execute('PublishFlow', { document, by }, { at })
      if (result.status === 'refused') throw refused(result.reason, result.answer.details)
      return {
        flowId: plan.flowId,
        version: Number(result.answer.details?.version),
        isNew: result.status === 'done',
        findings,
      }
    }),
  show: ({ flowId: name, version, isNew, findings }) =>
    [
      isNew ? `Flow ${name} is at version ${version}.` : `Flow ${name} is as version ${version} already.`,
      showFindings(findings),
    ]
      .filter((part) => part !== '')
      .join('\n'),
})

/** Keeps a file as the draft of its flow and replays it on past orders; nothing is published. */
export const flowReplayVerb = defineVerb({
  name: 'flow-replay',
  schema: Type.Object(
    {
      file,
      days: Type.Optional(Type.Integer({ minimum: 1, maximum: 90 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20_000 })),
    },
    closed,
  ),
  isExclusive: false,
  needsEngine: true,
  run: ({ file: path, ...how }, context) =>
    withEngine(context, async (engine) => {
      const { plan, given, findings } = await compiled(engine, path)
      if (plan === null)
        throw fail('FLOW_INVALID', { reason: findings[0]?.text ?? 'it has no way', findings })
      const draft = { flowId: plan.flowId, document: given, by }
      const kept = await engine.core.execute('SaveFlowDraft', draft, { at: engine.now() })
      if (kept.status === 'refused') throw refused(kept.reason, kept.answer.details)
      return replayToEnd({ flowId: plan.flowId, ...how }, engine, context)
    }),
  hasFailed: ({ status }) => status !== 'done',
  show: showReplay,
})

/** Sets how a flow stands. */
export const flowModeVerb = defineVerb({
  name: 'flow-mode',
  schema: Type.Object(
    { flowId, mode: Type.Unsafe<api.FlowMode>({ type: 'string', enum: [...api.flowModes] }) },
    closed,
  ),
  changesData: true,
  needsEngine: true,
  run: ({ flowId: name, mode }, context) =>
    withEngine(context, async ({ core, now, flows }) => {
      assertNoRival(name, mode, core.state(), now(), flows.outside)
      const result = await core.execute('SetFlowMode', { flowId: name, mode, by }, { at: now() })
      if (result.status === 'refused') throw refused(result.reason, result.answer.details)
      return { flowId: name, mode }
    }),
  show: ({ flowId: name, mode }) => `Flow ${name} is ${mode}.`,
})

/** Lists runs. */
export const flowRunsVerb = defineVerb({
  name: 'flow-runs',
  schema: Type.Object(
    {
      flowId: Type.Optional(flowId),
      orderId: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      status: Type.Optional(
        Type.Unsafe<api.FlowRun['status']>({ type: 'string', enum: [...api.flowRunStatuses] }),
      ),
    },
    closed,
  ),
  isExclusive: false,
  needsEngine: true,
  run: (query, context) => withEngine(context, (engine) => listRuns(engine, { ...query, limit: 50 })),
  show: ({ items, nextCursor }) =>
    [
      showTable(
        ['run', 'flow', 'status', 'stands at', 'last step'],
        items.map(({ runId, flowId: name, version, status, at, steps, reason }) => {
          const last = steps.at(-1)
          const said = last === undefined ? '' : `${last.title}: ${last.outcome}`
          const where = at.map(({ title, state }) => `${title} (${state})`).join(', ')
          return [runId, `${name} ${version}`, status, where, reason ?? said]
        }),
      ),
      ...(nextCursor === null ? [] : ['There are more: name a flow, an order or a status.']),
    ].join('\n'),
})

/** Takes orders through their flow once more. */
export const flowReprocessVerb = defineVerb({
  name: 'flow-reprocess',
  schema: Type.Object(
    { orderIds: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1 }) },
    closed,
  ),
  changesData: true,
  needsEngine: true,
  run: ({ orderIds }, context) =>
    withEngine(context, async (engine) => {
      const items: { orderId: string; runId: string | null; reason: string | null }[] = []
      for (const orderId of orderIds) {
        const done = await engine.flows.reprocess(orderId)
        if ('reason' in done && done.reason === 'straight') await engine.advance(orderId)
        items.push({
          orderId,
          runId: 'runId' in done ? done.runId : null,
          reason: 'reason' in done ? done.reason : null,
        })
      }
      return { items }
    }),
  hasFailed: ({ items }) => items.some(({ runId, reason }) => runId === null && reason !== 'straight'),
  show: ({ items }) =>
    showTable(
      ['order', 'run', ''],
      items.map(({ orderId, runId, reason }) => [orderId, runId ?? '', reason ?? '']),
    ),
})

/** Files larger than any document may be, bytes. */
const bytesMost = 2_000_000

async function compiled(engine: Engine, path: string) {
  let document: unknown
  try {
    const text = await readFile(path, 'utf8')
    if (text.length > bytesMost) throw new Error('it is too long')
    document = JSON.parse(text)
  } catch (error) {
    throw fail('FLOW_INVALID', { reason: `${path} cannot be read: ${reasonOf(error)}` }, { cause: error })
  }
  const context = compileContextOf(engine.core.state(), engine.now(), engine.flows.outside)
  return { ...compileFlow(document, context), given: document }
}

function refused(reason: string | null, details: Record<string, unknown> = {}): Error {
  if (reason === 'flow_unknown') return fail('FLOW_UNKNOWN', details)
  return fail('CORE_REFUSED', { ...details, reason })
}

function showFindings(findings: readonly api.FlowFinding[]): string {
  if (findings.length === 0) return ''
  const rows = findings.map(({ kind, tileId, code, text }) => [kind, tileId ?? '', code, text])
  return `${showNumber(findings.length, 'thing')} to look at:\n${showTable(['', 'tile', 'code', ''], rows)}`
}
