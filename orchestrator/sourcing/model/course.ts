// How work goes from a node on one day: what does not depend on the units. How late it is likely to be is worked out
// when it is asked for. It chooses nothing.

import type { api } from '#data/contracts'
import type { CompiledNetwork, ServiceLane } from '../network/compiled.ts'
import type { DayCapacity } from './capacity.ts'
import type { DayLaw } from './day-law.ts'
import type { WorkDay } from './days.ts'
import { type Lateness, type Law, latenessOf } from './laws.ts'
import type { Course } from './way-parts.ts'

const hourMs = 3_600_000

/** Who would carry, and for how much where no rate card says it. */
export class Carriage {
  readonly carrierId: string | null
  readonly lane: ServiceLane | null
  readonly transit: Law
  readonly cents: number
  /** Days that parcels were seen to take; null = hours are all that is known. */
  readonly days: DayLaw | null
  /** How many times more than the rate card says is asked for, 1 or more. */
  readonly dearer: number

  constructor(
    carrierId: string | null,
    lane: ServiceLane | null,
    transit: Law,
    cents: number,
    days: DayLaw | null = null,
    dearer = 1,
  ) {
    this.carrierId = carrierId
    this.lane = lane
    this.transit = transit
    this.cents = cents
    this.days = days
    this.dearer = dearer
  }
}

/** What is the same for every course of an order; instants in epoch ms. */
export interface Terms {
  now: number
  promisedAt: number | null
}

/** A course by a carriage. */
export class CarriedCourse implements Course {
  readonly day: WorkDay
  readonly capacity: DayCapacity | null
  readonly arrivesAt: number
  readonly softCents: number
  readonly #carriage: Carriage
  readonly #terms: Terms
  #late: Lateness | null = null

  constructor(
    carriage: Carriage,
    terms: Terms,
    day: WorkDay,
    capacity: DayCapacity | null,
    arrivesAt: number,
    softCents: number,
  ) {
    this.#carriage = carriage
    this.#terms = terms
    this.day = day
    this.capacity = capacity
    this.arrivesAt = arrivesAt
    this.softCents = softCents
  }

  /** The same, leaving so much later. @param ms above 0 */
  later(ms: number): CarriedCourse {
    const { dispatchAt, floorHours } = this.day
    const day = { ...this.day, dispatchAt: dispatchAt + ms, floorHours: floorHours + ms / hourMs }
    return new CarriedCourse(this.#carriage, this.#terms, day, null, this.arrivesAt + ms, this.softCents)
  }

  get carrierId(): string | null {
    return this.#carriage.carrierId
  }

  get lane(): ServiceLane | null {
    return this.#carriage.lane
  }

  get carriageCents(): number {
    return this.#carriage.cents
  }

  get dearer(): number {
    return this.#carriage.dearer
  }

  get hours(): number {
    return (this.arrivesAt - this.#terms.now) / hourMs
  }

  get lateRisk(): number | null {
    return this.#terms.promisedAt === null ? null : this.#lateness(this.#terms.promisedAt).risk
  }

  get lateDays(): number {
    return this.#terms.promisedAt === null ? 0 : this.#lateness(this.#terms.promisedAt).days
  }

  #lateness(promisedAt: number): Lateness {
    this.#late ??= withShort(this.#timely(promisedAt), this.day.shortShare)
    return this.#late
  }

  #timely(promisedAt: number): Lateness {
    const { day } = this
    const { transit, days } = this.#carriage
    if (days !== null) return earlyOrThen(days, day, promisedAt)
    const waitHours = (this.arrivesAt - usualArrival(day, transit)) / hourMs
    return latenessOf(
      day.excess.mean + transit.mean,
      day.excess.variance + transit.variance,
      (promisedAt - this.#terms.now) / hourMs - day.floorHours - waitHours,
    )
  }
}

/** It leaves on its day or the one after, or on one before. */
function earlyOrThen(days: DayLaw, { dispatchAt, missShare, early }: WorkDay, promisedAt: number): Lateness {
  const share = Math.min(early?.share ?? 0, 1 - missShare)
  if (early === null || share <= 0) return days.lateness(dispatchAt, promisedAt, missShare)
  const then = days.lateness(dispatchAt, promisedAt, missShare / (1 - share))
  const before = days.lateness(early.at, promisedAt, 0)
  const mixed = (name: keyof Lateness) => share * before[name] + (1 - share) * then[name]
  return { risk: mixed('risk'), days: mixed('days') }
}

/** What is not found counts as so many days late. */
const shortDays = 5

function withShort({ risk, days }: Lateness, short: number): Lateness {
  return short === 0 ? { risk, days } : { risk: 1 - (1 - risk) * (1 - short), days: days + short * shortDays }
}

/** Price of being late; what costs nothing is not worked out. */
export function lateCents(
  course: Pick<Course, 'lateRisk' | 'lateDays'>,
  { lateOrderCents, lateDayCents }: api.Strategy['prices'],
): number {
  const risk = lateOrderCents === 0 ? 0 : (course.lateRisk ?? 0) * lateOrderCents
  return lateDayCents === 0 ? risk : risk + course.lateDays * lateDayCents
}

/** When it arrives as likely as not, on a day of delivery of its service; epoch ms. */
export function arrivalOn(
  network: Pick<CompiledNetwork, 'onDeliveryDay'>,
  service: api.CarrierService | null,
  day: WorkDay,
  { transit, days }: Pick<Carriage, 'transit' | 'days'>,
  timeZone: string,
): number {
  if (days !== null) return days.arrivesAt(day.dispatchAt)
  const usually = usualArrival(day, transit)
  return service === null || service.deliveryDays.length === 0
    ? usually
    : network.onDeliveryDay(service, usually, timeZone)
}

/** When it arrives as likely as not, days of delivery aside; epoch ms. */
function usualArrival({ dispatchAt }: WorkDay, transit: Law): number {
  return dispatchAt + transit.median * hourMs
}
