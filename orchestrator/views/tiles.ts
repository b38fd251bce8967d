// The figures on top of the overview: each with its change, whether that is good, and a short series in its expected
// range. It changes nothing.

import type { api } from '#data/contracts'
import { type Band, bandOver, bandsOf } from './bands.ts'
import { isoOf } from './figures.ts'
import type { Period } from './period.ts'
import type { Places } from './places.ts'
import { type Series, valueOver } from './points.ts'

/** For each place the metrics that may stand there, the first with data first. */
const places6: readonly (readonly string[])[] = [
  ['orders', 'order_lines'],
  ['on_time_ship_share', 'late_share', 'on_time_in_full'],
  ['backlog', 'past_due', 'delivered_orders'],
  ['internal_cycle_time_p50_hours', 'book_to_ship_hours', 'transit_p50_hours', 'transit_hours'],
  ['line_fill', 'stock_out_share', 'cancelled_share'],
  ['cost_to_serve', 'freight_cost', 'revenue'],
]
/** What fills places that stay empty. */
const others = [
  'late_share',
  'transit_p50_hours',
  'revenue',
  'average_order_value',
  'delivered_orders',
  'cancelled_share',
  'return_rate_orders',
  'units',
]
/** Of history that nobody can act on any more, what the customer got says more than what waits. */
const historyPlaces: readonly (readonly string[])[] = [
  ['orders', 'order_lines'],
  ['late_share', 'on_time_in_full', 'on_time_ship_share'],
  ['on_time_ship_share', 'line_fill', 'cancelled_share'],
  ['internal_cycle_time_p50_hours', 'book_to_ship_hours'],
  ['transit_p50_hours', 'transit_hours'],
  ['revenue', 'average_order_value', 'units'],
]

/** Metrics that a tile may show. */
export const tileMetrics: readonly string[] = [
  ...new Set([...places6.flat(), ...historyPlaces.flat(), ...others]),
]

/**
 * The six metrics to show.
 * @param hasData metrics with a value in the period
 * @param isHistory nothing is open any more that anybody works on
 */
export function chooseTiles(hasData: ReadonlySet<string>, isHistory: boolean): string[] {
  const chosen: string[] = []
  for (const options of isHistory ? historyPlaces : places6) {
    const first = options.find((metric) => hasData.has(metric) && !chosen.includes(metric))
    if (first !== undefined) chosen.push(first)
  }
  const rest = others.filter((metric) => hasData.has(metric) && !chosen.includes(metric))
  return [...chosen, ...rest].slice(0, 6)
}

/** A tile of a loaded series. */
export function tileOf(metric: api.MetricInfo, series: Series, period: Period, places: Places): api.Tile {
  const bands = bandsOf(series, metric.unit, places.zone)
  const points = shortSeries(series, bands, period)
  const value = valueOver(series, indexOf(series, period.from), indexOf(series, period.to))
  const previous = previousValue(series, period)
  const change = changeOf(metric.unit, value, previous)
  return {
    metric,
    currency: metric.unit === 'cents' ? places.currency : null,
    value,
    previous,
    change,
    isGood: isGood(metric, change),
    isAnomalous: isOutside(points),
    points,
  }
}

/** Index of the bucket that starts at an instant on the step. */
export function indexOf(series: Series, at: number): number {
  return Math.round((at - series.start) / series.stepMs)
}

/** The same time of the period before; of its last bucket only as much as has passed of the current one. */
export function previousValue(series: Series, period: Period): number | null {
  if (period.previousFrom === period.from) return null
  const [first, end] = [indexOf(series, period.previousFrom), indexOf(series, period.from)]
  const whole = valueOver(series, first, end)
  if (series.kind !== 'sum' || whole === null) return whole
  const open = (period.to - period.knownTo) / series.stepMs
  return Math.round(whole - (series.values[end - 1] ?? 0) * Math.min(1, Math.max(0, open)))
}

/** Shares change by a difference, everything else by a ratio; null where there is nothing to compare with. */
export function changeOf(unit: string, value: number | null, previous: number | null): number | null {
  if (value === null || previous === null) return null
  if (unit === 'share') return value - previous
  return previous === 0 ? null : value / previous - 1
}

function isGood({ betterWhen }: api.MetricInfo, change: number | null): boolean | null {
  if (betterWhen === 'neither' || change === null || Math.abs(change) < 0.0005) return null
  return change > 0 === (betterWhen === 'higher')
}

/** Points of the same length that end with the last complete bucket. */
function shortSeries(series: Series, bands: readonly (Band | null)[], period: Period): api.SeriesPoint[] {
  const { stepsPerPoint, from, to, knownTo } = period
  const shift = indexOf(series, from) - indexOf(series, period.previousFrom)
  const isOpen = knownTo < to
  const end = Math.max(indexOf(series, from) + 1, indexOf(series, to) - (isOpen ? 1 : 0))
  const count = Math.max(1, Math.floor((to - from) / series.stepMs / stepsPerPoint))
  const points: api.SeriesPoint[] = []
  for (let i = count - 1; i >= 0; i--) {
    const last = end - i * stepsPerPoint
    const first = last - stepsPerPoint
    if (first < 0) continue
    const band = bandOver(series, bands, first, last)
    points.push({
      at: isoOf(series.start + first * series.stepMs),
      value: valueOver(series, first, last),
      previous: shift === 0 ? null : valueOver(series, first - shift, last - shift),
      low: band?.low ?? null,
      high: band?.high ?? null,
      isComplete: series.start + last * series.stepMs <= knownTo,
      anomaly: null,
    })
  }
  return points
}

/** Whether the two newest complete points are outside what was expected, on the same side. */
function isOutside(points: readonly api.SeriesPoint[]): boolean {
  const sides = points
    .filter((point) => point.isComplete)
    .slice(-2)
    .map(sideOf)
  return sides.length === 2 && sides[0] !== 0 && sides[0] === sides[1]
}

/** -1 below, 1 above, 0 inside the expected range or unknown. */
export function sideOf({ value, low, high }: api.SeriesPoint): -1 | 0 | 1 {
  if (value === null || low === null || high === null) return 0
  return value < low ? -1 : value > high ? 1 : 0
}
