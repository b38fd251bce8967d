// Which hours changed, and the metrics of just these hours and their days anew. What a metric means stands in the SQL
// models.

import { type Effects, quoteName } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import type { Graph, Node } from './graph.ts'
import type { Scratch } from './scratch.ts'
import { type Asked, askedFor, between, narrowedTo, type Span } from './stretches.ts'
import { emptyTable, insertSql, type ModelRun, martsOf } from './tables.ts'
import { print } from './tree.ts'
import { narrow } from './update.ts'

/**
 * Lists in `cycle_hours` the hours to write anew, in `cycle_days` their days and in `cycle_buckets` both as buckets.
 * @param isLooked which facts may have changed
 * @param options isWhole: hours of loads are among them; hasLightWork: those that light cycles wrote are
 * @returns hours whose facts are not as before
 */
export async function listBuckets(
  scratch: Scratch,
  graph: Graph,
  isLooked: (node: Node) => boolean,
  { isWhole, hasLightWork }: { isWhole: boolean; hasLightWork: boolean },
): Promise<number> {
  await scratch.fill('cycle_hours', "SELECT '' AS market, 0::BIGINT AS bucket_hour LIMIT 0")
  for (const node of graph.nodes) {
    if (node.facts?.table == null || !isLooked(node)) continue
    await scratch.run(`INSERT INTO cycle_hours ${await changedHours(scratch, graph, node)}`)
  }
  if (isWhole) await scratch.run(`INSERT INTO cycle_hours ${loadedHours}`)
  const { hours } = await scratch.one<{ hours: number }>(
    'SELECT count(DISTINCT (market, bucket_hour)) AS hours FROM cycle_hours',
  )
  if (hasLightWork) await scratch.run('INSERT INTO cycle_hours FROM light_hours')
  await scratch.run(`INSERT INTO cycle_hours ${clockHours}`)
  await scratch.fill('cycle_days', 'SELECT DISTINCT market, bucket_hour // 24 AS bucket_day FROM cycle_hours')
  await scratch.fill(
    'cycle_buckets',
    `SELECT DISTINCT market, 'hour' AS grain, make_timestamptz(bucket_hour * 3600000000) AS bucket_start
    FROM cycle_hours
    UNION ALL SELECT market, 'day', make_timestamptz(bucket_day * 86400000000) FROM cycle_days`,
  )
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

/** What is listed, as conditions of rows in marts. */
export interface Listed {
  /** The condition of all points. */
  points: string
  /** Stretches of points, which have hours and days, and of rows that have hours only. */
  days: readonly Stretch[]
  hours: readonly Stretch[]
}

/** Days or hours that lie close together, and the condition of their rows. */
interface Stretch {
  asked: Asked
  condition: string
}

const dayUs = 86_400_000_000
const hourUs = 3_600_000_000

const inPoints =
  'AND (market, grain, bucket_start) IN (SELECT (market, grain, bucket_start) FROM cycle_buckets)'
const inHours = `AND (market, bucket_start) IN (
  SELECT (market, bucket_start) FROM cycle_buckets WHERE grain = 'hour')`

/** The conditions of the rows in the buckets listed. */
export async function inListedBuckets(queries: Queries): Promise<Listed> {
  const days = await spansOf(queries, 'bucket_day', 'cycle_days', dayUs)
  const hours = await spansOf(queries, 'bucket_hour', 'cycle_hours', hourUs)
  const stretch = (also: string) => (span: Span) => {
    const asked = askedFor(span, queries)
    return { asked, condition: `${between('bucket_start', asked)} ${also}` }
  }
  const whole = { first: days[0]?.first ?? 0, end: days.at(-1)?.end ?? 0 }
  const points = `${between('bucket_start', whole)} ${inPoints}`
  return { points, days: days.map(stretch(inPoints)), hours: hours.map(stretch(inHours)) }
}

async function spansOf(queries: Queries, column: string, table: string, us: number): Promise<Span[]> {
  const rows = await queries.all<{ place: number }>(
    `SELECT DISTINCT ${column} AS place FROM ${table} ORDER BY place`,
  )
  return spansAround(rows.map(({ place }) => ({ first: place * us, end: (place + 1) * us })))
}

/** With less than so much between them two stretches are one: each asks for its own look at the facts. */
const gapUs = 4 * dayUs

function spansAround(all: readonly Span[]): Span[] {
  const found: Span[] = []
  for (const { first, end } of all) {
    const last = found.at(-1)
    if (last !== undefined && first - last.end < gapUs) last.end = end
    else found.push({ first, end })
  }
  return found
}

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
      rows = 0
      for (const { asked, condition } of hasDays ? listed.days : listed.hours) {
        const model = await narrowedTo(asked, queries, { graph, node, grain: hasDays ? 'day' : 'hour' })
        const insert = insertSql(node, `SELECT * FROM (${model}) AS points WHERE ${condition}`)
        await queries.run(`DELETE FROM ${quoteName(node.name)} WHERE ${condition}`, asked.parameters)
        rows += await queries.run(insert, asked.parameters)
      }
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
