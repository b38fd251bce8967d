// Which hours changed, and the metrics of just their days anew. What a metric means stands in the SQL models.

import { type Effects, quoteName } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import type { Graph, Node } from './graph.ts'
import type { Facts } from './models.ts'
import { emptyTable, insertSql, type ModelRun, martsOf } from './tables.ts'
import { parse, print, replaceTables, type Tree } from './tree.ts'
import { narrow } from './update.ts'

/**
 * Lists in `cycle_hours` the hours whose facts are not as before, in `cycle_days` the days to write anew.
 * @returns hours listed
 */
export async function listBuckets(queries: Queries, graph: Graph, touched: Set<string>): Promise<number> {
  await queries.run('CREATE TEMP TABLE cycle_hours (market VARCHAR, bucket_hour BIGINT)')
  for (const node of graph.nodes) {
    if (node.facts?.table == null || !touched.has(node.facts.table)) continue
    await queries.run(`INSERT INTO cycle_hours ${await changedHours(queries, graph, node)}`)
  }
  await queries.run(`INSERT INTO cycle_hours ${loadedHours}`)
  await queries.run(`
    CREATE TEMP TABLE cycle_days AS
    SELECT market, bucket_hour // 24 AS bucket_day FROM cycle_hours
    UNION ${clockDays}`)
  const { hours } = await queries.one<{ hours: number }>(
    'SELECT count(DISTINCT (market, bucket_hour)) AS hours FROM cycle_hours',
  )
  return hours
}

/** Hours of the facts that are there only before or only after the change, as often as they are there. */
async function changedHours(queries: Queries, graph: Graph, node: Node): Promise<string> {
  const over = async (copy: string) =>
    print(
      queries,
      narrow(graph, node.tree, (table) => (table === node.facts?.table ? { table: copy } : null)),
    )
  const before = await over(`cycle_old_${node.facts?.table}`)
  const after = await over(`cycle_new_${node.facts?.table}`)
  const differing = `
    SELECT * EXCLUDE (side), sum(side) AS balance
    FROM (SELECT *, 1 AS side FROM (${before}) UNION ALL SELECT *, -1 FROM (${after}))
    GROUP BY ALL HAVING balance <> 0`
  if (node.facts?.to == null) return `SELECT DISTINCT market, bucket_hour FROM (${differing})`
  return `
    SELECT DISTINCT market, unnest(range(opened_hour, coalesce(closed_hour, last_hour) + 1))
    FROM (${differing})
    INNER JOIN (
      SELECT market, epoch_us(watermark) // 3600000000 AS last_hour FROM market_clock
    ) USING (market)`
}

/** Hours of loads that the points do not tell, or do not yet call complete. */
const loadedHours = `
  WITH told AS (
    SELECT market, bucket_hour, sum(records)::DOUBLE AS numerator FROM int_facts_loaded GROUP BY ALL
  ), clocks AS (
    SELECT market, max(epoch_us(loaded_at)) AS now_us FROM stg_loads GROUP BY market
  )
  SELECT market, bucket_hour FROM (
    SELECT market, bucket_hour, numerator, (bucket_hour + 1) * 3600000000 <= now_us AS is_complete
    FROM told INNER JOIN clocks USING (market)
    EXCEPT
    SELECT market, epoch_us(bucket_start) // 3600000000, numerator, is_complete FROM metric_points
    WHERE metric = 'records_received' AND dimension = 'all' AND grain = 'hour'
      AND bucket_start >= (SELECT min(loaded_at) - INTERVAL 1 HOUR FROM loads)
  )`

/** Days that come under or out of the clock: dense series, kept leaves and steps, buckets that become complete. */
const ranges = (clock: string) => `
  SELECT market, 'dense' AS range, unnest(range(epoch_us(dense_from::TIMESTAMPTZ) // 86400000000,
    epoch_us(watermark) // 86400000000 + 1)) AS bucket_day FROM ${clock}
  UNION ALL
  SELECT market, 'leaves', unnest(range(epoch_us(leaves_from::TIMESTAMPTZ) // 86400000000,
    epoch_us(watermark) // 86400000000 + 1)) FROM ${clock}
  UNION ALL
  SELECT market, 'steps', unnest(range(epoch_us(greatest(leaves_from, watermark::DATE - 42)::TIMESTAMPTZ)
    // 86400000000, epoch_us(watermark) // 86400000000 + 1)) FROM ${clock}
  UNION ALL
  SELECT market, watermark::VARCHAR, unnest(range(epoch_us(watermark) // 86400000000 - 1,
    epoch_us(watermark) // 86400000000 + 1)) FROM ${clock}`

const clockDays = `
  SELECT market, bucket_day FROM (
    ((${ranges('cycle_old_market_clock')}) EXCEPT (${ranges('market_clock')}))
    UNION ((${ranges('market_clock')}) EXCEPT (${ranges('cycle_old_market_clock')}))
  )`

/** The condition of rows of `metric_points`, `metric_leaves` and `step_hours` in the days listed. */
export async function inListedDays(queries: Queries): Promise<string> {
  const { low, high } = await span(queries)
  return `bucket_start >= make_timestamptz(${low} * 86400000000)
    AND bucket_start < make_timestamptz(${high + 1} * 86400000000)
    AND (market, epoch_us(bucket_start) // 86400000000) IN (SELECT (market, bucket_day) FROM cycle_days)`
}

async function span(queries: Queries): Promise<{ low: number; high: number }> {
  return queries.one<{ low: number; high: number }>(
    'SELECT coalesce(min(bucket_day), 0) AS low, coalesce(max(bucket_day), -1) AS high FROM cycle_days',
  )
}

/** Above this share of all days with points, writing all of them anew is cheaper. */
const largestShare = 0.5

/** Writes the metrics of the listed days anew. */
export async function updateBuckets(queries: Queries, graph: Graph, effects: Effects): Promise<ModelRun[]> {
  const runs: ModelRun[] = []
  const condition = await inListedDays(queries)
  const everything = await isMost(queries)
  const facts = everything ? new Map<string, Tree>() : await narrowAllFacts(queries, graph)
  for (const node of martsOf(graph)) {
    if (node.incremental !== 'bucket') continue
    const start = effects.clock.now()
    let rows: number
    if (everything) {
      await emptyTable(queries, node.name)
      rows = await queries.run(insertSql(node, node.sql))
    } else {
      const narrowed = narrow(graph, node.tree, (table) => {
        const query = facts.get(table)
        return query === undefined ? null : { query }
      })
      await queries.run(`DELETE FROM ${quoteName(node.name)} WHERE ${condition}`)
      const select = `SELECT * FROM (${await print(queries, narrowed)}) AS points WHERE ${condition}`
      rows = await queries.run(insertSql(node, select))
    }
    runs.push({ name: node.name, rows, seconds: (effects.clock.now() - start) / 1000 })
  }
  return runs
}

async function isMost(queries: Queries): Promise<boolean> {
  const { listed, known } = await queries.one<{ listed: number; known: number }>(`
    SELECT (SELECT count(*) FROM cycle_days) AS listed, (
      SELECT coalesce(sum(date_diff('day', dense_from, watermark::DATE)), 0)::BIGINT FROM market_clock
    ) AS known`)
  return listed > 7 && listed > known * largestShare
}

/** The model of every fact over the listed days only. */
async function narrowAllFacts(queries: Queries, graph: Graph): Promise<Map<string, Tree>> {
  const { low, high } = await span(queries)
  const narrowed = new Map<string, Tree>()
  for (const node of graph.nodes) {
    if (node.facts !== null) narrowed.set(node.name, await narrowFacts(queries, graph, node, low, high))
  }
  return narrowed
}

/** Facts of the listed days; their table is read within the range of those days. */
async function narrowFacts(
  queries: Queries,
  graph: Graph,
  node: Node,
  low: number,
  high: number,
): Promise<Tree> {
  const { facts } = node
  if (facts === null) return node.tree
  const rows =
    facts.table === null
      ? null
      : await parse(queries, node.name, `SELECT * FROM ${facts.table} WHERE ${within(facts, low, high)}`)
  const inner = narrow(graph, node.tree, (table) =>
    rows !== null && table === facts.table ? { query: rows } : null,
  )
  if (facts.to !== null) return inner
  const outer = await parse(
    queries,
    node.name,
    `SELECT facts.* FROM cycle_facts AS facts
     SEMI JOIN cycle_days AS days
       ON days.market = facts.market AND days.bucket_day = facts.bucket_hour // 24`,
  )
  return replaceTables(outer, (table) => (table === 'cycle_facts' ? { query: inner } : null))
}

function within({ from, to }: Facts, low: number, high: number): string {
  const first = `make_timestamptz(${low} * 86400000000)`
  const end = `make_timestamptz(${high + 1} * 86400000000)`
  return to === null
    ? `${from} >= ${first} AND ${from} < ${end}`
    : `${from} < ${end} AND (${to} IS NULL OR ${to} >= ${first} OR ${from} >= ${first})`
}
