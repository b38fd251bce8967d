// When the customer has a piece of work, as a law: the instant that is kept with a probability, and the probability
// that an instant is kept. It chooses nothing and knows no money.

import { isCollected } from '../model/courses.ts'
import { latenessOf, normalBelow, nothing } from '../model/laws.ts'
import type { SourcingSession } from '../model/session.ts'
import type { WorkWay } from '../model/way.ts'
import { dayNumber, weekdayOf, zoneClock } from '../network/zone-clock.ts'
import type { SourcingOrder } from '../world.ts'

const hourMs = 3_600_000
const utc = 'UTC'
/** No standard normal is beyond this, and halvings until a value is found. */
const normalMost = 9
const halvings = 60

/** When a piece of work reaches the customer, or can be collected. */
export interface Arrival {
  /** The instant that is kept with this probability, epoch ms; null = it is never there. */
  kept(share: number): number | null
  /** Probability of being there by an instant. */
  share(at: number): number
}

/** The law of a way. @param timeZone of the destination, for delivery days */
export function arrivalOf(order: SourcingOrder, way: WorkWay, timeZone: string): Arrival {
  return isCollected(order) ? ready(way) : delivered(order, way, timeZone)
}

/** Carried by a service or carrier: departure and transit, then the next day of delivery. */
function delivered({ destination }: SourcingOrder, { asked, stand, course }: WorkWay, zone: string): Arrival {
  const { session } = asked
  const { network, now } = session.world
  const { day, lane, carrierId } = course
  const { nodeId } = stand.facts.node
  const transit =
    lane === null ? session.learnedTransit(nodeId, carrierId, destination.region) : session.transit(lane)
  const mean = day.excess.mean + transit.mean
  const variance = day.excess.variance + transit.variance
  const floorAt = now + day.floorHours * hourMs
  const isDaily = lane === null || lane.service.deliveryDays.length === 0
  return {
    kept: (share) => {
      const at = floorAt + hoursKept(mean, variance, share) * hourMs
      return isDaily ? at : network.onDeliveryDay(lane.service, at, zone)
    },
    share: (at) => {
      const last = isDaily ? at : lastDelivery(lane.service.deliveryDays, at, zone)
      return Math.min(1, Math.max(0, 1 - latenessOf(mean, variance, (last - floorAt) / hourMs).risk))
    },
  }
}

/** Latest instant whose delivery is there by `at`: `at` itself on a day of delivery, else the end of the one before. */
function lastDelivery(days: readonly number[], at: number, zone: string): number {
  const clock = zoneClock(zone) ?? zoneClock(utc)
  if (clock === null) return at
  const today = clock.dayAt(at)
  for (let back = 0; back < 7; back++) {
    if (days.includes(weekdayOf(today - back))) return back === 0 ? at : clock.instant(today - back + 1, 0)
  }
  return at
}

/** Made ready in the working time of the node. */
function ready({ asked, stand, course }: WorkWay): Arrival {
  const { session } = asked
  const { world, rules } = session
  const { node, processing, isWorkingTime } = stand.facts
  const { network } = world
  const begins = rules.isOn('calendar') ? beginOf(session, stand.facts, course.day) : world.now
  const atNormal = (z: number): number | null => {
    if (begins === null) return null
    const hours = processing === nothing ? 0 : processing.median * Math.exp(processing.sigma * z)
    if (!rules.isOn('calendar')) return begins + hours * hourMs
    return isWorkingTime
      ? network.addWorkingTime(node.nodeId, begins, hours)
      : network.addWorkingTime(node.nodeId, begins + hours * hourMs, 0)
  }
  return {
    kept: (share) => atNormal(normalAt(share)),
    share: (at) => {
      let [low, high] = [-normalMost, normalMost]
      for (let i = 0; i < halvings; i++) {
        const middle = (low + high) / 2
        const end = atNormal(middle)
        if (end !== null && end <= at) low = middle
        else high = middle
      }
      return low === -normalMost ? 0 : normalBelow(high)
    },
  }
}

/** When work begins: now, or when the day that it counts on does. */
function beginOf(
  session: SourcingSession,
  facts: WorkWay['stand']['facts'],
  day: WorkWay['course']['day'],
): number | null {
  const { network, now } = session.world
  const { nodeId, timeZone } = facts.node
  const [first] = network.departures(nodeId, null, now, 1)
  if (first === undefined) return null
  const isFirst = session.days(facts, null)[0] === day
  const on = isFirst ? first.day : day.day
  const start = zoneClock(timeZone)?.instant(dayNumber(on) ?? 0, 0) ?? now
  return network.addWorkingTime(nodeId, Math.max(now, start), 0)
}

/**
 * Hours within which something is done with a probability: of a log-normal with that mean and variance, as
 * `latenessOf` takes it.
 */
export function hoursKept(mean: number, variance: number, share: number): number {
  if (mean <= 0) return 0
  if (variance <= 1e-12 * mean * mean) return mean
  const s2 = Math.log1p(variance / (mean * mean))
  return Math.exp(Math.log(mean) - s2 / 2 + Math.sqrt(s2) * normalAt(share))
}

const known = new Map<number, number>()

/** The value that a share of a standard normal is below; the inverse of `normalBelow`. */
export function normalAt(share: number): number {
  const kept = known.get(share)
  if (kept !== undefined) return kept
  let [low, high] = [-normalMost, normalMost]
  for (let i = 0; i < halvings; i++) {
    const middle = (low + high) / 2
    if (normalBelow(middle) < share) low = middle
    else high = middle
  }
  if (known.size >= 1_000) known.clear()
  known.set(share, high)
  return high
}
