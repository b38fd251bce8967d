// What a series says, as one sentence. It reads nothing and decides nothing.

import type { api } from '#data/contracts'
import { countedText, dayText, rangeText, round, shareText, timeText, valueText } from './figures.ts'
import { kindOf } from './kinds.ts'
import { sideOf } from './tiles.ts'

/** What the sentence has to know beside the series. */
export interface FindingContext {
  /** Epoch ms of the market. */
  now: number
  currency: string
}

/** One sentence with a full stop: out of its range and since when, back in it, inside it, or how much there was. */
export function findingOf(view: Omit<api.MetricSeries, 'finding'>, context: FindingContext): string {
  const complete = view.points.filter((point) => point.isComplete && point.value !== null)
  const last = complete.at(-1)
  if (last === undefined) return `${subjectOf(view)}: nothing was measured in this period.`
  if (last.low === null || last.high === null) return amountOf(view, complete, context)
  const side = sideOf(last)
  if (side !== 0) return outside(view, complete, side, context)
  return inside(view, complete, context)
}

function subjectOf({
  metric,
  dimension,
  dimensionTitle,
}: Pick<api.MetricSeries, 'metric' | 'dimension' | 'dimensionTitle'>) {
  return dimension === 'all' ? metric.title : `${metric.title}, ${dimensionTitle}`
}

/** Hours without a value after which "the last hour" would mislead. */
const staleHours = 2

function wordsOf(
  view: Omit<api.MetricSeries, 'finding'>,
  point: api.SeriesPoint,
  { now, currency }: FindingContext,
): string {
  const { unit } = view.metric
  const at = Date.parse(point.at)
  const isRecent = now - at <= (1 + staleHours) * 3_600_000
  const hour = isRecent ? ' in the last hour' : ` in the hour of ${timeText(at, view.timeZone, now)}`
  const during = view.grain === 'day' ? ` on ${whenText(view, point, now)}` : hour
  return `${valueText(point.value ?? 0, unit, currency)}${kindOf(view.metric) === 'state' ? '' : during}`
}

/** When a point was: days are days of UTC, hours have the zone of the series. */
function whenText(view: Omit<api.MetricSeries, 'finding'>, point: api.SeriesPoint, now: number): string {
  const at = Date.parse(point.at)
  return view.grain === 'day' ? dayText(at, 'UTC', now) : timeText(at, view.timeZone, now)
}

function outside(
  view: Omit<api.MetricSeries, 'finding'>,
  complete: readonly api.SeriesPoint[],
  side: -1 | 1,
  context: FindingContext,
): string {
  const { now, currency } = context
  let first = complete.length - 1
  while (first > 0 && sideOf(complete[first - 1] as api.SeriesPoint) === side) first--
  const since = complete[first] as api.SeriesPoint
  const last = complete.at(-1) as api.SeriesPoint
  const usual = rangeText(last.low ?? 0, last.high ?? 0, view.metric.unit, currency)
  const direction = side > 0 ? 'above' : 'below'
  return (
    `${subjectOf(view)}: ${wordsOf(view, last, context)}, ${direction} the expected ${usual}, ` +
    `since ${whenText(view, since, now)}.`
  )
}

function inside(
  view: Omit<api.MetricSeries, 'finding'>,
  complete: readonly api.SeriesPoint[],
  context: FindingContext,
): string {
  const { currency } = context
  const last = complete.at(-1) as api.SeriesPoint
  const usual = rangeText(last.low ?? 0, last.high ?? 0, view.metric.unit, currency)
  const odd = complete.filter((point) => point.anomaly !== null).length
  const before =
    odd === 0 ? '' : ` Earlier ${countedText(odd, view.grain === 'hour' ? 'hours' : 'days')} stood out.`
  return `${subjectOf(view)}: ${wordsOf(view, last, context)}, within the expected ${usual}.${before}`
}

/** How much there was, for series whose expected range is not known. */
function amountOf(
  view: Omit<api.MetricSeries, 'finding'>,
  complete: readonly api.SeriesPoint[],
  { currency }: FindingContext,
): string {
  const { unit } = view.metric
  const kind = kindOf(view.metric)
  const values = complete.map((point) => point.value ?? 0)
  const last = values.at(-1) ?? 0
  if (kind === 'state') return `${subjectOf(view)}: ${valueText(last, unit, currency)} now.`
  if (kind !== 'sum') return `${subjectOf(view)}: ${valueText(last, unit, currency)} in the newest point.`
  const sum = values.reduce((total, value) => total + value, 0)
  const before = complete.map((point) => point.previous)
  const previous = before.every((value) => value !== null)
    ? before.reduce<number>((total, value) => total + (value ?? 0), 0)
    : 0
  const compared = previous > 0 && sum > 0 ? `, ${changeText(sum / previous - 1)} the period before` : ''
  return `${subjectOf(view)}: ${valueText(sum, unit, currency)} in this period${compared}.`
}

function changeText(change: number): string {
  if (Math.abs(round(change, 3)) < 0.001) return 'as many as in'
  return `${shareText(Math.abs(change))} ${change > 0 ? 'more' : 'less'} than in`
}
