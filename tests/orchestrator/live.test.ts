// The demo that goes on: the same whatever the ticks, over restarts and failures; still when paused; books that add up.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fail } from '#data/kernel'
import type { Core } from '#orchestrator/core'
import { isMovable, type Order } from '#orchestrator/core'
import { faultsInBooks, madeOrders, openWork, shippedBetween } from './live-books.ts'
import { copyOf, hour, loadRetailer, type Market, openMarket, type Retailer, world } from './live-engine.ts'
import { newFolder } from './places.ts'

let folder: Awaited<ReturnType<typeof newFolder>>
let retailer: Retailer
let onHandAtStart: number
beforeAll(async () => {
  folder = await newFolder()
  retailer = await loadRetailer(folder.path)
  onHandAtStart = retailer.onHand
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
    ['seldom', 3 * hour],
  ] as const) {
    const market = await openMarket(retailer, await start(name))
    await market.go(end + 6 * hour, step)
    seen.push(asked(market.core))
    expect(market.live.stats().commandsFailed).toBe(0)
    await market.close()
  }
  expect(seen[0]?.length).toBeGreaterThan(40)
  expect(seen[1]).toEqual(seen[0])
})

test('a restart goes on with the next order, and none comes twice', async () => {
  const path = await start('restart')
  let now: number = end
  const times: number[] = []
  for (const part of [0.8, 1.4, 0.1, 1.9]) {
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
  expect(Math.abs(openWork(again.core.state()) - openWork(whole.core.state()))).toBeLessThanOrEqual(4)
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

describe('two days after the history', () => {
  let market: Market
  let slow: string
  beforeAll(async () => {
    market = await openMarket(retailer, await start('days'))
    slow = `fabrikam:${market.live.faults(end, end + 1)[0]?.nodeId}`
    await market.go(end + 48 * hour)
  }, 60_000)
  afterAll(() => market.close())

  const count = async (sql: string): Promise<number> =>
    (await retailer.workspace.warehouse.one<{ n: number }>(`SELECT count(*) AS n FROM ${sql}`)).n
  const ago = (hours: number) => `to_timestamp(${end / 1000}) - INTERVAL ${hours} HOUR`

  test('books add up: units are conserved, no work is at two nodes, stock holds what is promised', () => {
    expect(faultsInBooks(market.core.state())).toEqual([])
    expect(market.live.stats().commandsFailed).toBe(0)
  })

  test('work leaves, arrives and waits as much as it did before', async () => {
    const state = market.core.state()
    const week = `${ago(168)} AND ${ago(120)}`
    const sameDaysBefore = await count(`fulfillment_orders WHERE shipped_at BETWEEN ${week}`)
    const shipped = shippedBetween(state, end, end + 48 * hour)
    expect(shipped / sameDaysBefore).toBeGreaterThan(0.7)
    expect(shipped / sameDaysBefore).toBeLessThan(1.5)
    const arrived = [...state.orders.values()]
      .flatMap((order) => order.shipments)
      .filter((shipment) => (shipment.deliveredAt ?? 0) > end)
    expect(arrived.length / shipped).toBeGreaterThan(0.6)
    expect(arrived.length / shipped).toBeLessThan(1.6)
    const open = (hours: number) =>
      count(`fulfillment_orders WHERE released_at <= ${ago(hours)}
        AND coalesce(closed_at, 'infinity') > ${ago(hours)}`)
    const usual = ((await open(24)) + (await open(48))) / 2
    expect(openWork(state)).toBeGreaterThan(usual / 2.5)
    expect(openWork(state)).toBeLessThan(usual * 2.5)
  })

  test('the slow node sends little while the fault lasts, and catches up when it is over', () => {
    const state = market.core.state()
    const during = shippedBetween(state, end, end + 8 * hour, slow)
    const dayAfter = shippedBetween(state, end + 24 * hour, end + 32 * hour, slow)
    const caughtUp = shippedBetween(state, end + 8 * hour, end + 24 * hour, slow)
    expect(dayAfter).toBeGreaterThan(2 * during)
    expect(caughtUp).toBeGreaterThan(during)
  })

  test('shelves stay filled, by receipts of suppliers', () => {
    const onHand = [...market.core.state().stock.values()].reduce((sum, stock) => sum + stock.onHand, 0)
    expect(onHand).toBeGreaterThan(0.75 * onHandAtStart)
    expect(onHand).toBeLessThan(1.5 * onHandAtStart)
  })

  test('some customers think again, some goods are not found, and nothing is refused over and over', () => {
    const made = [...madeOrders(market.core.state()).values()]
    const share = (has: (order: Order) => boolean) => made.filter(has).length / made.length
    expect(share((order) => order.status === 'cancelled')).toBeGreaterThan(0.005)
    expect(share((order) => order.status === 'cancelled')).toBeLessThan(0.12)
    const short = (order: Order) => order.work.some((work) => work.lines.some((line) => line.short > 0))
    expect(share(short)).toBeGreaterThan(0)
    expect(share(short)).toBeLessThan(0.1)
    const { commandsRefused, commandsDone } = market.live.stats()
    expect(commandsRefused).toBeLessThan(commandsDone / 50)
  })
})

describe('work that is moved meanwhile', () => {
  test('is picked and shipped where it went, and only there', async () => {
    const market = await openMarket(retailer, await start('moved'))
    await market.go(end + hour)
    const { core, hand } = market
    const [slow] = market.live.faults(hand.now, hand.now + 1)
    const from = `fabrikam:${slow?.nodeId}`
    const moved = new Map<string, string>()
    for (const orderId of core.state().openByNode.get(from) ?? []) {
      const order = core.state().orders.get(orderId)
      const work = order?.work.find((each) => each.nodeId === from && isMovable(each))
      if (order === undefined || work === undefined || order.method !== 'delivery') continue
      const lines = work.lines.map(({ lineId, quantity }) => ({ lineId, quantity }))
      for (const nodeId of core.state().nodes.keys()) {
        if (nodeId === from) continue
        const assignments = [{ nodeId, carrier: 'Coastline', shipBy: null, lines }]
        const decision = decisionTo(orderId, from, nodeId)
        const data = { orderId, fulfillmentOrderId: work.fulfillmentOrderId, assignments, decision }
        const result = await core.execute('RerouteOrder', data, { at: hand.now })
        if (result.status !== 'done') continue
        moved.set(orderId, work.fulfillmentOrderId)
        break
      }
    }
    expect(moved.size).toBeGreaterThan(3)
    await market.go(end + 30 * hour)
    let parcels = 0
    for (const [orderId, before] of moved) {
      const { work = [], shipments = [] } = core.state().orders.get(orderId) ?? {}
      expect(work.find((each) => each.fulfillmentOrderId === before)?.shippedAt).toBeNull()
      // Other work of the same order leaves as it was planned.
      const there = work.find((each) => each.replaces === before)
      for (const shipment of shipments) {
        expect(shipment.fulfillmentOrderId).not.toBe(before)
        if (shipment.fulfillmentOrderId !== there?.fulfillmentOrderId) continue
        expect([shipment.carrier, shipment.nodeId]).toEqual(['Coastline', there?.nodeId])
        parcels++
      }
    }
    expect(parcels).toBeGreaterThan(0)
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
