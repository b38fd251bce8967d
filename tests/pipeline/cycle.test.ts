// Proves what a cycle promises beside its rows: idle when nothing changed, all or nothing, and what it reports.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { orderIdOf } from '#data/contracts'
import type { Warehouse } from '#data/warehouse'
import { keyMetrics, martChecksums, runCycle } from '#pipeline'
import { writeHistory } from '../../orchestrator/bench/history.ts'
import { emptyWarehouse, testEffects, upsert } from './raw.ts'

const order = {
  order_external_id: 'Ä-1',
  placed_at: '2026-03-01T08:00:00Z',
  status: 'released',
  method: 'delivery',
  currency: 'USD',
}

describe('a cycle', () => {
  let warehouse: Warehouse
  beforeEach(async () => {
    warehouse = await emptyWarehouse()
  })
  afterEach(() => warehouse.close())

  const small = (orders = 400) => writeHistory(warehouse, { orders, days: 20, end: '2026-03-01T00:00:00Z' })

  it('builds everything at first and touches nothing while nothing changes', async () => {
    await small()
    const first = await runCycle(warehouse, testEffects)
    const before = await martChecksums(warehouse)
    const second = await runCycle(warehouse, testEffects)
    expect([first.mode, second.mode]).toEqual(['full', 'idle'])
    expect(first.changedOrders).toBe(400)
    expect(await martChecksums(warehouse)).toEqual(before)
    expect(await warehouse.all('SELECT mode FROM pipeline_runs')).toEqual([{ mode: 'full' }])
  })

  it('works on an empty warehouse', async () => {
    const { mode, watermark } = await runCycle(warehouse, testEffects)
    expect([mode, watermark]).toEqual(['full', null])
    expect(await keyMetrics(warehouse)).toEqual([])
  })

  it('takes the changes it used off the list and leaves no temporary table', async () => {
    await small()
    await runCycle(warehouse, testEffects)
    await upsert(warehouse, 'orders', [order])
    const { mode, changedOrders } = await runCycle(warehouse, testEffects)
    expect([mode, changedOrders]).toEqual(['incremental', 1])
    expect(await warehouse.all('FROM pipeline_changes')).toEqual([])
    expect(await warehouse.all('SELECT table_name FROM duckdb_tables() WHERE temporary')).toEqual([])
  })

  it('writes hours that lie weeks apart as a full build does', async () => {
    await small()
    await runCycle(warehouse, testEffects)
    const placed = ['2026-02-10T08:20:00Z', '2026-02-28T21:40:00Z']
    await upsert(
      warehouse,
      'orders',
      placed.map((placed_at, i) => ({ ...order, placed_at, order_external_id: `far-${i}` })),
    )
    expect((await runCycle(warehouse, testEffects)).mode).toBe('incremental')
    const found = await martChecksums(warehouse)
    await runCycle(warehouse, testEffects, { mode: 'full' })
    expect(found).toEqual(await martChecksums(warehouse))
  })

  it('changes nothing at all when it fails', async () => {
    await small()
    await runCycle(warehouse, testEffects)
    const before = await martChecksums(warehouse)
    await upsert(warehouse, 'orders', [order])
    await warehouse.run('ALTER TABLE metric_leaves RENAME COLUMN region TO area')
    await expect(runCycle(warehouse, testEffects)).rejects.toMatchObject({ code: 'WAREHOUSE_QUERY' })
    await warehouse.run('ALTER TABLE metric_leaves RENAME COLUMN area TO region')
    expect(await martChecksums(warehouse)).toEqual(before)
    expect(await warehouse.all('SELECT key FROM pipeline_changes')).toEqual([{ key: 'Ä-1' }])
    expect((await runCycle(warehouse, testEffects)).mode).toBe('incremental')
  })

  it('builds everything when asked by a load, and when most orders changed', async () => {
    await small(100)
    await runCycle(warehouse, testEffects)
    await warehouse.run("INSERT INTO pipeline_changes VALUES ('all', 'bench', NULL)")
    expect((await runCycle(warehouse, testEffects)).mode).toBe('full')
    await warehouse.run(
      "INSERT INTO pipeline_changes SELECT 'order', provider, order_external_id FROM raw_file_orders",
    )
    expect((await runCycle(warehouse, testEffects)).mode).toBe('full')
  })

  it('gives orders the id that TypeScript computes', async () => {
    await upsert(warehouse, 'orders', [order, { ...order, order_external_id: "o'2", provider: 'other' }])
    await runCycle(warehouse, testEffects)
    const ids = await warehouse.all('SELECT order_id FROM orders ORDER BY external_id')
    const expected = [orderIdOf('main', 'other', "o'2"), orderIdOf('main', 'shop', 'Ä-1')]
    expect(ids.map((row) => row.order_id)).toEqual(expected)
  })

  it('counts a version up where late data changes a complete bucket, and only there', async () => {
    await small()
    await runCycle(warehouse, testEffects)
    expect(await warehouse.all('FROM metric_revisions')).toEqual([])
    const late = { ...order, placed_at: '2026-02-20T10:30:00Z' }
    await upsert(warehouse, 'orders', [late])
    await runCycle(warehouse, testEffects)
    await upsert(warehouse, 'orders', [{ ...late, total_cents: 5 }])
    await runCycle(warehouse, testEffects)
    await upsert(warehouse, 'orders', [late])
    await runCycle(warehouse, testEffects, { mode: 'full' })
    expect(
      await warehouse.all(
        `SELECT grain, bucket_start::VARCHAR AS bucket, version FROM metric_revisions ORDER BY ALL`,
      ),
    ).toEqual([
      { grain: 'day', bucket: '2026-02-20 00:00:00+00', version: 4 },
      { grain: 'hour', bucket: '2026-02-20 10:00:00+00', version: 4 },
    ])
  })

  it('reports what is wrong with the rows without stopping', async () => {
    await upsert(warehouse, 'orders', [
      { ...order, shipped_at: '2026-03-02T00:00:00Z', delivered_at: '2026-03-01T00:00:00Z' },
    ])
    await upsert(warehouse, 'order_lines', [
      {
        order_external_id: 'Ä-1',
        line_external_id: '1',
        sku: 's',
        quantity: 1,
        unit_price_cents: 1,
        node_external_id: 'N9',
      },
    ])
    const { checks } = await runCycle(warehouse, testEffects)
    const failed = checks.filter((check) => check.failures > 0)
    expect(failed.map((check) => `${check.model}: ${check.name}`)).toEqual([
      'order_lines: node_id is in nodes',
      'fulfillment_orders: node_id is in nodes',
      'orders: no delivery before its hand-over',
    ])
    expect(failed.every((check) => check.severity === 'warn')).toBe(true)
  })

  it('writes points for every metric of the catalogue and for no other', async () => {
    await small(1_000)
    await upsert(warehouse, 'inventory_movements', [
      {
        movement_external_id: 'm',
        sku: 'S1',
        node_external_id: 'N0',
        moved_at: '2026-02-28T00:00:00Z',
        kind: 'sale',
        delta: -1,
      },
      {
        movement_external_id: 'n',
        sku: 'S1',
        node_external_id: 'N0',
        moved_at: '2026-02-28T00:00:00Z',
        kind: 'receipt',
        delta: 5,
      },
      {
        movement_external_id: 'o',
        sku: 'S1',
        node_external_id: 'N0',
        moved_at: '2026-02-28T00:00:00Z',
        kind: 'adjustment',
        delta: 1,
      },
    ])
    await runCycle(warehouse, testEffects)
    const catalogue = await warehouse.all('SELECT metric FROM metric_catalogue ORDER BY metric')
    expect(await warehouse.all('SELECT DISTINCT metric FROM metric_points ORDER BY metric')).toEqual(
      catalogue,
    )
    expect(
      await warehouse.all(`SELECT DISTINCT metric FROM metric_leaves
        WHERE metric NOT IN (SELECT metric FROM metric_catalogue WHERE is_additive)`),
    ).toEqual([])
  })

  it('keeps points that agree with their leaves and with each other', async () => {
    await small(1_000)
    await runCycle(warehouse, testEffects)
    const keys = 'market, metric, dimension, dimension_value, grain, bucket_start'
    expect(await warehouse.all(`SELECT ${keys} FROM metric_points GROUP BY ALL HAVING count(*) > 1`)).toEqual(
      [],
    )
    const disagreeing = await warehouse.all(`
      WITH sums AS (
        SELECT metric, node AS dimension_value, bucket_start, sum(numerator) AS numerator,
          sum(denominator) AS denominator
        FROM metric_leaves GROUP BY ALL
      )
      SELECT points.metric, points.bucket_start FROM metric_points AS points
      LEFT JOIN sums USING (metric, dimension_value, bucket_start)
      INNER JOIN metric_catalogue USING (metric)
      WHERE dimension = 'node' AND grain = 'hour' AND metric IN (SELECT DISTINCT metric FROM metric_leaves)
        AND (abs(points.numerator - coalesce(sums.numerator, 0)) > 1e-6
          OR unit IN ('share', 'hours') AND points.denominator <> sums.denominator)`)
    expect(disagreeing).toEqual([])
    const undense = await warehouse.all(`
      SELECT metric, count(*) AS points, min(bucket_start) AS first, max(bucket_start) AS last FROM metric_points
      WHERE metric IN ('orders', 'backlog', 'returns') AND dimension = 'all' AND grain = 'hour'
      GROUP BY metric HAVING points <> (epoch_us(last) - epoch_us(first)) // 3600000000 + 1`)
    expect(undense).toEqual([])
  })

  it('tells the key metrics of the last seven days against the seven before', async () => {
    await small(1_000)
    await runCycle(warehouse, testEffects)
    const metrics = await keyMetrics(warehouse)
    const orders = metrics.find((metric) => metric.name === 'orders')
    expect(orders).toMatchObject({ unit: 'orders', value: 350, previous: 350, change: 0 })
    const share = metrics.find((metric) => metric.name === 'on_time_ship_share')
    expect(share?.value).toBeGreaterThan(0)
    expect(share?.value).toBeLessThanOrEqual(1)
  })
})
