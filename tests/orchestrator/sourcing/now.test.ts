// What a market's own state says of the days of parcels and of carriers that are late. Made of orders as nodes and
// carriers told of them.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DayLaw } from '../../../orchestrator/sourcing/model/day-law.ts'
import { zoneClock } from '../../../orchestrator/sourcing/network/zone-clock.ts'
import { daySoFar } from '../../../orchestrator/sourcing/views/day-so-far.ts'
import { daysOff } from '../../../orchestrator/sourcing/views/days-off.ts'
import { delayOf, eveningMs, evidenceOf, RecentParcels } from '../../../orchestrator/sourcing/views/delays.ts'
import { ParcelDays } from '../../../orchestrator/sourcing/views/parcel-days.ts'
import { dayMs, hourMs, network, noon, stateOf, stateWith, type Told } from './told-orders.ts'

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
    return (
      delayOf(evidenceOf(own, { days, network, off, soFar: daySoFar(parcels, noon), now: noon }))?.days ?? 0
    )
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
