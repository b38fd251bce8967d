// Files that are read while they are scanned: what shows late in them, and that nothing of a dropped reading stays.

import { readdirSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listQuarantine } from '#ingest'
import { manyOrders, openTestHome, ordersCsv, type TestHome } from './home.ts'

let home: TestHome
beforeEach(async () => {
  home = await openTestHome()
})
afterEach(() => home.close())

/** More than the beginning by which a file is judged at first. */
const count = 4_000

async function orders(): Promise<string[]> {
  const rows = await home.warehouse.all<{ id: string }>(
    'SELECT order_external_id AS id FROM raw_file_orders ORDER BY row_number',
  )
  return rows.map((row) => row.id)
}

describe('a fault far behind the beginning', () => {
  const row = 'Z,2026-01-05T10:00:00Z,shipped,USD,'
  test.each([
    ['a quote that never closes', `"Z,2026\n${row}\n`, 1, 'quote_broken'],
    ['a blank line', `\n${row}\n`, 0, undefined],
    ['another kind of newline', `${row}\r\n`, 0, undefined],
    ['a cell too many', `Z,1,2,3,4,5,6\n${row}\n`, 1, 'columns_too_many'],
    ['a record cut short by the end', `${row}\n"Y,2026`, 1, 'quote_broken'],
  ])('%s', async (_, end, quarantined, code) => {
    await home.write('orders.csv', manyOrders('N', count) + end)
    const summary = await home.load('detour', 'orders.csv')
    expect(summary).toMatchObject({ records: count + 1 + quarantined, accepted: count + 1, quarantined })
    expect(summary.reasons).toEqual(code === undefined ? {} : { [code]: 1 })
    expect(await orders()).toEqual([...Array.from({ length: count }, (_, i) => `N-${i}`), 'Z'])
    expect(readdirSync(home.paths.temporary)).toEqual([])
  })
})

test('a header longer than the beginning', async () => {
  const cells = ordersCsv('A,2026-01-05T10:00:00Z,shipped,USD').split('\n')
  const [header, row] = cells
  await home.write('orders.csv', `${header},${'x'.repeat(70_000)}\n${row},\n`)
  expect(await home.load('detour', 'orders.csv')).toMatchObject({ records: 1, accepted: 1 })
})

test('a file that was landed before is not read to its end, and the warehouse goes on', async () => {
  await home.write('orders.csv', manyOrders('N', 100_000))
  await home.load('detour', 'orders.csv')
  expect(await home.load('detour', 'orders.csv')).toMatchObject({ alreadyLoaded: true, records: 100_000 })
  await home.write('orders-more.csv', manyOrders('M', 10))
  expect(await home.load('detour', 'orders-more.csv')).toMatchObject({ accepted: 10, added: 10 })
})

test('bad records are found wherever they stand', async () => {
  const bad = new Set([1, 63, 64, 65, ...Array.from({ length: 140 }, (_, i) => 120 + i), 511, 512, 600])
  const row = (i: number) => `A-${i},${bad.has(i) ? 'never' : '2026-01-05T10:00:00Z'},shipped,USD`
  await home.write('orders.csv', ordersCsv(...Array.from({ length: 600 }, (_, i) => row(i + 1))))
  const summary = await home.load('detour', 'orders.csv')
  expect(summary).toMatchObject({ records: 600, quarantined: bad.size, reasons: { date_invalid: bad.size } })
  const { rows } = await listQuarantine({ limit: 1_000 }, home)
  const places = rows.map((each) => each.rowNumber).toSorted((a, b) => Number(a) - Number(b))
  expect(places).toEqual([...bad].toSorted((a, b) => a - b))
})
