// Routes of counts and adjustments: by hand, by source systems, by people at the shelves.

import { createHash, randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { api } from '#data/contracts'
import { DetourError, fail } from '#data/kernel'
import type { StockChange } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { answerOf, commandIdOf, execute, idempotencyHeaders } from '../../command.ts'
import type { App, AppParts } from '../../parts.ts'
import { problems } from '../../problem.ts'
import { accepted, change } from './change.ts'

const shared = { tags: ['inventory'], headers: idempotencyHeaders }

/** Adds the routes of counts and adjustments. */
export function addAdjustments(app: App, { engine }: AppParts): void {
  const schema = {
    ...shared,
    summary: 'Change stock: all changes or none; or each by itself, once for its adjustmentId',
    body: api.stockChanges,
    response: { 200: api.stockChangesAnswer, ...problems },
  }
  app.post('/inventory/adjustments', { schema }, (request) => adjust(engine, request, request.body))
  app.post(
    '/inventory/on-hand',
    {
      schema: {
        ...shared,
        summary: 'What a source system has on hand',
        body: api.sourceCounts,
        response: { 200: api.stockAnswer, ...problems },
      },
    },
    (request) => {
      const { source } = request.body
      const items = request.body.items.map((item, i) => {
        const measures = {
          ...(item.onHand === undefined ? {} : { on_hand: item.onHand }),
          ...item.measures,
        }
        if (Object.keys(measures).length === 0) throw invalid(i, 'needs onHand or measures')
        const countedAt = item.countedAt === undefined ? null : Date.parse(item.countedAt)
        return { sku: item.sku, nodeId: item.nodeId, measures, countedAt }
      })
      return change(engine, request, 'on-hand', 'SetOnHand', { source, items })
    },
  )
  addCycleCount(app, engine)
}

function addCycleCount(app: App, engine: Engine): void {
  app.post(
    '/inventory/cycle-counts',
    {
      schema: {
        ...shared,
        summary: 'What a person counted on the shelves of a node',
        body: api.cycleCount,
        response: { 200: api.cycleCountAnswer, ...problems },
      },
    },
    async (request) => {
      const { nodeId, items, by = 'API' } = request.body
      const key = request.headers['idempotency-key']
      const countId =
        request.body.countId ?? (typeof key === 'string' ? idOf(`count/${key}`) : `count-${randomUUID()}`)
      const countedAt = request.body.countedAt === undefined ? null : Date.parse(request.body.countedAt)
      const data = { countId, nodeId, items, countedAt, by }
      const commandId =
        request.body.countId === undefined ? commandIdOf(request, 'cycle-counts') : `count/${countId}`
      const { status, details } = accepted(await execute(engine, 'CountCycle', data, { commandId }))
      const counted = details as {
        items: { sku: string; quantity: number; expected: number; variance: number }[]
      }
      return { status, countId, items: counted.items }
    },
  )
}

/** An id that follows from a key. */
export function idOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 22)
}

async function adjust(
  engine: Engine,
  request: FastifyRequest,
  body: api.StockChanges,
): Promise<api.StockChangesAnswer> {
  const { market = engine.market } = body
  if (market !== engine.market) {
    throw fail('CORE_REFUSED', { reason: 'market_unknown', market, known: engine.market })
  }
  const items = body.items.map(changeOf)
  const ids = body.items.flatMap(({ adjustmentId }) => (adjustmentId === undefined ? [] : [adjustmentId]))
  if (ids.length === 0) {
    const commandId = commandIdOf(request, 'adjustments')
    const { status, reason } = answerOf(await execute(engine, 'AdjustStock', { items }, { commandId }))
    return { status, reason, orderId: null, orderStatus: null }
  }
  if (ids.length < items.length) {
    throw invalid(
      body.items.findIndex(({ adjustmentId }) => adjustmentId === undefined),
      'has no adjustmentId, but others have: give every item one, or none',
    )
  }
  const known = engine.core.lastSeq
  const results = await Promise.all(items.map((item, i) => adjustOne(engine, ids[i] ?? '', item, known)))
  const isNews = results.some(({ status }) => status === 'done')
  return { status: isNews ? 'done' : 'noop', reason: null, orderId: null, orderStatus: null, items: results }
}

type ItemAnswer = NonNullable<api.StockChangesAnswer['items']>[number]

/** One change as a command of its own. @param known last event before: what lies there was carried out earlier */
async function adjustOne(
  engine: Engine,
  adjustmentId: string,
  item: StockChange,
  known: number,
): Promise<ItemAnswer> {
  try {
    const commandId = `adjust/${adjustmentId}`
    const result = await execute(engine, 'AdjustStock', { items: [item] }, { commandId })
    if (result.status === 'refused') return { adjustmentId, status: 'refused', reason: result.reason }
    return { adjustmentId, status: result.seq <= known ? 'known' : result.status, reason: null }
  } catch (error) {
    if (!(error instanceof DetourError) || error.code !== 'LOG_COMMAND_CONFLICT') throw error
    return { adjustmentId, status: 'refused', reason: 'adjustment_exists' }
  }
}

function changeOf(item: api.StockChanges['items'][number], i: number): StockChange {
  if ((item.delta === undefined) === (item.onHand === undefined)) {
    throw invalid(i, 'needs either delta or onHand')
  }
  return {
    sku: item.sku,
    nodeId: item.nodeId,
    delta: item.delta ?? null,
    onHand: item.onHand ?? null,
    reason: item.reason ?? 'adjusted over the API',
    ...(item.source === undefined ? {} : { source: item.source }),
  }
}

function invalid(i: number, reason: string): Error {
  const field = `/items/${i}`
  return fail('HTTP_BODY_INVALID', { reason: `body${field} ${reason}`, errors: [{ field, reason }] })
}
