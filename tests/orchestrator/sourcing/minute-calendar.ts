// A calendar looked at minute by minute on the wall clock, as the runtime shows it: slow and plain, to compare with.

import type { api } from '#data/contracts'

const minuteMs = 60_000

interface Minute {
  at: number
  date: string
  day: number
  minute: number
  weekday: number
}

const minuteOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
const dayOf = (date: string) => Date.parse(date) / 86_400_000

/** All minutes of a zone between two instants. */
export function minutesOf(timeZone: string, from: number, until: number): Minute[] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  const minutes: Minute[] = []
  for (let at = from; at < until; at += minuteMs) {
    const [date, time] = format.format(at).split(' ')
    if (date === undefined || time === undefined) continue
    const day = dayOf(date)
    minutes.push({ at, date, day, minute: minuteOf(time), weekday: new Date(date).getUTCDay() || 7 })
  }
  return minutes
}

/** What a node is, for this. */
export interface Plain {
  calendar: api.WorkCalendar
  cutOff: string | null
  pickups: readonly api.NetworkNode['pickups'][number][]
}

/** Shifts that begin on a day, minutes since its midnight. */
function shiftsOn(calendar: api.WorkCalendar, day: number): { opens: number; closes: number }[] {
  const date = new Date(day * 86_400_000).toISOString().slice(0, 10)
  const weekday = new Date(date).getUTCDay() || 7
  const usual = calendar.holidays.includes(date)
    ? []
    : calendar.hours.filter((hours) => hours.day === weekday)
  return [...usual, ...calendar.extraDays.filter((extra) => extra.date === date)].map((shift) => {
    const [opens, closes] = [minuteOf(shift.opens), minuteOf(shift.closes)]
    return { opens, closes: closes > opens ? closes : closes + 1440 }
  })
}

/** Answers for one node over the minutes of its zone. */
export class MinuteCalendar {
  readonly #minutes: readonly Minute[]
  readonly #open: readonly boolean[]
  readonly #plain: Plain
  readonly #shifts = new Map<number, { opens: number; closes: number }[]>()

  constructor(minutes: readonly Minute[], plain: Plain) {
    this.#minutes = minutes
    this.#plain = plain
    const isIn = (day: number, minute: number) =>
      this.#shiftsOn(day).some(({ opens, closes }) => opens <= minute && minute < closes)
    this.#open = minutes.map(({ day, minute }) => isIn(day, minute) || isIn(day - 1, minute + 1440))
  }

  /** Whether a shift begins on a day. */
  isWorked(day: number): boolean {
    return this.#shiftsOn(day).length > 0
  }

  /** Whether somebody is at work at an instant, the ends of shifts within. */
  isOpenAt(at: number): boolean {
    const i = this.#index(at)
    return this.#open[i] === true || this.#open[i - 1] === true
  }

  /** The instant when so many minutes of work are done. */
  add(from: number, minutes: number): number | null {
    let left = minutes
    for (let i = this.#index(from); i < this.#minutes.length; i += 1) {
      const at = this.#minutes[i]?.at ?? 0
      if (left === 0 && this.isOpenAt(at)) return at
      if (this.#open[i] !== true) continue
      left -= 1
      if (left === 0) return at + minuteMs
    }
    return null
  }

  /** Departures of work that comes at an instant, until the minutes end. */
  departures(carrierId: string | null, from: number, minutes: number) {
    const found: { at: number; day: string; cutOffAt: number }[] = []
    const first = this.#minutes[this.#index(from)]?.day ?? 0
    for (let day = first - 1; day < first + 12; day += 1) {
      const shifts = this.#shiftsOn(day)
      if (shifts.length === 0) continue
      const opens = Math.min(...shifts.map((shift) => shift.opens))
      const closes = Math.max(...shifts.map((shift) => shift.closes))
      let cut = this.#plain.cutOff === null ? closes : minuteOf(this.#plain.cutOff)
      if (cut < opens && cut + 1440 <= closes) cut += 1440
      const cutOffAt = this.#when(day, Math.min(cut, closes))
      if (cutOffAt === null || cutOffAt < from) continue
      const begins = this.#when(day, opens)
      if (begins === null) break
      const ready = this.add(Math.max(from, begins), minutes)
      const at = ready === null ? null : this.#pickup(carrierId, ready)
      if (at === null) break
      found.push({ at, day: new Date(day * 86_400_000).toISOString().slice(0, 10), cutOffAt })
    }
    return found
  }

  #pickup(carrierId: string | null, ready: number): number | null {
    const slots = this.#plain.pickups.filter(
      (slot) => slot.carrierId === null || slot.carrierId === carrierId,
    )
    if (slots.length === 0) return ready
    for (let i = this.#index(ready); i < this.#minutes.length; i += 1) {
      const here = this.#minutes[i]
      if (here === undefined) continue
      const isSlot = slots.some(
        ({ days, time }) =>
          minuteOf(time) === here.minute && (days.length === 0 || days.includes(here.weekday)),
      )
      const isWorked = this.isWorked(here.day) || this.isOpenAt(here.at)
      if (isSlot && isWorked) return here.at
    }
    return null
  }

  #shiftsOn(day: number): { opens: number; closes: number }[] {
    let known = this.#shifts.get(day)
    if (known === undefined) {
      known = shiftsOn(this.#plain.calendar, day)
      this.#shifts.set(day, known)
    }
    return known
  }

  #when(day: number, minute: number): number | null {
    const [date, time] = [day + Math.floor(minute / 1440), minute % 1440]
    // Local days are at most a day away from where they would be without zones and changes.
    const near = this.#index((date - 1) * 86_400_000)
    for (let i = Math.max(0, near); i < this.#minutes.length; i += 1) {
      const one = this.#minutes[i]
      if (one !== undefined && one.day === date && one.minute === time) return one.at
    }
    return null
  }

  #index(at: number): number {
    return Math.round((at - (this.#minutes[0]?.at ?? 0)) / minuteMs)
  }
}
