// Flows over HTTP: drafts, checks, versions and modes, runs of an order with their steps, answers, events, and the
// tables that tell of them.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { defaultOrderFlow } from '#orchestrator/flows'
import { openPlace, type Place } from '../http-place.ts'
import { flowOf, straightTiles } from './flow-place.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
})
afterAll(() => place.close())

const ask = (method: string, path: string, body?: unknown, headers = {}) =>
  place.call(method, `/api/v1${path}`, { body, headers })
const accepted = ['no_replay']

const approving = flowOf(
  [
    {
      type: 'approval',
      id: 'ask',
      title: 'Somebody looks',
      question: 'send it?',
      approved: 'validate',
      rejected: 'end',
    },
    { type: 'cancel', id: 'end', reason: 'not_wanted', next: 'exit' },
    ...straightTiles('paid'),
    { type: 'wait', id: 'paid', title: 'Until it is paid', events: ['payment.captured'], next: 'exit' },
  ],
  { match: 'order.channel == "vip"' },
)

async function order(externalId: string, channel = 'vip'): Promise<string> {
  const lines = [{ sku: 'x', quantity: 1, unitPriceCents: 1_000 }]
  const { body } = await ask('POST', '/orders', { externalId, channel, currency: 'USD', lines })
  await place.engine.cycle()
  return String(body.orderId)
}

async function runsOf(orderId: string): Promise<api.FlowRun[]> {
  return (await ask('GET', `/orders/${encodeURIComponent(orderId)}/runs`)).body.items as api.FlowRun[]
}

describe('flows over HTTP', () => {
  test('are the default alone at first, with a schema that it meets', async () => {
    const { body } = await place.bare('GET', '/api/v1/flows')
    expect(body.items).toMatchObject([
      { flowId: 'default', version: 1, mode: 'on', isStraight: true, running: 0 },
    ])
    const shown = await ask('GET', '/flows/default')
    expect(shown.body).toMatchObject({ document: defaultOrderFlow.document, findings: [], draft: null })
    const schema = await ask('GET', '/flows/schema')
    expect(schema.body).toMatchObject({ type: 'object', title: 'Flow' })
    expect((await ask('GET', '/flows/nothing')).body.code).toBe('FLOW_UNKNOWN')
  })

  test('are checked tile by tile, and kept as drafts whatever is wrong', async () => {
    const ring = flowOf([
      { type: 'condition_merge', id: 'a', next: 'b' },
      { type: 'condition_merge', id: 'b', next: 'a' },
    ])
    const { body } = await ask('POST', '/flows/check', { document: ring })
    expect(body.isUsable).toBe(false)
    expect((body.findings as api.FlowFinding[]).map(({ code }) => code)).toContain('cycle_without_wait')
    const kept = await ask('PUT', '/flows/web/draft', { document: { ...ring, odd: [1, { a: null }] } })
    expect(kept.body).toMatchObject({ flowId: 'web', version: 0, hasDraft: true, document: null })
    const refused = await ask('POST', '/flows', { document: ring, accepted })
    expect([refused.status, refused.body.code]).toEqual([422, 'FLOW_INVALID'])
    expect((await ask('DELETE', '/flows/web/draft')).status).toBe(204)
    expect((await ask('GET', '/flows/web')).status).toBe(404)
  })

  test('are published once for one key, with a replay or the word of a person', async () => {
    const asked = await ask('POST', '/flows', { document: approving })
    expect([asked.status, asked.body.code]).toEqual([409, 'FLOW_NEEDS_WORD'])
    expect(asked.body.details).toMatchObject({ needs: ['no_replay'] })
    const key = { 'idempotency-key': 'publish-1' }
    const first = await ask('POST', '/flows', { document: approving, accepted }, key)
    expect(first.body).toMatchObject({
      isNew: true,
      flow: { flowId: 'web', version: 1, document: approving },
    })
    expect((await ask('POST', '/flows', { document: approving, accepted }, key)).body.flow).toEqual(
      first.body.flow,
    )
    expect((await ask('POST', '/flows', { document: approving, accepted })).body.isNew).toBe(false)
    const other = { ...approving, kind: 'return' }
    const changed = await ask('POST', '/flows', { document: other, accepted })
    expect(changed.status).toBe(422)
  })

  test('take their orders, wait for people and events, and tell each step', async () => {
    const orderId = await order('v1')
    const [waiting] = await runsOf(orderId)
    expect(waiting).toMatchObject({
      flowId: 'web',
      status: 'running',
      at: [{ tileId: 'ask', title: 'Somebody looks' }],
    })
    expect(((await ask('GET', '/flows')).body.items as api.FlowSummary[])[0]).toMatchObject({
      ...{ flowId: 'web', running: 1, waitingForPeople: 1 },
    })
    const runId = waiting?.runId ?? ''
    const bad = await ask('POST', '/flows/runs/answer', { runId, tileId: 'paid', approve: true })
    expect([bad.status, bad.body.code]).toEqual([409, 'FLOW_NOT_WAITING'])
    const key = { 'idempotency-key': 'answer-1' }
    const answer = { runId, approve: true, note: 'fine' }
    expect((await ask('POST', '/flows/runs/answer', answer, key)).status).toBe(204)
    expect((await ask('POST', '/flows/runs/answer', answer, key)).status).toBe(204)
    expect((await ask('GET', `/orders/${orderId}`)).body.status).toBe('released')
    expect((await ask('POST', `/orders/${orderId}/events`, { name: 'payment.captured' })).status).toBe(204)
    const [over] = await runsOf(orderId)
    expect(over).toMatchObject({ status: 'done', at: [] })
    expect(over?.steps.map(({ tileId, outcome }) => `${tileId} ${outcome}`)).toEqual([
      ...[
        'start done',
        'ask done',
        'validate done',
        'source done',
        'reserve done',
        'release done',
        'paid done',
      ],
    ])
    expect(over?.steps[1]?.reason).toMatch(/^approved by .*: fine$/)
    const listed = await ask('GET', '/flows/runs?status=done&flowId=web')
    expect((listed.body.items as api.FlowRun[]).map((run) => run.runId)).toEqual([runId])
  })

  test('are paused, gone on with, and migrated', async () => {
    const orderId = await order('v2')
    expect((await ask('PUT', '/flows/web/mode', { mode: 'paused' })).body.mode).toBe('paused')
    const [run] = await runsOf(orderId)
    await ask('POST', '/flows/runs/answer', { runId: run?.runId, approve: true })
    expect((await ask('GET', `/orders/${orderId}`)).body.status).toBe('created')
    await ask('PUT', '/flows/web/mode', { mode: 'on' })
    await place.engine.cycle()
    expect((await ask('GET', `/orders/${orderId}`)).body.status).toBe('released')
    const next = { ...approving, title: 'Web orders, again' }
    expect((await ask('POST', '/flows', { document: next, accepted })).body.flow).toMatchObject({
      version: 2,
    })
    const moved = await ask('POST', '/flows/web/migrate', { from: 1, to: 2 })
    expect(moved.body).toMatchObject({ moved: 1, leftCount: 0 })
    expect((await runsOf(orderId))[0]).toMatchObject({ version: 2, status: 'running' })
    expect((await ask('PUT', '/flows/default/mode', { mode: 'off' })).status).toBe(409)
    expect((await ask('PUT', '/flows/nothing/mode', { mode: 'on' })).status).toBe(404)
  })

  test('take orders through them once more', async () => {
    const failing = flowOf(
      [
        {
          type: 'custom_http',
          id: 'call',
          url: 'https://localhost.invalid/x',
          timeoutSeconds: 1,
          next: 'validate',
        },
        ...straightTiles(),
      ],
      { flowId: 'odd', match: 'order.channel == "odd"' },
    )
    await ask('POST', '/flows', { document: failing, accepted })
    const orderId = await order('f1', 'odd')
    expect((await ask('GET', `/orders/${orderId}`)).body).toMatchObject({
      status: 'on_hold',
      hold: 'flow_failed',
    })
    const mended = { ...failing, tiles: flowOf(straightTiles()).tiles }
    await ask('POST', '/flows', { document: mended, accepted })
    const again = await ask('POST', '/flows/reprocess', { flowId: 'odd' })
    expect(again.body).toMatchObject({ begun: 1, items: [{ orderId, reason: 'straight' }] })
    expect((await ask('GET', `/orders/${orderId}`)).body.status).toBe('released')
    const rows = await place.engine.workspace.warehouse.reading((queries) =>
      queries.all(`SELECT status, action, target FROM provider_actions`),
    )
    expect(rows).toEqual([{ status: 'failed', action: 'custom_http', target: 'localhost.invalid' }])
  })

  test('leave out orders that a person holds where all are taken through once more', async () => {
    const url = 'https://localhost.invalid/x'
    const tiles: api.FlowTile[] = [
      { type: 'wait', id: 'wait', events: ['go.on'], next: 'call' },
      { type: 'custom_http', id: 'call', url, timeoutSeconds: 1, next: 'validate' },
      ...straightTiles(),
    ]
    const held = flowOf(tiles, { flowId: 'held', match: 'order.channel == "held"' })
    await ask('POST', '/flows', { document: held, accepted })
    const orderId = await order('h1', 'held')
    await ask('POST', `/orders/${orderId}/hold`, { reason: 'customer' })
    await ask('POST', `/orders/${orderId}/events`, { name: 'go.on' })
    expect((await runsOf(orderId))[0]).toMatchObject({ status: 'failed', isNewest: true })
    const all = await ask('POST', '/flows/reprocess', { flowId: 'held' })
    expect(all.body).toEqual({ begun: 0, items: [] })
    const one = await ask('POST', '/flows/reprocess', { orderIds: [orderId] })
    expect(one.body).toEqual({ begun: 0, items: [{ orderId, runId: null, reason: 'on_hold' }] })
    expect((await ask('GET', `/orders/${orderId}`)).body).toMatchObject({
      status: 'on_hold',
      hold: 'customer',
    })
    await ask('POST', `/orders/${orderId}/lift-hold`, {})
    const begun = await ask('POST', '/flows/reprocess', { orderIds: [orderId] })
    expect(begun.body).toMatchObject({ begun: 1 })
    expect((await runsOf(orderId)).map(({ status, isNewest }) => [status, isNewest])).toEqual([
      ['running', true],
      ['failed', false],
    ])
  })
})
