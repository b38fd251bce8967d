// From the list of changed keys to temporary tables of the rows they touch, before and now. It writes no mart.

import { quoteName } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import type { Graph, Node } from './graph.ts'
import type { Scratch } from './scratch.ts'
import { martsOf } from './tables.ts'

/** The two kinds of thing whose rows are rebuilt one by one. */
export type Scope = 'order' | 'inventory'

/** How a scope is keyed: in the raw tables, in the marts, and the temporary table of its changed keys. */
interface ScopeKeys {
  changed: string
  /** a raw table with one of these columns belongs to the scope */
  rawMarks: string[]
  raw: string[]
  /** in the raw tables of the core, where nodes of any provider are named in full */
  rawLog: string[]
  mart: string[]
}

const keysOf: Record<Scope, ScopeKeys> = {
  order: {
    changed: 'cycle_orders',
    rawMarks: ['order_external_id'],
    raw: ['provider', 'order_external_id'],
    rawLog: ['provider', 'order_external_id'],
    mart: ['order_id'],
  },
  inventory: {
    changed: 'cycle_stock',
    rawMarks: ['counted_at', 'moved_at'],
    raw: ['provider', 'sku', 'node_external_id'],
    rawLog: ['sku', 'node_id'],
    mart: ['provider', 'sku', 'node_id'],
  },
}

/** What a cycle has before it. */
export interface Changes {
  kinds: Set<string>
  orders: number
  stock: number
  /** Share of all orders that changed, 0 to 1. */
  share: number
}

/**
 * Whether anything changed since the last cycle, and which kinds.
 * @param hasLightWork whether what light cycles noted is there, so that their own mark says nothing
 */
export async function changedKinds(queries: Queries, hasLightWork: boolean): Promise<Set<string>> {
  const rows = await queries.all<{ kind: string }>(
    `SELECT DISTINCT kind FROM pipeline_changes
     ${hasLightWork ? "WHERE NOT (kind = 'all' AND provider = 'light cycle')" : ''}`,
  )
  return new Set(rows.map((row) => row.kind))
}

/**
 * Lists the orders and the stock that the changes touch in temporary tables.
 * @param hasLightWork whether orders of light cycles are among them
 */
export async function listChanges(
  scratch: Scratch,
  kinds: Set<string>,
  hasLightWork: boolean,
): Promise<Changes> {
  await listOrders(scratch, kinds, hasLightWork)
  await listStock(scratch, kinds)
  const counts = await scratch.one<{ orders: number; stock: number; total: number }>(
    `SELECT (SELECT count(*) FROM cycle_orders) AS orders, (SELECT count(*) FROM cycle_stock) AS stock,
       (SELECT count(*) FROM raw_file_orders) + (SELECT count(*) FROM raw_log_orders) AS total`,
  )
  return { kinds, ...counts, share: counts.orders === 0 ? 0 : counts.orders / counts.total }
}

/** Lists the orders that the changes touch in `cycle_orders`. */
export async function listOrders(scratch: Scratch, kinds: Set<string>, hasLightWork = false): Promise<void> {
  const sources = ["SELECT provider, key AS order_external_id FROM pipeline_changes WHERE kind = 'order'"]
  if (hasLightWork) sources.push('SELECT provider, order_external_id FROM light_orders')
  if (kinds.has('sku')) {
    for (const table of ['raw_file_order_lines', 'raw_file_returns', 'raw_log_order_lines']) {
      sources.push(naming(table, 'named.sku', "kind = 'sku' AND changed.key = named.sku"))
    }
  }
  if (kinds.has('node')) {
    for (const table of ['order_lines', 'fulfillment_orders', 'shipments', 'returns']) {
      const same = `kind = 'node' AND changed.provider = named.provider
        AND changed.key = named.node_external_id`
      sources.push(naming(`raw_file_${table}`, 'named.node_external_id', same))
    }
    for (const table of ['order_lines', 'fulfillment_orders', 'shipments']) {
      const same = "kind = 'node' AND changed.provider || ':' || changed.key = named.node_id"
      sources.push(naming(`raw_log_${table}`, 'named.node_id', same))
    }
  }
  const named = (table: string) => `
    SELECT market, provider, order_external_id FROM ${table}
    SEMI JOIN (${sources.join('\nUNION ')}) AS keys USING (provider, order_external_id)`
  await scratch.fill(
    'cycle_orders',
    `SELECT DISTINCT md5(concat_ws(chr(31), market, provider, order_external_id))::UUID AS order_id,
      market, provider, order_external_id
     FROM (${named('raw_file_orders')} UNION ALL ${named('raw_log_orders')})`,
  )
}

/** Orders of the rows whose column names something that changed; a product counts for other providers, too. */
const naming = (table: string, column: string, same: string) =>
  `SELECT named.provider, named.order_external_id FROM ${table} AS named
   SEMI JOIN pipeline_changes AS changed ON ${same}
   WHERE ${column} IS NOT NULL`

async function listStock(scratch: Scratch, kinds: Set<string>): Promise<void> {
  const sources = [
    `SELECT provider, split_part(key, chr(31), 1) AS sku, split_part(key, chr(31), 2) AS node_external_id
     FROM pipeline_changes WHERE kind = 'inventory'`,
  ]
  if (kinds.has('sku')) {
    const node = 'named.node_id[length(named.provider) + 2:]'
    for (const [table, place] of [
      ['raw_file_inventory', 'named.node_external_id'],
      ['raw_file_inventory_movements', 'named.node_external_id'],
      ['raw_log_inventory', node],
    ]) {
      sources.push(`SELECT named.provider, named.sku, ${place} FROM ${table} AS named
        SEMI JOIN pipeline_changes AS changed ON changed.kind = 'sku' AND changed.key = named.sku`)
    }
  }
  await scratch.fill(
    'cycle_stock',
    `SELECT *, provider || ':' || node_external_id AS node_id FROM (${sources.join('\nUNION ')})`,
  )
  if (!kinds.has('inventory')) return
  // a movement that was booked again elsewhere has left its old product and node, too
  await scratch.run(`
    INSERT INTO cycle_stock
    SELECT DISTINCT provider, sku, node_id[length(provider) + 2:], node_id FROM inventory_movements AS booked
    SEMI JOIN (
      SELECT provider, movement_external_id FROM raw_file_inventory_movements
      SEMI JOIN cycle_stock USING (provider, sku, node_external_id)
    ) AS again ON again.provider = booked.provider AND again.movement_external_id = booked.movement_id
    ANTI JOIN cycle_stock AS listed
      ON listed.provider = booked.provider AND listed.sku = booked.sku AND listed.node_id = booked.node_id`)
}

const rawOf = new WeakMap<Graph, Map<Scope, string[]>>()

/** Raw tables that hold rows of the scope: the same in every warehouse of this version. */
async function rawTables(queries: Queries, graph: Graph, scope: Scope): Promise<string[]> {
  const known = rawOf.get(graph) ?? new Map<Scope, string[]>()
  rawOf.set(graph, known)
  const tables = known.get(scope) ?? (await findRawTables(queries, graph, scope))
  known.set(scope, tables)
  return tables
}

async function findRawTables(queries: Queries, graph: Graph, scope: Scope): Promise<string[]> {
  const marks = keysOf[scope].rawMarks
  const rows = await queries.all<{ table_name: string; column_name: string }>(
    "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'main' AND NOT internal",
  )
  const read = new Set(graph.nodes.flatMap((node) => node.reads).filter((name) => !graph.byName.has(name)))
  const found = rows.filter((row) => marks.includes(row.column_name) && read.has(row.table_name))
  return [...new Set(found.map((row) => row.table_name))]
}

/**
 * Copies the changed rows of one scope aside: `cycle_now_<raw table>` as they came, `cycle_old_<mart>` as they
 * stand, and their places in `cycle_at_<mart>`, so that they can be deleted without another search.
 * @param marts default all of the scope
 * @returns the raw tables copied
 */
export async function copyChanged(
  scratch: Scratch,
  graph: Graph,
  scope: Scope,
  marts: readonly Node[] = martsOf(graph),
): Promise<string[]> {
  const keys = keysOf[scope]
  const raw = await rawTables(scratch, graph, scope)
  for (const table of raw) {
    const key = table.startsWith('raw_log_') ? keys.rawLog : keys.raw
    await copyRows(scratch, table, `cycle_now_${table}`, keys.changed, key)
  }
  for (const node of marts) {
    if (node.incremental !== scope) continue
    await copyRows(scratch, node.name, `cycle_old_${node.name}`, keys.changed, keys.mart)
  }
  return raw
}

/** Only the key is read to find the rows; then only the parts of the table in which they lie. */
async function copyRows(scratch: Scratch, table: string, copy: string, changed: string, key: string[]) {
  await scratch.fill(
    `cycle_at_${table}`,
    `SELECT rowid AS place FROM ${quoteName(table)} SEMI JOIN ${changed} USING (${key.join(', ')})`,
  )
  await scratch.fill(copy, `SELECT * FROM ${quoteName(table)} WHERE ${placed(table)}`)
}

/** The condition that finds the rows listed in `cycle_at_<table>`. */
export const placed = (table: string) => `rowid IN (SELECT place FROM ${quoteName(`cycle_at_${table}`)})`
