// A small series with everything a chart can show: a gap, a band, a ghost, odd points, a bucket that is not complete.

import type { api } from '#data/contracts'

const hourMs = 3_600_000
const start = Date.parse('2026-11-23T00:00:00Z')

/** A metric. */
export const backlog: api.MetricInfo = {
  metric: 'backlog',
  title: 'Backlog',
  family: 'fulfillment',
  formula: 'released work that has not left the node',
  unit: 'orders',
  isAdditive: true,
  betterWhen: 'lower',
}

/** A series of `hours` points that climb, with two odd ones at the end. */
export function series(hours: number, change: Partial<api.MetricSeries> = {}): api.MetricSeries {
  const points = Array.from({ length: hours }, (_, i): api.SeriesPoint => {
    const value = 100 + 10 * (i % 5)
    return {
      at: new Date(start + i * hourMs).toISOString(),
      value: i === 3 ? null : value,
      previous: value - 5,
      low: value - 20,
      high: value + 20,
      isComplete: i < hours - 1,
      anomaly: i >= hours - 2 ? { anomalyId: `a${i}`, score: 4, pValue: 0.001 } : null,
    }
  })
  return {
    metric: backlog,
    dimension: 'all',
    dimensionValue: 'all',
    dimensionTitle: 'all nodes',
    grain: 'hour',
    currency: null,
    timeZone: 'America/Los_Angeles',
    finding: 'Backlog is higher than expected',
    points,
    ...change,
  }
}
