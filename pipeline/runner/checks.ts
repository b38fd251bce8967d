// Checks of what a cycle wrote: keys, relations, words and the contract. It reports and never repairs.

import { columnsOf } from '#data/contracts'
import { quoteName, quoteText } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import type { Graph, Node } from './graph.ts'
import { contractOf, martsOf } from './tables.ts'

/** One check: how many rows failed it; 0 is good. */
export interface CheckResult {
  name: string
  model: string
  failures: number
  severity: 'error' | 'warn'
}

/** A check as a query that counts the failures in `rows`, the rows that were written. */
interface Check {
  name: string
  model: string
  severity: 'error' | 'warn'
  failures: (rows: string, target: string) => string
  /** another mart that is looked into */
  target?: string
}

const relation = (
  model: string,
  column: string,
  target: string,
  key: string,
  severity: Check['severity'],
): Check => ({
  name: `${column} is in ${target}`,
  model,
  severity,
  target,
  failures: (rows, within) => `SELECT count(*) FROM ${rows} AS rows
    WHERE ${column} IS NOT NULL AND ${column} NOT IN (SELECT ${key} FROM ${within})`,
})

const relations: Check[] = [
  ...['order_lines', 'fulfillment_orders', 'shipments', 'returns'].map((model) =>
    relation(model, 'order_id', 'orders', 'order_id', 'error'),
  ),
  ...['order_lines', 'fulfillment_orders', 'shipments', 'inventory_positions'].map((model) =>
    relation(model, 'node_id', 'nodes', 'node_id', 'warn'),
  ),
  {
    name: 'no delivery before its hand-over',
    model: 'orders',
    severity: 'warn',
    failures: (rows) => `SELECT count(*) FROM ${rows} WHERE delivered_at < shipped_at`,
  },
]

/**
 * Runs the checks: over whole marts after a full build, over the changed rows after an incremental one.
 * Keys of metrics are not counted here: they come out of GROUP BY, and counting them would cost as much again.
 */
export async function runChecks(
  queries: Queries,
  graph: Graph,
  mode: 'full' | 'incremental',
): Promise<CheckResult[]> {
  const written = new Map<string, string>()
  const temporary = await queries.all<{ table_name: string }>(
    "SELECT table_name FROM duckdb_tables() WHERE temporary AND starts_with(table_name, 'cycle_new_')",
  )
  const fresh = new Set(temporary.map((row) => row.table_name))
  for (const node of martsOf(graph)) {
    if (mode === 'full') written.set(node.name, node.name)
    else if (fresh.has(`cycle_new_${node.name}`)) written.set(node.name, `cycle_new_${node.name}`)
  }
  const checks = [
    ...martsOf(graph)
      .filter((node) => written.has(node.name))
      .flatMap(ofContract),
    ...relations,
  ]
  const results: CheckResult[] = []
  for (const check of checks) {
    const rows = written.get(check.model)
    if (rows === undefined) continue
    const target = check.target === undefined ? '' : (written.get(check.target) ?? check.target)
    const { failures } = await queries.one<{ failures: number }>(
      `SELECT (${check.failures(quoteName(rows), target)}) AS failures`,
    )
    results.push({ name: check.name, model: check.model, failures, severity: check.severity })
  }
  return [...results, ...(await contractChecks(queries, graph))]
}

function ofContract(node: Node): Check[] {
  const checks: Check[] = []
  if (node.incremental !== 'bucket') {
    const key = node.key.map(quoteName).join(', ')
    checks.push({
      name: `${node.key.join(', ')} is unique`,
      model: node.name,
      severity: 'error',
      failures: (rows) =>
        `SELECT count(*) FROM (SELECT ${key} FROM ${rows} GROUP BY ${key} HAVING count(*) > 1)`,
    })
  }
  for (const column of columnsOf(contractOf(node.name))) {
    if (column.words === null || node.incremental === 'bucket') continue
    const words = column.words.map(quoteText).join(', ')
    checks.push({
      name: `${column.name} is a known word`,
      model: node.name,
      severity: 'error',
      failures: (rows) => `SELECT count(*) FROM ${rows} WHERE ${quoteName(column.name)} NOT IN (${words})`,
    })
  }
  return checks
}

/** Whether each table is as its contract says: columns, types, and what may be null. */
async function contractChecks(queries: Queries, graph: Graph): Promise<CheckResult[]> {
  const rows = await queries.all<{ table_name: string; shape: string }>(`
    SELECT table_name, column_name || ' ' || data_type || if(is_nullable, '', ' NOT NULL') AS shape
    FROM duckdb_columns() WHERE schema_name = 'main' AND NOT internal AND database_name = current_database()`)
  return martsOf(graph).map((node) => {
    const found = new Set(rows.filter((row) => row.table_name === node.name).map((row) => row.shape))
    const expected = columnsOf(contractOf(node.name)).map(
      (column) => `${column.name} ${column.type}${column.nullable ? '' : ' NOT NULL'}`,
    )
    const missing = expected.filter((shape) => !found.has(shape)).length
    const failures = missing + Math.max(0, found.size - expected.length)
    return { name: 'the table is as its contract says', model: node.name, failures, severity: 'error' }
  })
}
