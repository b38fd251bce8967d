// The order list: each order once under every sort, filters that compose, the core laid over the tables, and search
// that takes any text.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { orderIdOf } from '#data/contracts'
import type { Warehouse } from '#data/warehouse'
import { getOrder, listOrders, type OrderQuery } from '#orchestrator/views'
import { runCycle } from '#pipeline'
import { writeHistory } from '../../orchestrator/bench/history.ts'
import { emptyWarehouse, testEffects, upsert } from '../pipeline/raw.ts'
import { hour, type ReadableEngine, standIn } from './views-engine.ts'

const count = 700
const odd = {
  order_external_id: `<b>"O'Hara"</b> 100%`,
  placed_at: '2026-02-28T20:00:00Z',
  status: 'released',
  method: 'delivery',
  currency: 'USD',
  customer_ref: `o'neil; drop table orders; --`,
  ship_to_city: 'São Paulo',
  ship_to_region: 'SP',
}

let warehouse: Warehouse
let folder: string
let engine: ReadableEngine

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detour-views-'))
  warehouse = await emptyWarehouse()
  await writeHistory(warehouse, { orders: count, days: 20, end: '2026-03-01T00:00:00Z' })
  await upsert(warehouse, 'orders', [odd])
  await runCycle(warehouse, testEffects)
  engine = await standIn({ warehouse, folder, now: hour(1) })
}, 60_000)
afterAll(async () => {
  await engine.close()
  await warehouse.close()
  await rm(folder, { recursive: true, force: true })
})

/** Every page of a list, joined. */
async function walk(query: OrderQuery) {
  const items = []
  let cursor: string | undefined
  for (let pages = 0; pages < 1000; pages++) {
    const page = await listOrders(engine, { ...query, cursor })
    items.push(...page.items)
    if (page.nextCursor === null) return items
    cursor = page.nextCursor
  }
  throw new Error('the list does not end')
}

const idsWhere = async (sql: string) => {
  const rows = await warehouse.all<{ id: string }>(`SELECT order_id::VARCHAR AS id FROM orders WHERE ${sql}`)
  return rows.map((row) => row.id).sort()
}
const idsOf = (items: readonly { orderId: string }[]) => items.map((item) => item.orderId).sort()

describe('the order list over history', () => {
  it('shows each order exactly once, in order, under every sort and page length', async () => {
    const all = await idsWhere('true')
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('placedAt' as const, 'promisedAt' as const, 'totalCents' as const),
        fc.constantFrom('asc' as const, 'desc' as const),
        fc.integer({ min: 60, max: 200 }),
        fc.constantFrom(undefined, 'o'),
        async (sort, direction, limit, q) => {
          const items = await walk({ sort, direction, limit, q })
          expect(idsOf(items)).toEqual(all)
          const keys = items.map((item) => item[sort]).filter((key) => key !== null)
          const sorted = [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
          expect(keys).toEqual(direction === 'asc' ? sorted : sorted.reverse())
          const firstWithout = items.findIndex((item) => item[sort] === null)
          expect(firstWithout === -1 || firstWithout === items.length - 1).toBe(true)
        },
      ),
      { numRuns: 12 },
    )
  })

  it('goes by the risk of being late, what nobody speaks of last, page by page and with a search', async () => {
    const all = await warehouse.all<{ id: string; isOver: boolean }>(
      `SELECT order_id::VARCHAR AS id, delivered_at IS NOT NULL OR status = 'cancelled' AS "isOver" FROM orders
       ORDER BY "isOver", order_id`,
    )
    const risks = new Map(
      all.slice(0, 400).map(({ id }, i) => [id, new Map([['w1', ((i * 37) % 90) / 100]])]),
    )
    const rows = [...risks].map(
      ([id, works]) => `('${id}', 'w1', 'main', ${works.get('w1')}, 'waiting', 'm', now())`,
    )
    await warehouse.run(`INSERT INTO order_risks VALUES ${rows.join(', ')}`)
    const over = new Set(all.filter(({ isOver }) => isOver).map(({ id }) => id))
    const before = engine.worlds.history
    const sorted = async (direction: 'asc' | 'desc', q?: string) => {
      const items = await walk({ sort: 'lateRisk', direction, limit: 60, q })
      expect(idsOf(items)).toEqual(all.map(({ id }) => id).sort())
      return items.map(({ lateRisk }) => lateRisk)
    }
    expect((await sorted('desc')).every((risk) => risk === null)).toBe(true)
    engine.worlds.history = {
      ...before,
      outlook: { version: 'v', madeAt: hour(0), processing: new Map(), transit: new Map(), risks },
    }
    try {
      const told = [...risks].flatMap(([id, works]) => (over.has(id) ? [] : [...works.values()]))
      expect(told.length).toBeGreaterThan(0)
      const rest = Array.from({ length: all.length - told.length }, () => null)
      const rising = told.toSorted((a, b) => a - b)
      expect(await sorted('asc')).toEqual([...rising, ...rest])
      expect(await sorted('desc', 'o')).toEqual([...rising.toReversed(), ...rest])
    } finally {
      engine.worlds.history = before
      await warehouse.run('DELETE FROM order_risks')
    }
  })

  it('counts matches exactly and says when there are no more', async () => {
    const page = await listOrders(engine, { limit: 3 })
    expect(page).toMatchObject({ total: count + 1 })
    expect(page.items).toHaveLength(3)
    expect(await listOrders(engine, { q: 'nothing has this' })).toEqual({
      items: [],
      nextCursor: null,
      total: 0,
    })
  })

  it('combines filters so that all of them hold', async () => {
    const filters: Record<string, { query: OrderQuery; sql: string }> = {
      status: {
        query: { status: ['delivered', 'cancelled'] },
        sql: `status IN ('delivered', 'cancelled')`,
      },
      channel: { query: { channel: 'web' }, sql: `channel = 'web'` },
      node: { query: { node: 'bench:N3' }, sql: `node_id = 'bench:N3'` },
      method: { query: { method: 'delivery' }, sql: `method = 'delivery'` },
      late: { query: { late: true }, sql: 'is_late' },
      onTime: { query: { late: false }, sql: 'is_late IS NOT TRUE' },
      open: { query: { open: true }, sql: 'is_open' },
      region: { query: { region: 'R5' }, sql: `region = 'R5'` },
      provider: { query: { provider: 'bench' }, sql: `provider = 'bench'` },
      time: {
        query: { from: '2026-02-15T00:00:00Z', to: '2026-02-20T00:00:00Z' },
        sql: `placed_at >= '2026-02-15' AND placed_at < '2026-02-20'`,
      },
      sku: {
        query: { q: 'S1001' },
        sql: `order_id IN (SELECT order_id FROM order_lines WHERE sku LIKE '%S1001%')`,
      },
      moved: { query: { moved: false }, sql: 'true' },
    }
    const names = Object.keys(filters)
    await fc.assert(
      fc.asyncProperty(fc.subarray(names, { minLength: 1, maxLength: 4 }), async (chosen) => {
        const parts = chosen.map((name) => filters[name])
        const query = Object.assign({}, ...parts.map((part) => part?.query)) as OrderQuery
        const isDouble = chosen.includes('late') && chosen.includes('onTime')
        const sqls = parts.filter((part) => !(isDouble && part?.sql === 'is_late')).map((part) => part?.sql)
        expect(idsOf(await walk({ ...query, limit: 200 }))).toEqual(await idsWhere(sqls.join(' AND ')))
      }),
      { numRuns: 25 },
    )
  })

  it('finds orders by external id, order id, customer, city and tracking number, whatever the case', async () => {
    const id = orderIdOf('main', 'shop', odd.order_external_id)
    for (const q of [
      `<B>"o'hara`,
      '100%',
      "O'NEIL; DROP TABLE",
      'são paulo',
      id,
      id.slice(0, 12).toUpperCase(),
    ]) {
      expect(idsOf((await listOrders(engine, { q })).items), q).toEqual([id])
    }
    expect((await listOrders(engine, { q: '%' })).items).toHaveLength(1)
    expect((await listOrders(engine, { q: '_' })).total).toBe(0)
    expect((await listOrders(engine, { q: '   ' })).total).toBe(count + 1)
    expect((await listOrders(engine, { q: '\0' })).total).toBe(count + 1)
  })

  it('refuses cursors that it did not hand out, and those of another sort', async () => {
    const { nextCursor } = await listOrders(engine, { limit: 5 })
    const forged = Buffer.from('["placedAt.desc","x","y"]').toString('base64url')
    const other = { sort: 'totalCents' as const, cursor: nextCursor ?? '' }
    const bad: OrderQuery[] = [{ cursor: 'x' }, { cursor: "';--" }, { cursor: forged }, other]
    for (const query of bad) {
      await expect(listOrders(engine, query)).rejects.toMatchObject({ code: 'HTTP_CURSOR_INVALID' })
    }
    await expect(listOrders(engine, { from: 'yesterday' })).rejects.toMatchObject({
      code: 'HTTP_QUERY_INVALID',
    })
  })
})

describe('one order of the history', () => {
  it('is found by order id and by external id, with its lines, work, parcels and life', async () => {
    const { id, external_id: externalId } = await warehouse.one<{ id: string; external_id: string }>(
      `SELECT order_id::VARCHAR AS id, external_id FROM orders
       WHERE status = 'delivered' AND line_count > 1 LIMIT 1`,
    )
    const order = await getOrder(engine, id)
    expect(await getOrder(engine, externalId)).toEqual(order)
    expect(order).toMatchObject({
      orderId: id,
      isLive: false,
      status: 'delivered',
      decisions: [],
      oddness: null,
    })
    const sums = await warehouse.one(
      `SELECT count(*) AS lines, sum(total_cents)::BIGINT AS cents FROM order_lines WHERE order_id = $1::UUID`,
      [id],
    )
    expect({
      lines: order?.lines.length,
      cents: order?.lines.reduce((sum, line) => sum + line.totalCents, 0),
    }).toEqual(sums)
    const types = order?.timeline.map((entry) => entry.type)
    expect(types).toEqual([
      'OrderPlaced',
      'OrderApproved',
      'WorkReleased',
      'WorkPicked',
      'WorkShipped',
      'WorkDelivered',
    ])
    expect(order?.timeline.at(-1)?.text).toMatch(/^(Delivered|Collected by the customer)$/)
  })

  it('keeps names with quotes and tags as they are, and is null where there is none', async () => {
    expect(await getOrder(engine, odd.order_external_id)).toMatchObject({
      externalId: odd.order_external_id,
      shipTo: { city: 'São Paulo', region: 'SP' },
    })
    expect(await getOrder(engine, "x' OR 1=1 --")).toBeNull()
    expect(await getOrder(engine, '00000000-0000-0000-0000-000000000000')).toBeNull()
  })
})
