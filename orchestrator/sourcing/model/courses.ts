// The ways that work could go from a node to a customer: services or carriers, and the days they leave on. It prices
// no goods.

import type { SourcingOrder } from '../world.ts'
import { type CapacityRows, type DayCapacity, fitsInto, priceOfLoad, tightest } from './capacity.ts'
import { type Check, check, fixed } from './checks.ts'
import { arrivalOn, Carriage, CarriedCourse, lateCents, type Terms } from './course.ts'
import { afterWaiting, daysOf, type WorkDay, withEarlier } from './days.ts'
import { type NodeFacts, usual } from './facts.ts'
import type { Goods } from './goods.ts'
import { lawOf, nothing } from './laws.ts'
import type { SourcingSession } from './session.ts'
import type { Course } from './way-parts.ts'

const hourMs = 3_600_000
const dayMs = 86_400_000

/** Carriers known from history that are weighed, the most used first. */
const carriersWeighed = 4

/** What ways are asked for. */
export interface Trip {
  order: SourcingOrder
  goods: Goods
  session: SourcingSession
  terms: Terms
  rows: CapacityRows
  /** Every day on which it could leave; else only as many as one order on its own could want. */
  isEveryDay: boolean
}

/** Whether the customer comes for it. */
export function isCollected({ method }: Pick<SourcingOrder, 'method'>): boolean {
  return method === 'pickup' || method === 'curbside'
}

/**
 * Ways from a node.
 * @param said gets what stands in the way, where it is given: ways that cannot be taken are told then, too
 * @param isStay the work is there already: nothing but its carrier counts
 */
export function coursesOf(trip: Trip, facts: NodeFacts, said?: Check[], isStay = false): Course[] {
  const courses: Course[] = []
  const isThere = isStay || keepsTurn(trip.order, facts)
  for (const carriage of carriagesOf(trip, facts, isStay, said)) {
    const days = isThere
      ? daysOfStay(trip, facts, carriage.carrierId)
      : trip.session.days(facts, carriage.carrierId)
    if (days.length === 0)
      said?.push(fixed('active', { isMet: false, code: 'node_closed', text: 'does not work for 60 days' }))
    let floor = Number.POSITIVE_INFINITY
    let saving = Number.POSITIVE_INFINITY
    for (const day of days) {
      if (day.earlyHours === 0 && saving <= hoursCents(trip, day.floorHours - (days[0]?.floorHours ?? 0)))
        break
      if (isStay) {
        const { arrivesAt } = courseOf(trip, carriage, day, null, facts)
        return [new CarriedCourse(carriage, trip.terms, day, null, arrivesAt, 0)]
      }
      const capacity = isThere ? null : trip.rows.of(facts, day.day)
      const course = courseOf(trip, carriage, day, capacity, facts)
      const hasPlace = hasRoom(trip, course, said)
      const isOpen = keepsPromise(trip, course, said) && hasPlace
      if (!isOpen && said === undefined) continue
      const cents = fixedCents(trip, course)
      if (isOpen && cents >= floor) continue
      courses.push(course)
      if (trip.isEveryDay || !isOpen || !holdsAll(trip, capacity)) continue
      // A later day could only be better for an order on its own by less load than this.
      floor = Math.min(floor, cents)
      if (day.earlyHours === 0) saving = Math.min(saving, loadCents(trip, capacity))
    }
  }
  return courses
}

/**
 * Whether work goes on from its turn at a node, and has its place of the day there: by another carrier of its own node,
 * where it is known what is before it.
 */
export function keepsTurn({ from }: Pick<SourcingOrder, 'from'>, { node }: Pick<NodeFacts, 'node'>): boolean {
  return from?.work !== undefined && from.nodeId === node.nodeId
}

/**
 * Days on which work leaves that is there already: by what is before it where that is known, else by what is left of
 * how long work takes. It came before the cut-offs that have passed since.
 */
function daysOfStay(trip: Trip, facts: NodeFacts, carrierId: string | null): readonly WorkDay[] {
  const { order, session, terms } = trip
  const { world, rules } = session
  const cameAt = order.from?.since ?? terms.now
  const work = order.from?.work
  const own = work === undefined ? facts : { ...facts, processing: lawOf(work), isWorkingTime: true }
  const days = daysOf(own, carrierId, world, rules, cameAt)
  const waited = (terms.now - cameAt) / hourMs
  if (work !== undefined)
    return days.map((day, i) => (i === 0 ? withEarlier(day, own, carrierId, world) : day))
  if (waited <= 0) return days
  return days.map((day) => afterWaiting(day, facts, waited, terms.now))
}

/** What a way costs whatever goes on it, but for carriage and work. */
function fixedCents({ order, session }: Trip, course: Course): number {
  const { weights } = session.world.strategy
  const prices = session.prices(order)
  const { capacity, hours, softCents } = course
  const busy = capacity === null ? 0 : priceOfLoad(capacity.load, prices.fullNodeCents)
  const cents = weights.lateness * lateCents(course, prices) + weights.time * hours * prices.hourCents
  return cents + weights.capacity * busy + softCents
}

/** Cents for waiting so many hours more. */
function hoursCents({ session }: Trip, hours: number): number {
  const { weights, prices } = session.world.strategy
  return weights.time * prices.hourCents * Math.max(0, hours)
}

function loadCents({ session }: Trip, capacity: DayCapacity | null): number {
  const { weights, prices } = session.world.strategy
  return capacity === null ? 0 : weights.capacity * priceOfLoad(capacity.load, prices.fullNodeCents)
}

/** Whether all of an order fits into a day. */
function holdsAll({ session, goods }: Trip, capacity: DayCapacity | null): boolean {
  if (capacity === null) return true
  const isLimited = capacity.uses.length > 0 || session.rules.softPrice('capacity') > 0
  return !isLimited || fitsInto(capacity, goods.skus.length, goods.units)
}

function carriagesOf(trip: Trip, facts: NodeFacts, isStay: boolean, said?: Check[]): Carriage[] {
  const { order, session } = trip
  if (isCollected(order)) return [new Carriage(null, null, nothing, 0)]
  const { from } = order
  const isOther = (carrierId: string | null) => isStay && from !== null && carrierId !== from.carrier
  const isSlow = (carrierId: string | null) =>
    !isStay &&
    from !== null &&
    carrierId === from.carrier &&
    session.wayStretch(facts.node.nodeId, carrierId, order.destination.region) > 1
  const found = session.world.network.hasServices ? byService(trip, facts) : byHistory(trip, facts)
  if (from === null && found.length > 0 && !isStay) return found
  // Where the work is now, its own carrier is what staying means.
  const isHere = !isStay && from?.nodeId === facts.node.nodeId
  const kept =
    from === null
      ? found
      : found.filter(
          ({ carrierId }) =>
            !isOther(carrierId) && !isSlow(carrierId) && !(isHere && carrierId === from.carrier),
        )
  if (isStay) {
    const own = kept.filter(({ lane }) => lane?.service.serviceId === from?.serviceId)
    if (own.length > 0) return own
    return kept.length > 0 ? kept : [ofHistory(trip, facts, from?.carrier ?? null)]
  }
  if (found.length === 0)
    said?.push(fixed('service', { isMet: false, code: 'no_service', text: 'has no service to the customer' }))
  else if (kept.length === 0)
    said?.push(fixed('incident', { isMet: false, code: 'incident', text: noOtherText(isHere) }))
  return kept
}

function noOtherText(isHere: boolean): string {
  return isHere ? 'has no other carrier' : 'goes by the same slow carrier'
}

function byService({ order, session }: Trip, { node }: NodeFacts): Carriage[] {
  const lanes = session.world.network.servicesTo(node.nodeId, order.destination)
  const found = lanes.map((lane) => {
    const { carrierId } = lane.service
    const days = session.daysBy(lane, order.destination)
    const dearer = session.world.learned.dearer?.(carrierId) ?? 1
    return new Carriage(carrierId, lane, session.transit(lane), 0, days, dearer)
  })
  if (found.length > 0 || order.freight === 'prepaid') return found
  // The customer's own carrier needs no service of ours.
  const transit = session.learnedTransit(node.nodeId, null, order.destination.region)
  return [new Carriage(null, null, transit, 0)]
}

function byHistory(trip: Trip, facts: NodeFacts): Carriage[] {
  const { node } = facts
  const learned = trip.session.world.learned.carriers(node.nodeId)
  const carriers = (learned.length > 0 ? learned : node.carriers).slice(0, carriersWeighed)
  return (carriers.length > 0 ? carriers : [null]).map((carrierId) => ofHistory(trip, facts, carrierId))
}

function ofHistory({ order, session }: Trip, { node }: NodeFacts, carrierId: string | null): Carriage {
  const { region } = order.destination
  const cents = session.world.learned.carriageCents(node.nodeId, region)
  const transit = session.learnedTransit(node.nodeId, carrierId, region)
  const asked = order.freight === 'collect' ? 0 : (cents ?? usual.carriageCents)
  return new Carriage(carrierId, null, transit, asked)
}

function courseOf(
  { order, session, terms }: Trip,
  carriage: Carriage,
  day: WorkDay,
  capacity: DayCapacity | null,
  { node }: NodeFacts,
): Course {
  const { world, rules } = session
  const { lane } = carriage
  const timeZone = order.destination.timeZone ?? node.timeZone
  const arrivesAt = arrivalOn(world.network, lane?.service ?? null, day, carriage, timeZone)
  const { promisedAt } = order
  const missedDays = promisedAt === null ? 0 : Math.max(0, arrivesAt - promisedAt) / dayMs
  const softCents =
    missedDays === 0 && day.earlyHours === 0
      ? 0
      : missedDays * rules.softPrice('promise') + day.earlyHours * rules.softPrice('calendar')
  return new CarriedCourse(carriage, terms, day, capacity, arrivesAt, softCents)
}

/** Whether the day has a place for the least of it. */
function hasRoom({ session, rows }: Trip, { capacity, day }: Course, said?: Check[]): boolean {
  if (capacity === null || !session.rules.isHard('capacity')) return true
  let isFree = true
  for (const use of capacity.uses) if (!((rows.rows[use.capacity]?.limit ?? 0) >= 1)) isFree = false
  if (isFree) return true
  const seen = tightest(capacity, 1, 1)
  said?.push(
    check(
      { name: 'capacity', isHard: true, priceCents: 0 },
      {
        isMet: false,
        code: 'no_capacity',
        text: `is full on ${day.day}`,
        value: seen?.value ?? null,
        limit: seen?.limit ?? null,
        unit: seen?.kind ?? null,
      },
    ),
  )
  return false
}

/** Whether it arrives by the promise, as likely as not, where it must. */
function keepsPromise({ order, session }: Trip, course: Course, said?: Check[]): boolean {
  const { promisedAt } = order
  if (promisedAt === null || course.arrivesAt <= promisedAt) return true
  const rule = session.rules.of('promise').find(({ isHard }) => isHard)
  if (rule === undefined) return true
  said?.push(promiseCheck(rule, course, promisedAt, session.world.now))
  return false
}

/** How a way stands with the promise. */
export function promiseCheck(
  rule: { isHard: boolean; priceCents: number },
  { arrivesAt }: Pick<Course, 'arrivesAt'>,
  promisedAt: number,
  now: number,
): Check {
  const over = (arrivesAt - promisedAt) / hourMs
  return check(
    { name: 'promise', isHard: rule.isHard, priceCents: rule.priceCents },
    {
      isMet: over <= 0,
      code: 'after_promise',
      text: `would arrive ${Math.round(over * 10) / 10} h after the promise`,
      value: (arrivesAt - now) / hourMs,
      limit: (promisedAt - now) / hourMs,
      unit: 'hours',
      missedBy: over / 24,
    },
  )
}
