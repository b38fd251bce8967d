// The hands of a node: work waits its turn and takes as long as there is capacity. It knows no orders.

import { type Calendar, daySeconds, hourSeconds, never } from './calendar.ts'
import type { Demand } from './demand.ts'
import type { TimedFault } from './faults.ts'
import type { Node } from './network.ts'

/** A first-come-first-served line of work; its capacity changes by the hour. Seconds are epoch seconds. */
export class WorkQueue {
  #start: number
  #rates: Float64Array
  /** Work that could have been done until the beginning of each hour. */
  #possible: Float64Array
  #done = 0
  #hint = 0

  /**
   * @param firstHour hours since 1970 of the first rate
   * @param rates work per hour
   */
  constructor(firstHour: number, rates: Float64Array) {
    this.#start = firstHour * hourSeconds
    this.#rates = rates
    this.#possible = new Float64Array(rates.length + 1)
    for (let i = 0; i < rates.length; i++) {
      this.#possible[i + 1] = (this.#possible[i] as number) + (rates[i] as number)
    }
  }

  /** When work that arrives at `second` would be begun. Arrivals come in about the order of time. */
  begin(second: number): number {
    const from = Math.max(this.#done, this.#possibleAt(second))
    const possible = this.#possible
    let hour = this.#hint
    while (hour < this.#rates.length && (possible[hour + 1] as number) <= from) hour++
    this.#hint = hour
    return Math.max(second, this.#instantOf(hour, from))
  }

  /** Does work that arrives at `second`; returns when it is done, `never` when it is not. */
  finish(second: number, work: number): number {
    const until = Math.max(this.#done, this.#possibleAt(second)) + work
    const possible = this.#possible
    let hour = this.#hint
    while (hour < this.#rates.length && (possible[hour + 1] as number) < until) hour++
    this.#hint = hour
    this.#done = until
    return Math.max(second, this.#instantOf(hour, until))
  }

  /** First instant from `second` on at which somebody works. */
  openAt(second: number): number {
    let hour = Math.floor((second - this.#start) / hourSeconds)
    if ((this.#rates[hour] ?? 1) > 0) return second
    while (this.#rates[hour] === 0) hour++
    return this.#start + hour * hourSeconds
  }

  #possibleAt(second: number): number {
    const hour = Math.floor((second - this.#start) / hourSeconds)
    if (hour >= this.#rates.length) return this.#possible[this.#rates.length] as number
    const part = (second - this.#start) / hourSeconds - hour
    return (this.#possible[hour] as number) + part * (this.#rates[hour] as number)
  }

  #instantOf(hour: number, work: number): number {
    const rate = this.#rates[hour]
    if (rate === undefined) return never
    const part = rate === 0 ? 0 : (work - (this.#possible[hour] as number)) / rate
    return Math.ceil(this.#start + (hour + part) * hourSeconds)
  }
}

/** Capacity over need on an ordinary day, at packing. */
export const headroom = 1.32
/** Share of an ordinary day's work that nodes can do beside it. */
export const spareShare = headroom - 1
/** The same at picking. */
export const pickHeadroom = 2.3
/** The smallest team, work per hour. */
const smallestTeam = 0.8

/** The two lines of a node: picking is quick, packing sets the pace. */
export interface Team {
  picking: WorkQueue
  packing: WorkQueue
  /** Orders it can send on an ordinary day at the end of the history. */
  dailyCapacity: number
}

/**
 * The team of a node, sized for the work planned for it.
 * @param share of all work, 0 to 1
 * @param faults slowdowns and outages of this node take capacity away
 */
export function teamOf(
  node: Node,
  share: number,
  demand: Demand,
  calendar: Calendar,
  faults: readonly TimedFault[],
): Team {
  const packing = new Float64Array(calendar.hours)
  const picking = new Float64Array(calendar.hours)
  let capacity = 0
  for (let hour = 0; hour < calendar.hours; hour++) {
    const team = teamAt(node, share, demand, calendar.firstDay + Math.floor(hour / 24))
    const left =
      leftAt(faults, (calendar.firstHour + hour) * hourSeconds) *
      handsAt(node, calendar, calendar.firstHour + hour)
    packing[hour] = team * headroom * left
    picking[hour] = team * pickHeadroom * left
    if ((calendar.firstHour + hour) * hourSeconds < calendar.end)
      capacity = team * headroom * shiftHours(node)
  }
  return {
    picking: new WorkQueue(calendar.firstHour, picking),
    packing: new WorkQueue(calendar.firstHour, packing),
    dailyCapacity: Math.max(1, Math.round(capacity)),
  }
}

/** Work an hour that the day shift of a node is made for on a day (of UTC). */
export function teamAt(node: Node, share: number, demand: Demand, day: number): number {
  const perWeek = node.week.reduce((sum, weekday) => sum + weekday, 0) * shiftHours(node)
  const need = Math.max(demand.planned(day), weekBefore(demand, day)) * share
  return Math.max(smallestTeam, (need * 7) / perWeek)
}

function shiftHours(node: Node): number {
  let hours = 0
  for (let hour = 0; hour < 24; hour++) hours += node.shift(hour)
  return hours
}

function weekBefore(demand: Demand, day: number): number {
  let sum = 0
  for (let back = 0; back < 7; back++) sum += demand.planned(day - back)
  return sum / 7
}

/** Hands at work in an hour (since 1970), relative to the day shift. */
export function handsAt(node: Node, calendar: Calendar, hour: number): number {
  const second = hour * hourSeconds
  const local = second + calendar.offset(node.zone, second)
  const day = Math.floor(local / daySeconds)
  const closed = calendar.isClosed(day) ? (node.type === 'dropship' ? 0 : 0.4) : 1
  const weekday = (day + 4) % 7
  const hourOfDay = Math.floor((local - day * daySeconds) / hourSeconds)
  return node.shift(hourOfDay) * (node.week[weekday] as number) * closed
}

/** What faults leave of the capacity of a node. @param faults of this node */
export function leftAt(faults: readonly TimedFault[], second: number): number {
  let left = 1
  for (const fault of faults) {
    const stops = fault.kind === 'node_slowdown' || fault.kind === 'node_outage'
    if (stops && second >= fault.start && second < fault.stop) left *= fault.factor
  }
  return left
}
