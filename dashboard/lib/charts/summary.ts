// What a chart says, in words, for those who do not see it. Pure.

import type { api } from '#data/contracts'
import { count, counted, inUnit } from '../numbers.ts'
import { bucketWords } from '../times.ts'

/** One or two sentences about a series: newest value, expected range, extremes, odd points. */
export function summaryOf(series: api.MetricSeries): string {
  const show = (value: number | null) => inUnit(value, series.metric.unit, series.currency)
  const known = series.points.filter((point) => point.value !== null)
  const last = known.at(-1)
  if (last === undefined) return `${series.metric.title}: no values in this period.`
  const values = known.map((point) => point.value ?? 0)
  const odd = series.points.filter((point) => point.anomaly !== null)
  const newest = odd.at(-1)
  const expected =
    last.low === null || last.high === null ? '' : `, expected ${show(last.low)} to ${show(last.high)}`
  const parts = [
    `${series.metric.title}, ${series.dimensionTitle}: ${show(last.value)} at ` +
      `${bucketWords(last.at, series)}${expected}.`,
    `From ${show(Math.min(...values))} to ${show(Math.max(...values))} over ` +
      `${count(series.points.length)} ${series.grain === 'hour' ? 'hours' : 'days'}.`,
  ]
  if (newest !== undefined) {
    const verb = odd.length === 1 ? 'is' : 'are'
    parts.push(
      `${counted(odd.length, 'point')} ${verb} outside the expected range, ` +
        `the last at ${bucketWords(newest.at, series)}.`,
    )
  }
  return parts.join(' ')
}
