// A light cycle: orders with their work and parcels, the clock and the steps of work, and nothing else. What it leaves
// out it notes, so that the next whole cycle ends as if there had been no light one.

import type { Effects } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import { inListedBuckets, listBuckets, updateBuckets } from './buckets.ts'
import { copyChanged, listOrders } from './changes.ts'
import type { Graph, Node } from './graph.ts'
import { beginNotes, lightMarts, noteHours, noteOld, target } from './notes.ts'
import type { Scratch } from './scratch.ts'
import { insertSql, type ModelRun } from './tables.ts'
import { parse, print, replaceTables } from './tree.ts'
import { updateByKey } from './update.ts'

/** What a light cycle did. */
export interface LightWork {
  changedOrders: number
  changedBuckets: number
  models: ModelRun[]
}

/** Above this share of all orders a whole cycle is due. */
const largestShare = 0.05

/**
 * Runs a light cycle in the transaction of the caller.
 * @param before hasLightWork: whether light cycles ran since the last whole one
 * @returns null where a whole cycle is due
 */
export async function runLight(
  scratch: Scratch,
  graph: Graph,
  before: { kinds: Set<string>; hasLightWork: boolean },
  effects: Effects,
): Promise<LightWork | null> {
  const { kinds, hasLightWork } = before
  const marts = lightMarts(graph)
  if (!(await isLightDue(scratch, kinds, hasLightWork))) return null
  await listOrders(scratch, kinds)
  const { orders, total } = await scratch.one<{ orders: number; total: number }>(
    'SELECT (SELECT count(*) FROM cycle_orders) AS orders, (SELECT count(*) FROM orders) AS total',
  )
  if (orders > total * largestShare) return null
  if (!hasLightWork) await beginNotes(scratch, marts)
  await scratch.fill('cycle_old_market_clock', 'FROM market_clock')
  const copied = new Set(await copyChanged(scratch, graph, 'order', marts))
  await noteOld(scratch, marts)
  const models: ModelRun[] = []
  for (const node of marts) {
    const start = effects.clock.now()
    const rows = await updateByKey(scratch, graph, node, copied)
    models.push({ name: node.name, rows, seconds: (effects.clock.now() - start) / 1000 })
  }
  await updateClock(scratch, graph)
  const [names, reads] = [new Set(marts.map(({ name }) => name)), graph.byName.get(target)?.reads ?? []]
  const isLooked = ({ name, facts }: Node) => reads.includes(name) && names.has(facts?.table ?? '')
  const changedBuckets = await listBuckets(scratch, graph, isLooked, { isWhole: false, hasLightWork: false })
  await noteHours(scratch)
  const listed = await inListedBuckets(scratch)
  models.push(...(await updateBuckets(scratch, graph, listed, effects, (node) => node.name === target)))
  await scratch.run("DELETE FROM pipeline_changes WHERE kind = 'order'")
  return { changedOrders: orders, changedBuckets, models }
}

/** Products, nodes and files change more than a light cycle looks at. */
async function isLightDue(queries: Queries, kinds: Set<string>, hasBefore: boolean): Promise<boolean> {
  for (const kind of kinds) if (kind !== 'order' && kind !== 'inventory') return false
  const { loads } = await queries.one<{ loads: number }>('SELECT count(*) AS loads FROM loads')
  const told = hasBefore ? 'SELECT loads FROM light_loads' : toldLoads
  const known = await queries.one<{ loads: number }>(told)
  return known.loads === loads
}

/** Loads that the points tell of. */
export const toldLoads = `
  SELECT coalesce(sum(count), 0)::BIGINT AS loads FROM metric_points
  WHERE metric = 'records_received' AND dimension = 'all' AND grain = 'hour'
    AND bucket_start >= (SELECT min(loaded_at) - INTERVAL 1 HOUR FROM loads)`

const clocks = new WeakMap<Node, string>()

/** The clock also goes by stock that no mart shows yet. */
async function updateClock(queries: Queries, graph: Graph): Promise<void> {
  const node = graph.byName.get('market_clock')
  if (node === undefined) return
  const sql = clocks.get(node) ?? (await clockText(queries, node))
  clocks.set(node, sql)
  await queries.run('DELETE FROM market_clock')
  await queries.run(insertSql(node, sql))
}

async function clockText(queries: Queries, node: Node): Promise<string> {
  const stock = await parse(
    queries,
    node.name,
    `SELECT market, counted_at FROM inventory_positions
     UNION ALL SELECT market, counted_at FROM raw_log_inventory`,
  )
  const model = replaceTables(node.tree, (table) =>
    table === 'inventory_positions' ? { query: stock } : null,
  )
  return print(queries, model)
}
