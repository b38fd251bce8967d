// Metrics over the API: kinds, series with the period before, slices that add up, and the schema for SQL.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Check } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { api } from '#data/contracts'
import type { Warehouse } from '#data/warehouse'
import { metricCatalogue, metricSeries, metricSlices, sqlSchema } from '#orchestrator/views'
import { runCycle } from '#pipeline'
import { writeHistory } from '../../orchestrator/bench/history.ts'
import { kindOf } from '../../orchestrator/views/kinds.ts'
import { emptyWarehouse, testEffects } from '../pipeline/raw.ts'
import { hour, liveNode, type ReadableEngine, standIn, stateOf } from './views-engine.ts'

let folder: string
let warehouse: Warehouse
let engine: ReadableEngine

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detour-views-'))
  warehouse = await emptyWarehouse()
  await writeHistory(warehouse, { orders: 2_000, days: 30, end: '2026-03-01T00:00:00Z' })
  await runCycle(warehouse, testEffects)
  const state = stateOf({ nodes: [liveNode('bench:N3', 'Reno')] })
  engine = await standIn({ warehouse, folder, now: hour(0), state })
}, 60_000)
afterAll(async () => {
  await engine.close()
  await warehouse.close()
  await rm(folder, { recursive: true, force: true })
})

describe('metrics', () => {
  it('have a kind: sums stand over 1 in every point, ratios do not, the rest does not add up', async () => {
    const rows = await warehouse.all<{ metric: string; ones: boolean }>(
      `SELECT metric, bool_and(denominator = 1) AS ones FROM metric_points
       WHERE grain = 'day' AND dimension = 'all' GROUP BY metric`,
    )
    const ones = new Map(rows.map((row) => [row.metric, row.ones]))
    const catalogue = await metricCatalogue(engine)
    expect(catalogue.length).toBeGreaterThan(40)
    for (const info of catalogue) {
      const kind = kindOf(info)
      if (ones.get(info.metric) === undefined) continue
      expect(ones.get(info.metric), info.metric).toBe(kind !== 'ratio')
      expect(info.isAdditive, info.metric).toBe(kind === 'sum' || kind === 'ratio')
    }
  })

  it('give series with the period before, by hour and by day', async () => {
    const period = { from: '2026-02-26T00:00:00Z', to: '2026-02-28T00:00:00Z' }
    const hours = await metricSeries(engine, { metric: 'orders', ...period })
    expect(hours?.points).toHaveLength(48)
    const { orders, before } = await warehouse.one<{ orders: number; before: number }>(
      `SELECT count(*) FILTER (placed_at >= '2026-02-26' AND placed_at < '2026-02-28') AS orders,
         count(*) FILTER (placed_at >= '2026-02-24' AND placed_at < '2026-02-26') AS before FROM orders`,
    )
    const sum = (pick: (point: api.SeriesPoint) => number | null) =>
      hours?.points.reduce((total, point) => total + (pick(point) ?? 0), 0)
    expect([sum((point) => point.value), sum((point) => point.previous)]).toEqual([orders, before])
    const days = await metricSeries(engine, { metric: 'orders', grain: 'day', ...period })
    expect(days?.points).toHaveLength(2)
    const ofNode = await metricSeries(engine, { metric: 'backlog', dimension: 'node', value: 'bench:N3' })
    expect(ofNode?.points).toHaveLength(168)
    expect(ofNode?.points.every((point) => point.value !== null)).toBe(true)
    expect(Check(api.metricSeries, ofNode)).toBe(true)
    expect((await metricSeries(engine, { metric: 'orders', from: '2016-01-01T00:00:00Z' }))?.grain).toBe(
      'day',
    )
  })

  it('give slices that add up to the whole, and say no to what there is not', async () => {
    const period = { from: '2026-02-20T00:00:00Z', to: '2026-02-27T00:00:00Z' }
    const slices = await metricSlices(engine, { metric: 'orders', dimension: 'channel', ...period })
    const { orders } = await warehouse.one<{ orders: number }>(
      `SELECT count(*) AS orders FROM orders WHERE placed_at >= '2026-02-20' AND placed_at < '2026-02-27'`,
    )
    expect(slices?.reduce((sum, slice) => sum + (slice.value ?? 0), 0)).toBe(orders)
    const waiting = await metricSlices(engine, { metric: 'backlog', dimension: 'node', ...period })
    const { open } = await warehouse.one<{ open: number }>(
      `SELECT count(*) AS open FROM fulfillment_orders WHERE released_at < '2026-02-27'
       AND (closed_at IS NULL OR closed_at >= '2026-02-27')`,
    )
    expect(waiting?.reduce((sum, slice) => sum + (slice.value ?? 0), 0)).toBe(open)
    expect(waiting?.some((slice) => slice.title === 'Reno')).toBe(true)
    expect(await metricSlices(engine, { metric: 'nothing', dimension: 'node' })).toBeNull()
    expect(await metricSeries(engine, { metric: 'orders', dimension: "node' --" })).toBeNull()
    expect(
      (await metricSeries(engine, { metric: 'backlog', dimension: 'node', value: 'no' }))?.points,
    ).toEqual([])
    await expect(metricSeries(engine, { metric: 'orders', from: 'x' })).rejects.toMatchObject({
      code: 'HTTP_QUERY_INVALID',
    })
    const backwards = { from: '2026-02-27T00:00:00Z', to: '2026-02-20T00:00:00Z' }
    await expect(
      metricSlices(engine, { metric: 'orders', dimension: 'node', ...backwards }),
    ).rejects.toMatchObject({
      code: 'HTTP_QUERY_INVALID',
    })
  })
})

describe('the schema for SQL', () => {
  it('names the tables that are there, column by column', async () => {
    const schema = sqlSchema()
    const rows = await warehouse.all<{ name: string; columns: string[] }>(
      `SELECT table_name AS name, list(column_name ORDER BY column_index) AS columns FROM duckdb_columns()
       WHERE NOT internal GROUP BY table_name`,
    )
    const found = new Map(rows.map((row) => [row.name, row.columns]))
    for (const table of schema) {
      expect(found.get(table.name), table.name).toEqual(table.columns.map((column) => column.name))
    }
    expect(schema.find((table) => table.name === 'orders')?.grain).toBe('one row per order')
  })
})
