// Decisions, incidents and stock: what tables and core say together, page by page.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Check } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { api } from '#data/contracts'
import type { Warehouse } from '#data/warehouse'
import { PersistentMap, type Stock, stockKey } from '#orchestrator/core'
import {
  type DecisionQuery,
  getDecision,
  getIncident,
  getOrder,
  listDecisions,
  listIncidents,
  listOrders,
  listStock,
  type StockQuery,
} from '#orchestrator/views'
import { runCycle } from '#pipeline'
import { writeHistory } from '../../orchestrator/bench/history.ts'
import { emptyWarehouse, testEffects } from '../pipeline/raw.ts'
import {
  hour,
  liveIncident,
  liveNode,
  liveOrder,
  type ReadableEngine,
  standIn,
  stateOf,
} from './views-engine.ts'

let folder: string
let warehouse: Warehouse
let engine: ReadableEngine
const order = liveOrder('LIVE', { currency: 'EUR' })
const incidents = [
  ...Array.from({ length: 7 }, (_, i) =>
    liveIncident(`old-${i}`, { status: 'resolved', openedAt: hour(-200 + i), resolvedAt: hour(-150 + i) }),
  ),
  liveIncident('now', { dimensionValue: 'bench:N3', beganAt: hour(-6), openedAt: hour(-5) }),
]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detour-views-'))
  warehouse = await emptyWarehouse()
  await writeHistory(warehouse, { orders: 2_000, days: 30, end: '2026-03-01T00:00:00Z' })
  await runCycle(warehouse, testEffects)
  await warehouse.run(
    `INSERT INTO decisions (decision_id, market, order_id, kind, incident_id, from_node_id, to_node_id, status, reason,
       decided_at, cost_cents, hours_saved, candidates)
     SELECT 'd' || i, 'main', order_id::VARCHAR,
       if(i % 3 = 0, 'source', 'reroute'), if(i % 3 = 0, NULL, 'now'), 'bench:N3', 'bench:N' || i % 5,
       if(i % 5 = 1, 'refused', 'done'), 'cheapest', TIMESTAMPTZ '2026-02-28T00:00:00Z' + to_minutes(i // 2), 100, 2.5,
       '[{"nodeId":"bench:N1","carrier":"fast","isChosen":true,"isFeasible":true,"failed":[],"available":4,
          "hours":30,"terms":[{"name":"shipping","cents":600}],"totalCents":600}]'
     FROM (SELECT order_id, (row_number() OVER (ORDER BY external_id) - 1)::INTEGER AS i FROM orders) WHERE i < 30`,
  )
  engine = await standIn({
    warehouse,
    folder,
    now: hour(0),
    state: stateOf({ orders: [order], nodes: [liveNode('bench:N3', 'Reno')], incidents }),
  })
  const decision = {
    decisionId: 'newest',
    kind: 'reroute',
    incidentId: 'now',
    fromNodeId: 'bench:N3',
    toNodeId: 'bench:N2',
    status: 'done',
    reason: 'cheapest',
    costCents: 70,
    hoursSaved: 3,
    candidates: [],
  }
  await engine.append([
    { type: 'OrderRerouted', data: { orderId: order.orderId, decision, work: [], at: hour(-1) } },
    {
      type: 'RerouteUndone',
      data: { orderId: order.orderId, decisionId: 'd4', work: [], reason: 'x', at: hour(0) },
    },
    { type: 'WriterStarted', data: { writerId: 'w', epoch: 1 } },
  ])
}, 60_000)
afterAll(async () => {
  await engine.close()
  await warehouse.close()
  await rm(folder, { recursive: true, force: true })
})

describe('decisions', () => {
  const walk = async (query: DecisionQuery) => {
    const items: api.Decision[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await listDecisions(engine, { ...query, cursor })
      items.push(...page.items)
      if (page.nextCursor === null) return items
      cursor = page.nextCursor
    }
  }

  it('come newest first, each once, those of the log before those of the table', async () => {
    const items = await walk({ limit: 4 })
    expect(items).toHaveLength(31)
    expect(new Set(items.map((item) => item.decisionId)).size).toBe(31)
    expect(items[0]).toMatchObject({
      decisionId: 'newest',
      orderExternalId: 'LIVE',
      currency: 'EUR',
      fromNodeName: 'Reno',
      toNodeName: 'Node 2',
    })
    const times = items.map((item) => item.decidedAt)
    expect(times).toEqual([...times].sort().reverse())
    expect(Check(api.decisionPage, await listDecisions(engine))).toBe(true)
  })

  it('are filtered, with a move undone by a later event', async () => {
    expect(await listDecisions(engine, { kind: 'source', limit: 1 })).toMatchObject({ total: 10 })
    expect((await walk({ status: 'undone' })).map((item) => item.decisionId)).toEqual(['d4'])
    expect((await walk({ incident: 'now', status: 'refused' })).map((item) => item.decisionId)).toEqual([
      'd26',
      'd16',
      'd11',
      'd1',
    ])
    expect(await getDecision(engine, 'd4')).toMatchObject({
      status: 'undone',
      hoursSaved: 2.5,
      costCents: 100,
    })
    expect(await getDecision(engine, 'newest')).toMatchObject({ status: 'done', costCents: 70 })
    expect(await getDecision(engine, "d4' OR true")).toBeNull()
  })

  it('belong to their order', async () => {
    expect((await getOrder(engine, 'LIVE'))?.decisions.map((item) => item.decisionId)).toEqual(['newest'])
    const d5 = await getDecision(engine, 'd5')
    const history = await getOrder(engine, d5?.orderId ?? '')
    expect(history).toMatchObject({ isLive: false, externalId: d5?.orderExternalId })
    expect(history?.decisions).toMatchObject([
      { decisionId: 'd5', candidates: [{ nodeName: 'Node 1', isChosen: true, totalCents: 600 }] },
    ])
    const moved = await listOrders(engine, { moved: true, limit: 200 })
    expect(moved.total).toBe((await walk({ kind: 'reroute', status: 'done' })).length - 1 + 1)
  })
})

describe('incidents', () => {
  it('come newest first, page by page', async () => {
    const first = await listIncidents(engine, { limit: 3 })
    expect(first.items.map((item) => item.incidentId)).toEqual(['now', 'old-6', 'old-5'])
    expect(first.total).toBe(8)
    const second = await listIncidents(engine, { limit: 200, cursor: first.nextCursor ?? '' })
    expect(second.items.map((item) => item.incidentId)).toEqual(['old-4', 'old-3', 'old-2', 'old-1', 'old-0'])
    expect(second.nextCursor).toBeNull()
    expect((await listIncidents(engine, { status: 'active' })).items).toHaveLength(1)
    expect((await listIncidents(engine, { status: 'resolved' })).total).toBe(7)
    expect(Check(api.incidentPage, first)).toBe(true)
  })

  it('have their series, decisions and life', async () => {
    const detail = await getIncident(engine, 'now')
    expect(Check(api.incidentDetail, detail)).toBe(true)
    expect(detail?.series).toMatchObject({
      metric: { metric: 'backlog' },
      dimensionTitle: 'Reno',
      grain: 'hour',
    })
    expect(detail?.series?.points.length).toBe(54)
    expect(detail?.decisions).toHaveLength(21)
    expect(detail?.timeline).toEqual([{ at: new Date(hour(18)).toISOString(), text: 'Opened' }])
    expect(await getIncident(engine, 'nothing')).toBeNull()
  })
})

describe('stock', () => {
  const live: Stock = {
    sku: 'S1',
    nodeId: 'bench:N0',
    onHand: 20,
    allocated: 9,
    reserved: 0,
    safetyStock: 6,
    ringFenced: 0,
    inbound: 3,
    countedAt: hour(-1),
    moved: null,
    more: null,
    updatedAt: hour(-0.5),
    version: 1,
  }
  const walk = async (query: StockQuery) => {
    const items: api.StockPosition[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await listStock(engine, { ...query, cursor })
      items.push(...page.items)
      if (page.nextCursor === null) return items
      cursor = page.nextCursor
    }
  }

  it('shows every position once under every sort', async () => {
    const { positions } = await warehouse.one<{ positions: number }>(
      'SELECT count(*) AS positions FROM inventory_positions',
    )
    for (const sort of ['sku', 'available', 'onHand'] as const) {
      for (const direction of ['asc', 'desc'] as const) {
        const items = await walk({ sort, direction, limit: 200 })
        expect(new Set(items.map((item) => `${item.sku}/${item.nodeId}`)).size).toBe(positions)
        expect(items).toHaveLength(positions)
        const keys = items.map((item) => item[sort])
        const sorted = [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
        expect(keys).toEqual(direction === 'asc' ? sorted : sorted.reverse())
      }
    }
  })

  it('takes the numbers of the core where it follows a position, and tells what is low and out', async () => {
    engine.setState({
      stock: PersistentMap([
        [stockKey('S1', 'bench:N0'), live],
        [stockKey('NEW', 'bench:N0'), { ...live, sku: 'NEW', onHand: 2 }],
      ]),
    })
    const [first] = await walk({ q: 's1', node: 'bench:N0' })
    expect(first).toMatchObject({
      sku: 'S1',
      name: 'Product 1',
      onHand: 20,
      available: 5,
      state: 'low',
      nodeName: 'Node 0',
    })
    expect(await walk({ q: 'NEW' })).toMatchObject([{ sku: 'NEW', name: null, available: -13, state: 'out' }])
    expect((await walk({ q: 'product 1', node: 'bench:N0', limit: 200 })).length).toBeGreaterThan(1)
    expect((await walk({ state: 'low', limit: 200 })).every((item) => item.state === 'low')).toBe(true)
    expect(Check(api.stockPage, await listStock(engine))).toBe(true)
  })
})
