// The few numbers a person wants first: the last seven days against the seven before. It reads points only.

import type { Row, Warehouse } from '#data/warehouse'

/** One number with the one it is compared to. */
export interface KeyMetric {
  /** metric of the catalogue */
  name: string
  title: string
  /** over the last 7 days, or at their end where it is a state; null where there is nothing to tell */
  value: number | null
  unit: string
  /** the same for the 7 days before */
  previous: number | null
  /** value / previous - 1; null where there is no previous value or it is 0 */
  change: number | null
  betterWhen: 'higher' | 'lower' | 'neither'
}

interface KeyRow extends Row {
  name: string
  title: string
  value: number | null
  unit: string
  previous: number | null
  better_when: KeyMetric['betterWhen']
}

const shown = [
  'orders',
  'revenue',
  'lines_shipped',
  'internal_cycle_time_hours',
  'on_time_ship_share',
  'transit_hours',
  'late_share',
  'cancelled_share',
  'return_rate_orders',
  'backlog',
  'past_due',
]

/**
 * The key metrics over all markets, each market by its own watermark, whole hours only.
 * A metric that the data tells nothing about is left out.
 */
export async function keyMetrics(warehouse: Warehouse): Promise<KeyMetric[]> {
  const rows = await warehouse.all<KeyRow>(`
    WITH ends AS (
      SELECT market, make_timestamptz(epoch_us(watermark) // 3600000000 * 3600000000) AS ends_at FROM market_clock
    ), points AS (
      SELECT metric, numerator, denominator, (epoch_us(ends_at) - epoch_us(bucket_start)) // 3600000000 AS age
      FROM metric_points INNER JOIN ends USING (market)
      WHERE dimension = 'all' AND grain = 'hour' AND bucket_start < ends_at
        AND bucket_start >= (SELECT min(ends_at) FROM ends) - INTERVAL 336 HOUR
        AND metric IN (SELECT unnest([${shown.map((name) => `'${name}'`).join(', ')}]))
    ), sums AS (
      SELECT metric,
        sum(numerator) FILTER (age <= 168) AS above, sum(denominator) FILTER (age <= 168) AS below,
        sum(numerator) FILTER (age BETWEEN 169 AND 336) AS above_before,
        sum(denominator) FILTER (age BETWEEN 169 AND 336) AS below_before,
        sum(numerator) FILTER (age = 1) AS state, sum(numerator) FILTER (age = 169) AS state_before
      FROM points GROUP BY metric
    )
    SELECT metric AS name, title, unit, better_when,
      CASE WHEN NOT is_additive THEN state WHEN unit IN ('orders', 'lines', 'units', 'cents') THEN above
        ELSE above / below END AS value,
      CASE WHEN NOT is_additive THEN state_before WHEN unit IN ('orders', 'lines', 'units', 'cents')
        THEN above_before ELSE above_before / below_before END AS previous
    FROM sums INNER JOIN metric_catalogue USING (metric)`)
  const byName = new Map(rows.map((row) => [row.name, row]))
  return shown.flatMap((name) => {
    const row = byName.get(name)
    if (row === undefined) return []
    const { title, value, unit, previous, better_when: betterWhen } = row
    const change = value === null || previous === null || previous === 0 ? null : value / previous - 1
    return [{ name, title, value, unit, previous, change, betterWhen }]
  })
}
