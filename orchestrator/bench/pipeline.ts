// Measures the pipeline on a million orders: a full build, and cycles after a thousand orders changed.
// It writes into a temporary folder and leaves nothing there.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Effects } from '#data/kernel'
import { migrate, openWarehouse, type Warehouse } from '#data/warehouse'
import { type CycleSummary, runCycle } from '#pipeline'
import { type HistorySize, writeHistory } from './history.ts'
import type { BenchRow } from './row.ts'

const million: HistorySize = { orders: 1_000_000, days: 365, end: '2026-01-01T00:00:00Z' }
const changedOrders = 1_000

/**
 * Rows of the group "pipeline": seconds of a full build, and of incremental cycles as share of it.
 * @param size of the history; the goal is set for the default
 */
export async function benchPipeline(effects: Effects, size: HistorySize = million): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'detour-bench-'))
  const { memoryMb, threads } = effects.config
  const warehouse = await openWarehouse(join(folder, 'warehouse.duckdb'), { memoryMb, threads })
  try {
    await migrate(warehouse)
    await warehouse.transaction((queries) => writeHistory(queries, size))
    await warehouse.run('CHECKPOINT')
    const full = await runCycle(warehouse, effects, { mode: 'full' })
    await warehouse.run('CHECKPOINT')
    const recent = await changeAndRun(warehouse, effects, recentOrders(size))
    const spread = await changeAndRun(warehouse, effects, spreadOrders(size))
    return [
      row(`full rebuild of ${size.orders} orders`, full, null, null),
      row('1,000 changed orders of the last 48 h', recent, full, 0.05),
      row('1,000 changed orders of all times', spread, full, null),
    ]
  } finally {
    await warehouse.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Every few orders of the last 48 hours. */
const recentOrders = (size: HistorySize) => {
  const lately = Math.floor((size.orders * 2) / size.days)
  const step = Math.max(1, Math.floor(lately / changedOrders))
  const first = size.orders - Math.min(lately, step * changedOrders)
  return `SELECT 'O' || range AS order_external_id FROM range(${first}, ${size.orders}, ${step})
    LIMIT ${changedOrders}`
}

/** Orders from the whole history, at odd distances. */
const spreadOrders = (size: HistorySize) =>
  `SELECT DISTINCT 'O' || range * 7919 * 13 % ${size.orders} AS order_external_id FROM range(${changedOrders})`

/** Gives the orders an hour more on their way, as a load would: rows replaced, keys listed. */
async function changeAndRun(warehouse: Warehouse, effects: Effects, orders: string): Promise<CycleSummary> {
  await warehouse.transaction(async (queries) => {
    await queries.run(`CREATE TEMP TABLE bench_changed AS ${orders}`)
    const later = (column: string) => `${column} + INTERVAL 1 HOUR AS ${column}`
    const changes: [table: string, columns: string][] = [
      ['raw_file_orders', `${later('shipped_at')}, ${later('delivered_at')}, 2 AS file_no`],
      ['raw_file_fulfillment_orders', `${later('shipped_at')}, 2 AS file_no`],
      ['raw_file_shipments', `${later('shipped_at')}, ${later('delivered_at')}, 2 AS file_no`],
    ]
    for (const [table, columns] of changes) {
      await queries.run(`
        CREATE TEMP TABLE bench_rows AS
        SELECT * REPLACE (${columns}) FROM ${table} SEMI JOIN bench_changed USING (order_external_id)`)
      await queries.run(`
        DELETE FROM ${table} WHERE order_external_id IN (SELECT order_external_id FROM bench_changed)`)
      await queries.run(`INSERT INTO ${table} FROM bench_rows`)
      await queries.run('DROP TABLE bench_rows')
    }
    await queries.run(
      "INSERT INTO pipeline_changes SELECT 'order', 'bench', order_external_id FROM bench_changed",
    )
    await queries.run('DROP TABLE bench_changed')
  })
  return runCycle(warehouse, effects)
}

function row(name: string, cycle: CycleSummary, full: CycleSummary | null, share: number | null): BenchRow {
  const value = cycle.seconds
  const goal = full === null || share === null ? null : full.seconds * share
  return {
    group: 'pipeline',
    name,
    value,
    unit: 's',
    baseline: full === null ? null : `full rebuild, ${full.seconds.toFixed(1)} s`,
    ratio: full === null ? null : value / full.seconds,
    goal,
    pass: goal === null ? null : value <= goal,
  }
}
