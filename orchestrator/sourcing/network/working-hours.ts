// When a calendar has people at work, in instants: shifts of local days over holidays, extra days and changes of the
// clocks. It knows no carriers and no cut-offs.

import type { api } from '#data/contracts'
import { dayNumber, isInstant, minuteOf, weekdayOf, type ZoneClock } from './zone-clock.ts'

/** Days that are looked ahead for the next one with work. */
export const lookAheadDays = 60

/** Time at work, from and to as instants, both within. */
export interface Shift {
  opens: number
  closes: number
}

/** Shifts in minutes since midnight of the day they begin on. */
type Pattern = readonly { opens: number; closes: number }[]

const allDay: Pattern = [{ opens: 0, closes: 1440 }]

/** What a working day keeps of its shifts. */
export interface WorkDay {
  /** Days since 1970-01-01. */
  day: number
  /** At least one; apart from each other, in order. */
  shifts: readonly Shift[]
}

/** Days kept of a calendar; beyond them all are forgotten and told anew. */
const keptDays = 1_000

/** Working hours of a calendar in a zone. A shift belongs to the day it begins on. */
export class WorkingHours {
  readonly clock: ZoneClock
  readonly #week: Pattern[] = [[]]
  readonly #holidays = new Set<number>()
  readonly #extra = new Map<number, { opens: number; closes: number }[]>()
  readonly #from: number
  readonly #until: number
  readonly #days = new Map<number, WorkDay | null>()
  readonly #next = new Map<number, WorkDay | null>()

  /**
   * @param calendar null = all day, every day
   * @param active first and last local day, null = open end
   */
  constructor(
    clock: ZoneClock,
    calendar: api.WorkCalendar | null,
    active: { from: string | null; until: string | null },
  ) {
    this.clock = clock
    this.#from = dayNumber(active.from) ?? Number.NEGATIVE_INFINITY
    this.#until = dayNumber(active.until) ?? Number.POSITIVE_INFINITY
    for (let weekday = 1; weekday <= 7; weekday += 1) {
      this.#week[weekday] =
        calendar === null ? allDay : merged(calendar.hours.filter((hours) => hours.day === weekday))
    }
    for (const date of calendar?.holidays ?? []) this.#holidays.add(dayNumber(date) ?? Number.NaN)
    for (const extra of calendar?.extraDays ?? []) {
      const day = dayNumber(extra.date)
      if (day === null) continue
      const list = this.#extra.get(day) ?? []
      list.push(...merged([extra]))
      this.#extra.set(day, list)
    }
  }

  /** Whether no day, holidays aside, has work. */
  get isNeverOpen(): boolean {
    if (this.#from > this.#until) return true
    const isExtra = [...this.#extra.keys()].some((day) => day >= this.#from && day <= this.#until)
    return !isExtra && this.#week.every((pattern) => pattern.length === 0)
  }

  /** Whether a weekday, holidays aside, ever has somebody at work at a time; any weekday may have extra days. */
  mayWork(weekday: number): boolean {
    const before = this.#week[weekday === 1 ? 7 : weekday - 1] ?? []
    const isNight = before.some(({ closes }) => closes > 1440)
    return isNight || (this.#week[weekday] ?? []).length > 0 || this.#extra.size > 0
  }

  /** The shifts that begin on a day, null where none do. */
  on(day: number): WorkDay | null {
    let known = this.#days.get(day)
    if (known === undefined) {
      if (this.#days.size >= keptDays) this.#days.clear()
      known = this.#tell(day)
      this.#days.set(day, known)
    }
    return known
  }

  /** The first day with work from a day on, null where there is none within 60 days. */
  next(day: number): WorkDay | null {
    const known = this.on(day) ?? this.#next.get(day)
    if (known !== undefined) return known
    let found: WorkDay | null = null
    for (let ahead = 1; ahead <= lookAheadDays && found === null; ahead += 1) found = this.on(day + ahead)
    if (this.#next.size >= keptDays) this.#next.clear()
    this.#next.set(day, found)
    return found
  }

  /** Hours of the shifts that begin on a day. */
  workedOn(day: number | null): number {
    const shifts = day === null ? [] : (this.on(day)?.shifts ?? [])
    return shifts.reduce((sum, { opens, closes }) => sum + (closes - opens) / 3_600_000, 0)
  }

  /** Whether somebody is at work, the ends of shifts within. */
  isOpenAt(at: number): boolean {
    const day = this.clock.dayAt(at)
    return isIn(this.on(day - 1), at) || isIn(this.on(day), at)
  }

  /**
   * The instant at which so many hours of work are done, counted from an instant on; no hours: the first instant at
   * work. Null where nobody works for 60 days.
   */
  add(from: number, hours: number): number | null {
    if (!isInstant(from) || !(hours >= 0)) return null
    let left = hours * 3_600_000
    let since = from
    let work = this.next(this.clock.dayAt(from) - 1)
    for (; work !== null; work = this.next(work.day + 1)) {
      for (const { opens, closes } of work.shifts) {
        // Shifts of two days may overlap: time is counted once.
        if (closes < since) continue
        const start = Math.max(opens, since)
        if (start + left <= closes) return start + left
        left -= closes - start
        since = closes
      }
      if (!isInstant(since)) return null
    }
    return null
  }

  /** Hours at work between two instants, at most 60 days apart; overlapping shifts count once. */
  between(from: number, to: number): number {
    if (!isInstant(from) || !isInstant(to) || to <= from) return 0
    let sum = 0
    let since = from
    const last = Math.min(this.clock.dayAt(to), this.clock.dayAt(from) + lookAheadDays)
    for (let day = this.clock.dayAt(from) - 1; day <= last; day += 1) {
      for (const { opens, closes } of this.on(day)?.shifts ?? []) {
        const start = Math.max(opens, since)
        const end = Math.min(closes, to)
        if (end <= start) continue
        sum += end - start
        since = end
      }
    }
    return sum / 3_600_000
  }

  #tell(day: number): WorkDay | null {
    if (day < this.#from || day > this.#until) return null
    const extra = this.#extra.get(day)
    const usual = this.#holidays.has(day) ? [] : (this.#week[weekdayOf(day)] ?? [])
    const pattern = extra === undefined ? usual : joined([...usual, ...extra])
    const shifts = pattern
      .map(({ opens, closes }) => ({
        opens: this.clock.instant(day, opens),
        closes: this.clock.instant(day, closes),
      }))
      .filter(({ opens, closes }) => closes > opens)
    return shifts.length === 0 ? null : { day, shifts }
  }
}

function isIn(work: WorkDay | null, at: number): boolean {
  return work?.shifts.some(({ opens, closes }) => opens <= at && at <= closes) ?? false
}

/** Shifts in order and apart; one that does not close after it opens goes on past midnight. */
function merged(hours: readonly { opens: string; closes: string }[]): { opens: number; closes: number }[] {
  return joined(
    hours.flatMap((shift) => {
      const [opens, closes] = [minuteOf(shift.opens), minuteOf(shift.closes)]
      if (opens === null || closes === null) return []
      return [{ opens, closes: closes > opens ? closes : closes + 1440 }]
    }),
  )
}

function joined(shifts: { opens: number; closes: number }[]): { opens: number; closes: number }[] {
  const found: { opens: number; closes: number }[] = []
  for (const shift of [...shifts].sort((a, b) => a.opens - b.opens)) {
    const last = found.at(-1)
    if (last !== undefined && shift.opens <= last.closes) last.closes = Math.max(last.closes, shift.closes)
    else found.push({ ...shift })
  }
  return found
}
