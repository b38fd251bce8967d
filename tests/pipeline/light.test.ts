// What a light cycle leaves undone is done by the next whole one, in whatever process that runs.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { migrate, openWarehouse } from '#data/warehouse'
import { martChecksums, runCycle } from '#pipeline'
import { emptyWarehouse, testEffects, upsert } from './raw.ts'

const at = (hours: number) => new Date(Date.UTC(2026, 2, 1) + hours * 3_600_000).toISOString()
const order = (number: number, more: Record<string, string>) => ({
  order_external_id: `O${number}`,
  placed_at: at(number),
  method: 'delivery',
  currency: 'USD',
  status: 'released',
  ...more,
})

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detour-light-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('builds everything where the notes of light cycles are lost with their process', async () => {
  const limits = { memoryMb: 512, threads: 1 }
  const first = await openWarehouse(join(folder, 'warehouse'), limits)
  await migrate(first)
  const orders = Array.from({ length: 40 }, (_, i) => order(i, {}))
  await first.transaction((queries) => upsert(queries, 'orders', orders))
  await runCycle(first, testEffects)
  const cancelled = order(1, { status: 'cancelled', cancelled_at: at(20) })
  await first.transaction((queries) => upsert(queries, 'orders', [cancelled]))
  const { changedOrders, models } = await runCycle(first, testEffects, { isLight: true })
  expect(changedOrders).toBe(1)
  expect(models.map(({ name }) => name)).not.toContain('metric_points')
  await first.close()
  const second = await openWarehouse(join(folder, 'warehouse'), limits)
  expect((await runCycle(second, testEffects, { isLight: true })).mode).toBe('full')
  expect((await runCycle(second, testEffects)).mode).toBe('idle')
  await second.close()
})

it('is followed by a whole one where no order changed, only stock', async () => {
  const [kept, rebuilt] = [await emptyWarehouse(), await emptyWarehouse()]
  const count = {
    ...{ provider: 'shop', node_id: 'shop:N1', sku: 'A', inbound: 0 },
    ...{ on_hand: 3, allocated: null, safety_stock: null, counted_at: at(60) },
  }
  for (const warehouse of [kept, rebuilt]) {
    await warehouse.transaction((queries) => upsert(queries, 'orders', [order(1, {})]))
    await runCycle(warehouse, testEffects)
    await warehouse.transaction((queries) => upsert(queries, 'log_inventory', [count]))
  }
  expect((await runCycle(kept, testEffects, { isLight: true })).mode).toBe('incremental')
  await runCycle(kept, testEffects)
  await runCycle(rebuilt, testEffects, { mode: 'full' })
  expect(await martChecksums(kept)).toEqual(await martChecksums(rebuilt))
  for (const warehouse of [kept, rebuilt]) await warehouse.close()
})
