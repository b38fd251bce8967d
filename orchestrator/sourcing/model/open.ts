// Whether a node has a way for an order at all, and what any work from it costs at least, both without working its
// ways out. It makes no ways.

import type { ServiceReach } from '../network/compiled.ts'
import type { Way } from '../solve/problem.ts'
import { arrivalOn } from './course.ts'
import type { Trip } from './courses.ts'
import type { WorkDay } from './days.ts'
import type { NodeFacts } from './facts.ts'
import type { Stand } from './way-parts.ts'

const hourMs = 3_600_000
/** Carriage, work, time, priority and soft constraints are rounded each: half a cent down at most. */
const roundedMost = 2.5

/** Whether some service takes work of a node on some day with room, in time where it must: as `coursesOf` has it. */
export function isOpen(trip: Trip, facts: NodeFacts, services: readonly ServiceReach[]): boolean {
  const { session, order } = trip
  const { rules } = session
  const isRoomAsked = facts.hasCapacity && rules.isHard('capacity')
  const isLateBarred = order.promisedAt !== null && rules.isHard('promise')
  let full: string | null = null
  for (const reached of services) {
    for (const day of session.days(facts, reached.service.carrierId)) {
      if (isRoomAsked && day.day === full) continue
      if (isRoomAsked && !hasPlace(trip, facts, day)) full = day.day
      else if (!isLateBarred || isInTime(trip, facts, reached, day)) return true
    }
  }
  return false
}

function hasPlace({ session }: Trip, facts: NodeFacts, { day }: WorkDay): boolean {
  const { orders, lines, units } = session.limits(facts, day)
  const booked = session.world.load.booked(facts.node.nodeId, day)
  return orders - booked.orders >= 1 && lines - booked.lines >= 1 && units - booked.units >= 1
}

function isInTime(trip: Trip, facts: NodeFacts, { service, lane }: ServiceReach, day: WorkDay): boolean {
  const { session, order } = trip
  const { nodeId } = facts.node
  const transit = session.transitBy(service, lane, nodeId, order.destination.region)
  const days = session.daysBy({ service, nodeId }, order.destination)
  const arrivesAt = arrivalOn(session.world.network, service, day, { transit, days }, zoneOf(trip, facts))
  return arrivesAt <= (order.promisedAt ?? Number.POSITIVE_INFINITY)
}

/** Zone that days of delivery are told in. */
export function zoneOf({ order }: Trip, { node }: NodeFacts): string {
  return order.destination.timeZone ?? node.timeZone
}

/**
 * What no piece of work by any service is below: the least carriage by distance and weight, work, time, and what the
 * node itself costs. What comes on top, such as lateness, is 0 or more.
 */
export function leastByService(
  trip: Trip,
  stand: Stand,
  services: readonly ServiceReach[],
): Required<Way>['least'] {
  const { goods, session } = trip
  const { network, strategy, rounding } = session.world
  const { weights, prices } = strategy
  const { facts } = stand
  const hourCents = weights.time * prices.hourCents
  const { mostG } = goods
  let each = Number.POSITIVE_INFINITY
  let perG = Number.POSITIVE_INFINITY
  let least = Number.POSITIVE_INFINITY
  for (const reached of services) {
    const floor = network.reachFloor(reached, stand.distanceKm, mostG)
    if (floor.eachCents === Number.POSITIVE_INFINITY) continue
    const time = hourCents === 0 ? 0 : hourCents * leastHours(trip, facts, reached)
    each = Math.min(each, weights.carriage * floor.eachCents + time)
    perG = Math.min(perG, weights.carriage * floor.perGCents)
    least = Math.min(least, weights.carriage * floor.leastCents + time)
  }
  const isByWeight = each + perG * mostG > least && mostG < Number.POSITIVE_INFINITY
  const { orderCostCents, lineCostCents, unitCostCents } = facts.node
  const own = weights.processing * (orderCostCents + lineCostCents) + facts.priorityCents + stand.softCents
  const unit = weights.processing * unitCostCents
  const sum = (isByWeight ? each : least) + own - (rounding === 'cents' ? roundedMost : 0)
  const perUnit = new Array<number>(goods.weights.length)
  for (let i = 0; i < perUnit.length; i++)
    perUnit[i] = unit + (isByWeight ? (goods.weights[i] ?? 0) * perG : 0)
  return new Least(Number.isNaN(sum) ? 0 : sum, perUnit)
}

class Least {
  readonly each: number
  readonly perUnit: readonly number[]

  constructor(each: number, perUnit: readonly number[]) {
    this.each = each
    this.perUnit = perUnit
  }
}

/** Hours until the customer has it at the soonest. */
function leastHours({ session, order }: Trip, facts: NodeFacts, { service, lane }: ServiceReach): number {
  const { nodeId } = facts.node
  const { median } = session.transitBy(service, lane, nodeId, order.destination.region)
  const days = session.daysBy({ service, nodeId }, order.destination)
  let first = Number.POSITIVE_INFINITY
  for (const { dispatchAt } of session.days(facts, service.carrierId)) first = Math.min(first, dispatchAt)
  // What leaves first is never brought later than what leaves after it.
  const arrivesAt =
    days === null || first === Number.POSITIVE_INFINITY ? first + median * hourMs : days.arrivesAt(first)
  return Math.max(0, (arrivesAt - session.world.now) / hourMs)
}
