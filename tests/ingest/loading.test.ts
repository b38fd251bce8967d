// What loading does to the tables: once is as good as twice, the last file wins, and the counts add up.

import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type IngestSummary, ingest, listQuarantine } from '#ingest'
import { linesCsv, openTestHome, ordersCsv, type TestHome } from './home.ts'
import { contents, salesCsv, shopMapping, snapshot, withoutLog } from './tables.ts'

let home: TestHome
beforeEach(async () => {
  home = await openTestHome()
})
afterEach(() => home.close())

const order = (id: string, status = 'created') => `${id},2026-01-05T10:00:00Z,${status},USD`
const statuses = async () =>
  (await home.warehouse.all('SELECT order_external_id AS id, status FROM raw_file_orders ORDER BY 1')).map(
    (row) => `${row.id} ${row.status}`,
  )

describe('the same again', () => {
  test('changes nothing', async () => {
    await home.write('orders.csv', ordersCsv(order('A'), order('B'), 'C,nonsense,created,USD'))
    const first = await home.load('detour', 'orders.csv')
    const before = await snapshot(home.warehouse)
    const again = await home.load('detour', 'orders.csv')
    expect(first).toMatchObject({ alreadyLoaded: false, added: 2, changed: 0, unchanged: 0, quarantined: 1 })
    expect(again).toMatchObject({ alreadyLoaded: true, added: 0, changed: 0, unchanged: 2, quarantined: 1 })
    expect(before).toMatchObject(withoutLog(await snapshot(home.warehouse)))
  })

  test('under another name, or given twice in one load, is the same file', async () => {
    await home.write('orders.csv', ordersCsv(order('A')))
    await home.write('orders-copy.csv', ordersCsv(order('A')))
    const first = await home.load('detour', 'orders.csv', 'orders-copy.csv')
    const again = await home.load('detour', 'orders-copy.csv')
    expect(first).toMatchObject({ records: 1, added: 1 })
    expect(again).toMatchObject({ alreadyLoaded: true, unchanged: 1 })
  })

  test('after a newer file does not bring the old state back', async () => {
    await home.write('orders-1.csv', ordersCsv(order('A'), order('B')))
    await home.write('orders-2.csv', ordersCsv(order('A', 'shipped')))
    await home.load('detour', 'orders-1.csv')
    await home.load('detour', 'orders-2.csv')
    expect(await home.load('detour', 'orders-1.csv')).toMatchObject({ alreadyLoaded: true, changed: 0 })
    expect(await statuses()).toEqual(['A shipped', 'B created'])
  })
})

test('of a changed file only the changed rows count as changed', async () => {
  await home.write('orders.csv', ordersCsv(order('A'), order('B'), order('C')))
  await home.load('detour', 'orders.csv')
  await home.write('orders.csv', ordersCsv(order('A'), order('B', 'shipped'), order('C'), order('D')))
  const summary = await home.load('detour', 'orders.csv')
  expect(summary).toMatchObject({ alreadyLoaded: false, added: 1, changed: 1, unchanged: 2 })
  expect(await statuses()).toEqual(['A created', 'B shipped', 'C created', 'D created'])
})

test('of two files of one part the later name wins, in whatever order they are given', async () => {
  await home.write('orders-2.csv', ordersCsv(order('A', 'validated'), order('B')))
  await home.write('orders-10.csv', ordersCsv(order('A', 'shipped')))
  const summary = await home.load('detour', 'orders-10.csv', 'orders-2.csv')
  expect(summary).toMatchObject({ records: 3, accepted: 3, added: 2, unchanged: 1 })
  expect(await statuses()).toEqual(['A shipped', 'B created'])
})

test('the order of rows in a file does not matter', async () => {
  const ids = ['A', 'B', 'C', 'D', 'E', 'F']
  await home.write('orders.csv', ordersCsv(...ids.map((id) => order(id))))
  await home.load('detour', 'orders.csv')
  await home.write('orders.csv', ordersCsv(...ids.toReversed().map((id) => order(id))))
  expect(await home.load('detour', 'orders.csv')).toMatchObject({ added: 0, changed: 0, unchanged: 6 })
})

/** The rule in a few lines: the last file with a key wins, in it the first record; others of it are conflicts. */
class Expected {
  readonly rows = new Map<string, string>()
  readonly #loads = new Set<string>()

  load(files: [string, string][][]) {
    const distinct = files.filter((file, i) => !files.slice(i + 1).some((later) => `${later}` === `${file}`))
    if (this.#loads.has(JSON.stringify(distinct))) return null
    this.#loads.add(JSON.stringify(distinct))
    const winners = new Map<string, string>()
    for (const file of distinct) for (const [id, status] of file.toReversed()) winners.set(id, status)
    const last = (id: string) => distinct.findLast((file) => file.some(([other]) => other === id))
    const conflicts = distinct.flatMap((file) =>
      file.filter(([id, status]) => last(id) === file && winners.get(id) !== status),
    )
    const changed = [...winners].filter(([id, status]) => (this.rows.get(id) ?? status) !== status)
    const added = [...winners].filter(([id]) => !this.rows.has(id))
    for (const [id, status] of winners) this.rows.set(id, status)
    return {
      records: distinct.flat().length,
      conflicts: conflicts.length,
      changed: changed.length,
      added: added.length,
    }
  }
}

test('any sequence of loads gives what the rule says, and the counts add up', async () => {
  const record = fc.tuple(
    fc.constantFrom('A', 'B', 'C', 'D'),
    fc.constantFrom('created', 'shipped', 'delivered'),
  )
  const files = fc.array(fc.array(record, { maxLength: 5 }), { minLength: 1, maxLength: 2 })
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(files, { minLength: 1, maxLength: 4 }), async (loads) => {
      const provider = `run${run++}`
      const expected = new Expected()
      for (const load of loads) {
        const paths: string[] = []
        for (const [i, file] of load.entries()) {
          paths.push(
            await home.write(`orders-${i}.csv`, ordersCsv(...file.map(([id, status]) => order(id, status)))),
          )
        }
        const { added, changed, unchanged, accepted, records, quarantined, alreadyLoaded } = await ingest(
          { provider: 'detour', paths, as: provider },
          home,
        )
        const rule = expected.load(load)
        expect(alreadyLoaded).toBe(rule === null)
        expect(accepted + quarantined).toBe(records)
        expect(added + changed + unchanged).toBe(accepted)
        if (rule !== null) {
          expect({ records, quarantined, changed, added }).toEqual({
            records: rule.records,
            quarantined: rule.conflicts,
            changed: rule.changed,
            added: rule.added,
          })
        }
      }
      const rows = await contents(home.warehouse, 'orders', provider)
      const found = new Map(rows.map((row) => [row.order_external_id, row.status]))
      expect(found).toEqual(expected.rows)
      expect(rows).toHaveLength(found.size)
    }),
    { numRuns: 8, endOnFailure: true },
  )
}, 120_000)

describe('references', () => {
  test('to unknown orders, SKUs and nodes set the record aside', async () => {
    await home.write('orders.csv', ordersCsv(order('A')))
    await home.write('products.csv', 'sku,name\nS1,One\n')
    await home.write('nodes.csv', 'node_external_id,type\nN1,store\n')
    await home.write(
      'order_lines.csv',
      `order_external_id,line_external_id,sku,quantity,unit_price,node_external_id
A,1,S1,1,1,N1
B,1,S1,1,1,N1
A,2,S2,1,1,N1
A,3,S1,1,1,N2
B,4,S2,1,1,N2
A,5,S1,1,1,
`,
    )
    const summary = await home.load('detour', 'orders.csv', 'order_lines.csv', 'products.csv', 'nodes.csv')
    expect(summary.entities.order_lines).toMatchObject({ added: 2 })
    expect(summary).toMatchObject({
      quarantined: 4,
      reasons: { unknown_order: 2, unknown_sku: 1, unknown_node: 1 },
    })
    const { rows } = await listQuarantine({}, home)
    expect(rows[0]).toMatchObject({
      rowNumber: 2,
      field: 'order_external_id',
      reason: 'there is no order "B"',
    })
  })

  test('to SKUs and nodes are not checked while the provider has sent none', async () => {
    await home.write('orders.csv', ordersCsv(order('A')))
    await home.write('order_lines.csv', linesCsv('A,1,S9,1,1'))
    expect(await home.load('detour', 'orders.csv', 'order_lines.csv')).toMatchObject({ quarantined: 0 })
  })

  test('lose their target with the record that was to bring it', async () => {
    await home.write('orders.csv', ordersCsv(order('A'), 'B,nonsense,created,USD'))
    await home.write('order_lines.csv', linesCsv('A,1,S,1,1', 'B,1,S,1,1'))
    const summary = await home.load('detour', 'orders.csv', 'order_lines.csv')
    expect(summary.reasons).toEqual({ date_invalid: 1, unknown_order: 1 })
  })
})

describe('a record that feeds several entities', () => {
  const rowsOf = async () => ({
    orders: await home.warehouse.all(
      'SELECT order_external_id AS id, total_cents AS total FROM raw_file_orders ORDER BY 1',
    ),
    lines: (await contents(home.warehouse, 'order_lines', 'shop')).map((row) => row.line_external_id),
    parcels: (await contents(home.warehouse, 'shipments', 'shop')).map((row) => row.carrier),
  })
  const load = async (...names: string[]): Promise<IngestSummary> => {
    const provider = await home.write('shop.yaml', shopMapping)
    return ingest({ provider, paths: names.map((name) => join(home.files, name)) }, home)
  }

  test('is taken or set aside as a whole, and several make one row', async () => {
    await home.write('catalogue.csv', 'sku\nS\n')
    await home.write(
      'sales.csv',
      salesCsv(
        'A,2026-01-05,sent,1,S,1,10,P1,ups',
        'A,2026-01-04,sent,2,S,1,20,P1,ups',
        'A,2026-01-04,sent,3,S,none,40,P1,ups',
        'B,2026-01-04,new,1,T,1,80,P2,dhl',
        'C,2026-01-04,new,1,S,1,160,P3,dhl',
        'C,2026-01-04,new,2,S,1,320,P3,gls',
      ),
    )
    const summary = await load('sales.csv', 'catalogue.csv')
    expect(summary).toMatchObject({ records: 7, accepted: 4, quarantined: 3 })
    expect(summary.reasons).toEqual({ number_invalid: 1, unknown_sku: 1, duplicate_id: 1 })
    expect(await rowsOf()).toEqual({
      orders: [
        { id: 'A', total: 3_000 },
        { id: 'C', total: 16_000 },
      ],
      lines: ['1', '2', '1'],
      parcels: ['ups', 'dhl'],
    })
  })

  test('counts once, whatever it becomes', async () => {
    await home.write(
      'sales.csv',
      salesCsv('A,2026-01-05,sent,1,S,1,10,P1,ups', 'A,2026-01-05,sent,1,S,1,10,P1,ups'),
    )
    expect(await load('sales.csv')).toMatchObject({ records: 2, accepted: 2, quarantined: 0 })
    expect((await rowsOf()).lines).toEqual(['1'])
  })
})

describe('what the pipeline is told', () => {
  const changes = () => home.warehouse.all('SELECT kind, provider, key FROM pipeline_changes ORDER BY ALL')

  test('is everything at first, then the touched keys only, then nothing', async () => {
    await home.write('orders.csv', ordersCsv(order('A'), order('B')))
    await home.write('order_lines.csv', linesCsv('A,1,S,1,1', 'B,1,S,1,1'))
    await home.load('detour', 'orders.csv', 'order_lines.csv')
    expect(await changes()).toEqual([{ kind: 'all', provider: 'detour', key: null }])
    await home.warehouse.run('DELETE FROM pipeline_changes')
    await home.write('order_lines.csv', linesCsv('A,1,S,1,1', 'B,1,S,7,1', 'B,2,S,7,1'))
    await home.load('detour', 'order_lines.csv')
    expect(await changes()).toEqual([{ kind: 'order', provider: 'detour', key: 'B' }])
    await home.warehouse.run('DELETE FROM pipeline_changes')
    await home.write('order_lines.csv', linesCsv('B,2,S,7,1', 'A,1,S,1,1'))
    await home.load('detour', 'order_lines.csv')
    expect(await changes()).toEqual([])
  })

  test('names both stocks when a movement turns out to belong to another', async () => {
    const csv = (node: string) =>
      `movement_external_id,sku,node_external_id,moved_at,kind,delta\nM,S,${node},2026-01-05,receipt,5\n`
    await home.write('inventory_movements.csv', csv('N1'))
    await home.load('detour', 'inventory_movements.csv')
    await home.warehouse.run('DELETE FROM pipeline_changes')
    await home.write('inventory_movements.csv', csv('N2'))
    await home.load('detour', 'inventory_movements.csv')
    expect((await changes()).map((row) => row.key)).toEqual(['S\u001fN1', 'S\u001fN2'])
  })
})
