// The same orders in every format give the same rows; of broken files every record is accounted for.
import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listQuarantine } from '#ingest'
import { openTestHome, type TestHome } from './home.ts'
import { loadMapped } from './mapped.ts'

let home: TestHome
beforeAll(async () => {
  home = await openTestHome()
})
afterAll(() => home.close())

interface Order {
  id: string
  at: string
  state: string
  total: string
  city: string
  due: string | null
  lines: { n: number; sku: string; qty: number; price: string }[]
}

const orders: Order[] = [
  {
    id: 'A1',
    at: '2026-01-05 10:00:00',
    state: 'shipped',
    total: '1234.50',
    city: 'São Paulo',
    due: '2026-01-09',
    lines: [
      { n: 1, sku: 'S1', qty: 2, price: '600.00' },
      { n: 2, sku: 'S2', qty: 1, price: '34.50' },
    ],
  },
  {
    id: 'A2',
    at: '2026-01-06 23:59:59',
    state: 'created',
    total: '0.10',
    city: 'Köln',
    due: null,
    lines: [],
  },
]
const nested = orders.map(({ city, ...order }) => ({ ...order, ship: { city } }))
const names = ['id', 'at', 'state', 'total', 'city', 'due'] as const
const table = (delimiter: string) =>
  [names, ...orders.map((order) => names.map((name) => order[name] ?? ''))]
    .map((row) => row.join(delimiter))
    .join('\n')

const mappingOf = (name: string, file: string, city = 'city', lines = '') => `mapping: ${name}
timeZone: America/Sao_Paulo
currency: BRL
files: { orders: ${file} }
entities:
  orders:
    from: orders
    fields:
      order_external_id: id
      placed_at: at
      status: state
      method: { value: delivery }
      currency: { value: BRL }
      total_cents: total
      ship_to_city: ${city}
      promised_at: due
${lines}`

const linesOf = (each: string) => `  order_lines:
    from: orders
    each: ${each}
    fields:
      order_external_id: $.id
      line_external_id: n
      sku: '@.sku'
      quantity: qty
      unit_price_cents: price
`

const rows = (name: string, entity = 'orders') =>
  home.warehouse.all(
    `SELECT * EXCLUDE (provider, file_no, row_number) FROM raw_file_${entity} WHERE provider = '${name}' ORDER BY ALL`,
  )

const day = (due: string | null) => (due === null ? 'NULL' : `DATE '${due}'`)

async function writeParquet(): Promise<void> {
  const values = orders.map(
    ({ id, at, state, total, city, due }) =>
      `('${id}', TIMESTAMP '${at}', '${state}', ${total}::DECIMAL(12,2), {city: '${city}'}, ${day(due)})`,
  )
  await home.warehouse.run(
    `COPY (FROM (VALUES ${values.join(', ')}) AS t(id, "at", state, total, ship, due))
     TO '${home.files}/orders.parquet'`,
  )
}

describe('the same orders give the same rows', () => {
  let expected: Record<string, unknown>[]
  beforeAll(async () => {
    await loadMapped(home, mappingOf('plain', '{ match: "orders*" }'), { 'orders.csv': table(',') })
    expected = await rows('plain')
    expect(expected).toMatchObject([
      { order_external_id: 'A1', total_cents: 123_450, ship_to_city: 'São Paulo' },
      { order_external_id: 'A2', total_cents: 10, ship_to_city: 'Köln', promised_at: null },
    ])
  })

  test.each<[string, string, string, string | Buffer, string?]>([
    ['packed CSV', 'orders.csv.gz', '{ match: orders.csv.gz }', gzipSync(table(','))],
    ['CSV with semicolons', 'orders.txt', '{ match: "*.txt", delimiter: ";" }', table(';')],
    [
      'TSV in Latin-1',
      'orders.tsv',
      '{ match: "*.tsv", delimiter: "\\t", encoding: latin1 }',
      Buffer.from(table('\t'), 'latin1'),
    ],
    [
      'CSV in UTF-16',
      'orders.csv',
      '{ match: "*.csv", encoding: utf-16le }',
      Buffer.from(`\uFEFF${table(',')}`, 'utf16le'),
    ],
    [
      'CSV without a header',
      'bare.csv',
      '{ match: bare.csv, header: false, columns: [id, at, state, total, city, due] }',
      table(',').split('\n').slice(1).join('\n'),
    ],
    ['a file whose name has capitals', 'ORDERS.CSV', '{ match: orders.csv }', table(',')],
    [
      'JSON lines',
      'orders.ndjson',
      '{ match: "*.ndjson" }',
      nested.map((order) => JSON.stringify(order)).join('\n'),
      'ship.city',
    ],
    ['a JSON array', 'orders.json', '{ match: "*.json" }', JSON.stringify(nested, null, 2), '$.ship.city'],
    [
      'a JSON document with records inside',
      'orders.json',
      '{ match: "*.json", records: "$.data.orders[*]" }',
      JSON.stringify({ data: { orders: nested } }),
      'ship.city',
    ],
    [
      'records by the name of their list alone',
      'orders.json',
      '{ match: "*.json", records: orders }',
      JSON.stringify({ orders: nested }),
      'ship.city',
    ],
  ])('%s', async (title, name, file, content, city) => {
    const provider = title.toLowerCase().replaceAll(/[^a-z0-9]/g, '_')
    const summary = await loadMapped(home, mappingOf(provider, file, city), { [name]: content })
    expect(summary).toMatchObject({ records: 2, accepted: 2, quarantined: 0 })
    expect(await rows(provider)).toEqual(expected)
  })

  test('Parquet with typed and nested columns', async () => {
    await writeParquet()
    for (const [provider, city] of [
      ['parquet', 'ship.city'],
      ['parquet_expr', `{ expr: "ship ->> '$.city'" }`],
    ] as const) {
      await home.write('mapping.yaml', mappingOf(provider, '{ match: "*.parquet" }', city))
      await home.load(`${home.files}/mapping.yaml`, 'orders.parquet')
      expect(await rows(provider)).toEqual(expected)
    }
  })

  test.each(['lines', '$.lines', '$.lines[*]', '@.lines'])(
    'and their lists give lines: each: "%s"',
    async (each) => {
      const provider = `each_${each.replaceAll(/\W/g, '_')}`
      const mapping = mappingOf(provider, '{ match: "*.json" }', 'ship.city', linesOf(`"${each}"`))
      await loadMapped(home, mapping, { 'orders.json': JSON.stringify(nested) })
      expect(await rows(provider)).toEqual(expected)
      expect(await rows(provider, 'order_lines')).toMatchObject([
        { order_external_id: 'A1', line_external_id: '1', sku: 'S1', quantity: 2, unit_price_cents: 60_000 },
        { order_external_id: 'A1', line_external_id: '2', sku: 'S2', quantity: 1, unit_price_cents: 3_450 },
      ])
    },
  )
})

const unchecked = (entity: string) => entity.replace('each', 'references: ignore\n    each')

describe('broken JSON', () => {
  const lines = [
    JSON.stringify(nested[0]),
    '{"id": "A3", "at"',
    '',
    'not json',
    JSON.stringify(nested[1]),
  ].join('\n')

  test.each([
    ['of orders', mappingOf('broken', '{ match: "*.ndjson" }', 'ship.city')],
    [
      'with a condition',
      mappingOf('broken_where', '{ match: "*.ndjson" }', 'ship.city').replace(
        '  fields:',
        `  where: (document ->> 'state') <> 'x'\n    fields:`,
      ),
    ],
    [
      'of lists alone',
      `mapping: broken_each\nfiles: { orders: { match: "*.ndjson" } }\nentities:\n${unchecked(linesOf('lines'))}`,
    ],
  ])('lines %s are set aside, the others load', async (_, mapping) => {
    const summary = await loadMapped(home, mapping, { 'o.ndjson': lines })
    expect(summary).toMatchObject({ records: 4, accepted: 2, quarantined: 2, reasons: { json_invalid: 2 } })
    const bad = await listQuarantine({ provider: summary.provider }, home)
    expect(bad.rows.map((row) => [row.rowNumber, row.raw])).toEqual([
      [2, '{"id": "A3", "at"'],
      [3, 'not json'],
    ])
  })

  test('as a whole is refused', async () => {
    const load = loadMapped(home, mappingOf('whole', '{ match: "*.json" }'), {
      'orders.json': '[{"id": 1}, {',
    })
    await expect(load).rejects.toMatchObject({ code: 'INGEST_FILE_UNREADABLE' })
  })

  test('a document that has nothing where its records should be is refused', async () => {
    const mapping = mappingOf('elsewhere', '{ match: "*.json", records: "$.order[*]" }')
    const load = loadMapped(home, mapping, { 'orders.json': '{"orders": []}' })
    await expect(load).rejects.toThrow(/\$\.order/)
    const empty = await loadMapped(home, mapping, { 'orders.json': '{"order": []}' })
    expect(empty.records).toBe(0)
  })
})

let run = 0
const good = (i: number) =>
  fc.constant({
    text: (id: string) =>
      [`${id},2026-01-05,shipped,1,Ulm,`, `{"id":"${id}","at":"2026-01-05","state":"shipped"}`][i] ?? '',
    isGood: true,
  })
const bad = (...texts: ((id: string) => string)[]) =>
  fc.constantFrom(...texts.map((text) => ({ text, isGood: false })))

test.each([
  [
    'CSV',
    'o.csv',
    good(0),
    bad(
      (id) => `${id},"2026-01-05,shipped,1,Ulm,`,
      (id) => `${id},"2026-01-05"x,shipped,1,Ulm,`,
      (id) => `${id},2026-01-05,shipped`,
      (id) => `${id},2026-01-05,shipped,1,Ulm,,x`,
      (id) => `${id},someday,shipped,1,Ulm,`,
      (id) => `${id},2026-01-05,lost,1,Ulm,`,
      () => ',2026-01-05,shipped,1,Ulm,',
      (id) => `${id},2026-01-05,shipped,one,Ulm,`,
    ),
    `${names.join(',')}\n`,
  ],
  [
    'JSON lines',
    'o.ndjson',
    good(1),
    bad(
      (id) => `{"id":"${id}"`,
      (id) => `{"id":"${id}","at":"someday","state":"shipped"}`,
      () => 'null',
      () => '[1, 2]',
      () => '"text"',
      () => '{}',
      () => '}{',
    ),
    '',
  ],
] as const)('every record of %s is either accepted or set aside', async (_, file, valid, invalid, header) => {
  const records = fc.array(fc.oneof(valid, invalid), { minLength: 1, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(records, fc.constantFrom('\n', '\r\n', '\n\n'), async (list, newline) => {
      const provider = `property_${++run}`
      const content = header + list.map(({ text }, i) => text(`K${i}`)).join(newline)
      const mapping = mappingOf(provider, `{ match: "${file}" }`)
      const summary = await loadMapped(home, mapping, { [file]: content })
      const accepted = list.filter((record) => record.isGood).length
      expect(summary).toMatchObject({ records: list.length, accepted, quarantined: list.length - accepted })
      expect((await listQuarantine({ provider }, home)).total).toBe(list.length - accepted)
      expect(await rows(provider)).toHaveLength(accepted)
    }),
    { numRuns: 12 },
  )
})
