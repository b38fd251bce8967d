// Real tables of others: Olist by the shipped mapping, a logistics problem, month-end stock, a shop's JSON.

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ingest } from '#ingest'
import { openTestHome, type TestHome } from './home.ts'

const data = process.env.DETOUR_TEST_DATA ?? ''
const hasData = data !== '' && existsSync(join(data, 'olist'))
if (!hasData) console.warn('DETOUR_TEST_DATA is not set: the tests with real data are skipped')

let home: TestHome
beforeAll(async () => {
  home = await openTestHome()
})
afterAll(() => home.close())

const load = async (mapping: string, ...paths: string[]) => {
  const provider = await home.write('mapping.yaml', mapping)
  return ingest({ provider, paths: paths.map((path) => join(data, path)) }, home)
}
const one = (sql: string) => home.warehouse.one(sql)

describe.skipIf(!hasData)('real data', () => {
  test('Olist: counts, sums and oddities are those of the tables', async () => {
    const summary = await ingest({ provider: 'olist', paths: [join(data, 'olist')] }, home)
    expect(summary).toMatchObject({
      quarantined: 0,
      flags: { no_lines: 775, cancelled_but_delivered: 6, approved_after_shipment: 77 },
      entities: {
        orders: { added: 8135 },
        order_lines: { added: 8365 },
        nodes: { added: 1610 },
        products: { added: 5460 },
      },
    })
    expect(
      await one(
        `SELECT sum(unit_price_cents)::BIGINT AS goods, sum(freight_cents)::BIGINT AS freight
         FROM raw_file_order_lines WHERE provider = 'olist'`,
      ),
    ).toEqual({ goods: 109_326_435, freight: 17_228_839 })
    expect(
      await one(
        `SELECT count(delivered_at) AS delivered, count(*) FILTER (delivered_at > promised_at) AS late
         FROM raw_file_orders WHERE provider = 'olist'`,
      ),
    ).toEqual({ delivered: 5170, late: 343 })
  })

  test('a logistics problem: days in US style, warehouses from three tables, trailing blanks', async () => {
    const summary = await load(
      `mapping: brunel
files:
  orders: { match: OrderList.csv }
  plants: { match: WhCosts.csv }
  capacity: { match: WhCapacities.csv }
  rates: { match: FreightRates.csv }
entities:
  nodes:
    from: plants
    join:
      c: { file: capacity, on: { Plant_Code: Plant_Code } }
    fields:
      node_external_id: Plant_Code
      type: { value: warehouse }
      daily_capacity: c.Daily_Capacity
      processing_cost_cents: Cost_Per_Unit
  products:
    from: orders
    group: true
    fields: { sku: Product_ID }
  orders:
    from: orders
    join:
      mode:
        file: rates
        on: { Carrier: Carrier }
        take:
          modes: string_agg(DISTINCT trim(Mode_DSC), '+' ORDER BY trim(Mode_DSC))
    fields:
      order_external_id: Order_ID
      placed_at: { column: Order_Date, format: "%m/%d/%y" }
      status: { value: created }
      method: { value: delivery }
      currency: { value: USD }
      customer_ref: Customer
      channel: mode.modes
  order_lines:
    from: orders
    fields:
      order_external_id: Order_ID
      line_external_id: { value: 1 }
      sku: Product_ID
      quantity: Unit_Quant
      unit_price_cents: { value: 0 }
      node_external_id: Plant_Code
`,
      'brunel/csv',
    )
    expect(summary).toMatchObject({
      quarantined: 0,
      entities: {
        orders: { added: 9215 },
        order_lines: { added: 9215 },
        products: { added: 772 },
        nodes: { added: 19 },
      },
    })
    expect(
      await one(
        `SELECT min(placed_at)::VARCHAR AS day, max(channel) AS mode FROM raw_file_orders WHERE provider = 'brunel'`,
      ),
    ).toEqual({ day: '2013-05-26 00:00:00+00', mode: 'AIR+GROUND' })
    expect(
      await one(`SELECT sum(daily_capacity)::BIGINT AS c FROM raw_file_nodes WHERE provider = 'brunel'`),
    ).toEqual({ c: 5791 })
  })

  test('month-end stock: months written as numbers, names of columns with blanks around', async () => {
    const summary = await load(
      `mapping: stock
files: { stock: { match: inventory.csv } }
entities:
  inventory:
    from: stock
    fields:
      sku: Product Name
      node_external_id: { value: main }
      counted_at: { column: Year Month, format: "%Y%m" }
      on_hand: Warehouse Inventory
      unit_cost_cents: Inventory Cost Per Unit
`,
      'jit/inventory.csv',
    )
    expect(summary).toMatchObject({ records: 4200, accepted: 4200, entities: { inventory: { added: 4200 } } })
    expect(
      await one(
        `SELECT counted_at::VARCHAR AS at, on_hand, unit_cost_cents AS cost
         FROM raw_file_inventory WHERE provider = 'stock' AND row_number = 1`,
      ),
    ).toEqual({ at: '2017-12-01 00:00:00+00', on_hand: 0, cost: 70 })
  })

  test("a shop's orders as it sends them", async () => {
    const mapping = (name: string, records: string) => `mapping: ${name}
files: { orders: { match: "order*.json", records: "${records}" } }
entities:
  orders:
    from: orders
    fields:
      order_external_id: id
      placed_at: created_at
      status:
        expr: CASE WHEN (document ->> '$.cancelled_at') IS NULL THEN 'validated' ELSE 'cancelled' END
      method: { value: delivery }
      currency: currency
      ship_to_country: shipping_address.country_code
      ship_to_region: shipping_address.province_code
      ship_to_postal_code: shipping_address.zip
      total_cents: total_line_items_price
      tax_cents: total_tax
      discount_cents: total_discounts
  order_lines:
    from: orders
    each: line_items
    currency: $.currency
    fields:
      order_external_id: $.id
      line_external_id: id
      sku: sku
      quantity: quantity
      unit_price_cents: price
  shipments:
    from: orders
    each: fulfillments
    fields:
      order_external_id: $.id
      shipment_external_id: id
      tracking_number: tracking_number
      shipped_at: created_at
`
    const many = await load(mapping('shop', '$.orders[*]'), 'payloads/shopify/orders.json')
    expect(many).toMatchObject({ records: 1, accepted: 1, quarantined: 0 })
    expect(
      await one(
        `SELECT placed_at::VARCHAR AS at, ship_to_region AS r, total_cents AS t, discount_cents AS d
         FROM raw_file_orders WHERE provider = 'shop'`,
      ),
    ).toEqual({ at: '2008-01-10 16:00:00+00', r: 'KY', t: 59_700, d: 1000 })
    const { order } = JSON.parse(await readFile(join(data, 'payloads/shopify/order.json'), 'utf8'))
    const file = await home.write('order.json', JSON.stringify({ list: [order] }))
    const provider = await home.write('one.yaml', mapping('shop_one', 'list'))
    expect(await ingest({ provider, paths: [file] }, home)).toMatchObject({
      quarantined: 0,
      entities: { orders: { added: 1 }, order_lines: { added: 3 }, shipments: { added: 1 } },
    })
    expect(
      await home.warehouse.all(
        `SELECT sku, unit_price_cents AS p FROM raw_file_order_lines WHERE provider = 'shop_one' ORDER BY 1`,
      ),
    ).toEqual(['BLACK', 'GREEN', 'RED'].map((colour) => ({ sku: `IPOD2008${colour}`, p: 19_900 })))
  })
})
