// How the points of a metric become one value of a longer time. It reads no points.

import type { api } from '#data/contracts'

/** sum: they add up; ratio: sums above and below the line; state: the last one holds; quantile: they never add up. */
export type MetricKind = 'sum' | 'ratio' | 'state' | 'quantile'

const sums: ReadonlySet<string> = new Set([
  'orders',
  'order_lines',
  'units',
  'revenue',
  'freight_revenue',
  'cancellations',
  'delivered_orders',
  'fulfillment_orders_shipped',
  'lines_shipped',
  'units_shipped',
  'freight_cost',
  'returns',
  'returned_units',
  'refunds',
  'return_loss',
  'units_sold',
  'units_received',
  'units_adjusted',
  'records_received',
])

const states: ReadonlySet<string> = new Set(['backlog', 'past_due', 'in_jeopardy'])

/** The kind of a metric of the catalogue. */
export function kindOf(metric: Pick<api.MetricInfo, 'metric' | 'isAdditive'>): MetricKind {
  if (states.has(metric.metric)) return 'state'
  if (sums.has(metric.metric)) return 'sum'
  return metric.isAdditive ? 'ratio' : 'quantile'
}
