// When work leaves a node: the day it counts on by cut-off, and the carrier's next pick-up. It knows no lanes or costs.

import type { CompiledNode, Departure } from './compiled.ts'
import { lookAheadDays, type WorkDay, type WorkingHours } from './working-hours.ts'
import { dayText, isInstant, minuteOf, weekdayOf } from './zone-clock.ts'

/** Departures that are listed at most. */
const longestList = 366
/** Days kept of a node; beyond them all are forgotten and told anew. */
const keptDays = 128
/** Working times kept of a node and carrier: there is usually one. */
const keptHours = 4

interface Day extends WorkDay {
  text: string
  opens: number
  cutOffAt: number
}

/** Pick-up slots of a carrier at a node, and what was told of them. */
interface Slots {
  /** Weekday -> minutes since midnight, rising; empty = no slots at all: goods leave when they are ready. */
  week: readonly (readonly number[])[]
  isAny: boolean
  /** Pick-ups by local day. */
  days: Map<number, readonly number[]>
  /** Departures of work that waits for a day to begin, by its hours, then by that day; null = none follows. */
  held: Map<number, Map<number, Departure | null>>
}

/** Departures of one node. */
export class Timetable {
  readonly hours: WorkingHours
  readonly #pickups: CompiledNode['pickups']
  readonly #cutOff: number | null
  readonly #days = new Map<number, Day>()
  readonly #slots = new Map<string | null, Slots>()

  constructor(hours: WorkingHours, node: Pick<CompiledNode, 'pickups' | 'cutOff'>) {
    this.hours = hours
    this.#pickups = node.pickups
    this.#cutOff = minuteOf(node.cutOff)
  }

  /**
   * Departures of work that comes at an instant, one for each working day that it can count on.
   * @param hours work that it takes, in working hours from when it comes or the day it counts on begins
   * @param cameAt when it came, where it is there already: the cut-offs since then are not for it
   */
  list(carrierId: string | null, from: number, count: number, hours: number, cameAt = from): Departure[] {
    const found: Departure[] = []
    if (!isInstant(from) || !(hours >= 0) || !(count >= 1)) return found
    const slots = this.#slotsOf(carrierId)
    const wanted = Math.min(count, longestList)
    let work = this.hours.next(this.hours.clock.dayAt(from) - 1)
    for (; work !== null && found.length < wanted; work = this.hours.next(work.day + 1)) {
      const day = this.#dayOf(work)
      if (day.cutOffAt < Math.min(cameAt, from)) continue
      const isHeld = day.opens >= from
      const departure = isHeld ? this.#held(day, slots, hours) : this.#leaving(day, slots, from, hours)
      if (departure === null) break
      found.push(departure)
    }
    return found
  }

  /** The last pick-up of a carrier on the local day of an instant; null = it has none on that day. */
  lastPickup(carrierId: string | null, at: number): number | null {
    if (!isInstant(at)) return null
    return this.#pickupsOn(this.#slotsOf(carrierId), this.hours.clock.dayAt(at)).at(-1) ?? null
  }

  /** Carriers that have slots here, but on no day with work. */
  neverCome(): (string | null)[] {
    const told = new Set(this.#pickups.map(({ carrierId }) => carrierId))
    return [...told].filter((carrierId) => {
      const { week, isAny } = this.#slotsOf(carrierId)
      return isAny && !week.some((minutes, weekday) => minutes.length > 0 && this.hours.mayWork(weekday))
    })
  }

  #held(day: Day, slots: Slots, hours: number): Departure | null {
    let byDay = slots.held.get(hours)
    if (byDay === undefined) {
      if (slots.held.size >= keptHours) slots.held.clear()
      byDay = new Map()
      slots.held.set(hours, byDay)
    }
    let known = byDay.get(day.day)
    if (known === undefined) {
      if (byDay.size >= keptDays) byDay.clear()
      known = this.#leaving(day, slots, day.opens, hours)
      byDay.set(day.day, known)
    }
    return known
  }

  #leaving(day: Day, slots: Slots, from: number, hours: number): Departure | null {
    const ready = this.hours.add(Math.max(from, day.opens), hours)
    if (ready === null) return null
    const at = slots.isAny ? this.#pickupFrom(slots, ready) : ready
    return at === null ? null : { at, day: day.text, cutOffAt: day.cutOffAt }
  }

  #pickupFrom(slots: Slots, ready: number): number | null {
    const first = this.hours.clock.dayAt(ready)
    for (let day = first; day <= first + lookAheadDays; day += 1) {
      for (const at of this.#pickupsOn(slots, day)) if (at >= ready) return at
    }
    return null
  }

  /** Pick-ups of a local day: on a working day, or while the shift of the day before goes on. */
  #pickupsOn(slots: Slots, day: number): readonly number[] {
    let known = slots.days.get(day)
    if (known === undefined) {
      if (slots.days.size >= keptDays) slots.days.clear()
      const { hours } = this
      const isWorked = hours.on(day) !== null
      known = (slots.week[weekdayOf(day)] ?? [])
        .map((minute) => hours.clock.instant(day, minute))
        .filter((at) => isWorked || hours.isOpenAt(at))
      slots.days.set(day, known)
    }
    return known
  }

  #dayOf(work: WorkDay): Day {
    let known = this.#days.get(work.day)
    if (known === undefined) {
      if (this.#days.size >= keptDays) this.#days.clear()
      const opens = work.shifts[0]?.opens ?? 0
      known = { ...work, text: dayText(work.day), opens, cutOffAt: this.#cutOffOf(work, opens) }
      this.#days.set(work.day, known)
    }
    return known
  }

  /** The local time of the cut-off, but not after the last shift; one of the small hours is that of a night shift. */
  #cutOffOf({ day, shifts }: WorkDay, opens: number): number {
    const closes = shifts.at(-1)?.closes ?? opens
    if (this.#cutOff === null) return closes
    const { clock } = this.hours
    const at = clock.instant(day, this.#cutOff)
    const after = clock.instant(day, this.#cutOff + 1440)
    return at < opens && after <= closes ? after : Math.min(at, closes)
  }

  /** Slots of the carrier and those of every carrier. */
  #slotsOf(carrierId: string | null): Slots {
    let known = this.#slots.get(carrierId)
    if (known === undefined) {
      const week = Array.from({ length: 8 }, (): number[] => [])
      for (const pickup of this.#pickups) {
        const minute = minuteOf(pickup.time)
        if (minute === null || (pickup.carrierId !== null && pickup.carrierId !== carrierId)) continue
        const days = pickup.days.length === 0 ? [1, 2, 3, 4, 5, 6, 7] : pickup.days
        for (const day of days) week[day]?.push(minute)
      }
      for (const minutes of week) minutes.sort((a, b) => a - b)
      known = { week, isAny: week.some((minutes) => minutes.length > 0), days: new Map(), held: new Map() }
      // Whoever asks names carriers of the network; anything else is not kept.
      if (this.#slots.size < 1_000) this.#slots.set(carrierId, known)
    }
    return known
  }
}
