// Reads the watched series of a market from the warehouse, hour by hour without gaps. It judges nothing.

import type { Queries } from '#data/warehouse'
import { type WatchedMetric, watchedMetrics } from './watched.ts'

/** A watched series; its arrays have one place per hour of the frame. */
export interface WatchedSeries {
  watched: WatchedMetric
  dimension: 'all' | 'node' | 'carrier' | 'channel'
  dimensionValue: string
  timeZone: string
  /** Slices that do the same kind of work: warehouses with 3PLs, stores, vendors, carriers. */
  peers: string
  values: (number | null)[]
  denominators: (number | null)[]
}

/** The hours that were read: `start` is the first, `hours` their number; the last one is complete. */
export interface Frame {
  start: number
  hours: number
  series: WatchedSeries[]
}

const hourMs = 3_600_000
const historyHours = 56 * 24
/** A bucket counts as complete when at most this much of it is missing, ms: the last event seldom falls on its end. */
const toleranceMs = 60_000
/** Slices of a dimension at most, the busiest first. */
const slicesAtMost = 200
/** Points with enough records without which a ratio is left out. */
const leastPoints = 8
/** No places, but what is not known or not one. */
const noPlace = ['unknown', 'multiple', 'none', '']

/**
 * The series up to the last complete hour before `now`, at most 8 weeks.
 * @returns null where the market has no data yet
 */
export async function readFrame(queries: Queries, market: string, now: number): Promise<Frame | null> {
  const [clock] = await queries.all<{ first: number | null; last: number | null }>(
    `SELECT epoch_ms(first_day::TIMESTAMPTZ)::DOUBLE AS first, epoch_ms(watermark)::DOUBLE AS last
     FROM market_clock WHERE market = $1`,
    [market],
  )
  if (clock === undefined || clock.first === null || clock.last === null) return null
  const end = Math.floor((Math.min(now, clock.last) + toleranceMs) / hourMs) * hourMs
  const start = Math.max(Math.floor(clock.first / hourMs) * hourMs, end - historyHours * hourMs)
  const hours = Math.round((end - start) / hourMs)
  if (hours < 1) return null
  const nodes = await readPlaces(queries, market)
  const rows = await queries.all<StoredSeries>(seriesSql(), { market, from: start / 1000, to: end / 1000 })
  const kept = busiest(rows)
  return { start, hours, series: kept.flatMap((row) => seriesOf(row, hours, nodes)) }
}

interface StoredSeries extends Record<string, unknown> {
  metric: string
  dimension: WatchedSeries['dimension']
  dimension_value: string
  points: number
  /** JSON arrays side by side: hour from the start of the frame, value, denominator. */
  places: string
  shown: string
  bottoms: string | null
}

/** Series that could never show a change that matters are left out: what they could say is too small. */
function seriesSql(): string {
  const watched = watchedMetrics.flatMap(({ metric, kind, dimensions, leastChange, leastRecords }) =>
    dimensions.map(
      (dimension) => `('${metric}', '${dimension}', ${kind === 'ratio'}, ${leastChange}, ${leastRecords})`,
    ),
  )
  return `
    WITH watched (metric, dimension, is_ratio, least_change, least_records) AS (VALUES ${watched.join(', ')})
    SELECT metric, dimension, dimension_value, count(*) AS points,
      to_json(list((epoch(bucket_start)::BIGINT - $from::BIGINT) // 3600))::VARCHAR AS places,
      to_json(list(round(value, 6)))::VARCHAR AS shown,
      CASE WHEN is_ratio THEN to_json(list(denominator))::VARCHAR END AS bottoms
    FROM metric_points INNER JOIN watched USING (metric, dimension)
    WHERE market = $market AND grain = 'hour'
      AND bucket_start >= to_timestamp($from) AND bucket_start < to_timestamp($to) AND isfinite(value)
    GROUP BY metric, dimension, dimension_value, is_ratio, least_change, least_records
    HAVING CASE WHEN is_ratio THEN count(*) FILTER (denominator >= least_records) >= ${leastPoints}
      ELSE max(value) >= least_change END
    ORDER BY metric, dimension, dimension_value`
}

function busiest(rows: StoredSeries[]): StoredSeries[] {
  const points = new Map<string, Map<string, number>>()
  for (const { dimension, dimension_value, points: count } of rows) {
    const of = points.get(dimension) ?? new Map<string, number>()
    points.set(dimension, of.set(dimension_value, (of.get(dimension_value) ?? 0) + count))
  }
  const kept = new Set<string>()
  for (const [dimension, of] of points) {
    const names = [...of].filter(([value]) => !noPlace.includes(value)).sort((a, b) => b[1] - a[1])
    for (const [value] of names.slice(0, slicesAtMost)) kept.add(`${dimension}/${value}`)
  }
  return rows.filter(({ dimension, dimension_value }) => kept.has(`${dimension}/${dimension_value}`))
}

function seriesOf(row: StoredSeries, hours: number, nodes: Places): WatchedSeries[] {
  const watched = watchedMetrics.find(
    ({ metric, dimensions }) => metric === row.metric && dimensions.includes(row.dimension),
  )
  if (watched === undefined) return []
  const places = JSON.parse(row.places) as number[]
  const values = spread(JSON.parse(row.shown) as number[], places, hours)
  const denominators = row.bottoms === null ? [] : spread(JSON.parse(row.bottoms) as number[], places, hours)
  if (watched.kind === 'state') holdOn(values)
  if (watched.kind === 'flow') fillQuiet(values)
  const { dimension, dimension_value: dimensionValue } = row
  const node = dimension === 'node' ? nodes.ofNode.get(dimensionValue) : undefined
  const timeZone = node?.timeZone ?? nodes.usualZone
  const peers = node?.peers ?? dimension
  return [{ watched, dimension, dimensionValue, timeZone, peers, values, denominators }]
}

function spread(values: readonly number[], places: readonly number[], hours: number): (number | null)[] {
  const laid = new Array<number | null>(hours).fill(null)
  places.forEach((place, i) => {
    laid[place] = values[i] ?? null
  })
  return laid
}

/** A state without a point is as it was. */
function holdOn(values: (number | null)[]): void {
  for (let i = 1; i < values.length; i++) values[i] ??= values[i - 1] ?? null
}

/** A flow without a point is 0 from where it began; the zeros before that are no part of it. */
function fillQuiet(values: (number | null)[]): void {
  const first = values.findIndex((value) => (value ?? 0) !== 0)
  values.fill(null, 0, Math.max(0, first))
  for (let i = Math.max(0, first); i < values.length; i++) values[i] ??= 0
}

interface Places {
  ofNode: Map<string, { timeZone: string; peers: string }>
  /** The zone where most of the work is done. */
  usualZone: string
}

async function readPlaces(queries: Queries, market: string): Promise<Places> {
  const rows = await queries.all<{ node_id: string; time_zone: string; type: string; capacity: number }>(
    `SELECT node_id, time_zone, type, coalesce(daily_capacity, 1)::DOUBLE AS capacity
     FROM nodes WHERE market = $1`,
    [market],
  )
  const capacities = new Map<string, number>()
  for (const { time_zone, capacity } of rows) {
    capacities.set(time_zone, (capacities.get(time_zone) ?? 0) + capacity)
  }
  const [usual] = [...capacities].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  const ofNode = rows.map(({ node_id, time_zone, type }) => {
    const peers = type === '3pl' ? 'warehouse' : type
    return [node_id, { timeZone: time_zone, peers }] as const
  })
  return { ofNode: new Map(ofNode), usualZone: usual?.[0] ?? 'UTC' }
}
