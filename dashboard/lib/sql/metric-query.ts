// The SQL behind a figure: its points in the table of metrics. It runs nothing.

/** A metric of the whole market in a period. */
export interface Asked {
  market: string
  metric: string
  grain: 'hour' | 'day'
  /** First instant and the first that is out again, ISO 8601. */
  from: string
  to: string
}

/** A query whose rows are the buckets that the figure is made of. */
export function metricQuery({ market, metric, grain, from, to }: Asked): string {
  return `SELECT bucket_start, value, numerator, denominator, count, is_complete
FROM metric_points
WHERE market = ${quoted(market)} AND metric = ${quoted(metric)}
  AND dimension = 'all' AND grain = '${grain}'
  AND bucket_start >= TIMESTAMPTZ ${quoted(from)}
  AND bucket_start < TIMESTAMPTZ ${quoted(to)}
ORDER BY bucket_start`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
