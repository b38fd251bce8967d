// The overview against independent SQL over the facts themselves, with and without incidents, and on an empty home.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Check } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { api } from '#data/contracts'
import type { Warehouse } from '#data/warehouse'
import { overview, systemStatus } from '#orchestrator/views'
import { runCycle } from '#pipeline'
import { writeHistory } from '../../orchestrator/bench/history.ts'
import { emptyWarehouse, testEffects } from '../pipeline/raw.ts'
import {
  hour,
  liveIncident,
  liveNode,
  liveOrder,
  liveWork,
  type ReadableEngine,
  standIn,
  stateOf,
} from './views-engine.ts'

let folder: string
let warehouse: Warehouse
let engine: ReadableEngine
const now = hour(0)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detour-views-'))
  warehouse = await emptyWarehouse()
  await writeHistory(warehouse, { orders: 4_000, days: 40, end: '2026-03-01T00:00:00Z' })
  await runCycle(warehouse, testEffects)
  engine = await standIn({ warehouse, folder, now, mode: 'simulated' })
}, 60_000)
afterAll(async () => {
  await engine.close()
  await warehouse.close()
  await rm(folder, { recursive: true, force: true })
})

const tileOf = async (metric: string, range: '24h' | '7d' | '28d' | '90d' | 'all') => {
  const answer = await overview(engine, { range })
  return answer.tiles.find((tile) => tile.metric.metric === metric)
}
/** Facts of a time: from and to in hours from the end of the history. */
const facts = (from: number, to: number) =>
  warehouse.one<Record<string, number>>(
    `SELECT
       (SELECT count(*) FROM orders WHERE placed_at >= $from::TIMESTAMPTZ AND placed_at < $to::TIMESTAMPTZ) AS orders,
       (SELECT avg((shipped_at <= ship_by)::INT) FROM fulfillment_orders
        WHERE ship_by IS NOT NULL AND shipped_at >= $from::TIMESTAMPTZ AND shipped_at < $to::TIMESTAMPTZ) AS on_time,
       (SELECT count(*) FROM fulfillment_orders WHERE released_at < $to::TIMESTAMPTZ
        AND (closed_at IS NULL OR closed_at >= $to::TIMESTAMPTZ)) AS backlog,
       (SELECT sum(processing_cost_cents + freight_cost_cents) / count(*) FROM fulfillment_orders
        WHERE shipped_at >= $from::TIMESTAMPTZ AND shipped_at < $to::TIMESTAMPTZ) AS cost`,
    { from: new Date(hour(from)).toISOString(), to: new Date(hour(to)).toISOString() },
  )

describe('the figures of the overview', () => {
  it('are those of the facts, for the range and for the equal range before', async () => {
    for (const [range, hours] of [
      ['24h', 24],
      ['7d', 168],
    ] as const) {
      const is = await facts(-hours, 0)
      const was = await facts(-2 * hours, -hours)
      const orders = await tileOf('orders', range)
      expect(orders).toMatchObject({ value: is.orders, previous: was.orders, isGood: null })
      expect(orders?.change).toBeCloseTo((is.orders ?? 0) / (was.orders ?? 1) - 1, 9)
      const onTime = await tileOf('on_time_ship_share', range)
      expect(onTime?.value).toBeCloseTo(is.on_time ?? Number.NaN, 9)
      expect(onTime?.previous).toBeCloseTo(was.on_time ?? Number.NaN, 9)
      expect(onTime?.change).toBeCloseTo((is.on_time ?? 0) - (was.on_time ?? 0), 9)
      expect(await tileOf('backlog', range)).toMatchObject({ value: is.backlog, previous: was.backlog })
      const cost = await tileOf('cost_to_serve', range)
      expect(cost?.value).toBeCloseTo(is.cost ?? Number.NaN, 6)
      expect(cost).toMatchObject({ currency: 'USD' })
    }
  })

  it('add up in their points, which cover the range in equal steps', async () => {
    const lengths = { '24h': 24, '7d': 56, '28d': 56, '90d': 45 } as const
    for (const range of ['24h', '7d', '28d'] as const) {
      const tile = await tileOf('orders', range)
      expect(tile?.points).toHaveLength(lengths[range])
      expect(tile?.points.reduce((sum, point) => sum + (point.value ?? 0), 0)).toBe(tile?.value)
      expect(tile?.points.every((point) => point.isComplete)).toBe(true)
      expect(tile?.points.at(-1)?.previous).not.toBeNull()
    }
    const steps = (await tileOf('orders', '7d'))?.points.map((point) => Date.parse(point.at)) ?? []
    expect(new Set(steps.slice(1).map((at, i) => at - (steps[i] ?? 0)))).toEqual(new Set([3 * 3_600_000]))
    expect((await tileOf('orders', '90d'))?.points.length).toBe(lengths['90d'])
  })

  it('cover everything in the range "all", which has nothing to compare with', async () => {
    const tile = await tileOf('orders', 'all')
    expect(tile).toMatchObject({ value: 4_000, previous: null, change: null, isGood: null })
  })

  it('have an expected range around what is usual', async () => {
    const points = (await tileOf('orders', '7d'))?.points ?? []
    const known = points.filter((point) => point.low !== null && point.high !== null)
    expect(known.length).toBe(points.length)
    const inside = known.filter(
      ({ value, low, high }) => (value ?? 0) >= (low ?? 0) && (value ?? 0) <= (high ?? 0),
    )
    expect(inside.length / known.length).toBeGreaterThan(0.85)
  })
})

describe('the answer of the overview', () => {
  it('has the shape of the contract in every range, and chooses the week by itself', async () => {
    for (const range of ['24h', '7d', '28d', '90d', 'all', undefined] as const) {
      const answer = await overview(engine, { range })
      expect(Check(api.overview, answer), range ?? 'default').toBe(true)
      expect(answer.range.name).toBe(range ?? '7d')
      expect(answer.tiles).toHaveLength(6)
    }
  })

  it('is calm while no incident is open, and charts the backlog', async () => {
    const answer = await overview(engine)
    expect(answer.verdict.tone).toBe('calm')
    expect(answer.chart).toMatchObject({ metric: { metric: 'backlog' }, dimension: 'all', grain: 'hour' })
    expect(answer.chart?.points).toHaveLength(168)
    expect(answer.chart?.finding).toMatch(/^Backlog: [\d,]+ orders/)
    expect(answer.incidents).toEqual([])
    expect(answer.reroutes).toMatchObject({ orders: 0, extraCostCents: 0, recent: [] })
  })

  it('charts what is asked for, of a node too, with gaps where nothing was measured', async () => {
    const answer = await overview(engine, {
      metric: 'backlog',
      dimension: 'node',
      value: 'bench:N3',
      range: '7d',
    })
    expect(answer.chart).toMatchObject({ dimensionTitle: 'Node 3', dimensionValue: 'bench:N3' })
    const last = answer.chart?.points.at(-1)
    const { open } = await warehouse.one<{ open: number }>(
      `SELECT count(*) AS open FROM fulfillment_orders WHERE node_id = 'bench:N3' AND released_at < '2026-03-01'
       AND (closed_at IS NULL OR closed_at >= '2026-03-01')`,
    )
    expect(last?.value).toBe(open)
    const daily = await overview(engine, { metric: 'line_fill', dimension: 'node', value: 'bench:N3' })
    expect(daily.chart).toMatchObject({ metric: { metric: 'line_fill' }, grain: 'day' })
    const unknown = await overview(engine, { metric: 'no_such_metric' })
    expect(unknown.chart).toMatchObject({ metric: { metric: 'backlog' } })
  })

  it('loads nodes from the series while the core has no orders', async () => {
    const { network } = await overview(engine)
    const rows = await warehouse.all<{ node: string; open: number }>(
      `SELECT node_id AS node, count(*) AS open FROM fulfillment_orders WHERE released_at < '2026-03-01'
       AND (closed_at IS NULL OR closed_at >= '2026-03-01') GROUP BY node_id`,
    )
    const open = new Map(rows.map((row) => [row.node, row.open]))
    expect(network).toHaveLength(20)
    for (const node of network) expect(node.openWork, node.nodeId).toBe(open.get(node.nodeId) ?? 0)
  })
})

/** Two orders wait at a node with an open incident, one was moved away. */
async function breakNode() {
  const orders = [
    liveOrder('A', { placedAt: hour(-3) }, 'bench:N3'),
    liveOrder('B', { placedAt: hour(-2), totalCents: 9_000 }, 'bench:N3'),
    liveOrder('C', {
      placedAt: hour(-2),
      work: [liveWork('W', 'bench:N4', hour(-2), { shipBy: hour(-1) })],
    }),
  ]
  const incident = liveIncident('inc/1', {
    dimensionValue: 'bench:N3',
    beganAt: hour(-6),
    openedAt: hour(-5),
    ordersMoved: 1,
    severity: 0.9,
  })
  const nodes = [liveNode('bench:N3', 'Reno'), liveNode('bench:N4', 'Dallas', { cutOff: null })]
  engine.setState(stateOf({ orders, nodes, incidents: [incident] }))
  const decision = {
    decisionId: 'D1',
    kind: 'reroute',
    incidentId: 'inc/1',
    fromNodeId: 'bench:N3',
    toNodeId: 'bench:N4',
    status: 'done',
    reason: 'cheapest',
    costCents: 350,
    hoursSaved: 12,
    candidates: [],
  }
  const moved = { orderId: orders[2]?.orderId, fulfillmentOrderId: 'W', work: [], decision, at: hour(-1) }
  await engine.append([{ type: 'OrderRerouted', data: moved }])
}

describe('the overview while something is wrong', () => {
  it('opens with the incident, charts it, and tells what was moved', async () => {
    await breakNode()
    const answer = await overview(engine)
    expect(Check(api.overview, answer)).toBe(true)
    expect(answer.verdict.parts.map((part) => part.text).join('')).toBe(
      'Reno is falling behind: 340 orders wait where 120 to 160 are normal, since 10:00 PST. ' +
        '1 order was moved to Dallas, which saves about 12 hours for $3.50. Everything else is normal.',
    )
    expect(answer.verdict).toMatchObject({
      tone: 'bad',
      parts: [{ href: '/incidents/inc%2F1' }, {}, {}, {}, {}],
    })
    expect(answer.chart).toMatchObject({
      dimension: 'node',
      dimensionValue: 'bench:N3',
      dimensionTitle: 'Reno',
    })
    expect(answer.incidents).toMatchObject([
      {
        incidentId: 'inc/1',
        ordersAtRisk: 2,
        centsAtRisk: 12_000,
        dimensionTitle: 'Reno',
        minutesToCutOff: 1380,
      },
    ])
    expect(answer.reroutes).toMatchObject({ orders: 1, extraCostCents: 350, hoursSaved: 12 })
    expect(answer.reroutes.recent).toMatchObject([
      { decisionId: 'D1', orderExternalId: 'C', fromNodeName: 'Reno', toNodeName: 'Dallas' },
    ])
    const loads = new Map(answer.network.map((node) => [node.name, node]))
    expect(answer.network[0]).toMatchObject({ name: 'Reno', hasIncident: true })
    expect(loads.get('Reno')).toMatchObject({ openWork: 2, pastDue: 0, load: 0.01, minutesToCutOff: 1380 })
    expect(loads.get('Dallas')).toMatchObject({
      openWork: 1,
      pastDue: 1,
      cutOff: null,
      minutesToCutOff: null,
    })
    expect(answer.status.openIncidents).toBe(1)
  })

  it('marks confirmed anomalies on the chart', async () => {
    await warehouse.run(
      `INSERT INTO anomalies (anomaly_id, market, metric, dimension, dimension_value, grain, bucket_start, value,
         score, p_value, model, is_confirmed, scored_at)
       VALUES ('a1', 'main', 'backlog', 'node', 'bench:N3', 'hour', '2026-02-28T20:00:00Z', 9, 0.9, 0.001, 'm', true,
         '2026-03-01T00:00:00Z'),
        ('a2', 'main', 'backlog', 'node', 'bench:N3', 'hour', '2026-02-28T21:00:00Z', 9, 0.5, 0.1, 'm', false,
         '2026-03-01T00:00:00Z')`,
    )
    const { chart } = await overview(engine)
    const marked = chart?.points.filter((point) => point.anomaly !== null)
    expect(marked).toMatchObject([
      { at: '2026-02-28T20:00:00.000Z', anomaly: { anomalyId: 'a1', score: 0.9, pValue: 0.001 } },
    ])
  })

  it('says that it is over for a day, then is calm', async () => {
    const over = (resolvedAt: number) =>
      liveIncident('inc/1', { dimensionValue: 'bench:N3', status: 'resolved', resolvedAt })
    engine.setState(stateOf({ nodes: [liveNode('bench:N3', 'Reno')], incidents: [over(hour(-2))] }))
    const text = async () => (await overview(engine)).verdict.parts.map((part) => part.text).join('')
    expect(await text()).toMatch(/^Reno is back to normal since 14:00 PST\. /)
    engine.setState(stateOf({ incidents: [over(hour(-30))] }))
    expect(await text()).toMatch(/^(Everything is normal|No constraint is open): /)
  })
})

describe('an empty home', () => {
  it('answers with the way to the first data, in every range', async () => {
    const empty = await emptyWarehouse()
    const place = await mkdtemp(join(tmpdir(), 'detour-views-'))
    const bare = await standIn({ warehouse: empty, folder: place, now })
    for (const range of ['24h', '7d', '28d', '90d', 'all', undefined] as const) {
      const answer = await overview(bare, { range })
      expect(Check(api.overview, answer)).toBe(true)
      expect(answer).toMatchObject({ verdict: { tone: 'empty' }, tiles: [], chart: null, network: [] })
    }
    await runCycle(empty, testEffects)
    expect((await overview(bare)).verdict.tone).toBe('empty')
    expect(await systemStatus(bare)).toMatchObject({ isEmpty: true, market: 'main', markets: ['main'] })
    bare.setState(stateOf({ orders: [liveOrder('first', { placedAt: hour(-0.1) })] }))
    expect((await overview(bare)).verdict.tone).toBe('calm')
    await bare.close()
    await empty.close()
    await rm(place, { recursive: true, force: true })
  })
})
