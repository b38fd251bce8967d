// Which metrics are watched for constraints, where, in which direction, and from which change on they matter.
// A list to read; it computes nothing.

/** How a metric behaves between its points: a state lasts, a flow is 0 where nothing happened, a ratio is unknown. */
export type MetricKind = 'state' | 'flow' | 'ratio'

/** What a metric says about work: how much waits, how much gets done, how long it takes, how well it is done. */
export type Aspect = 'waiting' | 'output' | 'time' | 'quality' | 'demand'

/** A watched metric. */
export interface WatchedMetric {
  metric: string
  unit: string
  kind: MetricKind
  aspect: Aspect
  /** The direction that is a reason for concern. */
  concern: 'high' | 'low'
  dimensions: readonly ('all' | 'node' | 'carrier' | 'channel')[]
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
 * The watched metrics. A carrier is judged by what it delivers alone: of open work the carrier is not known yet,
 * and orders get their node after they were placed, so that their newest hours would always look low.
 */
export const watchedMetrics: readonly WatchedMetric[] = [
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
]
