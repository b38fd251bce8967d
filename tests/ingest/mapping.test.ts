// What a mapping may say about whole records: faults by line and column, joins, groups, several entities, lists.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listQuarantine } from '#ingest'
import { openTestHome, type TestHome } from './home.ts'
import { loadMapped } from './mapped.ts'

let home: TestHome
beforeAll(async () => {
  home = await openTestHome()
})
afterAll(() => home.close())

const sound = `mapping: sound
timeZone: Europe/Berlin
files:
  t:
    match: t.csv
    columns: [id, sku, n]
  other:
    match: other.csv
entities:
  order_lines:
    from: t
    references: ignore
    join:
      o:
        file: other
        optional: true
        on: { sku: code }
    fields:
      order_external_id: id
      line_external_id: id
      sku: sku
      quantity: n
      unit_price_cents: { value: 1 }
      ship_by: { value: 2026-01-01 }
      status: { value: created }
`
const files = { 't.csv': 'id,sku,n\nA,S,1\n' }

describe('a fault names line and column', () => {
  test.each([
    ['an unknown word', 'match: t.csv', 'mach: t.csv', [5, 5], /"mach" is not a word|match/],
    [
      'an unknown word of a field',
      'quantity: n',
      'quantity: { colum: n }',
      [22, 19],
      /"colum" is not a word/,
    ],
    [
      'an unknown field',
      'quantity: n',
      'quantities: n',
      [22, 7],
      /no field "quantities"; there are .*quantity/,
    ],
    ['an unknown entity', 'order_lines:', 'lines:', [10, 3], /no entity "lines"; there are .*order_lines/],
    ['a missing field', '      quantity: n\n', '', [18, 5], /needs the field "quantity" \(units ordered/],
    ['a wrong type', 'quantity: n', 'quantity: 5', [22, 7], /quantity/],
    ['a wrong type in a field', 'quantity: n', 'quantity: { column: 5 }', [22, 19], /column/],
    ['broken YAML', 'columns: [id, sku, n]', 'columns: [id, sku, n', [7, 3], /./],
    ['a key given twice', 'sku: sku\n', 'sku: sku\n      sku: id\n', [22, 7], /unique/],
    ['an unknown file', 'from: t', 'from: orders', [11, 5], /"orders" is not one of the files/],
    [
      'an unknown file in a join',
      'file: other',
      'file: nowhere',
      [15, 9],
      /"nowhere" is not one of the files/,
    ],
    ['a taken name of a join', '      o:\n', '      b:\n', [14, 7], /"b" is taken/],
    ['a time zone', 'Europe/Berlin', 'Europe/Bonn', [2, 1], /"Europe\/Bonn" is not an IANA time zone/],
    ['a currency', 'timeZone: Europe/Berlin', 'currency: euro', [2, 1], /"euro" is not an ISO 4217/],
    [
      'a zone of a field',
      '{ value: 2026-01-01 }',
      '{ value: x, timeZone: X }',
      [24, 28],
      /not an IANA time zone/,
    ],
    [
      'a unit',
      'unit_price_cents: { value: 1 }',
      'unit_price_cents: { value: 1, unit: kg }',
      [23, 37],
      /major, minor/,
    ],
    [
      'a format of a number',
      'quantity: n',
      'quantity: { column: n, format: "%d" }',
      [22, 30],
      /quantity is not a time/,
    ],
    ['two sources', 'quantity: n', 'quantity: { column: n, value: 1 }', [22, 7], /exactly one of/],
    ['no source', 'quantity: n', 'quantity: { default: 1 }', [22, 7], /exactly one of/],
    [
      'combine without group',
      'quantity: n',
      'quantity: { column: n, combine: sum }',
      [22, 30],
      /group: true/,
    ],
    [
      'otherwise without map',
      'quantity: n',
      'quantity: { column: n, otherwise: empty }',
      [22, 30],
      /needs a "map"/,
    ],
    [
      'an encoding',
      '    match: t.csv',
      '    match: t.csv\n    encoding: latin-9x',
      [6, 5],
      /not an encoding/,
    ],
    ['no header and no columns', '    columns: [id, sku, n]', '    header: false', [6, 5], /needs "columns"/],
    [
      'an unknown column',
      'quantity: n',
      'quantity: amount',
      [22, 7],
      /no file has the column "amount"; t has id, sku, n/,
    ],
    ['a list of what is no JSON', 'from: t', 'from: t\n    each: lines', [12, 5], /"each" is for JSON/],
    ['a subquery', 'quantity: n', 'quantity: { expr: "(SELECT 1)" }', [22, 7], /subquery/],
    ['a file in an expression', 'quantity: n', `quantity: { expr: "read_text('x')" }`, [22, 7], /read_text/],
    [
      'an aggregate',
      'quantity: n',
      'quantity: { expr: "sum(n)" }',
      [22, 7],
      /sum is computed over many records/,
    ],
    [
      'a function that is none',
      'quantity: n',
      'quantity: { expr: "treble(n)" }',
      [22, 7],
      /no function treble/,
    ],
    ['the clock', 'quantity: n', 'quantity: { expr: "now()" }', [22, 7], /now may not be used/],
    ['chance', 'quantity: n', 'quantity: { expr: "random()" }', [22, 7], /random may not be used/],
    ['two expressions', 'quantity: n', 'quantity: { expr: "1) , (2" }', [22, 7], /give one expression/],
    ['a statement', 'quantity: n', 'quantity: { expr: "1; DROP TABLE x" }', [22, 7], /not SQL/],
    ['what is no SQL', 'quantity: n', 'quantity: { expr: "n +" }', [22, 7], /not SQL/],
    [
      'an unknown column in an expression',
      'quantity: n',
      'quantity: { expr: "amount + 1" }',
      [10, 3],
      /amount/,
    ],
    [
      'a cast in take',
      'on: { sku: code }',
      'on: { sku: code }\n        take: { m: "max(x::INT)" }',
      [18, 17],
      /try_cast/,
    ],
    [
      'a format DuckDB does not know',
      '{ value: 2026-01-01 }',
      '{ value: x, format: "%Q" }',
      [10, 3],
      /format/i,
    ],
  ])('%s', async (_, text, other, [line, column], reason) => {
    expect(sound).toContain(text)
    const load = loadMapped(home, sound.replace(text, other), files)
    await expect(load).rejects.toMatchObject({ code: 'INGEST_MAPPING_INVALID', details: { line, column } })
    await expect(load).rejects.toThrow(reason)
  })

  test('and nothing is loaded', async () => {
    expect(await home.warehouse.all('FROM loads')).toEqual([])
    expect((await loadMapped(home, sound, files)).accepted).toBe(1)
  })
})

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
    `SELECT line_external_id AS l, unit_price_cents AS p FROM raw_file_order_lines WHERE provider = 'grouped' ORDER BY ALL`,
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
  expect(nodes.map((row) => row['node_external_id'])).toEqual(['n1', 'n3'])
  expect((await listQuarantine({ provider: 'whole' }, home)).rows).toMatchObject([
    { entity: 'products', rowNumber: 2 },
  ])
})
