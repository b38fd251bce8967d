// Local time of every zone of the network and the days on which carriers deliver. Epoch seconds; no wall
// clock.

import { type Holiday, holidaysBetween, weekdayOf } from './holidays.ts'

/** Not (yet) happened: in 2038, after every world; a small integer, so that records stay small. */
export const never = 2 ** 31 - 1

/** Seconds of an hour. */
export const hourSeconds = 3600
/** Seconds of a day. */
export const daySeconds = 86_400

/** Time zones of nodes and customers; a zone is known by its index here. */
export const zones = [
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Phoenix',
  'America/Los_Angeles',
  'America/Anchorage',
  'Pacific/Honolulu',
] as const

const daysBefore = 2
const daysAfter = 45

/** The time a world spans, with some days on either side. */
export class Calendar {
  /** Epoch seconds of the first instant and of the end (not included). */
  readonly start: number
  readonly end: number
  /** First UTC day covered and the number of days covered. */
  readonly firstDay: number
  readonly days: number
  readonly holidays: Map<number, Holiday>
  #offsets: Int32Array[]

  constructor(start: number, end: number) {
    this.start = start
    this.end = end
    this.firstDay = Math.floor(start / daySeconds) - daysBefore
    this.days = Math.floor(end / daySeconds) + daysAfter - this.firstDay + 1
    this.holidays = holidaysBetween(this.firstDay, this.firstDay + this.days)
    this.#offsets = zones.map((zone) => offsetsOf(zone, this.firstDay, this.days))
  }

  /** First hour covered, hours since 1970. */
  get firstHour(): number {
    return this.firstDay * 24
  }

  /** Hours covered. */
  get hours(): number {
    return this.days * 24
  }

  /** Seconds that local time is ahead of UTC. */
  offset(zone: number, second: number): number {
    const offsets = this.#offsets[zone] as Int32Array
    const hour = Math.floor(second / hourSeconds) - this.firstHour
    return offsets[hour < 0 ? 0 : hour >= offsets.length ? offsets.length - 1 : hour] as number
  }

  /** Day number of the local calendar. */
  localDay(zone: number, second: number): number {
    return Math.floor((second + this.offset(zone, second)) / daySeconds)
  }

  /** Hour of the local day, 0 to 23. */
  localHour(zone: number, second: number): number {
    const local = second + this.offset(zone, second)
    return Math.floor((local - Math.floor(local / daySeconds) * daySeconds) / hourSeconds)
  }

  /** The instant of a local day and second of day. */
  instantOf(zone: number, day: number, secondOfDay: number): number {
    const local = day * daySeconds + secondOfDay
    const guess = local - this.offset(zone, local)
    return local - this.offset(zone, guess)
  }

  /** Whether docks and carriers stand still on a day. */
  isClosed(day: number): boolean {
    return this.holidays.get(day)?.closed === true
  }
}

function offsetsOf(zone: string, firstDay: number, days: number): Int32Array {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  const at = (second: number): number => {
    const name = format.formatToParts(second * 1000).find((part) => part.type === 'timeZoneName')?.value
    const found = /GMT([+-])(\d\d):(\d\d)/.exec(name ?? '')
    if (found === null) return 0
    return (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 3600 + Number(found[3]) * 60)
  }
  const offsets = new Int32Array(days * 24)
  let next = at(firstDay * daySeconds)
  for (let day = 0; day < days; day++) {
    const start = (firstDay + day) * daySeconds
    const today = next
    next = at(start + daySeconds)
    for (let hour = 0; hour < 24; hour++) {
      offsets[day * 24 + hour] = today === next ? today : at(start + hour * hourSeconds)
    }
  }
  return offsets
}

/** The days on which something happens (deliveries), countable in both directions. */
export class WorkingDays {
  #first: number
  #days: number[] = []
  #passed: Int32Array

  /** @param sundays whether Sundays count */
  constructor(calendar: Calendar, sundays: boolean) {
    this.#first = calendar.firstDay
    this.#passed = new Int32Array(calendar.days)
    for (let i = 0; i < calendar.days; i++) {
      const day = calendar.firstDay + i
      if (!calendar.isClosed(day) && (sundays || weekdayOf(day) !== 0)) this.#days.push(day)
      this.#passed[i] = this.#days.length
    }
  }

  /** The `count`-th working day after `day`, count >= 1. */
  after(day: number, count: number): number {
    const passed = this.#passed[day - this.#first]
    if (passed === undefined) return day + count
    return this.#days[passed - 1 + count] ?? day + count + 2
  }
}
