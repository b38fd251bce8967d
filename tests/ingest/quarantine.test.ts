// Records that were set aside: seen, taken out, mended, tried again, and closed exactly when they were accepted.

import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { exportQuarantine, ingest, listQuarantine, type QuarantinedRecord, replayQuarantine } from '#ingest'
import { linesCsv, openTestHome, ordersCsv, type TestHome } from './home.ts'
import { contents, salesCsv, shopMapping } from './tables.ts'

let home: TestHome
beforeEach(async () => {
  home = await openTestHome()
})
afterEach(() => home.close())

const order = (id: string, status = 'created') => `${id},2026-01-05T10:00:00Z,${status},USD`
const open = async (): Promise<QuarantinedRecord[]> => (await listQuarantine({ limit: 1_000 }, home)).rows
const column = async (entity: string, name: string) =>
  (await contents(home.warehouse, entity)).map((row) => row[name])

async function loadOrders(...rows: string[]) {
  await home.write('orders.csv', ordersCsv(...rows))
  return home.load('detour', 'orders.csv')
}

/** Exports what is open, lets `mend` change the text, and replays the file. */
async function mend(change: (text: string) => string) {
  const file = join(home.files, 'mend.csv')
  await exportQuarantine({ file }, home)
  await writeFile(file, change(await readFile(file, 'utf8')))
  return replayQuarantine({ file }, home)
}

describe('the list', () => {
  beforeEach(async () => {
    await loadOrders(order('A'), 'B,nonsense,created,USD', order('C', 'teleported'), 'D,2026')
    await home.write('order_lines.csv', linesCsv('A,1,S,1,1', 'Z,1,S,1,1'))
    await home.load('detour', 'order_lines.csv')
  })

  test('is filtered by code, part, provider, id and state', async () => {
    const codes = async (filter: Parameters<typeof listQuarantine>[0]) =>
      (await listQuarantine(filter, home)).rows.map((row) => row.code)
    expect(await codes({})).toEqual(['unknown_order', 'date_invalid', 'value_unknown', 'columns_missing'])
    expect(await codes({ code: 'date_invalid' })).toEqual(['date_invalid'])
    expect(await codes({ role: 'order_lines' })).toEqual(['unknown_order'])
    expect(await codes({ provider: 'nobody' })).toEqual([])
    expect(await codes({ status: 'replayed' })).toEqual([])
    const [first] = await open()
    expect(await codes({ ids: [first?.quarantineId ?? ''] })).toEqual(['unknown_order'])
    expect(await listQuarantine({ limit: 1 }, home)).toMatchObject({
      total: 4,
      rows: [{ code: 'unknown_order' }],
    })
  })

  test('has the same ids however often and in whatever company a file is loaded', async () => {
    const before = await open()
    await home.write('orders-2.csv', ordersCsv(order('E')))
    await home.load('detour', 'orders.csv', 'orders-2.csv', 'order_lines.csv')
    expect(await open()).toEqual(before)
  })
})

test('lines that came before their orders are accepted once those are there', async () => {
  await home.write('order_lines.csv', linesCsv('A,1,S,1,1', 'B,1,S,2,1', 'C,1,S,3,1'))
  expect(await home.load('detour', 'order_lines.csv')).toMatchObject({ accepted: 0, quarantined: 3 })
  expect(await replayQuarantine({}, home)).toMatchObject({ replayed: 0, stillOpen: 3 })
  await loadOrders(order('A'), order('B'))
  const replay = await replayQuarantine({ code: 'unknown_order' }, home)
  expect(replay).toMatchObject({
    replayed: 2,
    stillOpen: 1,
    summaries: [{ records: 3, accepted: 2, quarantined: 1 }],
  })
  expect(await column('order_lines', 'quantity')).toEqual([1, 2])
  expect(await open()).toMatchObject([{ code: 'unknown_order', raw: 'C,1,S,3,1', rowNumber: 3 }])
  await loadOrders(order('C'))
  expect(await replayQuarantine({}, home)).toMatchObject({ replayed: 1, stillOpen: 0 })
  await expect(replayQuarantine({}, home)).rejects.toMatchObject({ code: 'INGEST_QUARANTINE_EMPTY' })
})

describe('export, mend, replay', () => {
  test('accepts what was mended and closes exactly that', async () => {
    await loadOrders(order('A'), 'B,nonsense,created,USD', order('C', 'teleported'), order('D', 'gone'))
    const replay = await mend((text) =>
      text.replace(',nonsense,', ',2026-02-01,').replace(',teleported,', ',shipped,'),
    )
    expect(replay).toMatchObject({ replayed: 2, stillOpen: 1 })
    expect(await column('orders', 'status')).toEqual(['created', 'created', 'shipped'])
    expect(await open()).toMatchObject([{ code: 'value_unknown', raw: order('D', 'gone') }])
    const replayed = await listQuarantine({ status: 'replayed' }, home)
    expect(replayed.rows.map((row) => row.rowNumber)).toEqual([2, 3])
  })

  test('keeps open what still fails, with its new reason', async () => {
    await loadOrders('B,nonsense,created,USD')
    const [before] = await open()
    expect(await mend((text) => text.replace(',nonsense,created', ',2026-01-01,lost'))).toMatchObject({
      stillOpen: 1,
    })
    expect(await open()).toMatchObject([
      { quarantineId: before?.quarantineId, code: 'value_unknown', field: 'status' },
    ])
  })

  test('lets a person mend records whose structure is broken', async () => {
    await home.write(
      'orders.csv',
      'status,order_external_id,currency,placed_at\nshipped,"B,USD,2026-01-01\nshipped,C\ncreated,D,USD,2026-01-02,x\n',
    )
    await home.write('orders-2.csv', ordersCsv(order('A'), 'E,"2026-01-03"x,shipped,USD'))
    await home.load('detour', 'orders.csv', 'orders-2.csv')
    expect((await open()).map((row) => row.code)).toEqual([
      'quote_broken',
      'quote_broken',
      'columns_missing',
      'columns_too_many',
    ])
    expect(await replayQuarantine({}, home)).toMatchObject({ replayed: 0, stillOpen: 4, summaries: [] })
    const replay = await mend((text) =>
      text
        .replace('shipped,""B,USD', 'shipped,""B"",USD')
        .replace('shipped,C', 'shipped,C,USD,2026-01-05')
        .replace('02,x', '02')
        .replace('""x', '""'),
    )
    expect(replay).toMatchObject({ replayed: 4, stillOpen: 0 })
    expect(await contents(home.warehouse, 'orders')).toMatchObject([
      { order_external_id: 'A', status: 'created' },
      { order_external_id: 'B', status: 'shipped', placed_at: '2026-01-01 00:00:00+00' },
      { order_external_id: 'C', placed_at: '2026-01-05 00:00:00+00' },
      { order_external_id: 'D', status: 'created' },
      { order_external_id: 'E', placed_at: '2026-01-03 00:00:00+00' },
    ])
  })

  test('never takes the kept part of a record for the record', async () => {
    const header = 'order_external_id,placed_at,status,currency,customer_ref\n'
    const long = `B,2026-01-01,shipped,USD,${'x'.repeat(1_100_000)}\n`
    const latin = Buffer.from('C,2026-01-01,shipped,USD,Jo\xe3o\n', 'latin1')
    await home.write('orders.csv', Buffer.concat([Buffer.from(header + long), latin]))
    await home.load('detour', 'orders.csv')
    expect(await replayQuarantine({}, home)).toMatchObject({ replayed: 0, stillOpen: 2 })
    expect(await mend((text) => text)).toMatchObject({ replayed: 0, stillOpen: 2 })
    const replay = await mend((text) => text.replace(/xxx+…/, 'short').replace(/Jo[^"\n]*/, 'João'))
    expect(replay).toMatchObject({ replayed: 2, stillOpen: 0 })
    expect(await column('orders', 'customer_ref')).toEqual(['short', 'João'])
  })

  test('writes a file for each part, and each can be replayed by itself', async () => {
    await loadOrders(order('A'), 'B,nonsense,created,USD')
    await home.write('order_lines.csv', linesCsv('A,1,S,none,1', 'A,2,S,1,1'))
    await home.load('detour', 'order_lines.csv')
    const { files, records } = await exportQuarantine({ file: join(home.files, 'out.csv') }, home)
    expect(files.map((file) => [file.file.slice(home.files.length + 1), file.role, file.records])).toEqual([
      ['out-detour-order_lines.csv', 'order_lines', 1],
      ['out-detour-orders.csv', 'orders', 1],
    ])
    expect(records).toBe(2)
    for (const { file } of files) {
      await writeFile(
        file,
        (await readFile(file, 'utf8')).replace(',none,', ',7,').replace(/,nonsense/, ',2026-01-01'),
      )
    }
    expect(await replayQuarantine({ file: files[0]?.file }, home)).toMatchObject({
      replayed: 1,
      stillOpen: 0,
    })
    expect(await open()).toMatchObject([{ code: 'date_invalid' }])
    expect(await replayQuarantine({ file: files[1]?.file }, home)).toMatchObject({
      replayed: 1,
      stillOpen: 0,
    })
    await expect(replayQuarantine({ file: files[1]?.file }, home)).rejects.toMatchObject({
      code: 'INGEST_QUARANTINE_EMPTY',
    })
    await expect(exportQuarantine({ file: 'x.csv' }, home)).rejects.toMatchObject({
      code: 'INGEST_QUARANTINE_EMPTY',
    })
  })

  test('refuses a file that lost its ids or its shape', async () => {
    await loadOrders('B,nonsense,created,USD')
    await expect(mend((text) => text.replace('detour_quarantine_id', 'id'))).rejects.toMatchObject({
      code: 'INGEST_COLUMN_MISSING',
    })
    await expect(mend((text) => `${text}"open\n`)).rejects.toMatchObject({ code: 'INGEST_FILE_UNREADABLE' })
    const missing = replayQuarantine({ file: join(home.files, 'none.csv') }, home)
    await expect(missing).rejects.toMatchObject({ code: 'INGEST_PATH_UNREADABLE' })
    expect(await open()).toHaveLength(1)
  })

  test('finds the cells of its records behind broken ones and in files of other columns', async () => {
    await home.write(
      'orders-1.csv',
      ordersCsv('"x', 'B,nonsense,created,USD', 'y', 'z', 'C,nonsense,shipped,USD'),
    )
    await home.write(
      'orders-2.csv',
      `currency,status,placed_at,order_external_id,channel\nEUR,created,nonsense,D,web\n`,
    )
    await home.load('detour', 'orders-1.csv', 'orders-2.csv')
    await mend((text) => text.replaceAll(',nonsense', ',2026-01-01'))
    expect(await contents(home.warehouse, 'orders')).toMatchObject([
      { order_external_id: 'B', status: 'created', currency: 'USD', channel: null },
      { order_external_id: 'C', status: 'shipped', currency: 'USD' },
      { order_external_id: 'D', status: 'created', currency: 'EUR', channel: 'web' },
    ])
    expect((await open()).map((row) => row.raw)).toEqual(['"x', 'y', 'z'])
  })
})

test('a mapping that learned a new word accepts what it did not know', async () => {
  const provider = await home.write('shop.yaml', shopMapping)
  const paths = [
    await home.write('sales.csv', salesCsv('A,2026-01-05,lost,1,S,1,10,,', 'B,2026-01-05,gone,1,S,1,10,,')),
  ]
  expect(await ingest({ provider, paths }, home)).toMatchObject({ accepted: 0, quarantined: 2 })
  await writeFile(provider, shopMapping.replace('new: created', 'new: created, lost: cancelled'))
  expect(await replayQuarantine({ mapping: provider }, home)).toMatchObject({ replayed: 1, stillOpen: 1 })
  expect(await contents(home.warehouse, 'orders', 'shop')).toMatchObject([
    { order_external_id: 'A', status: 'cancelled' },
  ])
})

test('a record that joins others in one row adds to them when it comes late', async () => {
  const provider = await home.write('shop.yaml', shopMapping)
  const rows = [
    'A,2026-01-05,sent,1,S,1,10,P1,ups',
    'A,2026-01-03,sent,2,S,none,20,P2,ups',
    'A,2026-01-04,sent,3,S,1,40,P1,ups',
  ]
  const file = await home.write('sales.csv', salesCsv(...rows))
  await ingest({ provider, paths: [file] }, home)
  expect(await mend((text) => text.replace(',none,', ',5,'))).toMatchObject({ replayed: 1, stillOpen: 0 })
  expect(await contents(home.warehouse, 'orders', 'shop')).toMatchObject([
    { total_cents: 7_000, placed_at: '2026-01-03 00:00:00+00' },
  ])
  expect(await contents(home.warehouse, 'order_lines', 'shop')).toHaveLength(3)
  expect(await contents(home.warehouse, 'shipments', 'shop')).toHaveLength(2)
})

test('a lake that lost a file says which one', async () => {
  await loadOrders(order('A'), 'B,nonsense,created,USD')
  const { fileId } = (await open())[0] ?? {}
  const path = join(home.paths.lake, 'raw', 'detour', `${fileId}.parquet`)
  await rm(path)
  const failed = { code: 'LAKE_FILE_MISSING', details: { path } }
  await expect(exportQuarantine({ file: join(home.files, 'out.csv') }, home)).rejects.toMatchObject(failed)
  await expect(replayQuarantine({}, home)).rejects.toMatchObject(failed)
})
