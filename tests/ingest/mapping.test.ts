// Faults of a mapping are refused with their line and column before anything is loaded.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
    ['today', 'quantity: n', 'quantity: { expr: "CURRENT_DATE" }', [22, 7], /current_date may not be used/],
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
