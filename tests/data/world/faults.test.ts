// Every fault of the answer key can be seen in the data, where and when the key says.

import { beforeAll, expect, it } from 'vitest'
import { answerKey, type Fault, faultKinds } from '#data/world'
import { type History, historyOf, meanOf, numberOf, type Row, secondOf } from './history.ts'

const options = { days: 66, orders: 26_000, seed: 'faults' }
const faults = answerKey(options)
let history: History
beforeAll(async () => {
  history = await historyOf(options)
})

const isDuring = (fault: Fault, time: string | undefined, tailDays = 0): boolean => {
  const to = fault.to === null ? Number.POSITIVE_INFINITY : secondOf(fault.to) + tailDays * 86_400
  return secondOf(time) >= secondOf(fault.from) && secondOf(time) < to
}
const ended = (kind: Fault['kind']): Fault[] =>
  faults.filter((fault) => fault.kind === kind && fault.to !== null)
const hoursBetween = (row: Row, from: string, to: string): number =>
  (secondOf(row[to]) - secondOf(row[from])) / 3600
const isHeld = (row: Row): boolean =>
  row.shipped_at === '' && row.rejected_at === '' && row.status !== 'cancelled'

it('has every kind of fault, at most two at a time, spread over the days', () => {
  expect(new Set(faults.map((fault) => fault.kind))).toEqual(new Set(faultKinds))
  for (const fault of faults) {
    expect(faults.filter((other) => isDuring(other, fault.from)).length).toBeLessThanOrEqual(2)
    expect(fault.severity).toBeGreaterThan(0)
    expect(fault.severity).toBeLessThanOrEqual(1)
  }
})

it('shows a slowdown: orders stay at least twice as long between picking and leaving', () => {
  for (const fault of ended('node_slowdown')) {
    const work = history.tables.fulfillment_orders.filter(
      (row) => row.node_external_id === fault.nodeId && row.shipped_at !== '',
    )
    const inside = work.filter((row) => isDuring(fault, row.picked_at))
    const usual = work.filter((row) => !isDuring(fault, row.picked_at, 4))
    const hours = (rows: Row[]): number =>
      meanOf(rows.map((row) => hoursBetween(row, 'picked_at', 'shipped_at')))
    expect(hours(inside)).toBeGreaterThan(2 * hours(usual))
  }
})

it('ends with a slowdown under which open work piles up at one node', () => {
  const fault = faults.at(-1) as Fault
  expect(fault).toMatchObject({ kind: 'node_slowdown', to: null })
  expect(secondOf(history.summary.to) - secondOf(fault.from)).toBe(5 * 3600)
  const warehouses = history.tables.nodes.filter((row) => row.type === 'warehouse')
  const piles = warehouses.map(({ node_external_id: node, daily_capacity: capacity }) => {
    const open = history.tables.fulfillment_orders.filter(
      (row) => row.node_external_id === node && isHeld(row) && row.packed_at === '',
    )
    return { node, share: open.length / Number(capacity) }
  })
  const others = piles.filter((pile) => pile.node !== fault.nodeId).map((pile) => pile.share)
  expect(piles.find((pile) => pile.node === fault.nodeId)?.share).toBeGreaterThan(2 * meanOf(others))
})

it('shows an outage: nothing is picked, packed or shipped at the node', () => {
  for (const fault of ended('node_outage')) {
    const work = history.tables.fulfillment_orders.filter((row) => row.node_external_id === fault.nodeId)
    const times = work.flatMap((row) => [row.picked_at, row.packed_at, row.shipped_at])
    expect(times.filter((time) => isDuring(fault, time))).toEqual([])
  }
})

it('shows a slow carrier, everywhere or on one lane: parcels take 1.4 times as long or more', () => {
  const regions = new Map(history.tables.orders.map((row) => [row.order_external_id, row.ship_to_region]))
  const origins = new Map(history.tables.nodes.map((row) => [row.node_external_id, row.region]))
  for (const fault of [...ended('carrier_slowdown'), ...ended('lane_slowdown')]) {
    const parcels = history.tables.shipments.filter((row) => {
      const lane = `${origins.get(row.node_external_id)}>${regions.get(row.order_external_id)}`
      const isCarrier = row.carrier === fault.carrier && row.delivered_at !== ''
      return isCarrier && (fault.lane === undefined || fault.lane === lane)
    })
    const hours = (rows: Row[]): number =>
      meanOf(rows.map((row) => hoursBetween(row, 'shipped_at', 'delivered_at')))
    const inside = parcels.filter((row) => isDuring(fault, row.shipped_at))
    const usual = parcels.filter((row) => !isDuring(fault, row.shipped_at))
    expect(hours(inside)).toBeGreaterThan(1.4 * hours(usual))
  }
})

it('shows a stock-out: nothing of the product can be promised at the node', () => {
  for (const fault of ended('stock_out')) {
    const counts = history.tables.inventory.filter(
      (row) => row.sku === fault.sku && row.node_external_id === fault.nodeId,
    )
    const free = (row: Row): number => numberOf(row, 'on_hand') - numberOf(row, 'allocated')
    const inside = counts.filter((row) => isDuring(fault, row.counted_at))
    expect(inside.length).toBeGreaterThan(0)
    expect(Math.max(...inside.map(free))).toBe(0)
    expect(meanOf(counts.filter((row) => !isDuring(fault, row.counted_at, 1)).map(free))).toBeGreaterThan(3)
  }
})

it('shows a gap of a channel: it has no orders', () => {
  for (const fault of ended('channel_gap')) {
    const orders = history.tables.orders.filter((row) => row.channel === fault.channel)
    const week = { ...fault, from: shifted(fault.from), to: shifted(fault.to ?? '') }
    expect(orders.filter((row) => isDuring(fault, row.placed_at))).toEqual([])
    expect(orders.filter((row) => isDuring(week, row.placed_at)).length).toBeGreaterThan(0)
  }
})

it('shows a spike of short picks, of cancellations and of demand', () => {
  const share = (rows: Row[], isHit: (row: Row) => boolean): number =>
    meanOf(rows.map((row) => Number(isHit(row))))
  for (const fault of ended('short_pick_spike')) {
    const work = history.tables.fulfillment_orders.filter((row) => row.node_external_id === fault.nodeId)
    const inside = work.filter((row) => isDuring(fault, row.picked_at))
    const isShort = (row: Row): boolean => numberOf(row, 'short_quantity') > 0
    expect(share(inside, isShort)).toBeGreaterThan(5 * share(work, isShort))
  }
  for (const fault of ended('cancellation_spike')) {
    const orders = history.tables.orders.filter((row) => row.channel === fault.channel)
    const inside = orders.filter((row) => isDuring(fault, row.placed_at))
    const isCancelled = (row: Row): boolean => row.cancelled_at !== ''
    expect(share(inside, isCancelled)).toBeGreaterThan(3 * share(orders, isCancelled))
  }
  const classes = new Map(history.tables.products.map((row) => [row.sku, row.sku_class]))
  const placed = new Map(history.tables.orders.map((row) => [row.order_external_id, row.placed_at]))
  for (const fault of ended('demand_spike')) {
    const lines = history.tables.order_lines.filter((row) => classes.get(row.sku) === fault.skuClass)
    const week = { ...fault, from: shifted(fault.from), to: shifted(fault.to ?? '') }
    const count = (window: Fault): number =>
      lines.filter((row) => isDuring(window, placed.get(row.order_external_id))).length
    expect(count(fault)).toBeGreaterThan(2 * count(week))
  }
})

function shifted(time: string): string {
  return new Date((secondOf(time) + 7 * 86_400) * 1000).toISOString()
}
