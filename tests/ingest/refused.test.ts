// Loads that are refused or meet a log that fails: nothing of them is there, and the next load goes on.

import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ingest } from '#ingest'
import { FaultyLog } from '../data/log/faulty-log.ts'
import { openTestHome, ordersCsv, type TestHome } from './home.ts'
import { contents, salesCsv, shopMapping, snapshot, withoutLog } from './tables.ts'

let home: TestHome
beforeEach(async () => {
  home = await openTestHome()
})
afterEach(() => home.close())

const order = (id: string) => `${id},2026-01-05T10:00:00Z,created,USD`

test('a provider of another market', async () => {
  const path = await home.write('orders.csv', ordersCsv(order('A')))
  await ingest({ provider: 'detour', paths: [path], market: 'north' }, home)
  const refused = ingest({ provider: 'detour', paths: [path], market: 'south' }, home)
  await expect(refused).rejects.toMatchObject({
    code: 'INGEST_PROVIDER_MARKET',
    details: { market: 'north' },
  })
  await ingest({ provider: 'detour', paths: [path], market: 'south', as: 'other' }, home)
  expect(await home.warehouse.all('SELECT DISTINCT market FROM raw_file_orders ORDER BY 1')).toHaveLength(2)
})

test('what the warehouse cannot compute: nothing is accepted, and the next load goes on', async () => {
  const provider = await home.write(
    'sums.yaml',
    shopMapping
      .replace(
        'orders:\n',
        'orders:\n    join: { c: { file: catalogue, on: { sku: sku }, take: { n: "sum(try_cast(n AS HUGEINT))" } } }\n',
      )
      .replace('columns: [sku] }', 'columns: [sku, n] }')
      .replace('total_cents: {', 'customer_ref: c.n\n      total_cents: {'),
  )
  const sales = await home.write('sales.csv', salesCsv('A,2026-01-05,sent,1,S,1,10,P1,ups'))
  const load = async (rows: string) =>
    ingest({ provider, paths: [sales, await home.write('catalogue.csv', `sku,n\n${rows}\n`)] }, home)
  const most = `S,17${'0'.repeat(37)}`
  await expect(load(`${most}\n${most}`)).rejects.toMatchObject({ code: 'WAREHOUSE_QUERY' })
  expect(await home.warehouse.all('FROM loads')).toEqual([])
  expect(await load('S,1\nS,2')).toMatchObject({ alreadyLoaded: false })
  expect(await contents(home.warehouse, 'orders', 'shop')).toMatchObject([{ customer_ref: '3' }])
})

test.each(['lost', 'landed'] as const)(
  'a log whose answer is missing, the write being %s, loads once',
  async (fate) => {
    const log = new FaultyLog(home.log)
    log.fates = ['fine', fate]
    const path = await home.write('orders.csv', ordersCsv(order('A'), order('B')))
    expect(await ingest({ provider: 'detour', paths: [path] }, { ...home, log })).toMatchObject({
      added: 2,
    })
    const before = withoutLog(await snapshot(home.warehouse))
    await home.rebuild()
    expect(withoutLog(await snapshot(home.warehouse))).toEqual(before)
    expect(await home.load('detour', 'orders.csv')).toMatchObject({ alreadyLoaded: true })
  },
)

test('a log that is down: nothing is accepted', async () => {
  const log = new FaultyLog(home.log)
  log.fates = ['fine', 'lost', 'lost', 'lost', 'lost', 'lost', 'lost', 'lost', 'lost']
  const path = await home.write('orders.csv', ordersCsv(order('A')))
  const failed = ingest({ provider: 'detour', paths: [path] }, { ...home, log })
  await expect(failed).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
  expect(await contents(home.warehouse, 'orders')).toEqual([])
  expect(await home.load('detour', 'orders.csv')).toMatchObject({ alreadyLoaded: false, added: 1 })
})

test('a link that leads nowhere, a folder in the place of a file', async () => {
  await symlink(join(home.files, 'gone.csv'), join(home.files, 'orders.csv'))
  await expect(home.load('detour', 'orders.csv')).rejects.toMatchObject({ code: 'INGEST_PATH_UNREADABLE' })
  await mkdir(join(home.files, 'orders-2.csv'))
  await expect(home.load('detour', 'orders-2.csv')).rejects.toMatchObject({ code: 'INGEST_NO_FILES' })
  await mkdir(join(home.files, 'folder.yaml'))
  const asMapping = home.load(join(home.files, 'folder.yaml'), 'orders.csv')
  await expect(asMapping).rejects.toMatchObject({ code: 'INGEST_PATH_UNREADABLE' })
})
