// How much of a day's parcels has usually come by now, where it can be told that carriers are at work today and that
// somebody tells what came. It judges no carrier and decides nothing.

import { dayMs, zoneClock } from '../network/zone-clock.ts'
import type { DaySoFar, LateParcel } from './delays.ts'

/** Parcels that must have come before so that they say something: by a service, and of a carrier by that hour. */
const ofServiceLeast = 50
const ofCarrierLeast = 20
/** A carrier is at work where it brought so much of what it usually has by now. */
const atWorkShare = 0.5
/** On some days all of it comes somewhat later: so much less is counted on. */
const strays = 0.15
const hourMs = 3_600_000

/** What a carrier brought: today, on days before, and on these until the same hour. */
class Brought {
  today = 0
  byNow = 0
  readonly days = new Set<number>()

  get isAtWork(): boolean {
    return this.byNow >= ofCarrierLeast && this.today >= (atWorkShare * this.byNow) / this.days.size
  }
}

/**
 * Judged by when parcels of the same service came on the days before: some are brought in the morning, others in the
 * evening. Of a carrier something is said only where another one is at work today: on a holiday, or where nobody tells
 * what came, nothing is.
 * @param now epoch ms of the market
 */
export function daySoFar(parcels: Iterable<LateParcel>, now: number): DaySoFar {
  const services = new Map<string, number[]>()
  const carriers = new Map<string, Brought>()
  for (const { carrier, deliveredAt, timeZone, way } of parcels) {
    const clock = zoneClock(timeZone ?? '')
    if (deliveredAt === null || carrier === null || clock === null) continue
    const own = carriers.get(carrier) ?? new Brought()
    carriers.set(carrier, own)
    const local = deliveredAt + clock.offsetAt(deliveredAt)
    const day = Math.floor(local / dayMs)
    const hour = hourOf(local)
    if (day >= clock.dayAt(now)) own.today++
    else {
      own.days.add(day)
      if (hour < hourOf(now + clock.offsetAt(now))) own.byNow++
      const byHour = services.get(way.serviceId) ?? Array.from({ length: 24 }, () => 0)
      services.set(way.serviceId, byHour)
      byHour[hour] = (byHour[hour] ?? 0) + 1
    }
  }
  const atWork = new Set([...carriers].flatMap(([carrier, { isAtWork }]) => (isAtWork ? carrier : [])))
  const shares = new Map([...services].map(([serviceId, byHour]) => [serviceId, untilEach(byHour)]))
  return ({ carrier, timeZone, way }) => {
    const clock = zoneClock(timeZone ?? '')
    const others = carrier !== null && atWork.has(carrier) ? atWork.size - 1 : atWork.size
    if (clock === null || others === 0) return 0
    return Math.max(0, (shares.get(way.serviceId)?.[hourOf(now + clock.offsetAt(now))] ?? 0) - strays)
  }
}

/** Share that comes before each hour; none where too few came. */
function untilEach(byHour: readonly number[]): number[] {
  const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0)
  const all = sum(byHour)
  return all < ofServiceLeast ? [] : byHour.map((_, hour) => sum(byHour.slice(0, hour)) / all)
}

const hourOf = (local: number): number => Math.floor((local % dayMs) / hourMs)
