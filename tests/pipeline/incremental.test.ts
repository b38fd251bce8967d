// Proves that an incremental cycle ends with the very rows a full build makes from the same raw rows.

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Warehouse } from '#data/warehouse'
import { martChecksums, runCycle } from '#pipeline'
import { emptyWarehouse, type RawRow, type RawTable, testEffects, upsert } from './raw.ts'

const start = Date.UTC(2026, 2, 1)
const at = (hours: number | null) =>
  hours === null ? null : new Date(start + Math.round(hours * 3_600_000)).toISOString()
const orderCount = 60

/** Hours after the first order, with some that are long before and long after. */
const hour = fc.oneof(
  { weight: 12, arbitrary: fc.double({ min: 0, max: 96, noNaN: true }) },
  { weight: 1, arbitrary: fc.double({ min: -300, max: 400, noNaN: true }) },
)
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 3 })
const orderId = fc.integer({ min: 0, max: orderCount + 3 }).map((i) => `O${i}`)
const node = fc.constantFrom('N1', 'N2', 'N3')
const sku = fc.constantFrom('A', 'B', 'C', 'D')
const carrier = maybe(fc.constantFrom('fast', 'slow'))

const order = fc.record({
  order_external_id: orderId,
  placed_at: hour.map(at),
  status: fc.constantFrom('created', 'released', 'picking', 'shipped', 'delivered', 'cancelled', 'returned'),
  channel: maybe(fc.constantFrom('web', 'store')),
  method: fc.constantFrom('delivery', 'pickup'),
  currency: fc.constant('USD'),
  ship_to_region: maybe(fc.constantFrom('NV', 'CA')),
  promised_at: maybe(hour.map(at)),
  approved_at: maybe(hour.map(at)),
  shipped_at: maybe(hour.map(at)),
  delivered_at: maybe(hour.map(at)),
  cancelled_at: maybe(hour.map(at)),
  total_cents: maybe(fc.integer({ min: 0, max: 50_000 })),
})
const line = fc.record({
  order_external_id: orderId,
  line_external_id: fc.constantFrom('1', '2', '3'),
  sku,
  quantity: fc.integer({ min: 1, max: 5 }),
  unit_price_cents: fc.integer({ min: 1, max: 9_000 }),
  node_external_id: maybe(node),
  ship_by: maybe(hour.map(at)),
  shipped_quantity: maybe(fc.integer({ min: 0, max: 5 })),
})
const work = fc.record({
  order_external_id: orderId,
  fulfillment_order_external_id: fc.constantFrom('W1', 'W2'),
  node_external_id: node,
  status: fc.constantFrom('open', 'rejected', 'picking', 'shipped', 'delivered', 'cancelled'),
  attempt: maybe(fc.integer({ min: 1, max: 3 })),
  released_at: maybe(hour.map(at)),
  rejected_at: maybe(hour.map(at)),
  picked_at: maybe(hour.map(at)),
  shipped_at: maybe(hour.map(at)),
  ship_by: maybe(hour.map(at)),
  short_quantity: maybe(fc.integer({ min: 0, max: 2 })),
})
const shipment = fc.record({
  order_external_id: orderId,
  shipment_external_id: fc.constantFrom('P1', 'P2'),
  node_external_id: maybe(node),
  carrier,
  shipped_at: maybe(hour.map(at)),
  delivered_at: maybe(hour.map(at)),
  freight_cost_cents: maybe(fc.integer({ min: 0, max: 900 })),
})
const giveBack = fc.record({
  order_external_id: orderId,
  return_external_id: fc.constantFrom('T1', 'T2'),
  line_external_id: maybe(fc.constantFrom('1', '2')),
  quantity: fc.constant(1),
  reason: maybe(fc.constantFrom('damaged', 'late')),
  requested_at: hour.map(at),
  refund_cents: maybe(fc.integer({ min: 0, max: 5_000 })),
})
const place = fc.record({
  node_external_id: node,
  type: fc.constantFrom('store', 'warehouse'),
  region: maybe(fc.constantFrom('NV', 'CA', 'OR')),
  processing_cost_cents: maybe(fc.integer({ min: 0, max: 500 })),
})
const product = fc.record({ sku, sku_class: maybe(fc.constantFrom('big', 'small')) })
const count = fc.record({
  sku,
  node_external_id: node,
  counted_at: fc.integer({ min: 0, max: 5 }).map((days) => at(days * 24)),
  on_hand: fc.integer({ min: 0, max: 9 }),
  allocated: maybe(fc.integer({ min: 0, max: 3 })),
  safety_stock: maybe(fc.integer({ min: 0, max: 3 })),
})
const movement = fc.record({
  movement_external_id: fc.constantFrom('m1', 'm2', 'm3', 'm4'),
  sku,
  node_external_id: node,
  moved_at: hour.map(at),
  kind: fc.constantFrom('sale', 'receipt', 'adjustment'),
  delta: fc.integer({ min: -5, max: 5 }),
})

interface Written {
  entity: RawTable
  rows: RawRow[]
}
const rowsOf = <T extends RawRow>(entity: RawTable, row: fc.Arbitrary<T>, max = 3) =>
  fc
    .array(row, { minLength: 1, maxLength: max })
    .map((rows): Written[] => [{ entity, rows: rows as RawRow[] }])

/** A row as the core writes it: nodes by their full id, also those of another provider. */
const ofCore = (row: RawRow, more: RawRow): RawRow => {
  const { node_external_id: id, ...others } = row
  const node_id = id == null ? null : `${id === 'N3' ? 'depot' : 'shop'}:${id}`
  return { ...others, node_id, ...more }
}
/** Orders of the core with all their rows: some are in files, too, and some came over the API. */
const snapshot = fc
  .record({
    provider: fc.constantFrom('shop', 'api'),
    head: order,
    lines: fc.array(line, { maxLength: 3 }),
    works: fc.array(fc.record({ row: work, cancelled_at: maybe(hour.map(at)), carrier }), { maxLength: 2 }),
    parcels: fc.array(shipment, { maxLength: 2 }),
  })
  .map(({ provider, head, lines, works, parcels }): Written[] => {
    const own = { provider, order_external_id: head.order_external_id }
    const lineIds = lines.map((row) => row.line_external_id)
    return [
      {
        entity: 'log_orders',
        rows: [{ ...head, ...own, origin: 'api', moves: 0, updated_at: head.placed_at }],
      },
      { entity: 'log_order_lines', rows: unique(lines, 'line_external_id').map((row) => ofCore(row, own)) },
      {
        entity: 'log_fulfillment_orders',
        rows: unique(
          works.map(({ row, ...more }) => ofCore(row, { ...more, ...own, line_ids: lineIds })),
          'fulfillment_order_external_id',
        ),
      },
      {
        entity: 'log_shipments',
        rows: unique(parcels, 'shipment_external_id').map((row) => ofCore(row, own)),
      },
    ]
  })
const unique = (rows: RawRow[], key: string) => [...new Map(rows.map((row) => [row[key], row])).values()]
const position = count.map((row): Written[] => {
  const provider = row.node_external_id === 'N3' ? 'depot' : 'shop'
  return [{ entity: 'log_inventory', rows: [ofCore(row, { inbound: 0, provider })] }]
})

const change = fc.oneof(
  { weight: 4, arbitrary: rowsOf('orders', order) },
  { weight: 3, arbitrary: rowsOf('order_lines', line) },
  { weight: 3, arbitrary: rowsOf('fulfillment_orders', work) },
  { weight: 2, arbitrary: rowsOf('shipments', shipment) },
  { weight: 2, arbitrary: rowsOf('returns', giveBack) },
  { weight: 1, arbitrary: rowsOf('nodes', place, 1) },
  { weight: 1, arbitrary: rowsOf('products', product, 1) },
  {
    weight: 1,
    arbitrary: rowsOf(
      'products',
      product.map((row) => ({ ...row, provider: 'depot' })),
      1,
    ),
  },
  {
    weight: 1,
    arbitrary: rowsOf(
      'nodes',
      place.map((row) => ({ ...row, provider: 'depot' })),
      1,
    ),
  },
  { weight: 5, arbitrary: snapshot },
  { weight: 2, arbitrary: position },
  { weight: 1, arbitrary: rowsOf('inventory', count) },
  { weight: 1, arbitrary: rowsOf('inventory_movements', movement) },
)
const cycles = fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 })

/** Orders of every kind: some with fulfillment orders of their own, some only with lines. */
const history: { entity: RawTable; rows: RawRow[] }[] = [
  {
    entity: 'nodes',
    rows: ['N1', 'N2'].map((id) => ({ node_external_id: id, type: 'store', region: 'NV' })),
  },
  { entity: 'products', rows: [{ sku: 'A', sku_class: 'big' }, { sku: 'B' }] },
  {
    entity: 'orders',
    rows: Array.from({ length: orderCount }, (_, i) => ({
      order_external_id: `O${i}`,
      placed_at: at(i),
      status: i % 3 === 0 ? 'delivered' : 'released',
      method: 'delivery',
      currency: 'USD',
      promised_at: at(i + 48),
      delivered_at: i % 3 === 0 ? at(i + 40) : null,
    })),
  },
  {
    entity: 'order_lines',
    rows: Array.from({ length: orderCount }, (_, i) => ({
      order_external_id: `O${i}`,
      line_external_id: '1',
      sku: i % 2 === 0 ? 'A' : 'B',
      quantity: 2,
      unit_price_cents: 1_000,
      node_external_id: i % 5 === 0 ? null : `N${1 + (i % 2)}`,
    })),
  },
  {
    entity: 'fulfillment_orders',
    rows: Array.from({ length: orderCount / 2 }, (_, i) => ({
      order_external_id: `O${i * 2}`,
      fulfillment_order_external_id: 'W1',
      node_external_id: 'N1',
      status: i % 2 === 0 ? 'shipped' : 'open',
      released_at: at(i * 2 + 1),
      shipped_at: i % 2 === 0 ? at(i * 2 + 9) : null,
      ship_by: at(i * 2 + 12),
    })),
  },
]

/** Orders of the history that have arrived, one in each cycle. */
const arrivals = (['O1', 'O2'] as const).map((id): Written[][] => {
  const known = history[2]?.rows.filter((row) => row.order_external_id === id) ?? []
  return [[{ entity: 'orders', rows: known.map((row) => ({ ...row, delivered_at: at(90) })) }]]
})

describe('an incremental cycle', () => {
  const open: Warehouse[] = []
  const make = async (keepsPlans = false) => {
    const warehouse = await emptyWarehouse(keepsPlans)
    open.push(warehouse)
    return warehouse
  }
  beforeAll(() => expect(orderCount).toBeGreaterThan(50))
  afterAll(async () => {
    for (const warehouse of open) await warehouse.close()
  })

  it('ends with the rows of a full build, also after light ones, which bring the steps of work to them', async () => {
    let [incremental, light] = [0, 0]
    await fc.assert(
      fc.asyncProperty(
        cycles,
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        fc.boolean(),
        async (steps, lights, keepsPlans) => {
          const [kept, rebuilt] = [await make(keepsPlans), await make()]
          const write = async (entity: RawTable, rows: RawRow[]) => {
            for (const warehouse of [kept, rebuilt]) {
              await warehouse.transaction((queries) => upsert(queries, entity, rows))
            }
          }
          const compare = async (isWhole: boolean) => {
            const [found, expected] = [await martChecksums(kept), await martChecksums(rebuilt)]
            expect(found.step_hours).toEqual(expected.step_hours)
            expect(found.market_clock).toEqual(expected.market_clock)
            if (isWhole) expect(found).toEqual(expected)
          }
          for (const { entity, rows } of history) await write(entity, rows)
          await runCycle(kept, testEffects)
          for (const [i, changes] of steps.entries()) {
            for (const { entity, rows } of changes.flat()) await write(entity, rows)
            // Returns and movements of stock come with files, whose load a light cycle leaves to a whole one.
            const isOfFiles = changes.flat().some(({ entity }) => /^(inventory|returns)/.test(entity))
            const isLight = lights[i] === true && !isOfFiles
            const { mode, checks } = await runCycle(kept, testEffects, { isLight })
            if (mode === 'incremental') incremental++
            if (mode === 'incremental' && checks.length === 0) light++
            await runCycle(rebuilt, testEffects, { mode: 'full' })
            await compare(!isLight)
          }
          await runCycle(kept, testEffects)
          await compare(true)
          await kept.close()
          await rebuilt.close()
          open.length = 0
        },
      ),
      {
        ...{ numRuns: Number(process.env.DETOUR_TEST_RUNS ?? 6), endOnFailure: true },
        // Whatever is drawn, one run has a cycle of each kind.
        examples: [[arrivals, [true, false, false, false], false]],
      },
    )
    expect(light).toBeGreaterThan(0)
    expect(incremental).toBeGreaterThan(light)
  }, 300_000)
})
