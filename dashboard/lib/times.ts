// Instants as text in a named time zone, and as wall-clock milliseconds for the axes of charts.

/** Names zones in the American way, `PST` rather than `GMT-8`, where they have such a name. */
const zoneNames = 'en-US'

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(
  timeZone: string,
  options: Intl.DateTimeFormatOptions,
  locale = 'en-GB',
): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${JSON.stringify(options)}`
  let format = formats.get(key)
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, { ...options, timeZone: zoneOr(timeZone) })
    formats.set(key, format)
  }
  return format
}

const knownZones = new Map<string, boolean>()

function zoneOr(timeZone: string): string {
  let isKnown = knownZones.get(timeZone)
  if (isKnown === undefined) {
    try {
      new Intl.DateTimeFormat('en-GB', { timeZone })
      isKnown = true
    } catch {
      isKnown = false
    }
    knownZones.set(timeZone, isKnown)
  }
  return isKnown ? timeZone : 'UTC'
}

/** Short name of the zone at that instant: `UTC`, `PST`, `GMT+1`. */
export function zoneLabel(at: string | number, timeZone: string): string {
  const parts = formatOf(timeZone, { timeZoneName: 'short' }, zoneNames).formatToParts(new Date(at))
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC'
}

/** `09:40` */
export function clockTime(at: string | number, timeZone: string): string {
  return formatOf(timeZone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(at))
}

/** `24 Nov` or, with the year, `24 Nov 2026` */
export function day(at: string | number, timeZone: string, withYear = false): string {
  const options: Intl.DateTimeFormatOptions = withYear
    ? { day: 'numeric', month: 'short', year: 'numeric' }
    : { day: 'numeric', month: 'short' }
  return formatOf(timeZone, options).format(new Date(at))
}

/**
 * `Tue 24 Nov, 09:40`
 * @param now where it is given, the year is told unless it is the same: `Wed 17 Oct 2018, 17:30`
 */
export function moment(at: string | number, timeZone: string, now?: number): string {
  const date = new Date(at)
  const weekday = formatOf(timeZone, { weekday: 'short' }).format(date)
  const withYear = now !== undefined && !isSameYear(at, now, timeZone)
  return `${weekday} ${day(at, timeZone, withYear)}, ${clockTime(at, timeZone)}`
}

/** `Tue 24 Nov 2026, 09:40 UTC`: complete, for titles and machines' readers. */
export function fullMoment(at: string | number, timeZone: string): string {
  const date = new Date(at)
  const weekday = formatOf(timeZone, { weekday: 'short' }).format(date)
  return `${weekday} ${day(at, timeZone, true)}, ${clockTime(at, timeZone)} ${zoneLabel(at, timeZone)}`
}

/** `24 Nov 2026 09:40`, or without the year where it is that of `now`. */
export function shortMoment(at: string | number, timeZone: string, now: number): string {
  return `${day(at, timeZone, !isSameYear(at, now, timeZone))} ${clockTime(at, timeZone)}`
}

/** Zone of the buckets of a series: days are days of UTC, whatever the zone. */
export function bucketZone({ grain, timeZone }: { grain: 'hour' | 'day'; timeZone: string }): string {
  return grain === 'day' ? 'UTC' : timeZone
}

/** A bucket in words: `Tue 24 Nov, 09:00 EST`, or `24 Nov 2026` where it is a day. */
export function bucketWords(at: string, series: { grain: 'hour' | 'day'; timeZone: string }): string {
  if (series.grain === 'day') return day(at, 'UTC', true)
  return `${moment(at, series.timeZone)} ${zoneLabel(at, series.timeZone)}`
}

/** `20 Jul – 17 Oct 2018`: the days of a period, with the year unless it is that of `now`. */
export function daysBetween(from: string, to: string, timeZone: string, now: number): string {
  const withYear = !isSameYear(to, now, timeZone)
  const isOneYear = isSameYear(from, Date.parse(to), timeZone)
  return `${day(from, timeZone, !isOneYear)} – ${day(to, timeZone, withYear || !isOneYear)}`
}

function isSameYear(at: string | number, now: number, timeZone: string): boolean {
  const year = formatOf(timeZone, { year: 'numeric' })
  return year.format(new Date(at)) === year.format(new Date(now))
}

/** The wall clock of the zone at that instant, as if it were UTC, epoch ms: what a chart's axis shows. */
export function wallMs(at: string | number, timeZone: string): number {
  const format = formatOf(timeZone, {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  })
  const parts: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(new Date(at))) parts[type] = Number(value)
  const { year = 1970, month = 1, day: date = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, date, hour, minute, second)
}

/** `2026-11-24T09:40`: an instant as a field for date and time shows it. */
export function fieldText(at: string | number, timeZone: string): string {
  return new Date(wallMs(at, timeZone)).toISOString().slice(0, 16)
}

/**
 * The instant of a wall-clock time of the zone, ISO 8601; null where the text is no time.
 * @param text `2026-11-24T09:40`, or a day, whose first instant is meant
 */
export function instantOf(text: string, timeZone: string): string | null {
  const wall = Date.parse(`${text.length === 10 ? `${text}T00:00` : text}Z`)
  if (Number.isNaN(wall)) return null
  // The zone's offset is that of the instant, which is not known yet: the second guess has it also where clocks change.
  let at = wall
  for (let i = 0; i < 2; i++) at = wall - (wallMs(at, timeZone) - at)
  return new Date(at).toISOString()
}
