// How far the day under way is: by the hours in which parcels of the same service come, where somebody else is at work.

import { expect, test } from 'vitest'
import { daySoFar } from '../../../orchestrator/sourcing/views/day-so-far.ts'
import type { LateParcel } from '../../../orchestrator/sourcing/views/delays.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000
const midnight = Date.UTC(2026, 4, 6)
const way = (serviceId: string) => ({
  ...{ nodeId: 'N', serviceId, postalCode: null, region: null },
  distanceKm: () => null,
})

/** Ten parcels a day that come at an hour, on so many days before, and today where they have come by then. */
function brought(carrier: string, serviceId: string, hour: number, days: number, today: number | null) {
  const parcels: LateParcel[] = []
  for (let ago = days; ago >= (today !== null && today >= hour ? 0 : 1); ago--) {
    const deliveredAt = midnight - ago * dayMs + hour * hourMs
    const parcel = { carrier, way: way(serviceId), origin: null, shippedAt: deliveredAt - dayMs, deliveredAt }
    parcels.push(...Array.from({ length: 10 }, () => ({ ...parcel, timeZone: 'UTC' })))
  }
  return parcels
}

const share = (parcels: readonly LateParcel[], hour: number, carrier: string, serviceId: string) =>
  daySoFar(parcels, midnight + hour * hourMs)({ carrier, timeZone: 'UTC', way: way(serviceId) })

test('a service that comes in the evening is not missed in the afternoon, one of the morning is', () => {
  const parcels = [
    ...brought('C', 'early', 10, 8, null),
    ...brought('C', 'late', 19, 8, null),
    ...brought('D', 'other', 11, 8, 15),
  ]
  expect(share(parcels, 15, 'C', 'early')).toBeCloseTo(0.85)
  expect(share(parcels, 15, 'C', 'late')).toBe(0)
  expect(share(parcels, 9, 'C', 'early')).toBe(0)
})

test('nothing is said where nobody else is seen at work, nor of a service that few came by', () => {
  const parcels = [...brought('C', 'early', 10, 8, 15), ...brought('C', 'rare', 10, 4, 15)]
  expect(share(parcels, 15, 'C', 'early')).toBe(0)
  const holiday = [...parcels, ...brought('D', 'other', 11, 8, null)]
  expect(share(holiday, 15, 'C', 'early')).toBe(0)
  const working = [...parcels, ...brought('D', 'other', 11, 8, 15)]
  expect(share(working, 15, 'C', 'early')).toBeCloseTo(0.85)
  expect(share(working, 15, 'C', 'rare')).toBe(0)
  // Where the only other one rests, the one that works is not held against itself.
  expect(share(holiday, 15, 'D', 'other')).toBeCloseTo(0.85)
})
