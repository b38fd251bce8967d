// Which records make which rows: several records of one order, several entities of one file, joins, loading again.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listQuarantine } from '#ingest'
import { linesCsv, openTestHome, ordersCsv, type TestHome } from './home.ts'
import { loadMapped } from './mapped.ts'

let home: TestHome
beforeAll(async () => {
  home = await openTestHome()
})
afterAll(() => home.close())

const shop = (entities: string, name: string) => `mapping: ${name}
currency: EUR
files:
  sales: { match: sales.csv }
  customers: { match: customers.csv, optional: [region] }
entities:
${entities}`

const sales = [
  'order,day,item,qty,price,state,customer',
  'A,2026-01-05,S1,1,2.50,open, c1 ',
  'A,2026-01-06,S2,2,4,open,c1',
  'A,,S3,1,1,open,c1',
  'B,2026-01-07,S1,1,2.50,void,c9',
  '',
].join('\n')

test('several rows make one order, and the same file gives its lines', async () => {
  const mapping = shop(
    `  orders:
    from: sales
    group: true
    fields:
      order_external_id: order
      placed_at: { column: day, combine: min }
      shipped_at: { column: day, combine: max }
      status: { value: created }
      method: { value: delivery }
      currency: { value: EUR }
      total_cents: { expr: "price::DECIMAL(10,2) * qty::INT", combine: sum }
      customer_ref: { column: item, combine: last }
  order_lines:
    from: sales
    fields:
      order_external_id: order
      line_external_id: item
      sku: item
      quantity: qty
      unit_price_cents: price`,
    'grouped',
  )
  const summary = await loadMapped(home, mapping, { 'sales.csv': sales })
  expect(summary).toMatchObject({ records: 4, accepted: 3, quarantined: 1, reasons: { value_missing: 1 } })
  const orders = await home.warehouse.all(
    `SELECT order_external_id AS o, placed_at::DATE::VARCHAR AS first, shipped_at::DATE::VARCHAR AS last, total_cents,
       customer_ref FROM raw_file_orders WHERE provider = 'grouped' ORDER BY 1`,
  )
  expect(orders).toEqual([
    { o: 'A', first: '2026-01-05', last: '2026-01-06', total_cents: 1050, customer_ref: 'S2' },
    { o: 'B', first: '2026-01-07', last: '2026-01-07', total_cents: 250, customer_ref: 'S1' },
  ])
  const lines = await home.warehouse.all(
    `SELECT line_external_id AS l, unit_price_cents AS p FROM raw_file_order_lines
     WHERE provider = 'grouped' ORDER BY ALL`,
  )
  // The record without a day is unusable for the order, so it gives no line either.
  expect(lines).toEqual([
    { l: 'S1', p: 250 },
    { l: 'S1', p: 250 },
    { l: 'S2', p: 400 },
  ])
})

const joined = (name: string, rest: string) =>
  shop(
    `  orders:
    from: sales
    where: state <> 'void'
    group: true
    join:
      c:
        file: customers
        optional: true
        on: { customer: id }
${rest}
      order_external_id: order
      placed_at: { column: day, default: 2026-01-01 }
      status: { value: created }
      method: { value: delivery }
      currency: { value: EUR }
    flags:
      cheap: total_cents < 300
      faulty: total_cents::VARCHAR::DATE IS NULL`,
    name,
  )
const orders = (name: string) =>
  home.warehouse.all(
    `SELECT order_external_id AS o, customer_ref AS c, channel, ship_to_city AS city, ship_to_region AS region, flags
     FROM raw_file_orders WHERE provider = '${name}'`,
  )

describe('a join', () => {
  const fields = `    fields:
      customer_ref: c.name
      channel: { expr: "upper(c.city) || state" }
      ship_to_city: c.city
      ship_to_region: c.region
      total_cents: { value: 2 }`

  test('brings columns, also into expressions; of several partners the first value counts', async () => {
    const summary = await loadMapped(home, joined('joined', fields), {
      'sales.csv': sales,
      'customers.csv': 'id,name,city\nc1,,Ulm\n c1,Ann,Bonn\nc2,Bo,Kiel\n',
    })
    expect(summary).toMatchObject({ records: 6 + 1, quarantined: 0, flags: { cheap: 1, no_lines: 1 } })
    expect(await orders('joined')).toEqual([
      { o: 'A', c: 'Ann', channel: 'ULMopen', city: 'Ulm', region: null, flags: ['cheap'] },
    ])
  })

  test('that is optional does without its file', async () => {
    await loadMapped(home, joined('alone', fields), { 'sales.csv': sales })
    expect(await orders('alone')).toMatchObject([{ o: 'A', c: null, channel: null, city: null }])
  })

  test('that is not optional asks for its file', async () => {
    const load = loadMapped(home, joined('strict', fields).replace('optional: true', 'optional: false'), {
      'sales.csv': sales,
    })
    await expect(load).rejects.toMatchObject({ code: 'INGEST_FILE_MISSING' })
  })

  test('takes aggregates, with and without its file', async () => {
    const taking = `        take: { cities: "string_agg(city, '+' ORDER BY city)", n: count(*) }
    fields:
      ship_to_city: c.cities
      channel: { expr: "c.n || ' found'" }`
    await loadMapped(home, joined('taken', taking), { 'sales.csv': sales })
    expect(await orders('taken')).toMatchObject([{ city: null, channel: null }])
    await loadMapped(home, joined('taken', taking), {
      'sales.csv': sales,
      'customers.csv': 'id,city\nc1,Ulm\nc1,Bonn\n',
    })
    expect(await orders('taken')).toMatchObject([{ city: 'Bonn+Ulm', channel: '2 found' }])
  })

  test('over a column that is not there is a fault of the mapping', async () => {
    const load = loadMapped(home, joined('wrong', fields), {
      'sales.csv': sales,
      'customers.csv': 'code\nc1\n',
    })
    await expect(load).rejects.toThrow(/no file has the column "id"; customers has code/)
  })
})

test('a record counts as a whole: set aside for one entity, it gives nothing to the others', async () => {
  const mapping = shop(
    `  nodes:
    from: sales
    group: true
    fields: { node_external_id: customer, type: { value: store } }
  products:
    from: sales
    fields: { sku: item, price_cents: price }`,
    'whole',
  )
  const rows = 'item,price,customer\nS1,1,n1\nS2,free,n2\nS3,2,n3\n'
  const summary = await loadMapped(home, mapping, { 'sales.csv': rows })
  expect(summary).toMatchObject({ records: 3, accepted: 2, quarantined: 1 })
  const nodes = await home.warehouse.all(
    `SELECT node_external_id FROM raw_file_nodes WHERE provider = 'whole' ORDER BY 1`,
  )
  expect(nodes.map((row) => row.node_external_id)).toEqual(['n1', 'n3'])
  expect((await listQuarantine({ provider: 'whole' }, home)).rows).toMatchObject([
    { entity: 'products', rowNumber: 2 },
  ])
})

describe('loading again', () => {
  const kept = () =>
    home.warehouse.all(
      `SELECT order_external_id AS id, status, channel FROM raw_file_orders WHERE provider = 'detour' ORDER BY 1`,
    )
  const load = async (name: string, content: string) => {
    await home.write(name, content)
    return home.load('detour', name)
  }
  const first =
    'order_external_id,placed_at,status,currency,channel\nA,2026-01-05,created,USD,web\nB,2026-01-05,created,USD,web\n'

  test('the same file changes nothing', async () => {
    expect(await load('orders.csv', first)).toMatchObject({ alreadyLoaded: false, added: 2 })
    expect(await load('orders.csv', first)).toMatchObject({
      alreadyLoaded: true,
      added: 0,
      changed: 0,
      unchanged: 2,
    })
  })

  test('a row with other content replaces the old one whole, what is not in the file stays', async () => {
    expect(await load('orders.csv', ordersCsv('A,2026-01-05,shipped,USD'))).toMatchObject({
      changed: 1,
      added: 0,
    })
    expect(await kept()).toEqual([
      { id: 'A', status: 'shipped', channel: null },
      { id: 'B', status: 'created', channel: 'web' },
    ])
  })

  test('of several files the last by name counts, numbers in names read as numbers', async () => {
    await home.write('orders-9.csv', ordersCsv('A,2026-01-05,packed,USD'))
    await home.write('orders-10.csv', ordersCsv('A,2026-01-05,delivered,USD'))
    const summary = await home.load('detour', 'orders-10.csv', 'orders-9.csv')
    expect(summary).toMatchObject({ records: 2, accepted: 2, quarantined: 0 })
    expect(await kept()).toMatchObject([{ id: 'A', status: 'delivered' }, { id: 'B' }])
  })

  test('lines wait for their order, products and nodes are checked once there are any', async () => {
    expect(await load('order_lines.csv', linesCsv('A,1,S,1,5', 'Z,1,S,1,5'))).toMatchObject({
      accepted: 1,
      reasons: { unknown_order: 1 },
    })
    await load('products.csv', 'sku\nT\n')
    expect(await load('order_lines-2.csv', linesCsv('A,2,U,1,5', 'A,3,T,1,5'))).toMatchObject({
      accepted: 1,
      reasons: { unknown_sku: 1 },
    })
  })
})
