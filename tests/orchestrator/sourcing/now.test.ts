// What a market's own state says of now: queues of nodes, days of parcels, carriers that are late. Made of orders as
// nodes and carriers told of them.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type CoreState,
  emptyState,
  type FulfillmentOrder,
  type Order,
  PersistentMap,
  PersistentSet,
  untouchedWork,
} from '#orchestrator/core'
import { compileNetwork } from '#orchestrator/sourcing'
import { DayLaw } from '../../../orchestrator/sourcing/model/day-law.ts'
import { zoneClock } from '../../../orchestrator/sourcing/network/zone-clock.ts'
import { daysOff } from '../../../orchestrator/sourcing/views/days-off.ts'
import { delayOf, eveningMs, evidenceOf, RecentParcels } from '../../../orchestrator/sourcing/views/delays.ts'
import { Paces } from '../../../orchestrator/sourcing/views/pace.ts'
import { ParcelDays } from '../../../orchestrator/sourcing/views/parcel-days.ts'
import { networkDocument, networkNode, weekCalendar } from './network-draft.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** A Wednesday. */
const noon = Date.UTC(2026, 4, 6, 12)
const capacity = { ordersPerDay: 160, linesPerDay: null, unitsPerDay: null, ordersPerHour: null }
const network = compileNetwork({
  document: networkDocument({
    nodes: [networkNode('N', { timeZone: 'UTC', calendarId: 'day', capacity })],
    calendars: [weekCalendar('day', [1, 2, 3, 4, 5, 6, 7], '06:00', '22:00')],
  }),
  version: 1,
  nodes: [],
})

type Told = Partial<FulfillmentOrder>

function orderOf(i: number, work: Told): Order {
  const id = `o${i}`
  const shipTo = { country: 'US', region: 'NY', city: null, postalCode: '10001', timeZone: 'UTC' }
  const own = { ...untouchedWork, fulfillmentOrderId: `${id}-F1`, nodeId: 'N', carrier: 'C', lines: [] }
  return { orderId: id, shipTo, work: [{ ...own, sourcedAt: 0, ...work }] } as unknown as Order
}

function stateOf(works: readonly Told[]): CoreState {
  const orders = works.map((work, i) => orderOf(i, work))
  const open = orders.filter(({ work: [first] }) => first?.shippedAt == null)
  return {
    ...emptyState('main'),
    orders: PersistentMap(orders.map((order) => [order.orderId, order])),
    openByNode: PersistentMap([['N', PersistentSet(open.map(({ orderId }) => orderId))]]),
  }
}

/** The same, with more that went into a region. */
function stateWith(works: readonly Told[], more: readonly Told[], region: string): CoreState {
  const state = stateOf([...works, ...more])
  const orders = more.map((_, i) => state.orders.get(`o${works.length + i}`) as Order)
  const moved = orders.map((order) => ({ ...order, shipTo: { ...order.shipTo, region, postalCode: null } }))
  return { ...state, orders: moved.reduce((all, order) => all.set(order.orderId, order), state.orders) }
}

function withoutOpen({ openByNode }: CoreState, orderId: string): CoreState['openByNode'] {
  const ids = [...(openByNode.get('N') ?? [])].filter((id) => id !== orderId)
  return openByNode.set('N', PersistentSet(ids))
}

/** Pieces packed one every six minutes of the days before, ten in an hour, as the node usually can. */
const history = Array.from({ length: 300 }, (_, i): Told => {
  const packedAt = noon - 2 * dayMs - (i % 60) * 360_000 - Math.floor(i / 60) * dayMs
  return { status: 'shipped', releasedAt: packedAt - 1_800_000, packedAt, shippedAt: packedAt + 60_000 }
})
const waiting = (count: number, since: number): Told[] =>
  Array.from({ length: count }, (_, i) => ({ status: 'open', releasedAt: since + i * 1000 }))
const packed = (count: number, from: number, to: number): Told[] =>
  Array.from({ length: count }, (_, i) => {
    const packedAt = from + ((i + 0.5) * (to - from)) / count
    return { status: 'packed', releasedAt: from - dayMs, packedAt }
  })

describe('the queue of a node', () => {
  const paceAt = (works: readonly Told[], now = noon) =>
    new Paces().at(stateOf([...history, ...works]), now, network)

  test('takes as long as what is before it, at the speed of the last hours', () => {
    const slow = paceAt([...waiting(30, noon - 5 * hourMs), ...packed(6, noon - 2 * hourMs, noon)])
    const quick = paceAt([...waiting(30, noon - 5 * hourMs), ...packed(20, noon - 2 * hourMs, noon)])
    expect(quick.of('N')?.perHour).toBeCloseTo(10, 0)
    expect(slow.of('N')?.perHour).toBeLessThan(5)
    expect(slow.hours('N')?.medianHours ?? 0).toBeGreaterThan(1.8 * (quick.hours('N')?.medianHours ?? 99))
  })

  test('goes on the next day as is usual then, faster or slower by as much as today', () => {
    const sunday = Date.UTC(2026, 4, 10, 20)
    // On Sundays there are half as many hands, and work waits all day.
    const sundays = [1, 2, 3].flatMap((week) =>
      Array.from({ length: 80 }, (_, i): Told => {
        const packedAt = sunday - 7 * week * dayMs - 14 * hourMs + (i + 0.5) * 720_000
        return { status: 'packed', releasedAt: packedAt - 5 * hourMs, packedAt }
      }),
    )
    const hoursWith = (done: number) =>
      paceAt(
        [...sundays, ...waiting(40, sunday - 6 * hourMs), ...packed(done, sunday - 6 * hourMs, sunday)],
        sunday,
      ).hours('N')?.medianHours ?? 0
    // Ten pieces until ten o'clock, 31 on Monday at ten an hour.
    expect(hoursWith(30)).toBeCloseTo(2 + 3.1, 0)
    // Half as fast as on other Sundays: about five, and 36 at five or six an hour.
    expect(hoursWith(15)).toBeGreaterThan(2 + 5)
    expect(hoursWith(15)).toBeLessThan(2 + 7)
    expect(paceAt([...sundays, ...waiting(5, sunday)], sunday).of('N')?.usualPerHour).toBeCloseTo(5, 1)
    expect(paceAt([...sundays, ...waiting(5, sunday)], sunday + dayMs).of('N')?.usualPerHour).toBeCloseTo(10)
  })

  test('stands still where nothing is packed that should have been, and may do so as long again', () => {
    const still = paceAt(waiting(10, noon - 3 * hourMs)).of('N')
    expect(still?.idleHours).toBeCloseTo(3, 1)
    expect(still?.perHour).toBeCloseTo(10)
  })

  test('is not taken to stand still at the begin of a shift because it did in the last', () => {
    const early = Date.UTC(2026, 4, 7, 6, 15)
    expect(paceAt(waiting(10, noon), early).of('N')?.idleHours).toBe(0)
  })

  test('is not known of a node that never told what it packed', () => {
    expect(new Paces().at(stateOf(waiting(5, noon - hourMs)), noon, network).of('N')).toBeNull()
  })

  test('is the same whether it was looked at before or not, whatever changed meanwhile', () => {
    const change = fc.record({
      i: fc.nat({ max: 11 }),
      to: fc.constantFrom<Told>(
        { packedAt: noon - 60_000, status: 'packed' },
        { packedAt: noon - hourMs, status: 'shipped', shippedAt: noon - hourMs },
        { status: 'cancelled' },
        { releasedAt: null },
        { nodeId: 'M' },
      ),
      isLate: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const kept = new Paces()
        const works = [...history, ...waiting(12, noon - 2 * hourMs)]
        let state = stateOf(works)
        let before = kept.at(state, noon, network)
        for (const { i, to, isLate } of changes) {
          if (!isLate) before.hours('N')
          const at = history.length + i
          const order = orderOf(at, { ...works[at], ...to })
          const open = to.shippedAt === undefined ? state.openByNode : withoutOpen(state, order.orderId)
          state = { ...state, orders: state.orders.set(order.orderId, order), openByNode: open }
          const view = kept.at(state, noon, network)
          // A view of what was before may be asked later on, and leaves nothing behind.
          if (isLate) expect(before.hours('N')?.medianHours).toBeGreaterThanOrEqual(0)
          expect(view.hours('N')).toEqual(new Paces().at(state, noon, network).hours('N'))
          expect(view.of('N')).toEqual(new Paces().at(state, noon, network).of('N'))
          before = view
        }
      }),
      { numRuns: 25 },
    )
  })

  test('is shorter for what came first', () => {
    const works = waiting(20, noon - 2 * hourMs)
    const state = stateOf([...history, ...works])
    const paces = new Paces().at(state, noon, network)
    const hoursOf = (i: number) => {
      const order = state.orders.get(`o${history.length + i}`) as Order
      return paces.hours('N', { order, work: order.work[0] as FulfillmentOrder })?.medianHours ?? 0
    }
    expect(hoursOf(0)).toBeLessThan(hoursOf(10))
    expect(hoursOf(10)).toBeLessThan(hoursOf(19))
  })
})

describe('days of parcels', () => {
  const utc = zoneClock('UTC')
  if (utc === null) throw new Error('no zone')
  const shares = [0, 0.1, 0.9, 1]

  test('what leaves later is never less likely to be late, nor what takes longer', () => {
    const law = (more: number) => new DayLaw(shares, more, [1, 2, 3, 4, 5, 6], { begins: utc, ends: utc })
    const arbitrary = fc.record({
      leaves: fc.integer({ min: 0, max: 200 }),
      later: fc.integer({ min: 0, max: 100 }),
      promised: fc.integer({ min: 0, max: 300 }),
      more: fc.integer({ min: 0, max: 4 }),
      miss: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    fc.assert(
      fc.property(arbitrary, ({ leaves, later, promised, more, miss }) => {
        const [at, promisedAt] = [noon + leaves * hourMs, noon + promised * hourMs]
        const first = law(0).lateness(at, promisedAt, miss)
        expect(first.risk >= 0 && first.risk <= 1).toBe(true)
        expect(law(0).lateness(at + later * hourMs, promisedAt, miss).risk).toBeGreaterThanOrEqual(
          first.risk - 1e-9,
        )
        expect(law(more).lateness(at, promisedAt, miss).risk).toBeGreaterThanOrEqual(first.risk - 1e-9)
        expect(law(more).arrivesAt(at)).toBeGreaterThanOrEqual(at)
      }),
    )
  })

  test('a day of the week without deliveries does not count', () => {
    const law = new DayLaw([0, 1], 0, [1, 2, 3, 4, 5, 6], { begins: utc, ends: utc })
    const saturday = Date.UTC(2026, 4, 9, 18)
    expect(new Date(law.arrivesAt(saturday)).getUTCDay()).toBe(1)
    expect(law.lateness(saturday, Date.UTC(2026, 4, 10, 23), 0).risk).toBe(1)
    expect(law.lateness(saturday, Date.UTC(2026, 4, 11, 23), 0).risk).toBe(0)
  })

  const parcel = (shippedAt: number, days: number | null, carrier = 'C'): Told => ({
    carrier,
    status: days === null ? 'shipped' : 'delivered',
    service: 'ground',
    shippedAt,
    deliveredAt: days === null ? null : shippedAt + days * dayMs,
  })
  const delayIn = (works: readonly Told[]) => {
    const state = stateOf(works)
    const days = new ParcelDays().at(state, noon, network)
    const parcels = [...new RecentParcels().at(state, noon, network).values()]
    const off = daysOff(parcels, network, noon - eveningMs)
    const own = parcels.filter(({ carrier }) => carrier === 'C')
    return delayOf(evidenceOf(own, { days, network, off, now: noon }))?.days ?? 0
  }
  const usual = Array.from({ length: 60 }, (_, i) => parcel(noon - (30 - (i % 20)) * dayMs, 2))

  test('parcels that are overdue tell of a delay before any of them came', () => {
    const overdue = Array.from({ length: 12 }, (_, i) => parcel(noon - (4 + (i % 2)) * dayMs, null))
    expect(delayIn([...usual, ...overdue])).toBeGreaterThanOrEqual(2)
    expect(delayIn([...usual, ...Array.from({ length: 12 }, () => parcel(noon - 5 * dayMs, 2))])).toBe(0)
  })

  // Twenty parcels a day of two carriers, two days on their way, and a day on which some carriers bring nothing.
  const daily = (resting: readonly string[], missed: number) =>
    Array.from({ length: 30 }, (_, ago) => ago + 1).flatMap((ago) =>
      ['C', 'D'].flatMap((carrier) =>
        Array.from({ length: 20 }, () => {
          const shippedAt = noon - ago * dayMs
          const late = resting.includes(carrier) && ago > missed && ago <= missed + 2 ? 1 : 0
          const hasCome = ago > 2 + late && ago >= 2
          return parcel(shippedAt, hasCome ? 2 + late : null, carrier)
        }),
      ),
    )

  test.each([1, 2])('a day on which no carrier brought anything counts for nobody, %i days ago', (missed) => {
    expect(delayIn(daily(['C', 'D'], missed))).toBe(0)
    expect(delayIn(daily(['C'], missed))).toBeGreaterThanOrEqual(1)
  })

  test('a way that none went yet is expected to take what others into the same region took', () => {
    const far = Array.from({ length: 24 }, (_, i) => parcel(noon - (20 + (i % 9)) * dayMs, 9))
    const state = stateWith([...usual, ...usual], far, 'HI')
    const days = new ParcelDays().at(state, noon, network)
    const to = (region: string) => ({
      nodeId: 'M',
      serviceId: 'ground',
      postalCode: null,
      region,
      distanceKm: () => null,
    })
    const within = (region: string, k: number) => days.shares(to(region))?.[k] ?? Number.NaN
    expect(within('HI', 8)).toBeLessThan(0.3)
    expect(within('NY', 2)).toBeGreaterThan(0.9)
  })

  test('a delay is over once parcels that left since then come as they used to, however many were late before', () => {
    const late = Array.from({ length: 24 }, (_, i) => parcel(noon - (5 + (i % 6)) * dayMs, 5))
    const punctual = Array.from({ length: 8 }, () => parcel(noon - 3 * dayMs, 2))
    expect(delayIn([...usual, ...usual, ...late])).toBe(3)
    expect(delayIn([...usual, ...usual, ...late, ...punctual])).toBe(0)
  })

  test('those that came late tell by how much', () => {
    const late = Array.from({ length: 12 }, (_, i) => parcel(noon - (6 + (i % 2)) * dayMs, 5))
    expect(delayIn([...usual, ...usual, ...late])).toBe(3)
  })
})
