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

describe('two of the same sort at the same place', () => {
  const [from, to] = [end + 24 * hour, end + 48 * hour]
  const second = { from: end + 40 * hour, to: end + 60 * hour }
  const goods = { freightCents: null, lines: [{ sku: 'x', quantity: 1 }], at: end + 44 * hour }
  /** The same whichever is told first. */
  const both = <T>(one: Strain, other: Strain, of: (world: Continuation) => T): T => {
    const found = of(told(one, other))
    expect(of(told(other, one))).toEqual(found)
    return found
  }

  it('of goods that are not found and of bad addresses: the larger share counts', () => {
    const short = { kind: 'short' as const, nodeId: 'reno' }
    const two = [strain({ ...short, amount: 0.2 }), strain({ ...short, ...second, amount: 0.5 })] as const
    const share = (hours: number) => both(...two, (world) => world.shortShare(reno, end + hours * hour))
    expect([30, 44, 50].map(share)).toEqual([0.2, 0.5, 0.5])
    const bad = { kind: 'cancellations' as const, channel: 'web' }
    const canceled = (world: Continuation) => {
      const orders = ordersOf(world, second.from, to).filter(({ channel }) => channel === 'web')
      return orders.filter(({ cancelAt }) => cancelAt !== null).length
    }
    const most = strain({ ...bad, ...second, amount: 0.9 })
    expect(both(strain({ ...bad, amount: 0.1 }), most, canceled)).toBe(canceled(told(most)))
  })

  it('of dear carriers: both prices', () => {
    const dear = { kind: 'freight' as const, carrier: 'Coastline' }
    const cents = (world: Continuation) => world.send(reno, 5, goods, 'Coastline', 0.5).freightCostCents
    const two = both(strain({ ...dear, amount: 2 }), strain({ ...dear, ...second, amount: 3 }), cents)
    expect(two).toBe(6 * cents(calm))
  })

  it('of feeds that are down and suppliers that do not come: nothing comes before both are over', () => {
    const late = { kind: 'late_feed' as const, channel: 'web' }
    const orders = both(strain(late), strain({ ...late, ...second }), (world) => ordersOf(world, from, to))
    const web = orders.filter(({ channel }) => channel === 'web')
    expect(web.length).toBeGreaterThan(0)
    for (const { arrivesAt } of web) expect(arrivesAt).toBeGreaterThanOrEqual(second.to)
    const held = { kind: 'no_inbound' as const, nodeId: 'reno' }
    const long = [
      strain({ ...held, to: end + 120 * hour }),
      { from: end + 110 * hour, to: end + 300 * hour },
    ] as const
    const all = (world: Continuation) =>
      world.receipts(end, end + 500 * hour).filter(({ node }) => node === reno)
    const receipts = both(long[0], strain({ ...held, ...long[1] }), all)
    expect(receipts).toHaveLength(all(calm).length)
    expect(receipts.filter(({ at }) => at >= from && at < long[1].to)).toEqual([])
  })

  it('of feeds that send twice: one copy each, by the larger share', () => {
    const double = { kind: 'double_feed' as const, channel: 'web' }
    const copies = (world: Continuation) =>
      ordersOf(world, second.from, to).filter(({ externalId }) => isCopy(externalId)).length
    const most = strain({ ...double, ...second, amount: 0.8 })
    expect(both(strain({ ...double, amount: 0.2 }), most, copies)).toBe(copies(told(most)))
  })

  it('one after the other: each as if it were alone', () => {
    const late = { kind: 'late_feed' as const, channel: 'web' }
    const next = strain({ ...late, from: to, to: end + 60 * hour })
    expect(ordersOf(told(strain(late), next), from, to)).toEqual(ordersOf(told(strain(late)), from, to))
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
