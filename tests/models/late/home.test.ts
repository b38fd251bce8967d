// Late-risk models of a home: taught from the warehouse in a thread, kept by the registry, asked again after a restart;
// with damaged files, a dead thread or no history there is a clear answer, and the last good version stays in use.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig, realEffects } from '#data/kernel'
import { jsonText, migrate, openWarehouse, type Warehouse } from '#data/warehouse'
import { type LateModels, lateRef, openLate } from '#models'
import type { Passage } from '../../../models/late/passage.ts'
import { readPassages, unpack } from '../../../models/late/read.ts'
import { Registry } from '../../../models/registry/index.ts'
import { madeWorks, start } from './made-works.ts'

const dayMs = 86_400_000
const market = 'main'
const effects = realEffects(readConfig({ DETOUR_LOG_LEVEL: 'silent' }))
const works = madeWorks({ days: 14, perDay: 40 })
const now = start + 12 * dayMs

let warehouse: Warehouse
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detour-late-'))
  warehouse = await openWarehouse(':memory:', { memoryMb: 500, threads: 2 })
  await migrate(warehouse)
  await fill(warehouse, works)
}, 60_000)
afterAll(async () => {
  await warehouse.close()
  await rm(folder, { recursive: true, force: true })
})

/** An order's id in the shape of the tables. */
const uuidOf = (orderId: string) => `00000000-0000-4000-8000-${orderId.slice(1).padStart(12, '0')}`

async function fill(queries: Warehouse, some: readonly Passage[]): Promise<void> {
  const rows = some.map((work) => ({ ...work, orderId: uuidOf(work.orderId) }))
  const shape = `[{"orderId":"VARCHAR","node":"VARCHAR","carrier":"VARCHAR","origin":"VARCHAR","region":"VARCHAR",
    "skuClass":"VARCHAR","releasedAt":"BIGINT","shippedAt":"BIGINT","deliveredAt":"BIGINT","promisedAt":"BIGINT",
    "lines":"BIGINT","units":"BIGINT","value":"BIGINT"}]`
  await queries.run(`CREATE TEMP TABLE made AS SELECT unnest(from_json($1::JSON, $2), recursive := true)`, [
    jsonText(rows),
    shape,
  ])
  const at = (name: string) => `make_timestamptz("${name}" * 1000)`
  await queries.run(`INSERT INTO fulfillment_orders BY NAME
    SELECT "orderId" AS order_id, 'w1' AS fulfillment_order_id, '${market}' AS market, 'made' AS provider,
      node AS node_id, 'delivered' AS status, 1 AS attempt, false AS is_derived, carrier,
      origin || '>' || region AS lane, 'web' AS channel, region, 'delivery' AS method, "skuClass" AS sku_class,
      ${at('releasedAt')} AS placed_at, ${at('releasedAt')} AS released_at, ${at('shippedAt')} AS shipped_at,
      ${at('shippedAt')} AS closed_at, ${at('promisedAt')} AS promised_at, ${at('deliveredAt')} AS delivered_at,
      lines AS line_count, lines AS filled_line_count, units AS quantity, 0 AS short_quantity,
      0 AS processing_cost_cents, 0 AS freight_cost_cents FROM made`)
  await queries.run(`INSERT INTO orders BY NAME
    SELECT "orderId" AS order_id, '${market}' AS market, 'made' AS provider, "orderId" AS external_id,
      'web' AS channel, 'delivered' AS status, 'delivery' AS method, 'USD' AS currency, region,
      ${at('releasedAt')} AS placed_at, ${at('promisedAt')} AS promised_at, false AS is_open,
      lines AS line_count, units AS unit_count, value * 100 AS total_cents, 500 AS freight_cents,
      0 AS tax_cents, 0 AS discount_cents, 1 AS node_count, carrier, origin || '>' || region AS lane,
      "skuClass" AS sku_class, true AS is_in_full, false AS is_returned, []::VARCHAR[] AS flags FROM made`)
}

async function withModels<T>(
  name: string,
  use: (late: LateModels, registry: Registry, threads: Worker[]) => Promise<T>,
): Promise<T> {
  const threads: Worker[] = []
  const registry = await Registry.open(effects, join(folder, name))
  const late = openLate(effects, { registry, onThread: (thread) => threads.push(thread) })
  try {
    return await use(late, registry, threads)
  } finally {
    await late.close()
  }
}

test('work is read as it was known, nothing of what came later', async () => {
  const read = unpack(await readPassages(warehouse, market, now))
  expect(read.length).toBe(works.filter(({ releasedAt }) => releasedAt <= now).length)
  for (const { releasedAt, shippedAt, deliveredAt } of read)
    expect(Math.max(releasedAt, shippedAt ?? 0, deliveredAt ?? 0)).toBeLessThanOrEqual(now)
  const [first] = read
  const { workId: _, distanceKm: __, value, freight, orderId, ...same } = works[0] as Passage
  expect(first).toMatchObject({ ...same, orderId: uuidOf(orderId), value: (value ?? 0) * 100 })
  expect(unpack(await readPassages(warehouse, 'nowhere', now))).toEqual([])
})

describe('the models of a home', () => {
  test('say that there is too little to learn from, and nothing of a market without a model', async () => {
    await withModels('empty', async (late, registry) => {
      expect(await late.teach(warehouse, { market: 'nowhere', now })).toEqual({
        kind: 'few',
        ends: 0,
        wanted: 200,
      })
      expect(await late.look(warehouse, { market: 'nowhere', now })).toBeNull()
      expect(registry.versions(lateRef('nowhere'))).toEqual([])
    })
  })

  test('learn, say the same after a restart, and pass over damaged files', async () => {
    const told = await withModels('kept', async (late) => {
      const done = await late.teach(warehouse, { market, now })
      expect(done).toMatchObject({ kind: 'offered', card: { verdict: { isPromoted: true, code: 'first' } } })
      return late.look(warehouse, { market, now })
    })
    expect(told?.risks.length).toBeGreaterThan(10)
    await withModels('kept', async (late, registry) => {
      expect(await late.look(warehouse, { market, now })).toEqual(told)
      const again = await late.teach(warehouse, { market, now })
      expect(again).toMatchObject({ kind: 'offered', card: { verdict: { code: 'nothing_new' } } })
      const version = again.kind === 'offered' ? again.card.version : ''
      await registry.promote(lateRef(market), version, 'a test')
      await damage(join(folder, 'kept'), version)
    })
    await withModels('kept', async (late) => {
      const after = await late.look(warehouse, { market, now })
      expect(after?.version).toBe(told?.version)
      expect(after).toEqual(told)
    })
  })

  test('keep what is in use when the thread dies or a training is canceled', async () => {
    await withModels('kept', async (late, _, threads) => {
      const before = (await late.look(warehouse, { market, now }))?.version
      const stop = new AbortController()
      const canceled = late.teach(warehouse, {
        market,
        now: now - dayMs,
        signal: stop.signal,
        onProgress: () => stop.abort(),
      })
      await expect(canceled).rejects.toMatchObject({ code: 'MODELS_CANCELED' })
      const died = late.teach(warehouse, {
        market,
        now: now - dayMs,
        onProgress: () => void threads[0]?.terminate(),
      })
      await expect(died).rejects.toMatchObject({ code: 'MODELS_WORKER_DIED' })
      expect(late.current(market)?.version).toBe(before)
      expect((await late.look(warehouse, { market, now }))?.version).toBe(before)
    })
  })
})

describe('drift of lateness', () => {
  const look = () =>
    withModels('kept', async (late) => {
      expect(late.drifts(market)).toEqual([])
      await late.look(warehouse, { market, now })
      return late.drifts(market)
    })

  test('is told of the work and of the chances that are told of it, in words that people know', async () => {
    const same = await look()
    expect(same.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['window_hours', 'value', 'node', 'carrier', 'region', 'score']),
    )
    expect(
      same.filter(({ name, hasMoved }) => hasMoved && ['value', 'node', 'carrier'].includes(name)),
    ).toEqual([])
    const moved = await warehouse.run('UPDATE orders SET total_cents = total_cents * 40')
    expect(moved).toBeGreaterThan(0)
    const found = (await look()).filter(({ hasMoved }) => hasMoved)
    expect(found.map(({ name }) => name)).toContain('value')
    expect(found.find(({ name }) => name === 'value')?.text).toMatch(/^Value of the order has moved/)
  })
})

/** Cuts off the nets of a version. */
async function damage(root: string, version: string): Promise<void> {
  const names = await readdir(root, { recursive: true })
  const nets = names.filter((name) => name.includes(version) && name.endsWith('.bin'))
  expect(nets.length).toBeGreaterThan(0)
  for (const name of nets) {
    const path = join(root, name)
    await writeFile(path, (await readFile(path)).subarray(0, 100))
  }
}
