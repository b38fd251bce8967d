// Local time of an IANA zone and back, over every change of its clocks. It knows no calendar of work.

const minuteMs = 60_000
const hourMs = 3_600_000
/** A day of the calendar, ms. */
export const dayMs = 86_400_000

/** Changes of one year: from `at[i]` on the offset is `offset[i]`. */
interface Year {
  at: number[]
  offset: number[]
}

/** Instants beyond these are no business time. */
const earliest = Date.UTC(1900, 0, 1)
const latest = Date.UTC(2300, 0, 1)

/** A zone's clock. Changes are looked for once a year and kept. */
export class ZoneClock {
  readonly timeZone: string
  readonly #format: Intl.DateTimeFormat
  readonly #years = new Map<number, Year>()
  #year = Number.NaN
  #from = Number.POSITIVE_INFINITY
  #until = Number.NEGATIVE_INFINITY
  #offset = 0

  /**
   * @param timeZone IANA name that exists
   * @throws RangeError where it does not
   */
  constructor(timeZone: string) {
    this.timeZone = timeZone
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  }

  /** Ms that local time is ahead of UTC at an instant. */
  offsetAt(at: number): number {
    if (at >= this.#from && at < this.#until) return this.#offset
    const { at: changes, offset } = this.#yearOf(new Date(at).getUTCFullYear())
    let i = changes.length - 1
    while (i > 0 && (changes[i] ?? 0) > at) i -= 1
    this.#from = changes[i] ?? at
    this.#until = changes[i + 1] ?? Date.UTC(this.#year + 1, 0, 1)
    this.#offset = offset[i] ?? 0
    return this.#offset
  }

  /** Days since 1970-01-01 of the local day at an instant. */
  dayAt(at: number): number {
    return Math.floor((at + this.offsetAt(at)) / dayMs)
  }

  /**
   * The instant of a local time. One that the clocks jump over is the instant of the jump; one that comes twice is the
   * first of the two.
   * @param day days since 1970-01-01
   * @param minute minutes since midnight, also beyond a day
   */
  instant(day: number, minute: number): number {
    const local = day * dayMs + minute * minuteMs
    const before = this.offsetAt(local - dayMs)
    const after = this.offsetAt(local + dayMs)
    const early = local - before
    if (before === after && this.offsetAt(early) === before) return early
    const first = Math.min(early, local - after)
    if (first + this.offsetAt(first) === local) return first
    const second = Math.max(early, local - after)
    if (second + this.offsetAt(second) === local) return second
    return this.#jumpBetween(first, second, local)
  }

  #jumpBetween(first: number, second: number, local: number): number {
    // Local time rises over the jump, so the jump is where it first exceeds what was asked for.
    let [low, high] = [first - hourMs, second + hourMs]
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (middle + this.offsetAt(middle) >= local) high = middle
      else low = middle
    }
    return high
  }

  #yearOf(year: number): Year {
    this.#year = year
    let known = this.#years.get(year)
    if (known === undefined) {
      if (this.#years.size >= 200) this.#years.clear()
      known = this.#look(year)
      this.#years.set(year, known)
    }
    return known
  }

  /** Looks once a week and narrows down where two weeks differ. Zones that change twice in a week are not known. */
  #look(year: number): Year {
    const [start, end] = [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1)]
    const changes: Year = { at: [start], offset: [this.#ask(start)] }
    let last = start
    for (let at = start; at < end; at = Math.min(at + 7 * dayMs, end)) {
      const next = Math.min(at + 7 * dayMs, end - 1)
      const offset = this.#ask(next)
      if (offset !== changes.offset.at(-1)) {
        let [low, high] = [last, next]
        while (high - low > 1) {
          const middle = Math.floor((low + high) / 2)
          if (this.#ask(middle) === offset) high = middle
          else low = middle
        }
        changes.at.push(high)
        changes.offset.push(offset)
      }
      last = next
    }
    return changes
  }

  #ask(at: number): number {
    const part: Record<string, string> = {}
    for (const { type, value } of this.#format.formatToParts(at)) part[type] = value
    const local = Date.UTC(
      Number(part.year),
      Number(part.month) - 1,
      Number(part.day),
      Number(part.hour),
      Number(part.minute),
      Number(part.second),
    )
    return local - Math.floor(at / 1000) * 1000
  }
}

/** Whether an instant can be told in local time. */
export function isInstant(at: number): boolean {
  return at >= earliest && at < latest
}

/** Days since 1970-01-01 of `YYYY-MM-DD`; null where it is no day. */
export function dayNumber(text: string | null): number | null {
  if (text === null) return null
  const known = dayNumbers.get(text)
  if (known !== undefined) return known
  const day = dayNumberOf(text)
  if (dayNumbers.size >= daysKept) dayNumbers.clear()
  dayNumbers.set(text, day)
  return day
}

/** Days that were asked for: the same few, again and again. */
const daysKept = 5_000
const dayNumbers = new Map<string, number | null>()
const dayTexts = new Map<number, string>()

function dayNumberOf(text: string): number | null {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return null
  const at = Date.parse(`${text}T00:00:00Z`)
  if (Number.isNaN(at)) return null
  return new Date(at).toISOString().slice(0, 10) === text ? at / dayMs : null
}

/** `YYYY-MM-DD` of days since 1970-01-01. */
export function dayText(day: number): string {
  const known = dayTexts.get(day)
  if (known !== undefined) return known
  const text = new Date(day * dayMs).toISOString().slice(0, 10)
  if (dayTexts.size >= daysKept) dayTexts.clear()
  dayTexts.set(day, text)
  return text
}

/** Weekday of days since 1970-01-01, 1 = Monday. */
export function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1
}

/** Minutes since midnight of `HH:MM`; null where it is no time. */
export function minuteOf(text: string | null): number | null {
  const found = text === null ? null : /^([01]?[0-9]|2[0-3]):([0-5][0-9])(:[0-5][0-9])?$/.exec(text)
  return found === null ? null : Number(found[1]) * 60 + Number(found[2])
}

const clocks = new Map<string, ZoneClock>()

/** The clock of a zone, null where there is no such zone. Clocks are kept: there are only so many zones. */
export function zoneClock(timeZone: string): ZoneClock | null {
  // However a name is written, it is one clock: there are only so many.
  const key = timeZone.toLowerCase()
  const known = clocks.get(key)
  if (known !== undefined) return known
  try {
    const clock = new ZoneClock(timeZone)
    clocks.set(key, clock)
    return clock
  } catch {
    return null
  }
}
