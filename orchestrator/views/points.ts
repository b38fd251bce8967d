// Series as the table metric_points holds them, in equal steps without gaps. It expects nothing and says nothing.

import type { api } from '#data/contracts'
import type { Queries } from '#data/warehouse'
import { dayMs, hourMs } from './figures.ts'
import { kindOf, type MetricKind } from './kinds.ts'
import { listed, texts } from './parameters.ts'

/** Which series, and from when to when. */
export interface SeriesRequest {
  market: string
  metrics: readonly api.MetricInfo[]
  dimension: string
  value: string
  grain: 'hour' | 'day'
  /** Epoch ms, on the grain. */
  from: number
  /** Epoch ms, on the grain, not included. */
  to: number
  /** Up to where the tables know what happened, epoch ms: later buckets have no value yet. */
  knownTo: number
}

/** A series: bucket i starts at start + i x stepMs. */
export interface Series {
  kind: MetricKind
  start: number
  stepMs: number
  /** null = nothing measured. */
  values: (number | null)[]
  numerators: number[]
  denominators: number[]
  /** Records behind each bucket. */
  counts: number[]
}

interface ListedRow extends Record<string, unknown> {
  metric: string
  at: number[]
  numerator: number[]
  denominator: number[]
  records: (number | string)[]
}

/** The step of a grain, ms. */
export const stepOf = (grain: 'hour' | 'day') => (grain === 'hour' ? hourMs : dayMs)

/** The series by metric; a metric without a point in the period is not among them. */
export async function loadSeries(queries: Queries, request: SeriesRequest): Promise<Map<string, Series>> {
  const { market, metrics, dimension, value, grain, from, to } = request
  const kinds = new Map(metrics.map((info) => [info.metric, kindOf(info)]))
  const rows = await queries.all<ListedRow>(
    `SELECT metric, list(epoch_ms(bucket_start) ORDER BY bucket_start) AS at,
       list(numerator ORDER BY bucket_start) AS numerator, list(denominator ORDER BY bucket_start) AS denominator,
       list(count ORDER BY bucket_start) AS records
     FROM metric_points
     WHERE market = $market AND dimension = $dimension AND dimension_value = $value AND grain = $grain
       AND bucket_start >= make_timestamptz($from::BIGINT * 1000)
       AND bucket_start < make_timestamptz($to::BIGINT * 1000)
       AND metric IN ${listed('metrics')}
     GROUP BY metric`,
    { market, dimension, value, grain, from, to, metrics: texts(kinds.keys()) },
  )
  const found = new Map<string, Series>()
  for (const row of rows) {
    const kind = kinds.get(row.metric)
    if (kind !== undefined) found.set(row.metric, seriesOf(row, kind, request))
  }
  const behind = [...found].filter(([, series]) => series.kind === 'state' && series.values[0] === null)
  for (const [metric, series] of behind) {
    carryOn(series, await stateBefore(queries, metric, request), request.knownTo)
  }
  return found
}

function seriesOf(row: ListedRow, kind: MetricKind, { grain, from, to, knownTo }: SeriesRequest): Series {
  const stepMs = stepOf(grain)
  const length = Math.max(0, Math.round((to - from) / stepMs))
  const zeros = () => new Array<number>(length).fill(0)
  const series: Series = {
    kind,
    start: from,
    stepMs,
    values: new Array<number | null>(length).fill(null),
    numerators: zeros(),
    denominators: zeros(),
    counts: zeros(),
  }
  row.at.forEach((at, k) => {
    const i = Math.round((Number(at) - from) / stepMs)
    const [top = 0, bottom = 0] = [row.numerator[k], row.denominator[k]]
    series.numerators[i] = top
    series.denominators[i] = bottom
    series.counts[i] = Number(row.records[k])
    series.values[i] = bottom === 0 ? null : top / bottom
  })
  if (kind === 'sum') fillSums(series, knownTo)
  if (kind === 'state' && series.values[0] !== null) carryOn(series, 0, knownTo)
  return series
}

/** A sum without a point is 0, where the tables know that time. */
function fillSums(series: Series, knownTo: number): void {
  series.values.forEach((value, i) => {
    if (value !== null || series.start + i * series.stepMs >= knownTo) return
    series.values[i] = 0
    series.denominators[i] = 1
  })
}

/** A state without a point is as it was. */
function carryOn(series: Series, before: number, knownTo: number): void {
  let state = before
  series.values.forEach((value, i) => {
    if (value !== null) state = value
    else if (series.start + i * series.stepMs < knownTo) {
      series.values[i] = state
      series.numerators[i] = state
      series.denominators[i] = 1
    }
  })
}

/** What a state was before the period began. */
async function stateBefore(queries: Queries, metric: string, request: SeriesRequest): Promise<number> {
  const { market, dimension, value, grain, from } = request
  const [row] = await queries.all<{ numerator: number | null }>(
    `SELECT arg_max(numerator, bucket_start) AS numerator FROM metric_points
     WHERE market = $market AND metric = $metric AND dimension = $dimension AND dimension_value = $value
       AND grain = $grain AND bucket_start < make_timestamptz($from::BIGINT * 1000)`,
    { market, metric, dimension, value, grain, from },
  )
  return row?.numerator ?? 0
}

/**
 * One value for the buckets from `first` to before `end`: the sum of a sum, numerators / denominators of a ratio,
 * the last of a state; of a quantile the mean of the buckets' quantiles weighted by their records, which is near the
 * quantile of the whole where buckets are alike.
 */
export function valueOver(series: Series, first: number, end: number): number | null {
  const from = Math.max(0, first)
  const to = Math.min(series.values.length, end)
  if (series.kind === 'state') return lastOf(series.values, from, to)
  let [top, bottom] = [0, 0]
  for (let i = from; i < to; i++) {
    const value = series.values[i] ?? null
    if (value === null) continue
    const weight = series.kind === 'quantile' ? (series.counts[i] ?? 0) : 1
    top += (series.kind === 'sum' ? value : (series.numerators[i] ?? 0)) * weight
    bottom += series.kind === 'quantile' ? weight : (series.denominators[i] ?? 0)
  }
  if (bottom === 0) return null
  return series.kind === 'sum' ? top : top / bottom
}

function lastOf(values: readonly (number | null)[], from: number, to: number): number | null {
  for (let i = to - 1; i >= from; i--) {
    const value = values[i] ?? null
    if (value !== null) return value
  }
  return null
}
