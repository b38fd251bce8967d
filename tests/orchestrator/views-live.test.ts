// The core laid over the tables in the order list, and one order of the core in full.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Warehouse } from '#data/warehouse'
import type { Order } from '#orchestrator/core'
import { getOrder, listOrders, type OrderQuery } from '#orchestrator/views'
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

const count = 700
let warehouse: Warehouse
let folder: string
let engine: ReadableEngine

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detour-views-'))
  warehouse = await emptyWarehouse()
  await writeHistory(warehouse, { orders: count, days: 20, end: '2026-03-01T00:00:00Z' })
  await runCycle(warehouse, testEffects)
  engine = await standIn({ warehouse, folder, now: hour(1) })
}, 60_000)
afterAll(async () => {
  await engine.close()
  await warehouse.close()
  await rm(folder, { recursive: true, force: true })
})

/** Every page of a list, joined. */
async function walk(query: OrderQuery) {
  const items = []
  for (let cursor: string | undefined; ; ) {
    const page = await listOrders(engine, { ...query, cursor })
    items.push(...page.items)
    if (page.nextCursor === null) return items
    cursor = page.nextCursor
  }
}

const idsOf = (items: readonly { orderId: string }[]) => items.map((item) => item.orderId).sort()

describe('the core laid over the tables', () => {
  const fresh = liveOrder('NEW-1', { placedAt: hour(0.5) })
  const moved = liveOrder('NEW-2', {
    placedAt: hour(0.6),
    moves: 1,
    work: [
      liveWork('W1', 'shop:N1', hour(0.6), { status: 'cancelled' }),
      liveWork('W2', 'shop:N2', hour(0.7), { replaces: 'W1', decisionId: 'D1' }),
    ],
  })
  /** An order of the history that the core took over and shipped just now. */
  let known: Order
  const said = (order: Order) => ({ type: 'OrderReleased', data: { orderId: order.orderId, at: hour(0.7) } })

  beforeEach(async () => {
    if (known !== undefined) return
    const { id, external_id: externalId } = await warehouse.one<{ id: string; external_id: string }>(
      `SELECT order_id::VARCHAR AS id, external_id FROM orders WHERE provider = 'bench' AND is_open LIMIT 1`,
    )
    known = liveOrder(externalId, {
      provider: 'bench',
      status: 'shipped',
      shippedAt: hour(0.9),
      placedAt: hour(-2),
      work: [liveWork('W1', 'bench:N3', hour(-1), { status: 'shipped', shippedAt: hour(0.9) })],
    })
    expect(known.orderId).toBe(id)
    engine.setState(
      stateOf({
        orders: [fresh, moved, known],
        nodes: [liveNode('shop:N1', 'Reno'), liveNode('shop:N2', 'Dallas')],
        incidents: [liveIncident('I1')],
      }),
    )
    await engine.append([fresh, moved, known].map(said))
  })

  it('lists orders that the tables do not have yet, and counts each order once', async () => {
    const page = await listOrders(engine, { limit: 2 })
    expect(page.items.map((item) => item.externalId)).toEqual(['NEW-2', 'NEW-1'])
    expect(page.total).toBe(count + 2)
    const all = await walk({ limit: 97, sort: 'totalCents' })
    expect(new Set(idsOf(all)).size).toBe(count + 2)
    expect(all).toHaveLength(count + 2)
  })

  it('shows the state of the core, also in what filters find', async () => {
    const [found] = (await listOrders(engine, { q: known.orderId })).items
    expect(found).toMatchObject({ status: 'shipped', isOpen: false, nodeId: 'bench:N3', nodeName: 'Node 3' })
    expect(idsOf(await walk({ open: true, limit: 200 }))).not.toContain(known.orderId)
    expect(idsOf(await walk({ status: ['shipped'], limit: 200 }))).toContain(known.orderId)
  })

  it('knows which open orders an open incident holds', async () => {
    const atRisk = await listOrders(engine, { atRisk: true })
    expect(atRisk.items.map((item) => [item.externalId, item.isAtRisk])).toEqual([['NEW-1', true]])
    expect(idsOf((await listOrders(engine, { incident: 'I1' })).items)).toEqual([fresh.orderId])
    expect((await listOrders(engine, { moved: true })).items.map((item) => item.externalId)).toEqual([
      'NEW-2',
    ])
    expect(idsOf(await walk({ atRisk: false, limit: 200 }))).toHaveLength(count + 1)
  })

  it('searches lines and parcels of the core too', async () => {
    expect(idsOf((await listOrders(engine, { q: 'sku-1' })).items)).toContain(fresh.orderId)
    expect((await listOrders(engine, { q: 'new-1' })).items).toHaveLength(1)
  })

  it('shows one order of the core in full', async () => {
    const order = await getOrder(engine, 'NEW-2')
    expect(order).toMatchObject({
      externalId: 'NEW-2',
      isLive: true,
      nodeId: 'shop:N2',
      nodeName: 'Dallas',
      moves: 1,
      totalCents: 3000,
      freightCents: 500,
    })
    expect(order?.fulfillmentOrders.map((work) => [work.nodeName, work.status])).toEqual([
      ['Reno', 'cancelled'],
      ['Dallas', 'open'],
    ])
    expect(order?.timeline.map((entry) => entry.text)).toEqual([
      'Received over the API',
      'Released to Reno',
      'Released to Dallas',
    ])
    expect(order?.lines).toMatchObject([{ sku: 'SKU-1', status: 'released', nodeName: 'Dallas' }])
  })
})
