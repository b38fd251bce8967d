// Reads the watched series of a market from the warehouse: whole, or only the buckets that are new or changed. It
// judges nothing.

import type { Queries } from '#data/warehouse'
import type { Ground, Span } from './ground.ts'
import { dayMs, hourMs } from './kept.ts'
import type { SeriesPlace } from './tracked.ts'
import { type Dimension, watchedOf } from './watched.ts'

/** What there is of a series in a span. */
export interface SeriesCount {
  metric: string
  dimension: Dimension
  value: string
  points: number
  most: number
  /** Largest number of records in a bucket, and buckets with as many as named. */
  telling: number
}

const grainOf = (stepMs: number): string => (stepMs === hourMs ? 'hour' : 'day')
const secondsOf = (stepMs: number): number => stepMs / 1000

/** Metric and dimension of everything that is watched, with the records a ratio needs. */
function watchedRows(stepMs: number): string {
  const rows = new Set<string>()
  for (const { metric, dimensions, leastRecords } of watchedOf(stepMs)) {
    for (const dimension of dimensions) rows.add(`('${metric}', '${dimension}', ${leastRecords})`)
  }
  return [...rows].join(', ')
}

/** The series that are there, with what decides whether they can tell anything. */
export function readCounts(
  queries: Queries,
  market: string,
  span: Span,
  stepMs: number,
): Promise<(SeriesCount & Record<string, unknown>)[]> {
  return queries.all(
    `WITH watched (metric, dimension, least_records) AS (VALUES ${watchedRows(stepMs)})
    SELECT metric, dimension, dimension_value AS value, count(*) AS points, max(metric_points.value) AS most,
      count(*) FILTER (denominator >= least_records) AS telling
    FROM metric_points INNER JOIN watched USING (metric, dimension)
    WHERE market = $market AND grain = '${grainOf(stepMs)}' AND isfinite(metric_points.value)
      AND bucket_start >= to_timestamp($from) AND bucket_start < to_timestamp($to)
    GROUP BY metric, dimension, dimension_value
    ORDER BY metric, dimension, dimension_value`,
    { market, from: span.start * secondsOf(stepMs), to: span.end * secondsOf(stepMs) },
  )
}

/** All points of a series in a span, as JSON arrays side by side. */
export interface StoredSeries extends Record<string, unknown> {
  metric: string
  dimension: Dimension
  value: string
  /** Ticks, values, denominators. */
  ticks: string
  shown: string
  bottoms: string
}

/** The points of the named series; of all of a metric where `values` is null. */
export function readHistory(
  queries: Queries,
  market: string,
  span: Span,
  stepMs: number,
  wanted: { metrics: readonly string[]; values: readonly string[] | null },
): Promise<StoredSeries[]> {
  const { metrics, values } = wanted
  return queries.all<StoredSeries>(
    `WITH watched (metric, dimension, least_records) AS (VALUES ${watchedRows(stepMs)})
    SELECT metric, dimension, dimension_value AS value,
      to_json(list(epoch(bucket_start)::BIGINT // ${secondsOf(stepMs)}))::VARCHAR AS ticks,
      to_json(list(metric_points.value::FLOAT))::VARCHAR AS shown,
      to_json(list(denominator::FLOAT))::VARCHAR AS bottoms
    FROM metric_points INNER JOIN watched USING (metric, dimension)
    WHERE market = $market AND grain = '${grainOf(stepMs)}' AND isfinite(metric_points.value)
      AND bucket_start >= to_timestamp($from) AND bucket_start < to_timestamp($to)
      AND list_contains(from_json($metrics, '["VARCHAR"]'), metric)
      AND ($values IS NULL OR list_contains(from_json($values, '["VARCHAR"]'), dimension_value))
    GROUP BY metric, dimension, dimension_value
    ORDER BY metric, dimension, dimension_value`,
    {
      market,
      from: span.start * secondsOf(stepMs),
      to: span.end * secondsOf(stepMs),
      metrics: JSON.stringify(metrics),
      values: values === null ? null : JSON.stringify(values),
    },
  )
}

/** A point by itself. */
export interface StoredPoint extends Record<string, unknown> {
  metric: string
  dimension: Dimension
  value: string
  tick: number
  shown: number
  bottom: number
}

/** The points from `from` on before `end`, and those of the changed buckets. */
export function readPoints(
  queries: Queries,
  market: string,
  stepMs: number,
  wanted: { from: number; end: number; changed: readonly number[] },
): Promise<StoredPoint[]> {
  const { from, end, changed } = wanted
  const seconds = secondsOf(stepMs)
  const within = ([low, high]: readonly [number, number]) =>
    `(bucket_start >= to_timestamp(${low * seconds}) AND bucket_start < to_timestamp(${high * seconds}))`
  const ranges = [...rangesOf(changed), [from, end] as const]
  // Parts of the table outside of all ranges are not read.
  const all = within([Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))])
  return queries.all<StoredPoint>(
    `WITH watched (metric, dimension, least_records) AS (VALUES ${watchedRows(stepMs)})
    SELECT metric, dimension, dimension_value AS value,
      (epoch(bucket_start)::BIGINT // ${seconds})::DOUBLE AS tick,
      metric_points.value::DOUBLE AS shown, denominator::DOUBLE AS bottom
    FROM metric_points INNER JOIN watched USING (metric, dimension)
    WHERE market = $market AND grain = '${grainOf(stepMs)}' AND isfinite(metric_points.value)
      AND ${all} AND (${ranges.map(within).join(' OR ')})`,
    { market },
  )
}

/** Neighbouring ticks as ranges. */
function rangesOf(ticks: readonly number[]): (readonly [number, number])[] {
  const ranges: [number, number][] = []
  for (const tick of [...ticks].sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] >= tick) last[1] = tick + 1
    else ranges.push([tick, tick + 1])
  }
  return ranges
}

/** Buckets of a span that cycles after `run` changed although they were complete, and the newest such cycle. */
export async function readRevised(
  queries: Queries,
  market: string,
  span: Span,
  stepMs: number,
  run: number,
): Promise<{ ticks: number[]; run: number }> {
  const seconds = secondsOf(stepMs)
  const rows = await queries.all<{ tick: number; run: number }>(
    `SELECT (epoch(bucket_start)::BIGINT // ${seconds})::DOUBLE AS tick, run_id::DOUBLE AS run
    FROM metric_revisions WHERE market = $market AND grain = '${grainOf(stepMs)}' AND run_id > $run`,
    { market, run },
  )
  const ticks = rows.map(({ tick }) => tick).filter((tick) => tick >= span.start && tick < span.end)
  return { ticks, run: rows.reduce((most, row) => Math.max(most, row.run), run) }
}

/** Where the slices of a market are. */
export interface Places {
  ofNode: Map<string, SeriesPlace>
  /** The zone where most of the work is done. */
  usualZone: string
}

/** The nodes as places. */
export function placesOf({ nodes }: Ground): Places {
  const capacities = new Map<string, number>()
  for (const { zone, capacity } of nodes) capacities.set(zone, (capacities.get(zone) ?? 0) + capacity)
  const [usual] = [...capacities].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  const ofNode = nodes.map(({ node, zone, type }) => {
    const peers = type === '3pl' ? 'warehouse' : type
    return [node, { timeZone: zone, peers }] as const
  })
  return { ofNode: new Map(ofNode), usualZone: usual?.[0] ?? 'UTC' }
}

/** The place of a slice; days are those of the tables, by UTC. */
export function placeOf(places: Places, dimension: Dimension, value: string, stepMs: number): SeriesPlace {
  const node = dimension === 'node' ? places.ofNode.get(value) : undefined
  const timeZone = stepMs === dayMs ? 'UTC' : (node?.timeZone ?? places.usualZone)
  return { timeZone, peers: node?.peers ?? dimension }
}
