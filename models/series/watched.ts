// Which metrics are watched for constraints, where, in which direction, and from which change on they matter.
// A list to read; it computes nothing.

import { dayMs, hourMs } from './kept.ts'

/** How a metric behaves between its points: a state lasts, a flow is 0 where nothing happened, a ratio is unknown. */
export type MetricKind = 'state' | 'flow' | 'ratio'

/** What a metric says about work: how much waits, how much gets done, how long it takes, how well it is done. */
export type Aspect = 'waiting' | 'output' | 'time' | 'quality' | 'demand'

/** What a series can be a slice of. */
export type Dimension =
  | 'all'
  | 'node'
  | 'carrier'
  | 'channel'
  | 'provider'
  | 'method'
  | 'lane'
  | 'region'
  | 'sku_class'

/** A watched metric. */
export interface WatchedMetric {
  metric: string
  unit: string
  kind: MetricKind
  aspect: Aspect
  /** The direction that is a reason for concern. */
  concern: 'high' | 'low'
  dimensions: readonly Dimension[]
  /** Least change, in the unit of the metric. */
  leastChange: number
  /** Least change against what is expected (0.4 = 40 %). */
  leastShare: number
  /** Records without which a ratio is not judged. */
  leastRecords: number
}

type Dimensions = WatchedMetric['dimensions']
const nodes: Dimensions = ['all', 'node']
const carriers: Dimensions = ['all', 'carrier']
const channels: Dimensions = ['all', 'channel']
const sides: Dimensions = ['provider', 'method']
const goods: Dimensions = ['sku_class']
const places: Dimensions = ['lane', 'region']

const metric = (
  name: string,
  unit: string,
  kind: MetricKind,
  aspect: Aspect,
  concern: 'high' | 'low',
  dimensions: Dimensions,
  [leastChange, leastShare, leastRecords = 0]: [number, number, number?],
): WatchedMetric => ({
  metric: name,
  unit,
  kind,
  aspect,
  concern,
  dimensions,
  leastChange,
  leastShare,
  leastRecords,
})

/**
 * The metrics watched by the hour. A carrier is judged by what it delivers alone: of open work the carrier is not known
 * yet, and orders get their node after they were placed, so that their newest hours would always look low.
 */
const hourly: readonly WatchedMetric[] = [
  metric('backlog', 'orders', 'state', 'waiting', 'high', nodes, [8, 0.4]),
  metric('past_due', 'orders', 'state', 'waiting', 'high', nodes, [5, 0.5]),
  metric('in_jeopardy', 'orders', 'state', 'waiting', 'high', nodes, [8, 0.5]),
  metric('lines_shipped', 'lines', 'flow', 'output', 'low', nodes, [8, 0.4]),
  metric('book_to_ship_hours', 'hours', 'ratio', 'time', 'high', nodes, [1.5, 0.35, 5]),
  metric('pick_to_ship_hours', 'hours', 'ratio', 'time', 'high', nodes, [1, 0.5, 5]),
  metric('internal_cycle_time_hours', 'hours', 'ratio', 'time', 'high', nodes, [1.5, 0.35, 5]),
  metric('on_time_ship_share', 'share', 'ratio', 'quality', 'low', nodes, [0.15, 0.15, 5]),
  metric('reject_share', 'share', 'ratio', 'quality', 'high', nodes, [0.15, 0.5, 8]),
  metric('short_pick_share', 'share', 'ratio', 'quality', 'high', nodes, [0.15, 0.5, 8]),
  metric('transit_hours', 'hours', 'ratio', 'time', 'high', carriers, [8, 0.2, 5]),
  metric('late_share', 'share', 'ratio', 'quality', 'high', carriers, [0.15, 0.5, 5]),
  metric('delivered_orders', 'orders', 'flow', 'output', 'low', carriers, [8, 0.5]),
  metric('orders', 'orders', 'flow', 'demand', 'low', channels, [8, 0.6]),
  metric('cancellations', 'orders', 'flow', 'demand', 'high', channels, [6, 1]),
  metric('orders', 'orders', 'flow', 'demand', 'low', sides, [8, 0.6]),
  metric('orders', 'orders', 'flow', 'demand', 'high', channels, [12, 1]),
  metric('lines_shipped', 'lines', 'flow', 'output', 'low', sides, [8, 0.5]),
]

/** Watched by the day: slices whose hours are mostly empty, and what comes too slowly for a single hour. */
const daily: readonly WatchedMetric[] = [
  metric('transit_hours', 'hours', 'ratio', 'time', 'high', [...places, 'carrier'], [8, 0.2, 5]),
  metric('late_share', 'share', 'ratio', 'quality', 'high', [...places, 'carrier'], [0.15, 0.5, 5]),
  metric('orders', 'orders', 'flow', 'demand', 'high', [...goods, 'region', 'channel'], [15, 0.6]),
  metric('orders', 'orders', 'flow', 'demand', 'low', [...goods, 'region', 'channel'], [15, 0.6]),
  metric('cancellations', 'orders', 'flow', 'demand', 'high', ['channel', 'region', ...goods], [8, 1]),
  metric('returns', 'lines', 'flow', 'quality', 'high', ['node', 'region', ...goods], [8, 1]),
  metric('on_time_ship_share', 'share', 'ratio', 'quality', 'low', ['node', ...sides], [0.15, 0.15, 8]),
  metric('short_pick_share', 'share', 'ratio', 'quality', 'high', ['node', ...goods], [0.1, 0.5, 8]),
  metric('reject_share', 'share', 'ratio', 'quality', 'high', ['node', ...goods], [0.1, 0.5, 8]),
  metric('stock_out_share', 'share', 'ratio', 'quality', 'high', ['node', ...goods], [0.05, 0.5, 8]),
]

/** The watched metrics of buckets of a length, ms: hours or days. */
export const watchedOf = (stepMs: number): readonly WatchedMetric[] =>
  stepMs === dayMs ? daily : stepMs === hourMs ? hourly : []

/** A watched metric by its name. @param stepMs hours or days */
export function watchedMetric(name: string, stepMs: number): WatchedMetric | undefined {
  return watchedOf(stepMs).find(({ metric: known }) => known === name)
}
