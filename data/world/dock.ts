// The dock of a node: when carriers collect, and by when work must leave to be on time. It loads nothing.

import { type Calendar, hourSeconds, never } from './calendar.ts'
import type { TimedFault } from './faults.ts'
import { weekdayOf } from './holidays.ts'
import type { Node } from './network.ts'

/** Instants in order, asked for about in order. */
export class Timetable {
  #times: Float64Array
  #hint = 0

  constructor(times: readonly number[]) {
    this.#times = Float64Array.from(times)
  }

  /** Index of the first instant at or after `second`; the length where there is none. */
  indexAt(second: number): number {
    const times = this.#times
    let index = this.#hint
    while (index > 0 && (times[index - 1] as number) >= second) index--
    while (index < times.length && (times[index] as number) < second) index++
    this.#hint = index
    return index
  }

  /** The instant at an index, `never` beyond the last. */
  at(index: number): number {
    return this.#times[index] ?? never
  }
}

/** When a node sends. */
export class Dock {
  #departures: Timetable
  #cutOffs: Timetable
  #dues: number[]
  #graceDays: number

  /** @param faults of this node: nothing leaves during an outage */
  constructor(node: Node, calendar: Calendar, faults: readonly TimedFault[]) {
    const departures: number[] = []
    const cutOffs: number[] = []
    this.#dues = []
    this.#graceDays = node.graceDays
    for (let i = 0; i < calendar.days; i++) {
      const day = calendar.firstDay + i
      if (calendar.isClosed(day)) continue
      const weekday = weekdayOf(day)
      if (node.week[weekday] === 0) continue
      const hours = weekday === 0 ? node.sundayDepartures : node.departures
      const times = hours.map((hour) => calendar.instantOf(node.zone, day, hour * hourSeconds))
      departures.push(...times.filter((time) => !faults.some((fault) => isOut(fault, time))))
      if (weekday === 0 || times.length === 0) continue
      cutOffs.push(calendar.instantOf(node.zone, day, node.cutOffHour * hourSeconds))
      this.#dues.push((times.at(-1) as number) + hourSeconds - 1)
    }
    this.#departures = new Timetable(departures)
    this.#cutOffs = new Timetable(cutOffs)
  }

  /** Next departure at or after `second`, epoch seconds. */
  departure(second: number): number {
    return this.#departures.at(this.#departures.indexAt(second))
  }

  /** Last instant at which work released at `second` leaves on time. */
  shipBy(second: number): number {
    return this.#dues[this.#cutOffs.indexAt(second) + this.#graceDays] ?? never
  }
}

const isOut = (fault: TimedFault, second: number): boolean =>
  fault.kind === 'node_outage' && second >= fault.start && second < fault.stop

/** Last instant at which a pick-up released at `second` is ready on time: in four hours, or tomorrow. */
export function readyBy(node: Node, calendar: Calendar, second: number): number {
  const day = calendar.localDay(node.zone, second)
  const hour = calendar.localHour(node.zone, second)
  if (hour < 9) return calendar.instantOf(node.zone, day, 14 * hourSeconds)
  if (hour < 16) return second + 4 * hourSeconds
  return calendar.instantOf(node.zone, day + 1, 14 * hourSeconds)
}
