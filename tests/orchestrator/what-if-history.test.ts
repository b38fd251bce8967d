// What-ifs over orders of the past, from tables and core together: a small made-up retailer after ten days.

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { openSqliteLog } from '#data/log'
import { type Core, openCore } from '#orchestrator/core'
import { simulateSourcing, type WhatIfPlace, Worlds } from '#orchestrator/sourcing'
import { copyOf, loadRetailer, type Retailer } from './live-engine.ts'
import { newFolder } from './places.ts'

const end = Date.UTC(2026, 9, 14, 15)
let folder: Awaited<ReturnType<typeof newFolder>>
let retailer: Retailer
let core: Core
let place: WhatIfPlace
const closing: (() => Promise<void>)[] = []

beforeAll(async () => {
  folder = await newFolder()
  retailer = await loadRetailer(folder.path, { seed: 'what-if', days: 4, orders: 400, end })
  const { workspace, history } = retailer
  const log = await openSqliteLog(await copyOf(retailer, folder.path, 'log'), workspace.effects)
  core = await openCore(log, 'main', workspace.effects)
  const worlds = new Worlds()
  worlds.history = history
  const now = end
  place = {
    worlds,
    state: core.state(),
    now,
    market: 'main',
    reading: (work) => workspace.warehouse.reading(work),
  }
  closing.push(
    () => core.close(),
    () => log.close(),
    () => workspace.close(),
    () => folder.remove(),
  )
}, 120_000)
afterAll(async () => {
  for (const close of closing) await close()
})

const simulate = async (request: Partial<api.WhatIfRequest>) => {
  const started = performance.now()
  const elapsedMs = () => performance.now() - started
  const asked = { overrides: {}, timeLimitSeconds: 60, ...request }
  const answer = await simulateSourcing(asked, place, { elapsedMs, isCancelled: () => false })
  if (answer === null) throw new Error('it was cancelled')
  return answer
}

test('orders of the past are sourced again from the stock that they took, by the day of each', async () => {
  const { baseline } = await simulate({ stored: { limit: 300 } })
  expect(baseline.orders).toBe(300)
  expect(baseline.fillRate).toBeGreaterThan(0.9)
  expect(baseline.lateRisk).toBeLessThan(0.5)
  const orders = baseline.nodes.reduce((sum, each) => sum + each.orders, 0)
  expect(orders).toBe(baseline.shipments)
}, 60_000)

test('a node that is closed gives its orders to others, old ones and open ones', async () => {
  const before = await simulate({ stored: { limit: 200 } })
  const [most] = before.baseline.nodes
  const nodeId = most?.nodeId ?? ''
  const { variant, changes, changedOrders } = await simulate({
    stored: { limit: 200 },
    overrides: { closedNodeIds: [nodeId] },
  })
  expect(variant.nodes.map((each) => each.nodeId)).not.toContain(nodeId)
  expect(changedOrders).toBeGreaterThanOrEqual(most?.orders ?? 0)
  const left = changes.filter((each) => each.before.some((way) => way.nodeId === nodeId))
  expect(left.length).toBe(most?.orders)
  expect(left.every(({ reason }) => reason.startsWith(`${most?.nodeName} is closed`))).toBe(true)
}, 60_000)

test('orders of the tables are found by their id', async () => {
  const [row] = await retailer.workspace.warehouse.reading((queries) =>
    queries.all<{ id: string }>(
      `SELECT order_id::VARCHAR AS id FROM orders WHERE status = 'delivered' ORDER BY placed_at, order_id LIMIT 1`,
    ),
  )
  const orderId = row?.id ?? ''
  expect(place.state.orders.has(orderId)).toBe(false)
  expect((await simulate({ stored: { orderIds: [orderId] } })).baseline.orders).toBe(1)
})
