// Carriers and regions whose parcels take longer: seen region by region where it is one, as a whole where it is all of
// them, and over where what left since then comes in time. Made of orders as carriers told of them.

import { describe, expect, test } from 'vitest'
import {
  type CoreState,
  emptyState,
  type FulfillmentOrder,
  type Incident,
  type Order,
  PersistentMap,
  untouchedWork,
} from '#orchestrator/core'
import { compileNetwork } from '#orchestrator/sourcing'
import { RecentParcels } from '../../../orchestrator/sourcing/views/delays.ts'
import { ParcelDays } from '../../../orchestrator/sourcing/views/parcel-days.ts'
import { findSlowWays } from '../../../orchestrator/sourcing/views/slow-ways.ts'
import { networkDocument, networkNode, weekCalendar } from './network-draft.ts'

const dayMs = 86_400_000
/** A Wednesday; the day under way counts once its parcels have been brought. */
const now = Date.UTC(2026, 4, 6, 22)
const network = compileNetwork({
  document: networkDocument({
    nodes: [networkNode('N', { timeZone: 'UTC', calendarId: 'day' })],
    calendars: [weekCalendar('day', [1, 2, 3, 4, 5, 6, 7], '06:00', '22:00')],
  }),
  version: 1,
  nodes: [],
})
const regions = ['CA', 'NY', 'TX', 'WA']

interface Delayed {
  carrier: string
  /** To these regions. */
  into: readonly string[]
  /** Left so many days ago, from and to. */
  ago: readonly [from: number, to: number]
  /** Of those of a day so many come as ever. */
  asEver?: number
  /** Of each two that leave in a day one does so five hours later, and on the first day that one alone is delayed. */
  fromEvening?: true
}

/**
 * Two parcels a day by each of two carriers into each region, two days on their way, three more where delayed.
 * @param until instant up to which it is told what came, epoch ms
 */
function stateWith(
  delayed: readonly Delayed[],
  incidents: Partial<Incident>[] = [],
  until: number = now,
): CoreState {
  const orders: Order[] = []
  const hasEvening = delayed.some(({ fromEvening }) => fromEvening)
  for (let ago = 60; ago >= 1; ago--)
    for (const carrier of ['C', 'D'])
      for (const [r, region] of regions.entries())
        for (let i = 0; i < 2; i++) {
          const isLate = delayed.some(
            ({ carrier: slow, into, ago: [from, to], asEver = 0, fromEvening = false }) =>
              slow === carrier &&
              into.includes(region) &&
              ago <= from &&
              ago >= to &&
              2 * r + i >= asEver &&
              !(fromEvening && ago === from && i === 0),
          )
          const shippedAt = now - ago * dayMs - (hasEvening && i === 1 ? 1 : 6) * 3_600_000
          const days = isLate ? 5 : 2
          const work = {
            ...{ ...untouchedWork, fulfillmentOrderId: `f${orders.length}`, nodeId: 'N', carrier, lines: [] },
            ...{ service: `${carrier} ground`, status: 'shipped', sourcedAt: 0, shippedAt },
            deliveredAt: shippedAt + days * dayMs <= until ? shippedAt + days * dayMs : null,
          } as unknown as FulfillmentOrder
          const shipTo = { country: 'US', region, city: null, postalCode: null, timeZone: 'UTC' }
          orders.push({ orderId: `o${orders.length}`, shipTo, work: [work] } as unknown as Order)
        }
  const full = incidents.map(
    (one, i) => ({ incidentId: `i${i}`, metric: 'transit_hours', ...one }) as Incident,
  )
  return {
    ...emptyState('main'),
    orders: PersistentMap(orders.map((order) => [order.orderId, order])),
    incidents: PersistentMap(full.map((one) => [one.incidentId, one])),
    openIncidents: PersistentMap(
      full.map((one) => [`${one.dimension}/${one.dimensionValue}`, one.incidentId]),
    ),
  }
}

function slowIn(state: CoreState, at: number = now) {
  const days = new ParcelDays().at(state, at, network)
  const parcels = new RecentParcels().at(state, at, network)
  const { slices, plain } = findSlowWays(state, { days, network, now: at, parcels })
  return {
    plain: plain.map(({ carrier, days: more }) => `${carrier} +${more}`),
    still: slices.flatMap(({ incidentId, days: more }) => (incidentId === null ? [] : [more])),
    plainly: slices.flatMap(({ incidentId, slice }) =>
      incidentId === null ? [[...slice.values()].join(' ')] : [],
    ),
    told: plain,
  }
}

/** Nothing left by a carrier in the last days. */
function withoutLast(state: CoreState, carrier: string, days: number): CoreState {
  const orders = [...state.orders].filter(([, { work }]) =>
    work.every((each) => each.carrier !== carrier || (each.shippedAt ?? 0) < now - (days + 1) * dayMs),
  )
  return { ...state, orders: PersistentMap(orders) }
}

const whole = { dimension: 'carrier', dimensionValue: 'C' }
const west = { dimension: 'carrier x region', dimensionValue: 'C x CA' }

describe('a carrier that is slow', () => {
  test('is seen as a whole, and not region by region, with what is usual', () => {
    const found = slowIn(stateWith([{ carrier: 'C', into: regions, ago: [5, 1] }]))
    expect(found.plain).toEqual(['C +3'])
    expect(found.plainly).toEqual(['C'])
    expect(found.told[0]?.usual).toEqual({ median: 2, low: 2, high: expect.any(Number) })
    expect(found.told[0]?.since).toBe(now - 5 * dayMs - 6 * 3_600_000)
  })

  test('since an evening is told by what left that evening, though what left before it came as ever', () => {
    const found = slowIn(stateWith([{ carrier: 'C', into: regions, ago: [2, 1], fromEvening: true }]))
    expect(found.told).toMatchObject([{ carrier: 'C', since: now - 2 * dayMs - 3_600_000 }])
    const ever = stateWith([{ carrier: 'C', into: [], ago: [2, 1], fromEvening: true }])
    expect(slowIn(ever)).toMatchObject({ plain: [], plainly: [] })
  })

  test('is told in the afternoon, by what should have come, where another one is seen at work', () => {
    const afternoon = now - 4 * 3_600_000
    const seen = (carriers: readonly string[], at: number) => {
      const delayed = carriers.map((carrier) => ({ carrier, into: regions, ago: [2, 1] as const }))
      return slowIn(stateWith(delayed, [], at), at)
    }
    expect(seen(['C'], afternoon).plain).toEqual(['C +1'])
    // Where nobody brought anything it is a holiday, or nobody tells of it.
    expect(seen(['C', 'D'], afternoon)).toMatchObject({ plain: [], plainly: [] })
    // Before the hour in which parcels come nothing is missed.
    expect(seen(['C'], now - 7 * 3_600_000)).toMatchObject({ plain: [], plainly: [] })
  })

  test('into one region is seen there and nowhere else, and is not told as the carrier', () => {
    const found = slowIn(stateWith([{ carrier: 'C', into: ['CA'], ago: [6, 1] }]))
    expect(found).toMatchObject({ plain: [], plainly: ['C CA'] })
  })

  test('as a whole is over with what left since then, in each region too', () => {
    const over = stateWith([{ carrier: 'C', into: regions, ago: [9, 3] }], [west])
    expect(slowIn(over)).toMatchObject({ plain: [], plainly: [], still: [0] })
  })

  test('into a region lasts as long as its own parcels say so', () => {
    const lasts = [{ carrier: 'C', into: ['CA'], ago: [6, 1] as const }]
    expect(slowIn(stateWith(lasts, [west])).still).toEqual([3])
    const over = [{ carrier: 'C', into: ['CA'], ago: [10, 5] as const }]
    expect(slowIn(stateWith(over, [west])).still).toEqual([0])
  })

  test('stays so in the afternoon, when what comes as ever has come and the rest of the day has not', () => {
    const slow = [{ carrier: 'C', into: regions, ago: [5, 1] as const, asEver: 3 }]
    for (const hours of [0, 12, 19, 24]) {
      const at = now + hours * 3_600_000
      expect(slowIn(stateWith(slow, [], at), at).plain, `${hours} h later`).toEqual(['C +3'])
    }
  })

  test('is believed to be slow for some days when nobody sends anything by it any more, and no longer', () => {
    const slow = stateWith([{ carrier: 'C', into: regions, ago: [9, 1] }])
    expect(slowIn(withoutLast(slow, 'C', 3)).plain).toEqual(['C +3'])
    expect(slowIn(withoutLast(slow, 'C', 4))).toMatchObject({ plain: [], plainly: [] })
    const told = stateWith([{ carrier: 'C', into: regions, ago: [9, 1] }], [whole])
    expect(slowIn(withoutLast(told, 'C', 3)).still).toEqual([3])
    expect(slowIn(withoutLast(told, 'C', 4)).still).toEqual([0])
  })

  test('is nobody where all come as they used to', () => {
    expect(slowIn(stateWith([]))).toMatchObject({ plain: [], plainly: [] })
  })
})
