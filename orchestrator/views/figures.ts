// Numbers, times and lists as they stand in sentences. It knows no metric and no order.

import { isCurrency, minorUnitsOf, showMoney } from '#data/kernel'

const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000

/** A whole number with separators. */
export function countText(value: number): string {
  return Math.round(value).toLocaleString('en')
}

/** `340 orders`, `1 order`. */
export function countedText(value: number, noun: string): string {
  return `${countText(value)} ${Math.round(value) === 1 ? noun.replace(/s$/, '') : noun}`
}

/** Money for a sentence: `$412`, `$3.20`, `R$1,204`. */
export function moneyText(cents: number, currency: string): string {
  if (!isCurrency(currency)) return showMoney(cents, currency)
  const amount = cents / minorUnitsOf(currency)
  const digits = Math.abs(amount) >= 100 || Number.isInteger(amount) ? 0 : undefined
  return new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    ...(digits === undefined ? {} : { minimumFractionDigits: 0, maximumFractionDigits: digits }),
  }).format(amount)
}

/** `40 minutes`, `5.2 hours`, `3.4 days`. */
export function hoursText(hours: number): string {
  const size = Math.abs(hours)
  if (size < 1) return countedText(hours * 60, 'minutes')
  if (size < 48) return `${round(hours, 1).toLocaleString('en')} ${round(size, 1) === 1 ? 'hour' : 'hours'}`
  return `${round(hours / 24, 1).toLocaleString('en')} days`
}

/** `94.1 %`. */
export function shareText(share: number): string {
  return `${round(share * 100, 1).toLocaleString('en')} %`
}

/** A value in the unit of its metric, with that unit. */
export function valueText(value: number, unit: string, currency: string): string {
  if (unit === 'share') return shareText(value)
  if (unit === 'hours') return hoursText(value)
  if (unit === 'cents') return moneyText(value, currency)
  const small = Math.abs(value) < 10 && !Number.isInteger(value)
  return small ? `${round(value, 1).toLocaleString('en')} ${unit}` : countedText(value, unit)
}

/** `120 to 160`, in the unit of the metric, without a second unit. */
export function rangeText(low: number, high: number, unit: string, currency: string): string {
  const isCount = unit !== 'share' && unit !== 'hours' && unit !== 'cents'
  if (isCount) return bounds(countText(low), countText(high))
  if (unit === 'share') return bounds(round(low * 100, 1).toLocaleString('en'), shareText(high))
  if (unit === 'cents') return bounds(moneyText(low, currency), moneyText(high, currency))
  if (high >= 48) return bounds(round(low / 24, 1).toLocaleString('en'), hoursText(high))
  if (high < 1) return bounds(countText(low * 60), hoursText(high))
  return bounds(round(low, 1).toLocaleString('en'), hoursText(high))
}

function bounds(low: string, high: string): string {
  return low === high.split(' ')[0] || low === high ? high : `${low} to ${high}`
}

/** The time of day in a zone with its label, and the day where it is another than that of `now`. */
export function timeText(at: number, zone: string, now: number): string {
  const time = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(at)
  const day = dayText(at, zone, now)
  return dayText(now, zone, now) === day ? time : `${day}, ${time}`
}

/** A day in a zone: `17 Oct`, with its year where that is another than that of `now`. */
export function dayText(at: number, zone: string, now: number): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  })
  const partsAt = (instant: number) =>
    Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]))
  const [then, today] = [partsAt(at), partsAt(now)]
  const day = `${then.day} ${then.month}`
  return then.year === today.year ? day : `${day} ${then.year}`
}

/** `a, b and c`; after `most` names the rest is counted. */
export function listText(names: readonly string[], most = 3): string {
  if (names.length > most) {
    const rest = names.length - (most - 1)
    return `${names.slice(0, most - 1).join(', ')} and ${rest} others`
  }
  if (names.length < 2) return names.join('')
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** A number with at most that many digits after the point. */
export function round(value: number, digits: number): number {
  const factor = 10 ** digits
  return Math.round(value * factor) / factor
}

/** About a number: two leading digits. */
export function aboutText(value: number): string {
  if (Math.abs(value) < 10) return round(value, 1).toLocaleString('en')
  const factor = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1)
  return (Math.round(value / factor) * factor).toLocaleString('en')
}

/** ISO 8601 of an instant. */
export function isoOf(at: number): string {
  return new Date(at).toISOString()
}

/** ISO 8601 of an instant that may be missing. */
export function isoOrNull(at: number | null | undefined): string | null {
  return at === null || at === undefined ? null : isoOf(at)
}

/**
 * Minutes until a clock next shows a time.
 * @param clock HH:MM of the zone, null = never
 * @returns null where there is none or it cannot be read
 */
export function minutesUntil(clock: string | null, zone: string, now: number): number | null {
  const found = /^(\d{1,2}):(\d{2})$/.exec(clock ?? '')
  if (found === null) return null
  const shown = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(now)
  const [hour = 0, minute = 0] = shown.split(':').map(Number)
  const wait = Number(found[1]) * 60 + Number(found[2]) - (hour * 60 + minute)
  return ((wait % 1440) + 1440) % 1440
}

export { dayMs, hourMs, minuteMs }
