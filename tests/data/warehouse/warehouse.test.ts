// The warehouse file: one instance, one writer at a time, transactions that hold, and a schema that is checked.

import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { columnsOf } from '#data/contracts'
import { allTables, migrate, openWarehouse, schemaDrift, type Warehouse } from '#data/warehouse'
import { newFolder } from '../../orchestrator/places.ts'

const limits = { memoryMb: 256, threads: 2 }
let folder: Awaited<ReturnType<typeof newFolder>>
beforeAll(async () => {
  folder = await newFolder()
})
afterAll(() => folder.remove())

async function inMemory(work: (warehouse: Warehouse) => Promise<void>): Promise<void> {
  const warehouse = await openWarehouse(':memory:', limits)
  try {
    await work(warehouse)
  } finally {
    await warehouse.close()
  }
}

describe('opening', () => {
  test('keeps what was written, and refuses a second instance of the same file by any of its names', async () => {
    const path = join(folder.path, 'a.duckdb')
    const warehouse = await openWarehouse(path, limits)
    await warehouse.run('CREATE TABLE t AS SELECT 42 AS a')
    for (const other of [path, join(folder.path, '.', 'x', '..', 'a.duckdb')]) {
      await expect(openWarehouse(other, limits)).rejects.toMatchObject({ code: 'WAREHOUSE_ALREADY_OPEN' })
    }
    await warehouse.close()
    const again = await openWarehouse(path, limits)
    expect(await again.all('FROM t')).toEqual([{ a: 42 }])
    await again.close()
  })

  test('refuses a damaged file with what to do, and lets it be opened once it is mended', async () => {
    const path = join(folder.path, 'damaged.duckdb')
    await writeFile(path, 'this is no database')
    await expect(openWarehouse(path, limits)).rejects.toMatchObject({
      code: 'WAREHOUSE_DAMAGED',
      message: expect.stringContaining('detour rebuild'),
    })
    await rm(path)
    await (await openWarehouse(path, limits)).close()
  })
})

describe('queries', () => {
  test('give numbers within 2^53 as numbers, larger ones as text, times in UTC', async () => {
    await inMemory(async (warehouse) => {
      const [row] = await warehouse.all(
        `SELECT 9007199254740991 AS a, 9007199254740993 AS b, NULL::BIGINT AS c,
                TIMESTAMPTZ '2026-01-01 02:00:00+02' AS d`,
      )
      expect(row).toEqual({
        a: 9007199254740991,
        b: '9007199254740993',
        c: null,
        d: '2026-01-01 00:00:00+00',
      })
    })
  })

  test('that fail carry their SQL, and "one" asks for a row', async () => {
    await inMemory(async (warehouse) => {
      const sql = 'SELECT nothing FROM nowhere'
      await expect(warehouse.all(sql)).rejects.toMatchObject({ code: 'WAREHOUSE_QUERY', details: { sql } })
      await expect(warehouse.one('SELECT 1 WHERE false')).rejects.toMatchObject({ code: 'WAREHOUSE_QUERY' })
    })
  })

  test('of the writer wait for each other; a transaction that throws leaves nothing', async () => {
    await inMemory(async (warehouse) => {
      await warehouse.run('CREATE TABLE t (a INTEGER)')
      const outcomes = await Promise.allSettled([
        warehouse.transaction(async (queries) => {
          await queries.run('INSERT INTO t VALUES (1)')
          throw new Error('no')
        }),
        warehouse.transaction(async (queries) => {
          expect(await queries.all('FROM t')).toEqual([])
          await queries.run('INSERT INTO t VALUES (2)')
        }),
        warehouse.all('FROM t'),
      ])
      expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
      expect(await warehouse.all('FROM t')).toEqual([{ a: 2 }])
    })
  })

  test('beside the writer see what is committed and nothing else', async () => {
    await inMemory(async (warehouse) => {
      await warehouse.run('CREATE TABLE t (a INTEGER)')
      await warehouse.transaction(async (queries) => {
        await queries.run('INSERT INTO t VALUES (1)')
        const seen = await warehouse.reading((other) => other.all('SELECT count(*) AS n FROM t'))
        expect(seen).toEqual([{ n: 0 }])
      })
      expect(await warehouse.reading((other) => other.all('FROM t'))).toEqual([{ a: 1 }])
    })
  })

  test('of the writer can be stopped', async () => {
    await inMemory(async (warehouse) => {
      const slow = warehouse.all(
        'SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range % 7 = 3',
      )
      let isOver = false
      const over = slow
        .catch((error: unknown) => error)
        .finally(() => {
          isOver = true
        })
      while (!isOver) {
        warehouse.interrupt()
        await new Promise((done) => setTimeout(done, 20))
      }
      expect(await over).toMatchObject({ code: 'WAREHOUSE_QUERY' })
      expect(await warehouse.all('SELECT 1 AS one')).toEqual([{ one: 1 }])
    })
  })
})

describe('the schema', () => {
  test('is made from the contracts, and made once', async () => {
    await inMemory(async (warehouse) => {
      await migrate(warehouse)
      await migrate(warehouse)
      expect(await schemaDrift(warehouse)).toEqual([])
      for (const contract of allTables()) {
        const columns = await warehouse.all<{ column_name: string }>(
          `SELECT column_name FROM (DESCRIBE ${contract.name})`,
        )
        expect(columns.map((column) => column.column_name)).toEqual(
          columnsOf(contract).map(({ name }) => name),
        )
      }
    })
  })

  test('that lost a column is damage, and one of a newer Detour is refused', async () => {
    await inMemory(async (warehouse) => {
      await migrate(warehouse)
      await warehouse.run('ALTER TABLE loads DROP COLUMN market')
      await expect(migrate(warehouse)).rejects.toMatchObject({
        code: 'WAREHOUSE_DAMAGED',
        message: expect.stringContaining('loads: lacks market'),
      })
    })
    await inMemory(async (warehouse) => {
      await migrate(warehouse)
      await warehouse.run(`INSERT INTO schema_migrations VALUES (999, 'from the future')`)
      await expect(migrate(warehouse)).rejects.toMatchObject({ code: 'WAREHOUSE_NEWER' })
    })
  })
})

describe('statements that are planned once', () => {
  let warehouse: Warehouse
  beforeAll(async () => {
    warehouse = await openWarehouse(':memory:', { ...limits, keepsPlans: true })
    await warehouse.run('CREATE TABLE t AS SELECT range AS i, range % 3 AS g FROM range(100)')
    await warehouse.run('CREATE TABLE few (i BIGINT)')
  })
  afterAll(() => warehouse.close())

  const questions = [
    'SELECT count(*) AS n FROM t WHERE i >= 150',
    'SELECT count(*) AS n FROM (SELECT g FROM t GROUP BY g)',
    'SELECT count(*) AS n FROM t WHERE i IN (SELECT i FROM few)',
    'SELECT count(*) AS n FROM t JOIN few USING (i)',
    'SELECT max(i) - min(i) AS n FROM t',
  ]
  const answers = async () => {
    const found: unknown[] = []
    for (const sql of questions) found.push((await warehouse.one(sql)).n)
    return found
  }

  test('answer of rows that came, went and lie beyond all that were there when they were planned', async () => {
    for (let n = 0; n < 3; n++) expect(await answers()).toEqual([0, 3, 0, 0, 99])
    await warehouse.run('INSERT INTO t SELECT range + 100, range * 1000 FROM range(200)')
    await warehouse.run('INSERT INTO few SELECT i FROM t WHERE i % 2 = 0')
    expect(await answers()).toEqual([150, 202, 150, 150, 299])
    await warehouse.run('DELETE FROM t WHERE i < 50')
    await warehouse.run('DELETE FROM few')
    expect(await answers()).toEqual([150, 202, 0, 0, 249])
  })

  test('answer of another table of the same name, take other parameters, and are asked beside each other', async () => {
    await warehouse.run('DROP TABLE t')
    await warehouse.run('CREATE TABLE t AS SELECT range * 2.5 AS i, range AS g FROM range(101)')
    expect(await answers()).toEqual([41, 101, 0, 0, '250.0'])
    const above = (least: number | string) =>
      warehouse.one('SELECT count(*) AS n FROM t WHERE g >= $1', [least])
    for (const [least, n] of [
      [1, 100],
      [100, 1],
      ['50', 51],
    ] as const)
      expect(await above(least)).toEqual({ n })
    const both = await warehouse.exclusive((queries) =>
      Promise.all([1, 2, 3].map((g) => queries.one('SELECT i AS n FROM t WHERE g = $1', [g]))),
    )
    expect(both.map(({ n }) => Number(n))).toEqual([2.5, 5, 7.5])
  })

  test('say what is wrong with them each time, and are rolled back', async () => {
    const wrong = "INSERT INTO few SELECT error('no')::BIGINT FROM t"
    for (let n = 0; n < 3; n++) {
      await expect(warehouse.run(wrong)).rejects.toMatchObject({ code: 'WAREHOUSE_QUERY' })
      const add = warehouse.transaction(async (queries) => {
        await queries.run('INSERT INTO few SELECT 7')
        throw new Error('not this')
      })
      await expect(add).rejects.toThrow('not this')
    }
    expect(await warehouse.one('SELECT count(*) AS n FROM few')).toEqual({ n: 0 })
  })
})
