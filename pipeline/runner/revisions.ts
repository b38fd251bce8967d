// Notes which complete buckets a cycle changed, so that a score can tell whether it saw the points of today.
// It keeps no points.

import type { Scratch } from './scratch.ts'

/**
 * One number per bucket that another set of points would hardly have; sums of whole numbers, so the order of
 * the rows does not matter. It tells change and is no key.
 */
const fingerprints = (condition: string) => `
  SELECT market, grain, bucket_start, bool_and(is_complete) AS is_complete,
    sum((hash(metric) % 65521 + 1)::HUGEINT * (hash(dimension_value) % 65519 + 1)
      * (hash(numerator) % 65497 + 1) + hash(denominator) % 65479) AS fingerprint
  FROM metric_points
  WHERE ${condition}
  GROUP BY market, grain, bucket_start`

/** Remembers the points before they are written anew. @param condition which points are */
export async function rememberPoints(scratch: Scratch, condition: string): Promise<void> {
  await scratch.fill('cycle_fingerprints', `SELECT * FROM (${fingerprints(condition)}) WHERE is_complete`)
}

/** Raises the version of every bucket that was complete and has other points now. */
export async function reviseBuckets(scratch: Scratch, condition: string, runId: number): Promise<void> {
  await scratch.fill(
    'cycle_revised',
    `SELECT before.market, before.grain, before.bucket_start
     FROM cycle_fingerprints AS before
     LEFT JOIN (${fingerprints(condition)}) AS after USING (market, grain, bucket_start)
     WHERE after.fingerprint IS DISTINCT FROM before.fingerprint`,
  )
  await scratch.fill(
    'cycle_versions',
    `SELECT revised.market, revised.grain, revised.bucket_start,
       coalesce(known.version, 1) + 1 AS version, ${runId}::BIGINT AS run_id
     FROM cycle_revised AS revised
     LEFT JOIN metric_revisions AS known USING (market, grain, bucket_start)`,
  )
  await scratch.run(`DELETE FROM metric_revisions
    WHERE (market, grain, bucket_start) IN (SELECT (market, grain, bucket_start) FROM cycle_revised)`)
  await scratch.run('INSERT INTO metric_revisions FROM cycle_versions')
}
