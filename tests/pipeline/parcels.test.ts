// Parcels that are delivered cycle by cycle, some of them with plans that change later: they count in hours after their
// delivery and by their plan, which a cycle that looks only at what changed must not leave out.

import { afterAll, expect, it } from 'vitest'
import type { Warehouse } from '#data/warehouse'
import { martChecksums, runCycle } from '#pipeline'
import { emptyWarehouse, type RawRow, type RawTable, testEffects, upsert } from './raw.ts'

const start = Date.UTC(2026, 2, 1)
const at = (hours: number) => new Date(start + hours * 3_600_000).toISOString()
const parcels = 40
const open: Warehouse[] = []
afterAll(async () => {
  for (const warehouse of open) await warehouse.close()
})

/** Orders and parcels as they stand after some hours. */
function storyUntil(now: number): { entity: RawTable; rows: RawRow[] }[] {
  const numbers = Array.from({ length: parcels }, (_, i) => i).filter((i) => i * 3 <= now)
  // Some on the day promised, some days later, at every hour of the day.
  const arrivals = numbers.map((i) => i * 3 + 20 + ((i * 7) % 50))
  const by = (hours: number) => (hours <= now ? at(hours) : null)
  return [
    {
      entity: 'orders',
      rows: numbers.map((i) => ({
        order_external_id: `O${i}`,
        placed_at: at(i * 3),
        status: 'shipped',
        method: 'delivery',
        currency: 'USD',
        promised_at: at(i * 3 + 48),
        delivered_at: by(arrivals[i] as number),
      })),
    },
    {
      entity: 'fulfillment_orders',
      rows: numbers.map((i) => ({
        order_external_id: `O${i}`,
        fulfillment_order_external_id: 'W1',
        node_external_id: 'N1',
        status: 'shipped',
        released_at: at(i * 3 + 1),
        shipped_at: by(i * 3 + 5),
        // Some are told of anew when their days are long over.
        ship_by: at(i * 3 + (i % 4 === 0 && now > i * 3 + 75 ? 32 : 8)),
      })),
    },
    {
      entity: 'shipments',
      rows: numbers
        .filter((i) => i * 3 + 5 <= now)
        .map((i) => ({
          order_external_id: `O${i}`,
          shipment_external_id: 'P1',
          node_external_id: 'N1',
          carrier: 'fast',
          shipped_at: at(i * 3 + 5),
          delivered_at: by(arrivals[i] as number),
        })),
    },
  ]
}

it('as hours pass, the marts are those of a full build', async () => {
  const [kept, rebuilt] = [await emptyWarehouse(), await emptyWarehouse()]
  open.push(kept, rebuilt)
  const told = new Set<string>()
  let incremental = 0
  for (let now = 48; now <= 144; now += 6) {
    for (const { entity, rows } of storyUntil(now)) {
      const news = rows.filter((row) => !told.has(JSON.stringify(row)))
      for (const row of news) told.add(JSON.stringify(row))
      for (const warehouse of open) await warehouse.transaction((queries) => upsert(queries, entity, news))
    }
    const { mode } = await runCycle(kept, testEffects)
    if (mode === 'incremental') incremental++
    if (now % 48 !== 0) continue
    await runCycle(rebuilt, testEffects, { mode: 'full' })
    expect(await martChecksums(kept), `after ${now} hours`).toEqual(await martChecksums(rebuilt))
  }
  expect(incremental).toBeGreaterThan(5)
})
