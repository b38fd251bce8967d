// Takes the rows of a market out of the warehouse, so that the next projection makes them anew from its events.

import { logTables, operations, type TableContract } from '#data/contracts'
import type { Queries, Warehouse } from '#data/warehouse'
import { coreStream } from '#orchestrator/core'

/** Removes what the events of a market made in the tables; the pipeline is told of every key that had rows. */
export async function repairTables(warehouse: Warehouse, market: string): Promise<void> {
  await warehouse.transaction(async (queries) => {
    await noteKeys(queries, market)
    const contracts: TableContract[] = [
      ...(Object.values(logTables) as TableContract[]),
      operations.decisions,
      operations.decisionCandidates,
      operations.incidents,
      operations.incidentHistory,
      operations.incidentComments,
      operations.incidentNotices,
      operations.silences,
    ]
    for (const { name } of contracts) {
      const [column] = await queries.all(
        `SELECT 1 FROM duckdb_columns() WHERE table_name = $1 AND column_name = 'market'`,
        [name],
      )
      if (column !== undefined) await queries.run(`DELETE FROM ${name} WHERE market = $1`, [market])
    }
    const stream = coreStream(market)
    await queries.run('DELETE FROM raw_log_events WHERE stream = $1', [stream])
    await queries.run('DELETE FROM projection_cursors WHERE stream = $1', [stream])
  })
}

async function noteKeys(queries: Queries, market: string): Promise<void> {
  await queries.run(
    `INSERT INTO pipeline_changes
     (SELECT DISTINCT 'order', provider, order_external_id FROM raw_log_orders WHERE market = $1
      UNION
      SELECT DISTINCT 'inventory', provider, sku || chr(31) || substr(node_id, strpos(node_id, ':') + 1)
      FROM raw_log_inventory WHERE market = $1)
     EXCEPT SELECT kind, provider, key FROM pipeline_changes`,
    [market],
  )
}
