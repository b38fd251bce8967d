// The overview of real orders of 2016 to 2018, loaded from their tables.

import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Check } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { api } from '#data/contracts'
import { ingest } from '#ingest'
import { listOrders, metricSlices, overview } from '#orchestrator/views'
import { runCycle } from '#pipeline'
import { openTestHome, type TestHome } from '../ingest/home.ts'
import { type ReadableEngine, standIn } from './views-engine.ts'

const data = process.env.DETOUR_TEST_DATA ?? ''
const hasData = data !== '' && existsSync(join(data, 'olist'))
if (!hasData) console.warn('DETOUR_TEST_DATA is not set: the views over real orders are skipped')

describe.skipIf(!hasData)('views of a loaded history', () => {
  let home: TestHome
  let folder: string
  let engine: ReadableEngine
  beforeAll(async () => {
    home = await openTestHome()
    folder = await mkdtemp(join(tmpdir(), 'detour-views-'))
    await ingest({ provider: 'olist', paths: [join(data, 'olist')] }, home)
    await runCycle(home.warehouse, home.effects)
    const { now } = await home.warehouse.one<{ now: number }>(
      'SELECT epoch_ms(watermark) AS now FROM market_clock',
    )
    engine = await standIn({ warehouse: home.warehouse, folder, now })
  }, 120_000)
  afterAll(async () => {
    await engine.close()
    await home.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('say how many deliveries were late: 343 of 5,170', async () => {
    const answer = await overview(engine, { range: 'all' })
    const late = answer.tiles.find((tile) => tile.metric.metric === 'late_share')
    expect(late?.value).toBeCloseTo(343 / 5170, 12)
    expect(answer.tiles.find((tile) => tile.metric.metric === 'orders')?.value).toBe(8135)
    expect(answer.tiles.find((tile) => tile.metric.metric === 'revenue')).toMatchObject({
      value: 109_326_435,
      currency: 'BRL',
    })
    expect(answer.range).toMatchObject({ from: '2016-09-05T00:00:00.000Z', to: '2018-10-17T20:30:18.000Z' })
    expect(answer.verdict.parts.map((part) => part.text).join('')).toMatch(
      /^No constraint is open: 8,135 orders came in, .* from 5 Sept 2016 to 17 Oct 2018\./,
    )
  })

  it('choose the range that has orders, and hold in every range', async () => {
    const answer = await overview(engine)
    expect(answer.range.name).toBe('90d')
    for (const range of ['24h', '7d', '28d', '90d', 'all'] as const) {
      const other = await overview(engine, { range })
      expect(Check(api.overview, other), range).toBe(true)
      const numbers = JSON.stringify(other)
      expect(numbers).not.toMatch(/NaN|Infinity/)
    }
    const { orders } = await home.warehouse.one<{ orders: number }>(
      `SELECT count(*) AS orders FROM orders WHERE placed_at >= '2018-07-20' AND placed_at < '2018-10-18'`,
    )
    expect(answer.tiles[0]).toMatchObject({ metric: { metric: 'orders' }, value: orders })
    expect(answer.tiles).toHaveLength(6)
    expect(answer.tiles.every((tile) => tile.value !== null)).toBe(true)
  })

  it('list and slice them', async () => {
    expect(await listOrders(engine, { late: true, limit: 1 })).toMatchObject({ total: 343 })
    expect(await listOrders(engine, { q: 'sao paulo', limit: 1 })).toMatchObject({
      items: [{ city: 'sao paulo' }],
    })
    const slices = await metricSlices(engine, {
      metric: 'delivered_orders',
      dimension: 'region',
      from: '2016-01-01T00:00:00Z',
    })
    expect(slices?.reduce((sum, slice) => sum + (slice.value ?? 0), 0)).toBe(5170)
  })
})
