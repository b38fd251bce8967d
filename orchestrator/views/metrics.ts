// The catalogue of metrics, series and slices. It computes from points only and never reads orders.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import type { Engine } from '#orchestrator/engine'
import { dayMs } from './figures.ts'
import { kindOf, type MetricKind } from './kinds.ts'
import { instantOf } from './order-filter.ts'
import { knownTo } from './period.ts'
import { placesOf } from './places.ts'
import { stepOf } from './points.ts'
import type { SeriesQuery, SlicesQuery } from './query.ts'
import { ceilTo, chartOf, floorTo } from './series-view.ts'

/** Dimensions that series are cut by. */
const dimensions = [
  'all',
  'provider',
  'node',
  'carrier',
  'lane',
  'sku_class',
  'channel',
  'region',
  'method',
  'reason',
]
/** Points of one series at most; more hours than these are shown as days. */
const mostPoints = 3_000
const mostSlices = 200
const defaultDays = { hour: 7, day: 90 } as const

/** What every metric means, by family and title. */
export async function metricCatalogue(engine: Engine): Promise<api.MetricInfo[]> {
  const { metrics } = await placesOf(engine)
  return [...metrics.values()].sort((a, b) =>
    a.family === b.family ? (a.title < b.title ? -1 : 1) : a.family < b.family ? -1 : 1,
  )
}

/**
 * A series with its expected range, up to what the data knows; null where no such metric or dimension exists. A
 * period of more than 3,000 hours comes by the day, and so does a metric that the dimension has by the day only.
 * @throws HTTP_QUERY_INVALID for a period that is none
 */
export async function metricSeries(engine: Engine, query: SeriesQuery): Promise<api.MetricSeries | null> {
  const places = await placesOf(engine)
  const metric = places.metrics.get(query.metric)
  const { dimension = 'all', value = 'all', grain = 'hour' } = query
  if (metric === undefined || !dimensions.includes(dimension)) return null
  const known = knownTo(engine, places.tables)
  const grains: ('hour' | 'day')[] = grain === 'hour' ? ['hour', 'day'] : ['day']
  for (const step of grains) {
    const { from, to } = periodAsked(query, known, step)
    if (step === 'hour' && (to - from) / stepOf(step) > mostPoints) continue
    const first = Math.max(from, to - mostPoints * stepOf(step))
    const chart = await chartOf(engine, places, {
      metric,
      dimension,
      value,
      grain: step,
      from: first,
      to,
      previousFrom: first - (to - first),
      knownTo: known,
    })
    if (chart !== null) return chart
  }
  return emptySeries()

  function emptySeries(): api.MetricSeries {
    const name = dimension === 'all' ? '' : `, ${places.titleOf(dimension, value)}`
    return {
      metric: metric as api.MetricInfo,
      dimension,
      dimensionValue: value,
      dimensionTitle: places.titleOf(dimension, value),
      grain,
      currency: metric?.unit === 'cents' ? places.currency : null,
      timeZone: places.zoneOf(dimension, value),
      finding: `${metric?.title}${name}: nothing was measured in this period.`,
      points: [],
    }
  }
}

function periodAsked(
  { from, to }: { from?: string | undefined; to?: string | undefined },
  known: number,
  grain: 'hour' | 'day',
): { from: number; to: number } {
  const end = to === undefined ? ceilTo(known, grain) : ceilTo(Date.parse(instantOf(to, 'to')), grain)
  const start =
    from === undefined
      ? end - defaultDays[grain] * dayMs
      : floorTo(Date.parse(instantOf(from, 'from')), grain)
  if (start >= end) throw fail('HTTP_QUERY_INVALID', { reason: '"from" is not before "to"' })
  return { from: start, to: end }
}

interface SliceRow extends Record<string, unknown> {
  value: string
  current: number | null
  previous: number | null
  records: number
}

/**
 * A metric by the values of a dimension over whole days (UTC), the one with the most records first, at most 200;
 * null where no such metric or dimension exists. Of a quantile it is the mean of the days' quantiles weighted by their
 * records; of a state, where it stood at the end of the period.
 * @throws HTTP_QUERY_INVALID for a period that is none
 */
export async function metricSlices(engine: Engine, query: SlicesQuery): Promise<api.MetricSlice[] | null> {
  const places = await placesOf(engine)
  const metric = places.metrics.get(query.metric)
  if (metric === undefined || !dimensions.includes(query.dimension)) return null
  const known = knownTo(engine, places.tables)
  const asked = { ...query, from: query.from ?? new Date(known - 7 * dayMs).toISOString() }
  const { from, to } = periodAsked(asked, known, 'day')
  const period = { market: engine.market, metric: metric.metric, dimension: query.dimension, from, to }
  const rows = await engine.workspace.warehouse.reading((queries) =>
    readSlices(queries, kindOf(metric), period),
  )
  return rows.map((row) => ({
    dimensionValue: row.value,
    title: places.titleOf(query.dimension, row.value),
    value: row.current,
    previous: row.previous,
    count: Math.round(row.records),
  }))
}

/** How days become one value, by the kind of metric; `w` is the period a day belongs to, 1 = asked, 0 = before. */
const folds: Record<MetricKind, (is: string) => string> = {
  sum: (is) => `sum(numerator) FILTER (${is})`,
  ratio: (is) => `sum(numerator) FILTER (${is}) / nullif(sum(denominator) FILTER (${is}), 0)`,
  state: (is) => `coalesce(max(numerator) FILTER (${is} AND is_last), 0)`,
  quantile: (is) => `sum(numerator * count) FILTER (${is}) / nullif(sum(count) FILTER (${is}), 0)`,
}

function readSlices(
  queries: Queries,
  kind: MetricKind,
  period: { market: string; metric: string; dimension: string; from: number; to: number },
): Promise<SliceRow[]> {
  const fold = folds[kind]
  const { from, to, ...names } = period
  const parameters = {
    ...names,
    before: from - (to - from),
    from,
    to,
    last: to - dayMs,
    last_before: from - dayMs,
  }
  return queries.all<SliceRow>(
    `WITH days AS (
       SELECT dimension_value AS value, numerator, denominator, count,
         epoch_ms(bucket_start) >= $from AS is_current,
         epoch_ms(bucket_start) IN ($last::BIGINT, $last_before::BIGINT) AS is_last
       FROM metric_points
       WHERE market = $market AND metric = $metric AND dimension = $dimension AND grain = 'day'
         AND bucket_start >= make_timestamptz($before::BIGINT * 1000)
         AND bucket_start < make_timestamptz($to::BIGINT * 1000))
     SELECT value, ${fold('is_current')} AS current, ${fold('NOT is_current')} AS previous,
       coalesce(sum(count) FILTER (is_current), 0)::DOUBLE AS records
     FROM days GROUP BY value
     ORDER BY records DESC, value LIMIT ${mostSlices}`,
    parameters,
  )
}
