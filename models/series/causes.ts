// Which slices explain an excess: what the hours of a constraint hold above the same hours of earlier weeks, added
// up by carrier, lane, region, class, channel, method and node. It decides nothing.

import type { Queries } from '#data/warehouse'
import type { Cause } from './detection.ts'
import type { WatchedMetric } from './watched.ts'

/** The excess to explain. */
export interface Excess {
  market: string
  watched: WatchedMetric
  dimension: string
  dimensionValue: string
  /** First and last hour, epoch ms: starts of their buckets. */
  from: number
  to: number
}

const hourMs = 3_600_000
const weekMs = 168 * hourMs
const weeksBack = 4
/** Hours of an excess that are looked at: the newest. */
const hoursAtMost = 24
const sliceDimensions = ['node', 'carrier', 'lane', 'region', 'sku_class', 'channel', 'method'] as const
/** A slice is a cause when it holds this part of the excess, and more of it than of the ordinary volume. */
const leastShare = 0.25
const leastLift = 1.2
const causesAtMost = 5

interface Slice extends Record<string, unknown> {
  dimension: string
  value: string
  top: number
  bottom: number
  usual_top: number
  usual_bottom: number
}

/** The causes, most of the excess first; empty where nothing stands out. */
export async function causesOf(queries: Queries, excess: Excess): Promise<Cause[]> {
  return explain(await slicesOf(queries, excess), excess.watched, excess.dimension)
}

/** The part of the excess that each value of one dimension holds. */
export async function sharesBy(
  queries: Queries,
  excess: Excess,
  dimension: 'node' | 'carrier',
): Promise<Map<string, number>> {
  const slices = (await slicesOf(queries, excess)).filter((slice) => slice.dimension === dimension)
  return new Map(sharesOf(slices, excess.watched).map(({ slice, share }) => [slice.value, share]))
}

function explain(slices: readonly Slice[], watched: WatchedMetric, own: string): Cause[] {
  const causes: Cause[] = []
  for (const [dimension, group] of Map.groupBy(slices, (slice) => slice.dimension)) {
    if (dimension === own) continue
    for (const { slice, share, usual } of sharesOf(group, watched)) {
      const isTelling = share >= leastShare && share >= leastLift * usual && slice.value !== 'unknown'
      if (isTelling) causes.push({ dimension, value: slice.value, share: Math.round(share * 1000) / 1000 })
    }
  }
  return causes.sort((a, b) => b.share - a.share).slice(0, causesAtMost)
}

function sharesOf(slices: readonly Slice[], watched: WatchedMetric) {
  const sign = watched.concern === 'high' ? 1 : -1
  const total = (pick: (slice: Slice) => number) => slices.reduce((sum, slice) => sum + pick(slice), 0)
  const usualRate =
    total((slice) => slice.usual_top) /
    Math.max(
      1e-9,
      total((slice) => slice.usual_bottom),
    )
  const excessOf = (slice: Slice): number => {
    const expected = watched.kind === 'ratio' ? usualRate * slice.bottom : slice.usual_top
    return Math.max(0, sign * (slice.top - expected))
  }
  const volumeOf = (slice: Slice): number => (watched.kind === 'ratio' ? slice.bottom : slice.usual_top)
  const excess = total(excessOf)
  const volume = total(volumeOf)
  if (excess <= 0) return []
  return slices.map((slice) => ({
    slice,
    share: excessOf(slice) / excess,
    usual: volume > 0 ? volumeOf(slice) / volume : 0,
  }))
}

function slicesOf(queries: Queries, excess: Excess): Promise<Slice[]> {
  const from = Math.max(excess.from, excess.to - (hoursAtMost - 1) * hourMs)
  const spans = Array.from({ length: weeksBack + 1 }, (_, week) => ({
    week,
    from: (from - week * weekMs) / 1000,
    to: (excess.to + hourMs - week * weekMs) / 1000,
  }))
  const list = spans.map(({ week, from: first, to }) => `(${week}, ${first}, ${to})`).join(', ')
  const facts = excess.watched.kind === 'state' ? openWorkSql(excess) : leavesSql
  const filter = excess.dimension === 'all' ? 'true' : `${columnOf(excess.dimension)} = $value`
  const parameters = {
    market: excess.market,
    ...(excess.watched.kind === 'state'
      ? {}
      : { metric: leafOf[excess.watched.metric] ?? excess.watched.metric }),
    ...(excess.dimension === 'all' ? {} : { value: excess.dimensionValue }),
  }
  return queries.all<Slice>(
    `WITH spans (week, first, until) AS (VALUES ${list}),
    facts AS (${facts}),
    sliced AS (SELECT * FROM facts WHERE ${filter}),
    long AS (${sliceDimensions
      .map((name) => `SELECT '${name}' AS dimension, ${name} AS value, week, top, bottom FROM sliced`)
      .join(' UNION ALL ')})
    SELECT dimension, value,
      coalesce(sum(top) FILTER (week = 0), 0)::DOUBLE AS top,
      coalesce(sum(bottom) FILTER (week = 0), 0)::DOUBLE AS bottom,
      coalesce(sum(top) FILTER (week > 0), 0)::DOUBLE / ${weeksBack} AS usual_top,
      coalesce(sum(bottom) FILTER (week > 0), 0)::DOUBLE / ${weeksBack} AS usual_bottom
    FROM long GROUP BY dimension, value ORDER BY dimension, value`,
    parameters,
  )
}

const columnOf = (dimension: string): string => sliceDimensions.find((name) => name === dimension) ?? 'node'

/** Metrics whose excess shows in the leaves of another one. */
const leafOf: Record<string, string> = { book_to_ship_hours: 'internal_cycle_time_hours' }

const leavesSql = `
  SELECT week, node, carrier, lane, region, sku_class, channel, method, numerator AS top, denominator AS bottom
  FROM spans
  INNER JOIN metric_leaves AS leaves ON leaves.bucket_start >= to_timestamp(first)
    AND leaves.bucket_start < to_timestamp(until)
  WHERE market = $market AND metric = $metric`

/** Work that was open at the end of the span: the state itself, taken from the spans of the work. */
function openWorkSql({ watched }: Excess): string {
  const due = 'coalesce(ship_by, promised_at)'
  const also: Record<string, string> = {
    past_due: `AND ${due} <= to_timestamp(until)`,
    in_jeopardy: `AND ${due} > to_timestamp(until) AND ${due} <= to_timestamp(until + 86400)`,
  }
  return `
    SELECT week, node_id AS node, carrier, lane, region, sku_class, channel, method, 1 AS top, 1 AS bottom
    FROM spans
    INNER JOIN fulfillment_orders AS work ON work.released_at < to_timestamp(until)
      AND (work.closed_at IS NULL OR work.closed_at >= to_timestamp(until))
    WHERE market = $market ${also[watched.metric] ?? ''}`
}
