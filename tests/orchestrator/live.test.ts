// The demo that goes on: the same whatever the ticks, over restarts and failures; still when paused; books that add up.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fail } from '#data/kernel'
import type { Core } from '#orchestrator/core'
import { isMovable } from '#orchestrator/core'
import { faultsInBooks, madeOrders, openWork } from './live-books.ts'
import { copyOf, hour, loadRetailer, openMarket, type Retailer, world } from './live-engine.ts'
import { newFolder } from './places.ts'

let folder: Awaited<ReturnType<typeof newFolder>>
let retailer: Retailer
beforeAll(async () => {
  folder = await newFolder()
  retailer = await loadRetailer(folder.path)
}, 60_000)
afterAll(async () => {
  await retailer.workspace.close()
  await folder.remove()
})

const start = (name: string) => copyOf(retailer, folder.path, name)
const { end } = world

/** What customers asked for, as text that can be compared. */
function asked(core: Core): string[] {
  return [...madeOrders(core.state()).values()]
    .map(({ externalId, placedAt, promisedAt, lines, shipTo }) =>
      JSON.stringify([
        externalId,
        placedAt,
        promisedAt,
        shipTo,
        lines.map(({ sku, quantity }) => [sku, quantity]),
      ]),
    )
    .sort()
}

test('the same orders come whether the clock is looked at often or seldom', async () => {
  const seen: string[][] = []
  for (const [name, step] of [
    ['often', 240_000],
    ['seldom', 5 * hour],
  ] as const) {
    const market = await openMarket(retailer, await start(name))
    await market.go(end + 10 * hour, step)
    seen.push(asked(market.core))
    expect(market.live.stats().commandsFailed).toBe(0)
    await market.close()
  }
  expect(seen[0]?.length).toBeGreaterThan(60)
  expect(seen[1]).toEqual(seen[0])
})

test('a restart goes on with the next order, and none comes twice', async () => {
  const path = await start('restart')
  let now: number = end
  const times: number[] = []
  for (const part of [1.3, 2.2, 0.1, 3.4]) {
    const market = await openMarket(retailer, path, { now })
    await market.go(now + part * hour)
    now = market.hand.now
    times.push(market.live.stats().ordersCreated)
    await market.close()
  }
  const whole = await openMarket(retailer, await start('whole'))
  await whole.go(now)
  const again = await openMarket(retailer, path, { now })
  expect(asked(again.core)).toEqual(asked(whole.core))
  expect(times.reduce((sum, count) => sum + count)).toBe(asked(whole.core).length)
  expect(faultsInBooks(again.core.state())).toEqual([])
  expect(openWork(again.core.state())).toBe(openWork(whole.core.state()))
  await whole.close()
  await again.close()
})

test('commands that fail now and then are made up for', async () => {
  let calls = 0
  const wrap = (core: Core): Core => ({
    ...core,
    execute: (type, data, options) => {
      if (++calls % 5 === 0) return Promise.reject(fail('LOG_UNAVAILABLE', { reason: 'made up' }))
      return core.execute(type, data, options)
    },
  })
  const market = await openMarket(retailer, await start('failing'), { wrap })
  await market.go(end + 6 * hour)
  const plain = await openMarket(retailer, await start('plain'))
  await plain.go(end + 6 * hour)
  expect(market.live.stats().commandsFailed).toBeGreaterThan(20)
  await market.go(end + 6.25 * hour)
  await plain.go(end + 6.25 * hour)
  const missing = asked(plain.core).filter((order) => !asked(market.core).includes(order))
  expect(missing.length).toBeLessThanOrEqual(3)
  expect(faultsInBooks(market.core.state())).toEqual([])
  await market.close()
  await plain.close()
})

test('while the time is paused nothing is sent, whatever the clock says', async () => {
  const market = await openMarket(retailer, await start('paused'))
  await market.go(end + 1 * hour)
  market.hand.isPaused = true
  const { lastSeq } = market.core
  market.hand.now += 3 * hour
  await new Promise((resolve) => setTimeout(resolve, 80))
  expect(market.core.lastSeq).toBe(lastSeq)
  market.hand.isPaused = false
  await market.go(market.hand.now + 60_000)
  expect(market.core.lastSeq).toBeGreaterThan(lastSeq)
  await market.close()
})

test('a clock that leaps is caught up with, each thing at its time', async () => {
  const market = await openMarket(retailer, await start('leap'))
  await market.go(end + 30 * hour, 30 * hour)
  const { core } = market
  const latest = Math.max(...[...madeOrders(core.state()).values()].map((order) => order.placedAt))
  expect(latest).toBeGreaterThan(end + 29 * hour)
  expect(market.live.stats()).toMatchObject({ behindMs: 0, until: end + 30 * hour })
  expect(faultsInBooks(core.state())).toEqual([])
  await market.close()
})

test('after it was stopped it sends nothing more', async () => {
  const market = await openMarket(retailer, await start('stopped'))
  await market.go(end + hour)
  await market.live.stop()
  const { lastSeq } = market.core
  market.hand.now += 5 * hour
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(market.core.lastSeq).toBe(lastSeq)
  await market.close()
})

describe('work that is moved meanwhile', () => {
  test('is picked and shipped where it went, and only there', async () => {
    const market = await openMarket(retailer, await start('moved'))
    await market.go(end + hour)
    const { core, hand } = market
    const [slow] = market.live.faults(hand.now, hand.now + 1)
    const from = `fabrikam:${slow?.nodeId}`
    const moved: string[] = []
    for (const orderId of core.state().openByNode.get(from) ?? []) {
      const order = core.state().orders.get(orderId)
      const work = order?.work.find((each) => each.nodeId === from && isMovable(each))
      if (order === undefined || work === undefined || order.method !== 'delivery') continue
      const lines = work.lines.map(({ lineId, quantity }) => ({ lineId, quantity }))
      for (const nodeId of core.state().nodes.keys()) {
        const assignments = [{ nodeId, carrier: 'Coastline', shipBy: null, lines }]
        const decision = decisionTo(orderId, from, nodeId)
        const data = { orderId, fulfillmentOrderId: work.fulfillmentOrderId, assignments, decision }
        const result = await core.execute('RerouteOrder', data, { at: hand.now })
        if (result.status !== 'done') continue
        moved.push(orderId)
        break
      }
    }
    expect(moved.length).toBeGreaterThan(3)
    await market.go(end + 30 * hour)
    for (const orderId of moved) {
      const order = core.state().orders.get(orderId)
      const shipped = order?.work.filter((work) => work.shippedAt !== null) ?? []
      for (const work of shipped) expect(work.nodeId).not.toBe(from)
      for (const shipment of order?.shipments ?? []) expect(shipment.carrier).toBe('Coastline')
    }
    expect(faultsInBooks(core.state())).toEqual([])
    await market.close()
  })
})

function decisionTo(orderId: string, fromNodeId: string, toNodeId: string) {
  return {
    decisionId: `${orderId}/by-hand`,
    kind: 'reroute' as const,
    incidentId: null,
    fromNodeId,
    toNodeId,
    status: 'done' as const,
    reason: 'by hand',
    costCents: null,
    hoursSaved: null,
    candidates: [],
  }
}
