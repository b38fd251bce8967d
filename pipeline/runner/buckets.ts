// Which hours changed, and the metrics of just these hours and their days anew. What a metric means stands in the SQL
// models.

import { type Effects, quoteName } from '#data/kernel'
import type { Queries, Row } from '#data/warehouse'
import type { Graph, Node } from './graph.ts'
import type { Facts } from './models.ts'
import { emptyTable, insertSql, type ModelRun, martsOf } from './tables.ts'
import { parse, print, replaceTables, type Tree } from './tree.ts'
import { narrow } from './update.ts'

/**
 * Lists in `cycle_hours` the hours to write anew, in `cycle_days` their days and in `cycle_buckets` both as buckets.
 * @param isLooked which facts may have changed
 * @param options isWhole: hours of loads are among them; hasLightWork: those that light cycles wrote are
 * @returns hours whose facts are not as before
 */
export async function listBuckets(
  queries: Queries,
  graph: Graph,
  isLooked: (node: Node) => boolean,
  { isWhole, hasLightWork }: { isWhole: boolean; hasLightWork: boolean },
): Promise<number> {
  await queries.run('CREATE TEMP TABLE cycle_hours (market VARCHAR, bucket_hour BIGINT)')
  for (const node of graph.nodes) {
    if (node.facts?.table == null || !isLooked(node)) continue
    await queries.run(`INSERT INTO cycle_hours ${await changedHours(queries, graph, node)}`)
  }
  if (isWhole) await queries.run(`INSERT INTO cycle_hours ${loadedHours}`)
  const { hours } = await queries.one<{ hours: number }>(
    'SELECT count(DISTINCT (market, bucket_hour)) AS hours FROM cycle_hours',
  )
  if (hasLightWork) await queries.run('INSERT INTO cycle_hours FROM light_hours')
  await queries.run(`INSERT INTO cycle_hours ${clockHours}`)
  await queries.run(`
    CREATE TEMP TABLE cycle_days AS SELECT DISTINCT market, bucket_hour // 24 AS bucket_day FROM cycle_hours`)
  await queries.run(`
    CREATE TEMP TABLE cycle_buckets AS
    SELECT DISTINCT market, 'hour' AS grain, make_timestamptz(bucket_hour * 3600000000) AS bucket_start
    FROM cycle_hours
    UNION ALL SELECT market, 'day', make_timestamptz(bucket_day * 86400000000) FROM cycle_days`)
  return hours
}

const comparisons = new WeakMap<Node, string>()

/** Hours of the facts that are there only before or only after the change, as often as they are there. */
async function changedHours(queries: Queries, graph: Graph, node: Node): Promise<string> {
  const text = comparisons.get(node) ?? (await comparisonOf(queries, graph, node))
  comparisons.set(node, text)
  return text
}

async function comparisonOf(queries: Queries, graph: Graph, node: Node): Promise<string> {
  const scopeOf = (table: string) => graph.byName.get(table)?.incremental
  const scope = scopeOf(node.facts?.table ?? '')
  const over = (side: 'old' | 'new') =>
    print(
      queries,
      narrow(graph, node.tree, (table) =>
        scopeOf(table) === scope ? { table: `cycle_${side}_${table}` } : null,
      ),
    )
  const before = await over('old')
  const after = await over('new')
  const differing = `
    SELECT * EXCLUDE (side), sum(side) AS balance
    FROM (SELECT *, 1 AS side FROM (${before}) UNION ALL SELECT *, -1 FROM (${after}))
    GROUP BY ALL HAVING balance <> 0`
  if (node.facts?.to == null) return `SELECT DISTINCT market, bucket_hour FROM (${differing})`
  return `
    SELECT DISTINCT market, unnest(range(from_hour, until_hour + 1)) FROM (
      SELECT * EXCLUDE (${[...node.facts.ends, 'balance', 'last_hour'].join(', ')}), ${spanHours}
      FROM (${differing})
      INNER JOIN (
        SELECT market, epoch_us(watermark) // 3600000000 AS last_hour FROM market_clock
      ) USING (market)
      GROUP BY ALL
    )`
}

/**
 * Of spans that differ in their end only, the hours from the first end on; of others all that they last, and the day
 * after.
 */
const spanHours = `
  CASE WHEN sum(balance) = 0 THEN greatest(min(opened_hour), min(coalesce(closed_hour, last_hour)))
    ELSE min(opened_hour) END AS from_hour,
  least(max(coalesce(closed_hour, last_hour)) + 24, max(last_hour)) AS until_hour`

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

/** Days that come under or out of the clock: dense series, kept leaves and steps. */
const ranges = (clock: string) => `
  SELECT market, 'dense' AS range, unnest(range(epoch_us(dense_from::TIMESTAMPTZ) // 86400000000,
    epoch_us(watermark) // 86400000000 + 1)) AS bucket_day FROM ${clock}
  UNION ALL
  SELECT market, 'leaves', unnest(range(epoch_us(leaves_from::TIMESTAMPTZ) // 86400000000,
    epoch_us(watermark) // 86400000000 + 1)) FROM ${clock}
  UNION ALL
  SELECT market, 'steps', unnest(range(epoch_us(greatest(leaves_from, watermark::DATE - 42)::TIMESTAMPTZ)
    // 86400000000, epoch_us(watermark) // 86400000000 + 1)) FROM ${clock}`

/** Hours of those days, and the hours that the clock went through: they become complete, or open. */
const clockHours = `
  SELECT market, unnest(range(bucket_day * 24, bucket_day * 24 + 24)) FROM (
    ((${ranges('cycle_old_market_clock')}) EXCEPT (${ranges('market_clock')}))
    UNION ((${ranges('market_clock')}) EXCEPT (${ranges('cycle_old_market_clock')}))
  )
  UNION ALL
  SELECT market, unnest(range(min(clock_hour), max(clock_hour) + 1)) FROM (
    SELECT market, watermark, epoch_us(watermark) // 3600000000 AS clock_hour FROM market_clock
    UNION ALL SELECT market, watermark, epoch_us(watermark) // 3600000000 FROM cycle_old_market_clock
  )
  GROUP BY market HAVING count(DISTINCT watermark) > 1`

/** The listed buckets. */
export interface Listed {
  /** The condition of points, which have hours and days. */
  points: string
  /** The condition of rows that have hours only. */
  hours: string
  /** From the first to the last day, and hour. */
  days: Span
  stretch: Span
}

/** The conditions of the rows in the buckets listed. */
export async function inListedBuckets(queries: Queries): Promise<Listed> {
  const days = await daySpan(queries)
  const hours = await hourSpan(queries)
  return {
    points: `${between('bucket_start', days)}
      AND (market, grain, bucket_start) IN (SELECT (market, grain, bucket_start) FROM cycle_buckets)`,
    hours: `${between('bucket_start', hours)} AND (market, bucket_start) IN (
      SELECT (market, bucket_start) FROM cycle_buckets WHERE grain = 'hour')`,
    days,
    stretch: hours,
  }
}

/** First and end of a stretch of time, in microseconds since 1970. */
interface Span {
  first: number
  end: number
}

const spanSql = (column: string, table: string, us: number) => `
  SELECT coalesce(min(${column}), 0) * ${us} AS first, (coalesce(max(${column}), -1) + 1) * ${us} AS end
  FROM ${table}`

const daySpan = (queries: Queries) =>
  queries.one<Span & Row>(spanSql('bucket_day', 'cycle_days', 86_400_000_000))
const hourSpan = (queries: Queries) =>
  queries.one<Span & Row>(spanSql('bucket_hour', 'cycle_hours', 3_600_000_000))

const between = (column: string, { first, end }: Span) =>
  `${column} >= make_timestamptz(${first}) AND ${column} < make_timestamptz(${end})`

/** Above this share of all days with points, writing all of them anew is cheaper. */
const largestShare = 0.5

/** Writes the metrics of the listed buckets anew. @param isWanted which marts; default all */
export async function updateBuckets(
  queries: Queries,
  graph: Graph,
  listed: Listed,
  effects: Effects,
  isWanted: (node: Node) => boolean = () => true,
): Promise<ModelRun[]> {
  const runs: ModelRun[] = []
  const everything = await isMost(queries)
  for (const node of martsOf(graph)) {
    if (node.incremental !== 'bucket' || !isWanted(node)) continue
    const start = effects.clock.now()
    let rows: number
    if (everything) {
      await emptyTable(queries, node.name)
      rows = await queries.run(insertSql(node, node.sql))
    } else {
      const hasDays = node.key.includes('grain')
      const condition = hasDays ? listed.points : listed.hours
      const model = await narrowedSql(queries, graph, node, hasDays ? 'day' : 'hour')
      const { first, end } = hasDays ? listed.days : listed.stretch
      const within = model
        .replaceAll(String(some.first), String(first))
        .replaceAll(String(some.end), String(end))
      await queries.run(`DELETE FROM ${quoteName(node.name)} WHERE ${condition}`)
      rows = await queries.run(insertSql(node, `SELECT * FROM (${within}) AS points WHERE ${condition}`))
    }
    runs.push({ name: node.name, rows, seconds: (effects.clock.now() - start) / 1000 })
  }
  return runs
}

/** Stands in the text of a narrowed model for the stretch of a cycle: the text is the same in all of them. */
const some: Span = { first: 1_111_111_111_111_111, end: 2_222_222_222_222_222 }
const texts = new WeakMap<Graph, Map<string, string>>()

/** A model of buckets over the facts of the listed days or hours only. */
async function narrowedSql(
  queries: Queries,
  graph: Graph,
  node: Node,
  grain: 'day' | 'hour',
): Promise<string> {
  const known = texts.get(graph) ?? new Map<string, string>()
  texts.set(graph, known)
  const found = known.get(node.name)
  if (found !== undefined) return found
  const facts = await narrowAllFacts(queries, graph, grain)
  const narrowed = narrow(graph, node.tree, (table) => {
    const query = facts.get(table)
    return query === undefined ? null : { query }
  })
  const text = await print(queries, narrowed)
  known.set(node.name, text)
  return text
}

async function isMost(queries: Queries): Promise<boolean> {
  const { listed, known } = await queries.one<{ listed: number; known: number }>(`
    SELECT (SELECT count(*) FROM cycle_days) AS listed, (
      SELECT coalesce(sum(date_diff('day', dense_from, watermark::DATE)), 0)::BIGINT FROM market_clock
    ) AS known`)
  return listed > 7 && listed > known * largestShare
}

/** The model of every fact over the listed days or hours only. */
async function narrowAllFacts(
  queries: Queries,
  graph: Graph,
  grain: 'day' | 'hour',
): Promise<Map<string, Tree>> {
  const narrowed = new Map<string, Tree>()
  for (const node of graph.nodes) {
    if (node.facts !== null) narrowed.set(node.name, await narrowFacts(queries, graph, node, grain))
  }
  return narrowed
}

/** Facts of the listed days or hours; their table is read within the range of those. */
async function narrowFacts(queries: Queries, graph: Graph, node: Node, grain: 'day' | 'hour'): Promise<Tree> {
  const { facts } = node
  if (facts === null) return node.tree
  const rows =
    facts.table === null
      ? null
      : await parse(queries, node.name, `SELECT * FROM ${facts.table} WHERE ${within(facts, some)}`)
  const inner = narrow(graph, node.tree, (table) =>
    rows !== null && table === facts.table ? { query: rows } : null,
  )
  if (facts.to !== null) return inner
  const list =
    grain === 'day'
      ? 'cycle_days AS listed ON listed.bucket_day = facts.bucket_hour // 24'
      : 'cycle_hours AS listed ON listed.bucket_hour = facts.bucket_hour'
  const outer = await parse(
    queries,
    node.name,
    `SELECT facts.* FROM cycle_facts AS facts SEMI JOIN ${list} AND listed.market = facts.market`,
  )
  return replaceTables(outer, (table) => (table === 'cycle_facts' ? { query: inner } : null))
}

/** What a span counts may stand in an hour up to a day after its end, unless it lasts no longer than some hours. */
function within({ from, to, lasts }: Facts, span: Span): string {
  if (to === null) return between(from, span)
  const first = `make_timestamptz(${span.first})`
  if (lasts !== null) {
    return `${from} >= ${first} - INTERVAL ${lasts} HOUR AND ${from} < make_timestamptz(${span.end})`
  }
  return `${from} < make_timestamptz(${span.end})
    AND (${to} IS NULL OR ${to} >= ${first} - INTERVAL 1 DAY OR ${from} >= ${first})`
}
