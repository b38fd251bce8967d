// Writes raw rows as a load would: a row replaces the one with its key, and the pipeline is told; tests only.

import { columnsOf, type EntityName, entities, type TableContract } from '#data/contracts'
import { quoteName, SimulatedClock, seededRandom } from '#data/kernel'
import { migrate, openWarehouse, type Queries, type Warehouse } from '#data/warehouse'

/** A raw row by column name; what is left out is null or the default of a test. */
export type RawRow = Record<string, unknown>

const defaults: RawRow = { provider: 'shop', market: 'main', file_no: 1, row_number: 1, flags: [] }

const changeKeys: Record<EntityName, [kind: string, key: (row: RawRow) => unknown]> = {
  orders: ['order', (row) => row.order_external_id],
  order_lines: ['order', (row) => row.order_external_id],
  fulfillment_orders: ['order', (row) => row.order_external_id],
  shipments: ['order', (row) => row.order_external_id],
  returns: ['order', (row) => row.order_external_id],
  nodes: ['node', (row) => row.node_external_id],
  products: ['sku', (row) => row.sku],
  inventory: ['inventory', (row) => `${row.sku}\u001f${row.node_external_id}`],
  inventory_movements: ['inventory', (row) => `${row.sku}\u001f${row.node_external_id}`],
}

/** An empty warehouse in memory with its tables. */
export async function emptyWarehouse(): Promise<Warehouse> {
  const warehouse = await openWarehouse(':memory:', { memoryMb: 512, threads: 2 })
  await migrate(warehouse)
  return warehouse
}

/** Effects of a test: a clock that stands still. */
export const testEffects = {
  clock: new SimulatedClock(Date.UTC(2026, 0, 1)),
  random: seededRandom('pipeline'),
} as never

/** Writes rows of one entity and the keys they change. */
export async function upsert(queries: Queries, entity: EntityName, rows: RawRow[]): Promise<void> {
  if (rows.length === 0) return
  const contract = entities[entity] as unknown as TableContract
  const full = rows.map((row) => ({ ...defaults, ...row }))
  const columns = columnsOf(contract).map(({ name, type }) => {
    const value = type.endsWith('[]')
      ? `from_json(r -> '$.${name}', '["VARCHAR"]')`
      : `(r ->> '$.${name}')::${type}`
    return `${value} AS ${quoteName(name)}`
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
  const [kind, keyOf] = changeKeys[entity]
  const changes = full.map((row) => [kind, String((row as RawRow).provider), String(keyOf(row))])
  await queries.run(
    `INSERT INTO pipeline_changes
     SELECT DISTINCT c[1], c[2], c[3] FROM (SELECT unnest(from_json($1::JSON, '[["VARCHAR"]]')) AS c)
     EXCEPT SELECT * FROM pipeline_changes`,
    [JSON.stringify(changes)],
  )
}
