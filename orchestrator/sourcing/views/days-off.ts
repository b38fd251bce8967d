// Days on which nobody brought anything, whatever the carrier: public holidays, as they show in what arrived. A day on
// which some carriers work is none. It knows no calendar and decides nothing.

import type { CompiledNetwork } from '../network/compiled.ts'
import { weekdayOf, zoneClock } from '../network/zone-clock.ts'
import type { LateParcel } from './delays.ts'

/** What a carrier did on a day. */
interface CarrierDay {
  brought: number
  /** Parcels that it could have brought. */
  had: number
}

/** Share of what a carrier usually brings in a day, up to which it rests. */
const restShare = 0.05
/** Parcels that it must have had, and carriers that must rest, so that this says something. */
const parcelsLeast = 10
const carriersLeast = 2
/** Longest time that a parcel counts as under way, days. */
const underWayMost = 12

/** Local days since 1970, of customers. @param until instant up to which what came is known, epoch ms */
export function daysOff(
  parcels: Iterable<LateParcel>,
  network: CompiledNetwork,
  until: number,
): ReadonlySet<number> {
  const carriers = new Map<string, Map<number, CarrierDay>>()
  for (const parcel of parcels) {
    if (parcel.carrier === null) continue
    const own = carriers.get(parcel.carrier) ?? new Map<number, CarrierDay>()
    carriers.set(parcel.carrier, own)
    count(parcel, own, network, until)
  }
  const resting = new Map<number, number>()
  const working = new Set<number>()
  for (const days of carriers.values()) {
    const usual = usualOf(days)
    for (const [day, { brought, had }] of days) {
      if (had < parcelsLeast) continue
      if (brought > restShare * usual) working.add(day)
      else resting.set(day, (resting.get(day) ?? 0) + 1)
    }
  }
  const off = [...resting].filter(([day, count]) => count >= carriersLeast && !working.has(day))
  return new Set(off.map(([day]) => day))
}

function count(parcel: LateParcel, days: Map<number, CarrierDay>, network: CompiledNetwork, until: number) {
  const { way, shippedAt, deliveredAt, timeZone } = parcel
  const ends = zoneClock(timeZone ?? '')
  if (ends === null) return
  const week = network.services.get(way.serviceId)?.deliveryDays ?? []
  const first = ends.dayAt(shippedAt) + 1
  const came = deliveredAt === null ? null : ends.dayAt(deliveredAt)
  const last = Math.min(came ?? ends.dayAt(until), first + underWayMost)
  for (let day = first; day <= last; day++) {
    if (week.length > 0 && !week.includes(weekdayOf(day))) continue
    const known = days.get(day) ?? { brought: 0, had: 0 }
    days.set(day, known)
    known.had++
    if (day === came) known.brought++
  }
}

/** What a carrier brings on a day on which it brings something, as likely as not. */
function usualOf(days: ReadonlyMap<number, CarrierDay>): number {
  const counts = [...days.values()].map(({ brought }) => brought).filter((brought) => brought > 0)
  counts.sort((a, b) => a - b)
  return counts[counts.length >> 1] ?? 0
}
