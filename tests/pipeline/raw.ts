// Writes raw rows as a load would: a row replaces the one with its key, and the pipeline is told; tests only.

import { columnsOf, entities, logTables, type TableContract } from '#data/contracts'
import { quoteName, SimulatedClock, seededRandom } from '#data/kernel'
import { migrate, openWarehouse, type Queries, type Warehouse } from '#data/warehouse'

/** A raw row by column name; what is left out is null or the default of a test. */
export type RawRow = Record<string, unknown>

const defaults: RawRow = { provider: 'shop', market: 'main', file_no: 1, row_number: 1, flags: [] }

const ofOrder = ['order', (row: RawRow) => row.order_external_id] as const
const place = (row: RawRow) => row.node_external_id ?? String(row.node_id).replace(/^[^:]*:/, '')
const ofStock = ['inventory', (row: RawRow) => `${row.sku}\u001f${place(row)}`] as const

/** Raw tables by the name a test gives them, and what the pipeline is told of a row. */
const tables = {
  orders: [entities.orders, ofOrder],
  order_lines: [entities.order_lines, ofOrder],
  fulfillment_orders: [entities.fulfillment_orders, ofOrder],
  shipments: [entities.shipments, ofOrder],
  returns: [entities.returns, ofOrder],
  nodes: [entities.nodes, ['node', (row: RawRow) => row.node_external_id]],
  products: [entities.products, ['sku', (row: RawRow) => row.sku]],
  inventory: [entities.inventory, ofStock],
  inventory_movements: [entities.inventory_movements, ofStock],
  log_orders: [logTables.rawLogOrders, ofOrder],
  log_order_lines: [logTables.rawLogOrderLines, ofOrder],
  log_fulfillment_orders: [logTables.rawLogFulfillmentOrders, ofOrder],
  log_shipments: [logTables.rawLogShipments, ofOrder],
  log_inventory: [logTables.rawLogInventory, ofStock],
} as const

/** A raw table: of files by the name of its entity, of the core with "log_" before. */
export type RawTable = keyof typeof tables

/** An empty warehouse in memory with its tables. @param keepsPlans see `WarehouseLimits` */
export async function emptyWarehouse(keepsPlans = false): Promise<Warehouse> {
  const warehouse = await openWarehouse(':memory:', { memoryMb: 512, threads: 2, keepsPlans })
  await migrate(warehouse)
  return warehouse
}

/** Effects of a test: a clock that stands still. */
export const testEffects = {
  clock: new SimulatedClock(Date.UTC(2026, 0, 1)),
  random: seededRandom('pipeline'),
} as never

/** Writes rows of one table and the keys they change. */
export async function upsert(queries: Queries, name: RawTable, rows: RawRow[]): Promise<void> {
  if (rows.length === 0) return
  const [table, [kind, keyOf]] = tables[name]
  const contract = table as unknown as TableContract
  const full = rows.map((row) => ({ ...defaults, ...row }))
  const columns = columnsOf(contract).map((column) => {
    const value = type(column.type, `r ->> '$.${column.name}'`)
    return `${value} AS ${quoteName(column.name)}`
  })
  await queries.run(
    `CREATE OR REPLACE TEMP TABLE test_rows AS
     SELECT ${columns.join(', ')} FROM (SELECT unnest(from_json($1::JSON, '["JSON"]')) AS r)`,
    [JSON.stringify(full)],
  )
  const key = contract.key.map(quoteName).join(', ')
  await queries.run(`DELETE FROM ${contract.name} WHERE (${key}) IN (SELECT (${key}) FROM test_rows)`)
  await queries.run(`INSERT INTO ${contract.name} FROM test_rows`)
  await queries.run('DROP TABLE test_rows')
  const changes = full.map((row) => [kind, String((row as RawRow).provider), String(keyOf(row))])
  await queries.run(
    `INSERT INTO pipeline_changes
     SELECT DISTINCT c[1], c[2], c[3] FROM (SELECT unnest(from_json($1::JSON, '[["VARCHAR"]]')) AS c)
     EXCEPT SELECT * FROM pipeline_changes`,
    [JSON.stringify(changes)],
  )
}

const type = (duckdb: string, text: string) =>
  duckdb.endsWith('[]') ? `from_json((${text})::JSON, '["VARCHAR"]')` : `(${text})::${duckdb}`
