// The full build: all views and marts anew, inside the transaction of the cycle. It reads no list of changes.

import { type Effects, quoteName, quoteText } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import type { Graph } from './graph.ts'
import { emptyTable, insertSql, type ModelRun } from './tables.ts'

/**
 * Builds everything. Readers see the old tables until the transaction ends.
 * @returns rows and seconds by mart
 */
export async function buildAll(queries: Queries, graph: Graph, effects: Effects): Promise<ModelRun[]> {
  const runs: ModelRun[] = []
  for (const node of graph.nodes) {
    if (node.layer !== 'marts') {
      await queries.run(`CREATE OR REPLACE VIEW ${quoteName(node.name)} AS ${node.sql}`)
      continue
    }
    const start = effects.clock.now()
    await emptyTable(queries, node.name)
    const rows = await queries.run(insertSql(node, node.sql))
    runs.push({ name: node.name, rows, seconds: (effects.clock.now() - start) / 1000 })
  }
  await queries.run(`COMMENT ON TABLE metric_catalogue IS ${quoteText(graph.checksum)}`)
  return runs
}

/** Whether the warehouse was built by these very models. */
export async function isBuiltBy(queries: Queries, graph: Graph): Promise<boolean> {
  const rows = await queries.all<{ comment: string | null }>(
    "SELECT comment FROM duckdb_tables() WHERE table_name = 'metric_catalogue' AND NOT temporary",
  )
  const views = graph.nodes.filter((node) => node.layer !== 'marts').map((node) => quoteText(node.name))
  const found = await queries.one<{ count: number }>(
    `SELECT count(*) AS count FROM duckdb_views() WHERE NOT internal AND view_name IN (${views.join(', ')})`,
  )
  return rows[0]?.comment === graph.checksum && found.count === views.length
}
