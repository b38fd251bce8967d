// Local time of a series: the season of a shop follows the clock on its wall, also over a change of summer time.
// It never reads the clock.

const hourMs = 3_600_000
const blockMs = 6 * hourMs
const cacheSize = 50_000
const offsets = new Map<string, Map<number, number>>()
const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * How far local time is ahead of UTC, ms; looked up once per six hours, right to the block that holds a change.
 * An unknown zone counts as UTC.
 * @param timeZone IANA name
 * @param at epoch ms
 */
export function zoneOffsetMs(timeZone: string, at: number): number {
  if (timeZone === 'UTC') return 0
  const block = Math.floor(at / blockMs)
  let known = offsets.get(timeZone)
  if (known === undefined || known.size > cacheSize) {
    known = new Map()
    offsets.set(timeZone, known)
  }
  const found = known.get(block)
  if (found !== undefined) return found
  const offset = lookUp(timeZone, block * blockMs)
  known.set(block, offset)
  return offset
}

function lookUp(timeZone: string, at: number): number {
  const format = formatOf(timeZone)
  if (format === null) return 0
  const parts: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(at)) parts[type] = Number(value)
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour % 24, minute, second) - at
}

function formatOf(timeZone: string): Intl.DateTimeFormat | null {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(timeZone, format)
    return format
  } catch {
    return null
  }
}
