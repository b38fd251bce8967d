// What a script does to the time after a history: each strain where and when it says, and nothing else.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Continuation, continueAsTold, isCopy, type Strain } from '#data/world'

const hour = 3_600_000
const slot = 900_000
const options = {
  ...{ seed: 'told', days: 14, orders: 4_200, skus: 40 },
  ...{ end: Date.UTC(2026, 4, 5, 8), faults: 'none' as const },
}
const { end } = options
const strain = (more: Partial<Strain> & Pick<Strain, 'kind'>): Strain => {
  return { id: 'told', from: end + 24 * hour, to: end + 48 * hour, amount: 0, ...more }
}
const told = (...strains: Strain[]) => continueAsTold(options, strains)
const calm = told()
const reno = calm.node('reno')
const ordersOf = (world: Continuation, from: number, to: number) =>
  Array.from({ length: (to - from) / slot }, (_, i) => world.orders(from / slot + i)).flat()

describe('without strains', () => {
  it('nothing goes wrong for a month', () => {
    expect(calm.faults(end, end + 30 * 24 * hour)).toEqual([])
  })
})

describe('a node with fewer hands', () => {
  const time = (world: Continuation, at: number) => world.finish(reno, 'packing', at, 20) - at

  it('takes longer for the same work while it lasts, and not before or after', () => {
    const slow = told(strain({ kind: 'capacity', nodeId: 'reno', amount: 0.25 }))
    const noon = 12 * hour
    expect(time(slow, end + noon)).toBe(time(calm, end + noon))
    expect(time(slow, end + 24 * hour + noon)).toBeGreaterThan(2 * time(calm, end + 24 * hour + noon))
    expect(time(slow, end + 48 * hour + noon)).toBe(time(calm, end + 48 * hour + noon))
  })

  it('gets slower and slower where it creeps', () => {
    const creeps = told(
      strain({ kind: 'capacity', nodeId: 'reno', amount: 0.1, isCreeping: true, to: end + 96 * hour }),
    )
    const times = [34, 58, 82].map(
      (hours) => time(creeps, end + hours * hour) / time(calm, end + hours * hour),
    )
    expect(times[0]).toBeGreaterThan(1)
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })

  it('lacks them on the named weekday alone', () => {
    const week = told(
      strain({ kind: 'capacity', nodeId: 'reno', amount: 0.2, weekday: 3, to: end + 240 * hour }),
    )
    const slower = Array.from({ length: 7 }, (_, day) => end + (24 * day + 12) * hour).filter(
      (at) => time(week, at) > time(calm, at),
    )
    expect(slower.map((at) => new Date(at).getUTCDay())).toEqual([3])
  })
})

describe('a carrier that collects nothing', () => {
  it('leaves parcels at the dock until it comes again; others collect as ever', () => {
    const world = told(strain({ kind: 'no_pickup', carrier: 'Coastline' }))
    const at = end + 30 * hour
    expect(world.departure(reno, at, 'Coastline')).toBeGreaterThanOrEqual(end + 48 * hour)
    expect(world.departure(reno, at, 'Bluebird Post')).toBe(calm.departure(reno, at, 'Bluebird Post'))
  })
})

describe('the feed of a channel', () => {
  const [from, to] = [end + 24 * hour, end + 48 * hour]

  it('that is down hands its orders over afterwards, with the promise they had', () => {
    const world = told(strain({ kind: 'late_feed', channel: 'web' }))
    const usual = ordersOf(calm, from, to)
    const orders = ordersOf(world, from, to)
    expect(orders.map(({ externalId, promisedAt }) => [externalId, promisedAt])).toEqual(
      usual.map(({ externalId, promisedAt }) => [externalId, promisedAt]),
    )
    for (const [i, order] of orders.entries()) {
      if (order.channel !== 'web') expect(order).toEqual(usual[i])
      else {
        expect(order.arrivesAt).toBeGreaterThanOrEqual(to)
        expect(order.releaseAt).toBeGreaterThan(order.arrivesAt)
      }
    }
  })

  it('that sends twice adds copies of its own orders, and only of those', () => {
    const world = told(strain({ kind: 'double_feed', channel: 'mobile', amount: 1 }))
    const orders = ordersOf(world, from, to)
    const copies = orders.filter(({ externalId }) => isCopy(externalId))
    expect(copies.length).toBe(ordersOf(calm, from, to).filter(({ channel }) => channel === 'mobile').length)
    expect(copies.every(({ channel }) => channel === 'mobile')).toBe(true)
    expect(orders.filter(({ externalId }) => !isCopy(externalId))).toEqual(ordersOf(calm, from, to))
  })
})

describe('suppliers that do not come', () => {
  it('come when it is over, and no delivery gets lost', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 96 }), fc.integer({ min: 1, max: 168 }), (start, hours) => {
        const [from, to] = [end + start * hour, end + (start + hours) * hour]
        const world = told(strain({ kind: 'no_inbound', nodeId: 'reno', from, to }))
        const all = (some: Continuation) =>
          some.receipts(end, end + 400 * hour).filter(({ node }) => node === reno)
        const late = all(world)
        expect(late.length).toBe(all(calm).length)
        expect(late.filter(({ at }) => at >= from && at < to)).toEqual([])
      }),
      { numRuns: 30 },
    )
  })
})

describe('prices, goods and holidays', () => {
  const goods = { freightCents: null, lines: [{ sku: 'x', quantity: 1 }], at: end + 30 * hour }

  it('are dearer, or missing, where and while it is told', () => {
    const dear = told(strain({ kind: 'freight', carrier: 'Coastline', amount: 3 }))
    const cents = (world: Continuation, carrier: string) =>
      world.send(reno, 5, goods, carrier, 0.5).freightCostCents
    expect(cents(dear, 'Coastline')).toBe(3 * cents(calm, 'Coastline'))
    expect(cents(dear, 'Bluebird Post')).toBe(cents(calm, 'Bluebird Post'))
    const short = told(strain({ kind: 'short', nodeId: 'reno', amount: 0.4 }))
    expect(short.shortShare(reno, end + 30 * hour)).toBe(0.4)
    expect(short.shortShare(reno, end + 50 * hour)).toBe(calm.shortShare(reno, end + 50 * hour))
  })

  it('a holiday keeps docks closed', () => {
    const world = told(strain({ kind: 'holiday', from: end + 16 * hour, to: end + 40 * hour, amount: 0.5 }))
    const at = end + 24 * hour
    expect(world.departure(reno, at, 'Coastline')).toBeGreaterThan(calm.departure(reno, at, 'Coastline'))
  })

  it('are refused where they are not there', () => {
    expect(() => told(strain({ kind: 'capacity', nodeId: 'atlantis' })).orders(end / slot)).toThrow(
      /atlantis/,
    )
    expect(() => told(strain({ kind: 'transit', carrier: 'Owl' })).orders(end / slot)).toThrow(/Owl/)
  })
})
