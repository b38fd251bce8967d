// What bad files get: a code, a place, and no harm to the good rows.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listQuarantine } from '#ingest'
import { linesCsv, openTestHome, ordersCsv, type TestHome } from './home.ts'

let home: TestHome
beforeEach(async () => {
  home = await openTestHome()
})
afterEach(() => home.close())

const good = ['A,2026-01-05T10:00:00Z,shipped,USD', 'B,2026-01-06T10:00:00Z,created,USD']

async function loadOrders(content: string | Buffer, name = 'orders.csv') {
  await home.write(name, content)
  const summary = await home.load('detour', name)
  const { rows } = await listQuarantine({}, home)
  expect(summary.accepted + summary.quarantined).toBe(summary.records)
  return { summary, rows }
}

describe('a broken record is set aside and the others load', () => {
  test.each([
    ['a quote that never closes', 'C,"2026-01-07,shipped,USD', 'quote_broken'],
    ['text after a closing quote', 'C,"2026-01-07"x,shipped,USD', 'quote_broken'],
    ['a missing cell', 'C,2026-01-07', 'columns_missing'],
    ['a cell too many', 'C,2026-01-07,shipped,USD,extra', 'columns_too_many'],
  ])('%s', async (_, row, code) => {
    const { summary, rows } = await loadOrders(ordersCsv(good[0] ?? '', row, good[1] ?? ''))
    expect(summary).toMatchObject({ records: 3, accepted: 2, quarantined: 1, reasons: { [code]: 1 } })
    expect(rows).toMatchObject([{ code, line: 3, rowNumber: 2, raw: row, status: 'open' }])
  })

  test('bytes that are not UTF-8', async () => {
    const content = Buffer.concat([
      Buffer.from(ordersCsv(...good)),
      Buffer.from('S\xe3o,2026-01-07,shipped,USD\n', 'latin1'),
    ])
    const { summary, rows } = await loadOrders(content)
    expect(summary).toMatchObject({ accepted: 2, quarantined: 1 })
    expect(rows).toMatchObject([{ code: 'encoding_invalid', line: 4, rowNumber: 3 }])
  })

  test.each([9, 200])('a line longer than the limit, of %i MB', async (megabytes) => {
    const line = 'x'.repeat(megabytes * 1_000_000)
    const { summary, rows } = await loadOrders(ordersCsv(good[0] ?? '', line, good[1] ?? ''))
    expect(summary).toMatchObject({ records: 3, accepted: 2, quarantined: 1 })
    expect(rows[0]).toMatchObject({ code: 'record_too_long', line: 3, rowNumber: 2 })
    expect(rows[0]?.raw.length).toBeLessThan(3_000)
  })

  test.each([
    ['a date that is none', 'C,2026-02-30T00:00:00Z,shipped,USD', 'placed_at', 'date_invalid'],
    ['a date in the far past', 'C,0206-01-01T00:00:00Z,shipped,USD', 'placed_at', 'date_implausible'],
    ['a missing date', 'C,,shipped,USD', 'placed_at', 'value_missing'],
    ['an unknown status', 'C,2026-01-07,teleported,USD', 'status', 'value_unknown'],
    ['an unknown currency', 'C,2026-01-07,shipped,ZZZ', 'currency', 'currency_unknown'],
    ['a missing id', ',2026-01-07,shipped,USD', 'order_external_id', 'value_missing'],
  ])('%s', async (_, row, field, code) => {
    const { summary, rows } = await loadOrders(ordersCsv(good[0] ?? '', row, good[1] ?? ''))
    expect(summary).toMatchObject({ records: 3, accepted: 2, quarantined: 1 })
    expect(rows).toMatchObject([{ code, field, line: null, rowNumber: 2, raw: row, entity: 'orders' }])
  })
})

test('the same id with other content is set aside, the same record twice is a copy', async () => {
  const { summary, rows } = await loadOrders(
    ordersCsv(...good, 'A,2026-01-05T10:00:00Z,shipped,USD', 'B,2026-01-06T10:00:00Z,cancelled,USD'),
  )
  expect(summary).toMatchObject({ records: 4, accepted: 3, quarantined: 1, added: 2, unchanged: 1 })
  expect(rows).toMatchObject([{ code: 'duplicate_id', rowNumber: 4 }])
})

test('numbers of a line are checked', async () => {
  await home.write('orders.csv', ordersCsv(...good))
  await home.write(
    'order_lines.csv',
    linesCsv(
      'A,1,S,1,9.99',
      'A,2,S,-3,9.99',
      'A,3,S,2.5,9.99',
      'A,4,S,1,-1',
      'A,5,S,1,free',
      'A,6,S,"1,200","1,234.50"',
    ),
  )
  const summary = await home.load('detour', 'orders.csv', 'order_lines.csv')
  expect(summary.quarantined).toBe(4)
  const { rows } = await listQuarantine({}, home)
  expect(rows.map((row) => [row.rowNumber, row.field, row.code])).toEqual([
    [2, 'quantity', 'number_out_of_range'],
    [3, 'quantity', 'number_invalid'],
    [4, 'unit_price_cents', 'number_out_of_range'],
    [5, 'unit_price_cents', 'number_invalid'],
  ])
  const kept = await home.warehouse.all(
    'SELECT quantity, unit_price_cents FROM raw_file_order_lines ORDER BY ALL',
  )
  expect(kept).toEqual([
    { quantity: 1, unit_price_cents: 999 },
    { quantity: 1200, unit_price_cents: 123450 },
  ])
})

describe('rows are numbered as in the file', () => {
  test('with broken, blank and multi-line records before', async () => {
    const content = [
      'order_external_id,placed_at,status,currency,customer_ref',
      'A,2026-01-05,shipped,USD,"two\nlines"',
      '',
      'broken,"2026',
      'B,2026-01-05,shipped',
      'C,not a date,shipped,USD,x',
      'D,2026-01-05,shipped,USD,y',
      '',
    ].join('\r\n')
    const { summary, rows } = await loadOrders(content)
    expect(summary).toMatchObject({ records: 5, accepted: 2, quarantined: 3 })
    expect(rows.map((row) => [row.rowNumber, row.line, row.code])).toEqual([
      [2, 5, 'quote_broken'],
      [3, 6, 'columns_missing'],
      [4, null, 'date_invalid'],
    ])
  })
})

describe('a file that cannot be read at all', () => {
  test.each([
    ['an empty file', '', 'INGEST_FILE_EMPTY'],
    ['a binary file', Buffer.from([1, 2, 0, 4, 5, 0, 7]), 'INGEST_FILE_BINARY'],
    ['a spreadsheet', Buffer.from('504b030414000600', 'hex'), 'INGEST_FILE_BINARY'],
    ['a missing column', 'order_external_id,status\nA,shipped\n', 'INGEST_COLUMN_MISSING'],
    [
      'another delimiter',
      'order_external_id;placed_at;status;currency\nA;2026-01-01;shipped;USD\n',
      'INGEST_COLUMN_MISSING',
    ],
  ])('%s is refused with a code', async (_, content, code) => {
    await home.write('orders.csv', content)
    await expect(home.load('detour', 'orders.csv')).rejects.toMatchObject({ code })
  })

  test('does not keep the others from loading', async () => {
    await home.write('orders.csv', ordersCsv(...good))
    await home.write('nodes.csv', '')
    const summary = await home.load('detour', 'orders.csv', 'nodes.csv')
    expect(summary.accepted).toBe(2)
    expect(summary.files.find((file) => file.role === 'nodes')?.error?.code).toBe('INGEST_FILE_EMPTY')
  })

  test.each([
    ['an unknown provider', 'nobody', 'INGEST_PROVIDER_UNKNOWN'],
    ['a mapping that is not there', './no/such.yaml', 'INGEST_PATH_UNREADABLE'],
  ])('%s', async (_, provider, code) => {
    await home.write('orders.csv', ordersCsv(...good))
    await expect(home.load(provider, 'orders.csv')).rejects.toMatchObject({ code })
  })

  test('a path that is not there', async () => {
    await expect(home.load('detour', 'none.csv')).rejects.toMatchObject({ code: 'INGEST_PATH_UNREADABLE' })
  })

  test('a file the mapping does not know', async () => {
    await home.write('strange.csv', 'a\n1\n')
    await expect(home.load('detour', 'strange.csv')).rejects.toMatchObject({ code: 'INGEST_NO_FILES' })
  })
})

test.each([
  ['a byte order mark', `\uFEFF${ordersCsv(...good)}`],
  ['Windows newlines', ordersCsv(...good).replaceAll('\n', '\r\n')],
  ['mixed newlines', ordersCsv(...good).replace('\n', '\r\n')],
  ['no newline at the end', ordersCsv(...good).trimEnd()],
  ['quotes around everything', ordersCsv(...good).replaceAll(/[^,\n]+/g, '"$&"')],
  ['blanks around names and values', ordersCsv(...good).replaceAll(',', ' , ')],
])('%s does no harm', async (_, content) => {
  const { summary } = await loadOrders(content)
  expect(summary).toMatchObject({ records: 2, accepted: 2, quarantined: 0, added: 2 })
})

test('a header alone is no record', async () => {
  const { summary } = await loadOrders(ordersCsv())
  expect(summary).toMatchObject({ records: 0, accepted: 0, quarantined: 0 })
})
