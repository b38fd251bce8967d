// Proves the causes of a constraint in a market: the conjunction that holds an excess is named from the leaves of its
// hours, for sums and for ratios, and nothing is named where all slices rise alike.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seededRandom } from '#data/kernel'
import { migrate, openWarehouse, type Warehouse } from '#data/warehouse'
import { causesOf } from '../../../models/series/causes.ts'
import { watchedMetric } from '../../../models/series/watched.ts'

const hourMs = 3_600_000
const end = Date.UTC(2026, 8, 30, 18)
const hours = 6
const nodes = ['reno', 'dallas', 'albany']
const methods = ['standard', '2-day', 'pickup']
const regions = ['west', 'south', 'east', 'north']

/** How much of a metric a slice has in an hour of this week and of the weeks before. */
type Level = (node: string, method: string, week: number) => number

async function warehouseOf(orders: Level, lateShare: Level, hoursWritten = hours): Promise<Warehouse> {
  const warehouse = await openWarehouse(':memory:', { memoryMb: 512, threads: 1 })
  await migrate(warehouse)
  await warehouse.run(`CREATE OR REPLACE TABLE metric_leaves (market VARCHAR, metric VARCHAR, bucket_start TIMESTAMPTZ,
    provider VARCHAR, node VARCHAR, carrier VARCHAR, lane VARCHAR, sku_class VARCHAR, channel VARCHAR, region VARCHAR,
    method VARCHAR, numerator DOUBLE, denominator DOUBLE)`)
  const random = seededRandom('leaves')
  const rows: string[] = []
  for (let week = 0; week < 5; week++) {
    for (let hour = 0; hour < hoursWritten; hour++) {
      const at = (end - week * 168 * hourMs - hour * hourMs) / 1000
      for (const node of nodes) {
        for (const method of methods) {
          for (const region of regions) {
            const count = random.poisson(orders(node, method, week))
            if (count === 0) continue
            const carrier = method === 'pickup' ? 'unknown' : random.pick(['ups', 'dhl'])
            const place = `'p', '${node}', '${carrier}', '${node}-${region}'`
            const leaf = `to_timestamp(${at}), ${place}, 'a', 'web', '${region}', '${method}'`
            const late = Math.min(count, random.poisson(count * lateShare(node, method, week)))
            rows.push(
              `('main', 'cancellations', ${leaf}, ${count}, 1)`,
              `('main', 'late_share', ${leaf}, ${late}, ${count})`,
            )
          }
        }
      }
    }
  }
  await warehouse.run(`INSERT INTO metric_leaves VALUES ${rows.join(', ')}`)
  return warehouse
}

/** The same of a metric that is watched by the day, over the hours of the whole day. */
const askOfDay = (warehouse: Warehouse, metric: string, dimension: string, dimensionValue: string) => {
  const watched = watchedMetric(metric, 24 * hourMs)
  if (watched === undefined) throw new Error(metric)
  const from = Math.floor(end / (24 * hourMs)) * 24 * hourMs
  return causesOf(warehouse, {
    market: 'main',
    watched,
    dimension,
    dimensionValue,
    from,
    to: from + 23 * hourMs,
  })
}
const ask = (warehouse: Warehouse, metric: string, dimension = 'all', dimensionValue = '') => {
  const watched = watchedMetric(metric, hourMs)
  if (watched === undefined) throw new Error(metric)
  const from = end - (hours - 1) * hourMs
  return causesOf(warehouse, { market: 'main', watched, dimension, dimensionValue, from, to: end })
}

describe('causes in a market', () => {
  const isStruck = (node: string, method: string, week: number) =>
    week === 0 && node === 'reno' && method === '2-day'
  let warehouse: Warehouse
  let calm: Warehouse
  beforeAll(async () => {
    warehouse = await warehouseOf(
      (node, method, week) => (isStruck(node, method, week) ? 8 : 2),
      (node, method, week) => (isStruck(node, method, week) ? 0.6 : 0.08),
    )
    calm = await warehouseOf(
      (_, __, week) => (week === 0 ? 4 : 2),
      () => 0.08,
    )
  })
  afterAll(async () => {
    await warehouse.close()
    await calm.close()
  })

  test('are the conjunction that holds the excess of a sum, with its share', async () => {
    const causes = await ask(warehouse, 'cancellations')
    expect(causes).toHaveLength(1)
    expect(causes[0]).toMatchObject({
      dimension: 'node x method',
      value: 'reno x 2-day',
      slice: [
        { dimension: 'node', value: 'reno' },
        { dimension: 'method', value: '2-day' },
      ],
    })
    expect(causes[0]?.share).toBeGreaterThan(0.75)
    expect(causes[0]?.share).toBeLessThanOrEqual(1)
  })

  test('are the conjunction that holds the excess of a ratio, by what it is among', async () => {
    const causes = await ask(warehouse, 'late_share')
    expect(causes).toMatchObject([{ dimension: 'node x method', value: 'reno x 2-day' }])
  })

  test('leave out the dimension of the constraint itself', async () => {
    const causes = await ask(warehouse, 'late_share', 'node', 'reno')
    expect(causes).toMatchObject([{ dimension: 'method', value: '2-day' }])
  })

  test('of a day are looked for in all of its hours', async () => {
    const day = await warehouseOf(
      (node, method, week) => (isStruck(node, method, week) ? 8 : 2),
      (node, method, week) => (isStruck(node, method, week) ? 0.6 : 0.08),
      18,
    )
    try {
      const struck = [{ dimension: 'node x method', value: 'reno x 2-day' }]
      expect(await askOfDay(day, 'cancellations', 'sku_class', 'a')).toMatchObject(struck)
      for (const carrier of ['ups', 'dhl']) {
        expect(await askOfDay(day, 'late_share', 'carrier', carrier), carrier).toMatchObject(struck)
      }
      expect(await askOfDay(calm, 'late_share', 'carrier', 'ups')).toEqual([])
    } finally {
      await day.close()
    }
  })

  test('are none where all slices rise alike, or nothing happened', async () => {
    expect(await ask(calm, 'cancellations')).toEqual([])
    expect(await ask(calm, 'late_share')).toEqual([])
    expect(await ask(calm, 'late_share', 'node', 'nowhere')).toEqual([])
  })
})
