// One series for a chart: values with the period before, expected range, anomalies, and a sentence on what it says.

import type { api } from '#data/contracts'
import type { Queries } from '#data/warehouse'
import type { Engine } from '#orchestrator/engine'
import { bandsOf, learningMs } from './bands.ts'
import { isoOf } from './figures.ts'
import { findingOf } from './finding.ts'
import type { Places } from './places.ts'
import { loadSeries, type Series, stepOf } from './points.ts'
import { indexOf } from './tiles.ts'

/** Which series, and how much of it. */
export interface ChartRequest {
  metric: api.MetricInfo
  dimension: string
  value: string
  grain: 'hour' | 'day'
  /** Epoch ms, on the grain. */
  from: number
  to: number
  /** Start of the equal period before; `from` where there is none. */
  previousFrom: number
  knownTo: number
}

/** The series for a chart; null where it has no point from the period before on. */
export async function chartOf(
  engine: Engine,
  places: Places,
  request: ChartRequest,
): Promise<api.MetricSeries | null> {
  const { metric, dimension, value, grain, from, to, previousFrom, knownTo } = request
  const { market } = engine
  const start = Math.min(previousFrom, from - learningMs[grain])
  const [series, marks] = await Promise.all([
    engine.workspace.warehouse.reading(async (queries) => {
      const found = await loadSeries(queries, {
        market,
        metrics: [metric],
        dimension,
        value,
        grain,
        from: start,
        to,
        knownTo,
      })
      return found.get(metric.metric) ?? null
    }),
    engine.workspace.warehouse.reading((queries) => anomaliesOf(queries, market, request)),
  ])
  if (series === null) return null
  const timeZone = places.zoneOf(dimension, value)
  const points = pointsOf(series, request, marks, timeZone)
  const view = {
    metric,
    dimension,
    dimensionValue: value,
    dimensionTitle: places.titleOf(dimension, value),
    grain,
    currency: metric.unit === 'cents' ? places.currency : null,
    timeZone,
    points,
  }
  return { ...view, finding: findingOf(view, { now: knownTo, currency: places.currency }) }
}

type Mark = NonNullable<api.SeriesPoint['anomaly']>

function pointsOf(
  series: Series,
  request: ChartRequest,
  marks: ReadonlyMap<number, Mark>,
  timeZone: string,
): api.SeriesPoint[] {
  const { metric, from, to, previousFrom, knownTo } = request
  const bands = bandsOf(series, metric.unit, timeZone)
  const [first, end] = [indexOf(series, from), indexOf(series, to)]
  const shift = first - indexOf(series, previousFrom)
  const points: api.SeriesPoint[] = []
  for (let i = first; i < end; i++) {
    const at = series.start + i * series.stepMs
    const band = bands[i] ?? null
    points.push({
      at: isoOf(at),
      value: series.values[i] ?? null,
      previous: shift === 0 ? null : (series.values[i - shift] ?? null),
      low: band?.low ?? null,
      high: band?.high ?? null,
      isComplete: at + series.stepMs <= knownTo,
      anomaly: marks.get(at) ?? null,
    })
  }
  return points
}

async function anomaliesOf(
  queries: Queries,
  market: string,
  { metric, dimension, value, grain, from, to }: ChartRequest,
): Promise<Map<number, Mark>> {
  const rows = await queries.all<{ anomaly_id: string; at: number; score: number; p_value: number | null }>(
    `SELECT anomaly_id, epoch_ms(bucket_start) AS at, score, p_value FROM anomalies
     WHERE market = $market AND metric = $metric AND dimension = $dimension AND dimension_value = $value
       AND grain = $grain AND is_confirmed
       AND bucket_start >= make_timestamptz($from::BIGINT * 1000)
       AND bucket_start < make_timestamptz($to::BIGINT * 1000)
     ORDER BY scored_at LIMIT 5000`,
    { market, metric: metric.metric, dimension, value, grain, from, to },
  )
  return new Map(
    rows.map((row) => [row.at, { anomalyId: row.anomaly_id, score: row.score, pValue: row.p_value }]),
  )
}

/** An instant down to the step before it. */
export function floorTo(at: number, grain: 'hour' | 'day'): number {
  return Math.floor(at / stepOf(grain)) * stepOf(grain)
}

/** An instant up to the next step. */
export function ceilTo(at: number, grain: 'hour' | 'day'): number {
  return Math.ceil(at / stepOf(grain)) * stepOf(grain)
}
