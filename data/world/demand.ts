// How many orders are placed when, where and for which class: trend, season, week, day, holidays,
// promotions, faults. It says what to expect and draws counts; it makes no order.

import type { Random } from '#data/kernel'
import { type Calendar, daySeconds, hourSeconds, never, zones } from './calendar.ts'
import { skuClasses } from './catalogue.ts'
import { channels } from './channels.ts'
import { zoneShares } from './destinations.ts'
import type { TimedFault } from './faults.ts'

/** A few days on which a class is cheaper and wanted more. */
export interface Promotion {
  skuClass: number
  start: number
  stop: number
  /** Times wanted, and share taken off the price. */
  uplift: number
  discount: number
}

/** Length of a step of the world, seconds. */
export const slotSeconds = 900

const season = [0.94, 0.92, 0.96, 0.97, 0.99, 0.97, 0.95, 0.99, 0.98, 1.01, 1.14, 1.22]
const growthPerYear = 0.5

/** The promotions of a world: three days, every two or three weeks. */
export function planPromotions(calendar: Calendar, random: Random): Promotion[] {
  const promotions: Promotion[] = []
  let start = calendar.start + random.int(4, 12) * daySeconds
  while (start < calendar.end) {
    const skuClass = random.int(0, skuClasses.length - 1)
    const from = Math.floor(start / daySeconds) * daySeconds + 5 * hourSeconds
    promotions.push({ skuClass, start: from, stop: from + 3 * daySeconds, uplift: 1.9, discount: 0.15 })
    start += random.int(13, 20) * daySeconds
  }
  return promotions
}

/** What is wanted, slot by slot. Cells are channel x zone: `channel * zones.length + zone`. */
export class Demand {
  /** Orders to place in the current slot, by cell. */
  readonly counts = new Int32Array(channels.length * zones.length)
  /** How much each class is wanted in the current slot, relative to its share. */
  readonly wanted = new Float64Array(skuClasses.length)
  /** Share taken off the price of each class in the current slot. */
  readonly discounts = new Float64Array(skuClasses.length)
  #calendar: Calendar
  #faults: TimedFault[]
  #promotions: readonly Promotion[]
  #random: Random
  #scale: number
  #levels: Float64Array
  /** Epoch seconds between which the business grows: what goes on after a history grows for one more year. */
  #growsFrom: number
  #growsTo: number

  /** @param before demand that this one goes on from: its size and growth; `orders` does not count then */
  constructor(
    calendar: Calendar,
    orders: number,
    faults: readonly TimedFault[],
    promotions: readonly Promotion[],
    random: Random,
    before?: Demand,
  ) {
    this.#calendar = calendar
    this.#growsFrom = before === undefined ? calendar.start : before.#growsFrom
    this.#growsTo = before === undefined ? never : before.#calendar.end + 365 * daySeconds
    this.#faults = faults.filter((fault) => fault.kind === 'channel_gap' || fault.kind === 'demand_spike')
    this.#promotions = promotions
    this.#random = random
    this.#levels = Float64Array.from({ length: calendar.days }, (_, i) =>
      this.#levelOf(calendar.firstDay + i),
    )
    this.#scale = before === undefined ? 1 : before.#scale
    if (before === undefined) this.#scale = orders / this.#total()
  }

  /** Orders to be expected on a day (of UTC) when nothing goes wrong. */
  planned(day: number): number {
    const level = this.#levels[Math.min(Math.max(day - this.#calendar.firstDay, 0), this.#calendar.days - 1)]
    return this.#scale * 24 * (level as number)
  }

  /** Draws the orders from `start` to `stop` (epoch seconds) into `counts`, and sets the classes. */
  draw(start: number, stop: number): number {
    const uplift = this.#classes(start, true)
    const share = (stop - start) / hourSeconds
    let total = 0
    for (let channel = 0; channel < channels.length; channel++) {
      const open = this.#isOpen(channel, start)
      for (let zone = 0; zone < zones.length; zone++) {
        const rate = open ? this.#rate(channel, zone, start) * uplift * share : 0
        const count = rate === 0 ? 0 : this.#random.poisson(rate)
        this.counts[channel * zones.length + zone] = count
        total += count
      }
    }
    return total
  }

  /** Times wanted by class at an instant; returns how much that lifts orders as a whole. */
  #classes(at: number, withFaults: boolean): number {
    this.wanted.fill(1)
    this.discounts.fill(0)
    for (const promotion of this.#promotions) {
      if (at < promotion.start || at >= promotion.stop) continue
      this.wanted[promotion.skuClass] = promotion.uplift
      this.discounts[promotion.skuClass] = promotion.discount
    }
    for (const fault of this.#faults) {
      if (!withFaults || fault.kind !== 'demand_spike' || at < fault.start || at >= fault.stop) continue
      this.wanted[fault.skuClass] = (this.wanted[fault.skuClass] as number) * fault.factor
    }
    return skuClasses.reduce((sum, skuClass, i) => sum + skuClass.share * (this.wanted[i] as number), 0)
  }

  #isOpen(channel: number, at: number): boolean {
    return !this.#faults.some(
      (fault) =>
        fault.channel === channel && at >= fault.start && at < fault.stop && fault.kind === 'channel_gap',
    )
  }

  /** Orders an hour of a channel in a zone. */
  #rate(channel: number, zone: number, at: number): number {
    const calendar = this.#calendar
    const local = at + calendar.offset(zone, at)
    const day = Math.floor(local / daySeconds)
    const hour = Math.floor((local - day * daySeconds) / hourSeconds)
    const { share, hours, week } = channels[channel] as (typeof channels)[number]
    const weekday = (day + 4) % 7
    const usual = share * (zoneShares[zone] as number) * (hours[hour] as number) * (week[weekday] as number)
    return this.#scale * usual * (this.#levels[day - calendar.firstDay] as number)
  }

  #levelOf(day: number): number {
    const date = new Date(day * daySeconds * 1000)
    const month = date.getUTCMonth()
    const part = (date.getUTCDate() - 15) / 30
    const near = season[(month + (part < 0 ? 11 : 1)) % 12] as number
    const smooth = (season[month] as number) * (1 - Math.abs(part)) + near * Math.abs(part)
    const grown = Math.min(day * daySeconds, this.#growsTo) - this.#growsFrom
    const years = grown / (365 * daySeconds)
    return smooth * (1 + growthPerYear) ** years * (this.#calendar.holidays.get(day)?.demand ?? 1)
  }

  #total(): number {
    let total = 0
    const { start, end } = this.#calendar
    for (let at = start; at < end; at += hourSeconds) {
      const share = Math.min(hourSeconds, end - at) / hourSeconds
      let rate = 0
      for (let channel = 0; channel < channels.length; channel++) {
        for (let zone = 0; zone < zones.length; zone++) rate += this.#rate(channel, zone, at)
      }
      total += rate * share * this.#classes(at, false)
    }
    return total
  }
}
