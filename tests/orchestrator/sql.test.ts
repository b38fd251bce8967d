// What user SQL may do and what it may not, tried from outside with the real child process.

import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { marts, operations, type TableContract } from '#data/contracts'
import { homePaths } from '#data/home'
import { DetourError } from '#data/kernel'
import { migrate, openWarehouse } from '#data/warehouse'
import { querySql, readableTables, type SqlContext, type SqlRequest } from '#orchestrator/sql'
import { effectsWith, insertRows, newFolder } from './places.ts'

let folder: Awaited<ReturnType<typeof newFolder>>
let context: SqlContext & { close(): Promise<void> }
let secretFile: string

beforeAll(async () => {
  folder = await newFolder()
  const home = join(folder.path, 'home')
  const effects = effectsWith({ sqlTimeoutMs: 20_000 })
  const paths = homePaths(home)
  await mkdir(paths.temporary, { recursive: true })
  const warehouse = await openWarehouse(paths.warehouse, { memoryMb: 512, threads: 2 })
  await migrate(warehouse)
  await insertRows(warehouse, marts.orders as unknown as TableContract, 12_000, {
    order_id: 'uuid()',
    external_id: "'O' || i",
    total_cents: 'i',
    is_late: 'i % 10 = 0',
    delivered_at: 'CASE WHEN i % 4 > 0 THEN now() END',
  })
  await insertRows(warehouse, operations.rawLogEvents, 1, { data: `'{"secret":"hidden-word"}'` })
  context = { warehouse, paths, effects, close: () => warehouse.close() }
  secretFile = join(folder.path, 'secret.csv')
  await writeFile(secretFile, 'a\nhidden-word\n')
})

afterAll(async () => {
  await context.close()
  await folder.remove()
})

const ask = (query: string, more: Partial<SqlRequest> = {}, other: Partial<SqlContext> = {}) =>
  querySql({ query, ...more }, { ...context, ...other })

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    return `no error: ${JSON.stringify(await work).slice(0, 200)}`
  } catch (error) {
    return error instanceof DetourError ? error.code : String(error)
  }
}

describe('answers', () => {
  test('a count and a sum come as numbers, with the types of their columns', async () => {
    const answer = await ask(
      'select count(*) n, sum(is_late::int) late from orders where delivered_at is not null',
    )
    expect(answer.rows).toEqual([{ n: 9000, late: 600 }])
    expect(answer.columns).toEqual([
      { name: 'n', type: 'BIGINT' },
      { name: 'late', type: 'HUGEINT' },
    ])
    expect(answer).toMatchObject({ rowCount: 1, truncated: false, file: null })
    expect(answer.snapshotAgeMs).toBeGreaterThanOrEqual(0)
    expect(Date.parse(answer.snapshotAt)).toBeGreaterThan(0)
  })

  test('numbers that a double cannot hold stay text, also inside lists', async () => {
    const answer = await ask(
      `select 9007199254740993 big, [1::bigint, 9007199254740993] list, 1.25::decimal(9,2) money,
              12345678901234567.5::decimal(20,1) wide, 'nan'::double nan, null absent,
              timestamptz '2026-01-01 00:00:00+00' moment, 1 a, 2 a`,
    )
    expect(answer.rows).toEqual([
      {
        big: '9007199254740993',
        list: [1, '9007199254740993'],
        money: 1.25,
        wide: '12345678901234567.5',
        nan: 'NaN',
        absent: null,
        moment: '2026-01-01 00:00:00+00',
        a: 1,
        'a:1': 2,
      },
    ])
  })

  test('a long answer is cut at 10,000 rows, or at the limit asked for, and says so', async () => {
    const all = await ask('select external_id from orders')
    expect([all.rowCount, all.rows.length, all.truncated]).toEqual([10_000, 10_000, true])
    const few = await ask('from orders', { limit: 3 })
    expect([few.rowCount, few.truncated]).toEqual([3, true])
    const exact = await ask('from range(3)', { limit: 3 })
    expect([exact.rowCount, exact.truncated]).toEqual([3, false])
  })

  test('EXPLAIN, DESCRIBE, comments and a last semicolon are fine', async () => {
    for (const query of [
      'explain from orders',
      'describe orders',
      '-- first\nselect 1; -- last',
      'show tables',
    ]) {
      expect((await ask(query)).rowCount, query).toBeGreaterThan(0)
    }
  })

  test('the readable tables are there and no raw table, cursor or log event is', async () => {
    const names = (await ask('select table_name from duckdb_tables()')).rows.map((row) => row.table_name)
    expect(names.toSorted()).toEqual([...readableTables, 'snapshot'].toSorted())
    expect(names.filter((name) => /^raw_|cursor/.test(String(name)))).toEqual([])
  })

  test('all rows, beyond the limit of rows, go to a Parquet or CSV file that is complete', async () => {
    const file = join(folder.path, 'deep', 'orders.parquet')
    const parquet = await ask('select external_id, total_cents, flags, placed_at from orders', {
      format: 'parquet',
      file,
    })
    expect(parquet).toMatchObject({ file, rowCount: 12_000, rows: [] })
    const csv = await ask('select external_id as "the, id" from orders order by total_cents', {
      format: 'csv',
    })
    const lines = (await readFile(String(csv.file), 'utf8')).trimEnd().split('\n')
    expect([lines.length, lines[0], lines[1]]).toEqual([12_001, '"the, id"', 'O0'])
    const db = await DuckDBInstance.create(':memory:')
    const connection = await db.connect()
    const reader = await connection.runAndReadAll(`SELECT sum(total_cents)::INT AS s FROM '${file}'`)
    expect(reader.getRowObjectsJson()).toEqual([{ s: (12_000 * 11_999) / 2 }])
    connection.closeSync()
    db.closeSync()
  })

  test('nothing of a query stays in the temporary folder', async () => {
    await ask('select 1')
    expect(await readdir(context.paths.temporary)).toEqual([])
  })
})

describe('the snapshot', () => {
  test('is kept while the warehouse stands still and made anew once it changed', async () => {
    const first = await ask('select count(*) n from loads')
    const file = join(context.paths.exports, 'snapshot.duckdb')
    const before = await stat(file)
    const second = await ask('select count(*) n from loads')
    expect((await stat(file)).ino).toBe(before.ino)
    expect(second.snapshotVersion).toBe(first.snapshotVersion)
    await insertRows(context.warehouse, operations.loads, 1)
    const third = await ask('select count(*) n from loads')
    expect([first.rows, third.rows]).toEqual([[{ n: 0 }], [{ n: 1 }]])
    expect(third.snapshotVersion).not.toBe(first.snapshotVersion)
  })

  test('is made anew after a cycle, also when a rebuilt warehouse counts its cycles from 1 again', async () => {
    const versions: string[] = []
    for (const second of [1, 2]) {
      await context.warehouse.run('DELETE FROM pipeline_runs')
      await insertRows(context.warehouse, operations.pipelineRuns, 1, {
        started_at: `TIMESTAMPTZ '2026-01-01 00:00:0${second}+00'`,
      })
      versions.push((await ask('select 1')).snapshotVersion)
    }
    expect(versions[0]).not.toBe(versions[1])
  })

  test('is replaced when its file is damaged, and made once for questions that come together', async () => {
    await writeFile(join(context.paths.exports, 'snapshot.duckdb'), 'not a database')
    const answers = await Promise.all([1, 2, 3].map((n) => ask(`select ${n} n, count(*) c from orders`)))
    expect(answers.map((answer) => answer.rows)).toEqual([1, 2, 3].map((n) => [{ n, c: 12_000 }]))
    expect(new Set(answers.map((answer) => answer.snapshotAt)).size).toBe(1)
  })
})

describe('attacks', () => {
  const target = () => join(folder.path, 'stolen')
  const refused: [string, () => string, string][] = [
    ['COPY TO a file', () => `copy (select 1) to '${target()}'`, 'SQL_NOT_READ_ONLY'],
    ['COPY a table TO a file', () => `copy orders to '${target()}'`, 'SQL_NOT_READ_ONLY'],
    ['read_text', () => `select * from read_text('/etc/passwd')`, 'SQL_NOT_READ_ONLY'],
    ['read_csv', () => `select * from read_csv('${secretFile}')`, 'SQL_NOT_READ_ONLY'],
    ['read_blob', () => `select * from read_blob('${secretFile}')`, 'SQL_NOT_READ_ONLY'],
    ['a file as a table', () => `from '${secretFile}'`, 'SQL_NOT_READ_ONLY'],
    ['/etc/passwd as a table', () => `from '/etc/passwd'`, 'SQL_FAILED'],
    ['glob', () => `from glob('/etc/*')`, 'SQL_NOT_READ_ONLY'],
    ['ATTACH', () => `attach '${target()}' as other`, 'SQL_NOT_READ_ONLY'],
    ['ATTACH of the warehouse', () => `attach '${context.paths.warehouse}' as w`, 'SQL_NOT_READ_ONLY'],
    ['INSTALL', () => 'install httpfs', 'SQL_NOT_READ_ONLY'],
    ['LOAD', () => 'load httpfs', 'SQL_NOT_READ_ONLY'],
    ['SET', () => 'set enable_external_access = true', 'SQL_NOT_READ_ONLY'],
    ['SET of memory', () => `set memory_limit = '100GB'`, 'SQL_NOT_READ_ONLY'],
    ['RESET', () => 'reset lock_configuration', 'SQL_NOT_READ_ONLY'],
    ['PRAGMA', () => 'pragma threads = 99', 'SQL_NOT_READ_ONLY'],
    ['a second statement', () => 'select 1; delete from orders', 'SQL_SEVERAL_STATEMENTS'],
    ['a commit between', () => 'select 1; commit; delete from orders', 'SQL_SEVERAL_STATEMENTS'],
    ['a statement behind EXPLAIN', () => 'explain select 1; delete from orders', 'SQL_SEVERAL_STATEMENTS'],
    [
      'a statement behind a comment',
      () => 'select 1 /* ; */; -- x\n drop table orders',
      'SQL_SEVERAL_STATEMENTS',
    ],
    ['CREATE', () => 'create table t as select 1', 'SQL_NOT_READ_ONLY'],
    ['CREATE TEMP', () => 'create temp table t as select 1', 'SQL_NOT_READ_ONLY'],
    ['CREATE SECRET', () => `create secret s (type s3, key_id 'a', secret 'b')`, 'SQL_FAILED'],
    ['INSERT', () => 'insert into loads from loads', 'SQL_NOT_READ_ONLY'],
    ['DELETE', () => 'delete from orders', 'SQL_NOT_READ_ONLY'],
    ['COPY FROM DATABASE', () => 'copy from database snapshot to memory', 'SQL_SEVERAL_STATEMENTS'],
    ['EXPORT DATABASE', () => `export database '${target()}'`, 'SQL_NOT_READ_ONLY'],
    ['CALL', () => 'call range(3)', 'SQL_NOT_READ_ONLY'],
    ['PREPARE', () => 'prepare p as select 1', 'SQL_NOT_READ_ONLY'],
    ['USE', () => 'use memory', 'SQL_NOT_READ_ONLY'],
    ['BEGIN', () => 'begin', 'SQL_NOT_READ_ONLY'],
    ['EXPLAIN ANALYZE of a write', () => 'explain analyze delete from orders', 'SQL_NOT_READ_ONLY'],
    ['EXPLAIN ANALYZE of a COPY', () => `explain analyze copy orders to '${target()}'`, 'SQL_NOT_READ_ONLY'],
    ['getenv', () => `select getenv('HOME')`, 'SQL_FAILED'],
    ['a NUL character', () => 'select 1\0; delete from orders', 'SQL_FAILED'],
    ['nothing at all', () => ' ; -- only words\n', 'SQL_FAILED'],
    ['an open comment', () => 'select 1 /* and then', 'SQL_FAILED'],
    ['a very long text', () => `select '${'x'.repeat(1_000_000)}'`, 'SQL_FAILED'],
    ['a raw table', () => 'from raw_log_events', 'SQL_FAILED'],
    ['a parameter', () => 'select $1', 'SQL_FAILED'],
  ]

  test('each is refused with its code and leaves no file behind', async () => {
    const got: [string, string][] = []
    for (const [name, query] of refused) got.push([name, await codeOf(ask(query()))])
    expect(got).toEqual(refused.map(([name, , code]) => [name, code]))
    expect(existsSync(target())).toBe(false)
    expect((await ask('select count(*) n from orders')).rows).toEqual([{ n: 12_000 }])
  })

  test('closing the bracket of an export does not add a statement or a target', async () => {
    const query = `select 1) to '${target()}' (format csv); --`
    expect(await codeOf(ask(query, { format: 'csv' }))).toBe('SQL_FAILED')
    expect(existsSync(target())).toBe(false)
  })

  test('settings, secrets, variables and databases show nothing of the raw tables or the environment', async () => {
    const queries = [
      'from duckdb_secrets()',
      'from duckdb_variables()',
      `select name, value from duckdb_settings() where value like '%hidden-word%'`,
      `select * from duckdb_columns() where table_name like 'raw_%'`,
    ]
    for (const query of queries) expect((await ask(query)).rows, query).toEqual([])
  })

  test('a query that runs too long is stopped, and the next one runs', async () => {
    const effects = effectsWith({ sqlTimeoutMs: 500 })
    const slow = 'select count(*) from range(1000000) a, range(1000000) b where (a.range * b.range) % 7 = 3'
    expect(await codeOf(ask(slow, {}, { effects }))).toBe('SQL_TIMEOUT')
    expect((await ask('select 1 one', {}, { effects: effectsWith() })).rows).toEqual([{ one: 1 }])
  })

  test('a query that needs too much memory is stopped, whether in DuckDB or in its answer', async () => {
    const effects = effectsWith({ sqlMemoryMb: 64, sqlTimeoutMs: 30_000 })
    const wide = 'select list(a.range) from range(30000000) a'
    expect(await codeOf(ask(wide, {}, { effects }))).toBe('SQL_MEMORY')
    const long = `select repeat('x', 100000) from range(1500)`
    const answer = await ask(long, {}, { effects })
    expect(answer.truncated).toBe(true)
  })
})
