// How many days a parcel takes, and so whether it is in time: carriers bring what left on a day on a later day,
// whatever the hour. It knows no nodes and no money.

import type { ZoneClock } from '../network/zone-clock.ts'
import { countDays, type DayShares } from '../parcels.ts'
import type { Lateness } from './laws.ts'

const hourMs = 3_600_000
/** A promise that ends before that hour of a day is one for the day before, ms. */
const morningMs = 8 * hourMs
/** When parcels come on their day, minutes since midnight, as likely as not. */
const arrivalMinute = 15 * 60
const daysMost = 90

/** Days of a parcel by a service on a way. */
export class DayLaw {
  readonly #shares: DayShares
  readonly #more: number
  readonly #week: readonly number[]
  readonly #zones: { begins: ZoneClock; ends: ZoneClock }

  /**
   * @param more days on top, as things are now
   * @param week weekdays on which it is delivered, none = all
   */
  constructor(
    shares: DayShares,
    more: number,
    week: readonly number[],
    zones: { begins: ZoneClock; ends: ZoneClock },
  ) {
    this.#shares = shares
    this.#more = more
    this.#week = week
    this.#zones = zones
  }

  /**
   * Whether what leaves on a day is in time.
   * @param dispatchAt epoch ms
   * @param missShare probability that it leaves a day later
   */
  lateness(dispatchAt: number, promisedAt: number, missShare: number): Lateness {
    const { begins, ends } = this.#zones
    const last = ends.dayAt(promisedAt - morningMs)
    const left = countDays(begins.dayAt(dispatchAt), last, this.#week)
    const isOver = begins.dayAt(dispatchAt) > last
    const now = this.#after(isOver ? last - begins.dayAt(dispatchAt) : left)
    if (missShare === 0) return now
    const then = this.#after((isOver ? last - begins.dayAt(dispatchAt) : left) - 1)
    const mixed = (name: keyof Lateness) => (1 - missShare) * now[name] + missShare * then[name]
    return { risk: mixed('risk'), days: mixed('days') }
  }

  /** When it arrives, as likely as not, epoch ms. */
  arrivesAt(dispatchAt: number): number {
    const median = this.#shares.findIndex((share) => share >= 0.5)
    let left = (median < 0 ? this.#shares.length : median) + this.#more
    const { begins, ends } = this.#zones
    const first = begins.dayAt(dispatchAt)
    let day = first
    for (; left > 0 && day < first + daysMost; ) {
      day++
      left -= countDays(day - 1, day, this.#week)
    }
    return Math.max(dispatchAt, ends.instant(day, arrivalMinute))
  }

  /** Of a parcel that has so many days left. */
  #after(left: number): Lateness {
    const within = (days: number) =>
      days < 0 ? 0 : (this.#shares[Math.min(days, this.#shares.length - 1)] ?? 1)
    const own = left - this.#more
    let days = 0
    for (let later = 0; later < daysMost; later++) {
      const late = 1 - within(own + later)
      if (late < 1e-4) break
      days += late
    }
    return { risk: 1 - within(own), days }
  }
}
