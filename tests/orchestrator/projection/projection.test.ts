// What the core put into the log stands in the warehouse: the same rows, however often and in whatever parts it came.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSqliteLog } from '#data/log'
import { openProjector } from '#orchestrator/projection'
import { openWorkspace, rebuild } from '#orchestrator/workspace'
import { runCycle } from '#pipeline'
import { plan, record } from '../core/setting.ts'
import { newFolder } from '../places.ts'
import { type Step, steps } from './market.ts'
import { effects, Market, newWarehouse, project, rowsOf } from './place.ts'

let folder: Awaited<ReturnType<typeof newFolder>>
let names = 0
beforeAll(async () => {
  folder = await newFolder()
})
afterAll(() => folder.remove())
const newMarket = () => Market.open(folder.path, `log${++names}.sqlite`)

describe('the rows of a market', () => {
  test('are the same in whatever parts they were projected, from a running core or a fold', async () => {
    const seen = { shipments: 0, moved: 0 }
    const anyParts = fc.array(steps, { minLength: 1, maxLength: 5 })
    // Among these are parcels and moves, whatever else is drawn.
    const examples = fc.sample(anyParts, { numRuns: 3, seed: 2 }).map((parts): [typeof parts] => [parts])
    await fc.assert(
      fc.asyncProperty(anyParts, async (parts) => {
        const market = await newMarket()
        const [bit, whole] = [await newWarehouse(), await newWarehouse()]
        for (const part of parts) {
          await market.live(part)
          await project(market.log, bit, market)
        }
        expect(await project(market.log, bit, market)).toBe(0)
        await project(market.log, whole)
        const rows = await rowsOf(bit)
        expect(rows).toEqual(await rowsOf(whole))
        expect(rows.raw_log_orders).toHaveLength(market.box.state.orders.size)
        seen.shipments += rows.raw_log_shipments?.length ?? 0
        seen.moved += rows.raw_log_orders?.filter((row) => row.moves !== 0).length ?? 0
        const changed = await bit.all('FROM pipeline_changes ORDER BY ALL')
        expect(changed).toEqual(await whole.all('FROM pipeline_changes ORDER BY ALL'))
        for (const warehouse of [bit, whole]) await warehouse.close()
        await market.log.close()
      }),
      { numRuns: Number(process.env.DETOUR_TEST_RUNS ?? 8), examples },
    )
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0)
  }, 120_000)

  test('tell a reroute and its undo: where the work was, until when, and what was decided', async () => {
    const market = await newMarket()
    const warehouse = await newWarehouse()
    const { box } = market
    expect(box.release('o1', { x: 2, y: 1 }, 'A')).toBeNull()
    await market.keep()
    await project(market.log, warehouse, market)
    const first = box.order('o1').work[0]?.fulfillmentOrderId ?? ''
    const lines = { assignments: plan('o1', { x: 2, y: 1 }, 'B').assignments, fulfillmentOrderId: first }
    const decision = record('d1', 'reroute', 'B', { fromNodeId: 'fab:A', costCents: 250, hoursSaved: 12.5 })
    expect(box.run('RerouteOrder', { orderId: 'o1', ...lines, decision }).refused).toBeNull()
    const movedAt = new Date(box.at).toISOString()
    await market.keep()
    await project(market.log, warehouse, market)
    const work = () =>
      warehouse.all(`SELECT node_id, status, attempt, carrier, line_ids, replaces IS NOT NULL AS took_over,
          strftime(released_at, '%Y-%m-%dT%H:%M:%S.%gZ') AS released,
          strftime(cancelled_at, '%Y-%m-%dT%H:%M:%S.%gZ') AS left_at
        FROM raw_log_fulfillment_orders ORDER BY attempt`)
    const common = { carrier: 'SwiftPost', line_ids: ['1', '2'] }
    expect(await work()).toMatchObject([
      { ...common, node_id: 'fab:A', status: 'cancelled', attempt: 1, took_over: false, left_at: movedAt },
      { ...common, node_id: 'fab:B', status: 'open', attempt: 2, took_over: true, released: movedAt },
    ])
    expect(await warehouse.all('SELECT node_id, status FROM raw_log_order_lines')).toEqual([
      { node_id: 'fab:B', status: 'released' },
      { node_id: 'fab:B', status: 'released' },
    ])
    const decided = () =>
      warehouse.all(
        `SELECT status, kind, from_node_id, to_node_id, cost_cents, hours_saved, order_external_id, currency
         FROM decisions WHERE decision_id = 'd1'`,
      )
    const told = { kind: 'reroute', from_node_id: 'fab:A', to_node_id: 'fab:B', cost_cents: 250 }
    const more = { hours_saved: 12.5, order_external_id: 'o1', currency: 'USD' }
    expect(await decided()).toEqual([{ status: 'done', ...told, ...more }])
    box.run('UndoReroute', { orderId: 'o1', decisionId: 'd1', reason: 'wrong way' })
    await market.keep()
    await project(market.log, warehouse, market)
    expect(await decided()).toEqual([{ status: 'undone', ...told, ...more }])
    expect((await work()).map((row) => [row.node_id, row.status])).toEqual([
      ['fab:A', 'cancelled'],
      ['fab:B', 'cancelled'],
      ['fab:A', 'open'],
    ])
    expect(
      await warehouse.all(
        "SELECT on_hand, allocated FROM raw_log_inventory WHERE sku = 'x' ORDER BY node_id",
      ),
    ).toEqual([
      { on_hand: 10, allocated: 2 },
      { on_hand: 10, allocated: 0 },
      { on_hand: 10, allocated: 0 },
    ])
    await warehouse.close()
    await market.log.close()
  })

  test('wait for a core that has not taken in its newest events', async () => {
    const market = await newMarket()
    const warehouse = await newWarehouse()
    await market.live([{ id: 'o1', deed: 'next', node: 'A' }])
    const known = { lastSeq: market.lastSeq, state: () => state }
    const state = market.state()
    await market.live([{ id: 'o2', deed: 'next', node: 'B' }])
    const projector = openProjector({ log: market.log, warehouse, effects, lake: 'nowhere' })
    expect(await projector.project(() => known)).toBe(known.lastSeq)
    expect(await projector.pending()).toBe(market.lastSeq - known.lastSeq)
    await projector.project(() => market)
    expect(await warehouse.one('SELECT count(*) AS n FROM raw_log_orders')).toEqual({ n: 2 })
    expect(await projector.pending()).toBe(0)
    await warehouse.close()
    await market.log.close()
  })
})

const anomaly = {
  anomalyId: 'a1',
  market: 'main',
  metric: 'backlog',
  dimension: 'node',
  dimensionValue: 'fab:A',
  grain: 'hour',
  bucketStart: '2026-11-20T12:00:00.000Z',
  value: 9,
  expected: 2,
  expectedLow: 1,
  expectedHigh: 4.5,
  score: 0.9,
  pValue: 0.001,
  model: 'baseline/1',
  pointVersion: 1,
  isConfirmed: false,
  scoredAt: '2026-11-20T13:00:00.000Z',
  reasons: JSON.stringify([{ feature: 'half a pair: \ud800' }]),
}
const scores = (...anomalies: object[]) => ({ type: 'ScoresRecorded', data: { runId: 'r', anomalies } })
const attempt = {
  deliveryId: 'd1',
  messageId: 'm1',
  webhookId: 'w1',
  eventType: 'incident.opened',
  attempt: 1,
  status: 'failed',
  httpStatus: 500,
  attemptedAt: Date.UTC(2026, 10, 20),
  durationMs: 12,
  nextAttemptAt: null,
  notes: ['the receiver answered 500'],
  payload: { secretless: true },
  seq: 4,
  round: 1,
}

test('scores and attempts are rows; the later of two with the same id counts', async () => {
  const market = await newMarket()
  const warehouse = await newWarehouse()
  await market.log.append('detection:main', 0, [
    { eventId: '1/0', ...scores(anomaly, { ...anomaly, anomalyId: 'a2' }) },
    { eventId: '2/0', ...scores({ ...anomaly, isConfirmed: true }) },
  ])
  await market.log.append('webhooks:main', 0, [
    { eventId: '1/0', type: 'WebhookCursorMoved', data: { seq: 4, queued: [], announced: {}, behind: [] } },
    { eventId: '2/0', type: 'WebhookAttempted', data: attempt },
  ])
  await project(market.log, warehouse)
  expect(await warehouse.all('SELECT anomaly_id, is_confirmed FROM anomalies ORDER BY ALL')).toEqual([
    { anomaly_id: 'a1', is_confirmed: true },
    { anomaly_id: 'a2', is_confirmed: false },
  ])
  const [scored] = await warehouse.all(
    "SELECT expected_high, reasons ->> '$[0].feature' AS feature, bucket_start FROM anomalies LIMIT 1",
  )
  expect(scored).toEqual({
    expected_high: 4.5,
    feature: 'half a pair: \ufffd',
    bucket_start: '2026-11-20 12:00:00+00',
  })
  expect(
    await warehouse.all('SELECT delivery_id, http_status, notes, attempted_at FROM webhook_deliveries'),
  ).toEqual([
    {
      delivery_id: 'd1',
      http_status: 500,
      notes: ['the receiver answered 500'],
      attempted_at: '2026-11-20 00:00:00+00',
    },
  ])
  await warehouse.close()
  await market.log.close()
})

describe('a home', () => {
  test('opens with everything of its log, and a rebuild makes the same tables', async () => {
    const home = join(folder.path, 'home')
    await (await openWorkspace(home, 'test', effects)).close()
    const market = await Market.open(home, 'log.sqlite')
    for (const some of fc.sample(steps, { numRuns: 6, seed: 7 })) await market.live(some)
    await market.log.close()
    const opened = await openWorkspace(home, 'test', effects)
    await runCycle(opened.warehouse, effects)
    const before = await rowsOf(opened.warehouse)
    expect(before.raw_log_orders).toHaveLength(4)
    await opened.close()
    const { identical, marts } = await rebuild(home, effects)
    expect(marts.filter((mart) => !mart.identical)).toEqual([])
    expect(identical).toBe(true)
    const again = await openWorkspace(home, 'test', effects)
    expect(await rowsOf(again.warehouse)).toEqual(before)
    await again.close()
  }, 60_000)

  test('whose process was killed while it projected has each batch whole or not at all', async () => {
    const place = join(folder.path, 'killed')
    await (await openWorkspace(place, 'test', effects)).close()
    const market = await Market.open(place, 'log.sqlite')
    const many = Array.from({ length: 3_000 }, (_, i): Step[] =>
      Array.from({ length: 5 }, () => ({ id: `order ${i}`, deed: 'next', node: 'C' })),
    )
    market.box.run('CountStock', { items: [...market.box.state.stock.values()].map(plenty) })
    await market.live(many.flat())
    expect(market.lastSeq).toBeGreaterThan(15_000)
    await market.log.close()
    for (const delayMs of [0, 80, 300]) {
      await killed(place, delayMs)
      const warehouse = await newWarehouse(join(place, 'warehouse.duckdb'))
      const { cursor, events } = await warehouse.one(`SELECT
        (SELECT coalesce(max(seq), 0) FROM projection_cursors WHERE stream = 'market:main') AS cursor,
        (SELECT count(*) FROM raw_log_events WHERE stream = 'market:main') AS events`)
      expect(events).toBe(cursor)
      await warehouse.close()
    }
    const log = await openSqliteLog(join(place, 'log.sqlite'), effects)
    const [killedOne, whole] = [await newWarehouse(join(place, 'warehouse.duckdb')), await newWarehouse()]
    for (const warehouse of [killedOne, whole]) await project(log, warehouse)
    expect(await rowsOf(killedOne)).toEqual(await rowsOf(whole))
    for (const warehouse of [killedOne, whole]) await warehouse.close()
    await log.close()
  }, 120_000)
})

const plenty = ({ sku, nodeId, countedAt }: { sku: string; nodeId: string; countedAt: number }) => ({
  sku,
  nodeId,
  onHand: 1_000_000,
  safetyStock: 0,
  inbound: 0,
  countedAt: countedAt + 1,
})

/** Runs the projecting process and kills it some time after it opened the warehouse. */
function killed(place: string, delayMs: number): Promise<void> {
  const child = join(import.meta.dirname, 'projecting-child.ts')
  const running = spawn(process.execPath, [child, place], { stdio: ['ignore', 'pipe', 'inherit'] })
  return new Promise((resolve, reject) => {
    running.stdout.once('data', () => setTimeout(() => running.kill('SIGKILL'), delayMs))
    running.once('error', reject)
    running.once('close', () => resolve())
  })
}
