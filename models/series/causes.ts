// Which slices explain an excess: what the hours of a constraint hold above the same hours of earlier weeks, added
// up by carrier, lane, region, class, channel, method and node. It decides nothing.

import type { Queries } from '#data/warehouse'
import { explainExcess } from '../causes/excess.ts'
import type { Cause } from './detection.ts'
import type { WatchedMetric } from './watched.ts'

type SliceDimension = (typeof sliceDimensions)[number]

interface Figures {
  top: number
  bottom: number
  usual_top: number
  usual_bottom: number
}

type Leaf = Figures & Record<SliceDimension, string>

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
/** Records of all slices that are added to those of a leaf, and leaves that are looked at: the largest. */
const addedRecords = 2
/** Weight of the mean of all leaves in what is usual of one sum: single leaves are known from few hours. */
const towardsMean = 0.2
const leavesAtMost = 30_000
const causesAtMost = 5

interface Slice extends Figures {
  dimension: string
  value: string
}

/** The smallest set of slices that explains it, most of the excess first; empty where nothing stands out. */
export async function causesOf(queries: Queries, excess: Excess): Promise<Cause[]> {
  const names = sliceDimensions.filter((name) => name !== excess.dimension)
  const { watched } = excess
  const all = await leavesOf(queries, excess, names)
  const leaves = watched.kind === 'ratio' ? all.filter(({ bottom }) => bottom > 0) : all
  const sum = (pick: (leaf: Leaf) => number) => all.reduce((total, leaf) => total + pick(leaf), 0)
  const rate =
    sum((leaf) => leaf.usual_top) /
    Math.max(
      1e-9,
      sum((leaf) => leaf.usual_bottom),
    )
  const mean = sum((leaf) => leaf.usual_top) / Math.max(1, leaves.length)
  const usualOf = (leaf: Leaf): number => {
    if (watched.kind !== 'ratio') return (1 - towardsMean) * leaf.usual_top + towardsMean * mean
    // What is usual of a leaf is known from as many records as it had; a few more are taken from all of them.
    const own = (leaf.usual_top + addedRecords * rate) / (leaf.usual_bottom + addedRecords)
    return own * leaf.bottom
  }
  const slices = explainExcess({
    dimensions: names,
    values: names.map((name) => leaves.map((leaf) => leaf[name])),
    happened: leaves.map(({ top }) => Math.max(0, top)),
    usual: leaves.map((leaf) => Math.max(0, usualOf(leaf))),
    sign: watched.concern === 'high' ? 1 : -1,
  })
  return slices
    .map(({ slice, share }) => ({
      slice: Object.entries(slice).filter(([, value]) => value !== 'unknown'),
      share,
    }))
    .filter(({ slice }) => slice.length > 0)
    .slice(0, causesAtMost)
    .map(({ slice, share }) => ({
      dimension: slice.map(([dimension]) => dimension).join(' x '),
      value: slice.map(([, value]) => value).join(' x '),
      share,
      slice: slice.map(([dimension, value]) => ({ dimension, value })),
    }))
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

function leavesOf(queries: Queries, excess: Excess, names: readonly SliceDimension[]): Promise<Leaf[]> {
  const { sql, parameters } = factsOf(excess)
  const columns = names.map((name) => `coalesce(${name}, 'unknown') AS ${name}`).join(', ')
  const places = names.map((_, i) => i + 1).join(', ')
  return queries.all<Leaf & Record<string, unknown>>(
    `${sql}
    FROM (SELECT ${columns}, ${figuresSql} FROM sliced GROUP BY ${places})
    ORDER BY greatest(top, usual_top) DESC, ${places}
    LIMIT ${leavesAtMost}`,
    parameters,
  )
}

function slicesOf(queries: Queries, excess: Excess): Promise<Slice[]> {
  const { sql, parameters } = factsOf(excess)
  return queries.all<Slice & Record<string, unknown>>(
    `${sql},
    long AS (${sliceDimensions
      .map((name) => `SELECT '${name}' AS dimension, ${name} AS value, week, top, bottom FROM sliced`)
      .join(' UNION ALL ')})
    SELECT dimension, value, ${figuresSql}
    FROM long GROUP BY dimension, value ORDER BY dimension, value`,
    parameters,
  )
}

const figuresSql = `
  coalesce(sum(top) FILTER (week = 0), 0)::DOUBLE AS top,
  coalesce(sum(bottom) FILTER (week = 0), 0)::DOUBLE AS bottom,
  coalesce(sum(top) FILTER (week > 0), 0)::DOUBLE / ${weeksBack} AS usual_top,
  coalesce(sum(bottom) FILTER (week > 0), 0)::DOUBLE / ${weeksBack} AS usual_bottom`

/** What happened in the span and in the same span of the weeks before, as the table `sliced`. */
function factsOf(excess: Excess) {
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
  const sql = `WITH spans (week, first, until) AS (VALUES ${list}),
    facts AS (${facts}),
    sliced AS (SELECT * FROM facts WHERE ${filter})`
  return { sql, parameters }
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
