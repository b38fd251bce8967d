// One cycle of the pipeline: what changed since the last one becomes marts and metrics, in one transaction.
// It never reads a file and never asks the wall clock for business time.

import type { Effects } from '#data/kernel'
import type { Queries, Warehouse } from '#data/warehouse'
import { inListedBuckets, listBuckets, updateBuckets } from './buckets.ts'
import { changedKinds, listChanges } from './changes.ts'
import { type CheckResult, runChecks } from './checks.ts'
import { buildAll, isBuiltBy } from './full.ts'
import { type Graph, type Node, readGraph } from './graph.ts'
import { runLight, toldLoads } from './light.ts'
import { hasLightWork } from './notes.ts'
import { rememberPoints, reviseBuckets } from './revisions.ts'
import { openScratch, type Scratch } from './scratch.ts'
import type { ModelRun } from './tables.ts'
import { updateRows } from './update.ts'

/** What a cycle did. */
export interface CycleSummary {
  mode: 'full' | 'incremental' | 'idle'
  /** orders whose rows were made anew */
  changedOrders: number
  /** hours whose facts changed; in a full build all that have points */
  changedBuckets: number
  seconds: number
  models: ModelRun[]
  checks: CheckResult[]
  /** latest business time over all markets, null where there is none */
  watermark: string | null
}

/** Above this share of changed orders a full build is cheaper. */
const largestShare = 0.2

/**
 * Runs one cycle. Readers see the tables of before until it has ended; when it fails nothing is changed.
 * @param options mode 'auto' (default): idle when nothing changed, else the cheaper of incremental and full;
 *   'full' builds everything anew. isLight: only orders, their work and parcels, the clock and the steps of work may be
 *   brought up to date; all else is left to the next cycle that is not light
 * @throws PIPELINE_MODEL_INVALID, WAREHOUSE_QUERY
 */
export async function runCycle(
  warehouse: Warehouse,
  effects: Effects,
  options: { mode?: 'full' | 'auto'; isLight?: boolean } = {},
): Promise<CycleSummary> {
  const started = effects.clock.now()
  return warehouse.transaction(async (queries) => {
    const graph = await readGraph(queries)
    const scratch = await openScratch(queries)
    const hasBefore = hasLightWork(scratch)
    // Light cycles follow a whole one of this very process.
    const built = hasBefore || (await isBuiltBy(queries, graph))
    const kinds = await changedKinds(queries, hasBefore)
    const full = options.mode === 'full' || !built || kinds.has('all')
    const mayIdle = !full && kinds.size === 0 && (options.isLight === true || !hasBefore)
    if (mayIdle && !(await hasNewLoads(queries))) return idle(queries, effects, started)
    const before = { kinds, hasLightWork: hasBefore }
    const light = options.isLight && !full ? await runLight(scratch, graph, before, effects) : null
    const work: Work =
      light === null
        ? await whole(scratch, graph, { ...before, full }, effects)
        : { mode: 'incremental', ...light, checks: [] }
    const summary: CycleSummary = {
      ...work,
      seconds: (effects.clock.now() - started) / 1000,
      watermark: await watermarkOf(queries),
    }
    await record(queries, summary, started)
    return summary
  })
}

type Work = Omit<CycleSummary, 'seconds' | 'watermark'>

/** What there is to do. */
interface Before {
  kinds: Set<string>
  /** Whether light cycles ran since the last whole one. */
  hasLightWork: boolean
}

/** All marts, as far as something changed or, where that is cheaper, anew. */
async function whole(
  scratch: Scratch,
  graph: Graph,
  { full, ...before }: Before & { full: boolean },
  effects: Effects,
): Promise<Work> {
  await scratch.drop('cycle_')
  const work =
    (await (full ? null : incremental(scratch, graph, before, effects))) ??
    (await all(scratch, graph, effects))
  await scratch.drop('cycle_', 'light_')
  await scratch.run('DELETE FROM pipeline_changes')
  return work
}

async function all(scratch: Scratch, graph: Graph, effects: Effects): Promise<Work> {
  await rememberPoints(scratch, 'true')
  const models = await buildAll(scratch, graph, effects)
  await reviseBuckets(scratch, 'true', await nextRun(scratch))
  const counts = await scratch.one<{ orders: number; hours: number }>(`
    SELECT (SELECT count(*) FROM orders) AS orders, (
      SELECT count(DISTINCT (market, bucket_start)) FROM metric_points
      WHERE grain = 'hour' AND dimension = 'all'
    ) AS hours`)
  const checks = await runChecks(scratch, graph, 'full')
  return { mode: 'full', changedOrders: counts.orders, changedBuckets: counts.hours, models, checks }
}

/** @returns null where so much changed that a full build is cheaper */
async function incremental(
  scratch: Scratch,
  graph: Graph,
  { kinds, hasLightWork }: Before,
  effects: Effects,
): Promise<Work | null> {
  const changes = await listChanges(scratch, kinds, hasLightWork)
  if (changes.share > largestShare) return null
  const rows = await updateRows(scratch, graph, changes, effects, hasLightWork)
  const touched = new Set(rows.map((run) => run.name))
  const isLooked = ({ facts }: Node) => touched.has(facts?.table ?? '')
  const changedBuckets = await listBuckets(scratch, graph, isLooked, { isWhole: true, hasLightWork })
  const listed = await inListedBuckets(scratch)
  await rememberPoints(scratch, listed.points)
  const metrics = await updateBuckets(scratch, graph, listed, effects)
  await reviseBuckets(scratch, listed.points, await nextRun(scratch))
  const checks = await runChecks(scratch, graph, 'incremental')
  return {
    mode: 'incremental',
    changedOrders: changes.orders,
    changedBuckets,
    models: [...rows, ...metrics],
    checks,
  }
}

async function idle(queries: Queries, effects: Effects, started: number): Promise<CycleSummary> {
  return {
    mode: 'idle',
    changedOrders: 0,
    changedBuckets: 0,
    seconds: (effects.clock.now() - started) / 1000,
    models: [],
    checks: [],
    watermark: await watermarkOf(queries),
  }
}

/** Whether a load came that changed no row; its records still count as received. */
async function hasNewLoads(queries: Queries): Promise<boolean> {
  const { told, loaded } = await queries.one<{ told: number; loaded: number }>(
    `SELECT (${toldLoads}) AS told, (SELECT count(*) FROM loads) AS loaded`,
  )
  return told !== loaded
}

async function watermarkOf(queries: Queries): Promise<string | null> {
  const { watermark } = await queries.one<{ watermark: string | null }>(
    `SELECT strftime(max(watermark) AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ') AS watermark FROM market_clock`,
  )
  return watermark
}

async function nextRun(queries: Queries): Promise<number> {
  const { run } = await queries.one<{ run: number }>(
    'SELECT coalesce(max(run_id), 0) + 1 AS run FROM pipeline_runs',
  )
  return run
}

async function record(queries: Queries, summary: CycleSummary, started: number): Promise<void> {
  await queries.run(
    `INSERT INTO pipeline_runs BY NAME
     SELECT (SELECT coalesce(max(run_id), 0) + 1 FROM pipeline_runs) AS run_id, $1 AS mode,
       make_timestamptz($2::BIGINT * 1000) AS started_at,
       $3::BIGINT AS duration_ms, $4::BIGINT AS changed_orders, $5::BIGINT AS changed_buckets,
       $6::TIMESTAMPTZ AS watermark`,
    [
      summary.mode,
      started,
      Math.round(summary.seconds * 1000),
      summary.changedOrders,
      summary.changedBuckets,
      summary.watermark,
    ],
  )
}
