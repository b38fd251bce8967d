// What a home still holds after its process was killed, its disk was full, or its files were damaged.

import { spawn, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSqliteLog } from '#data/log'
import { openWarehouse } from '#data/warehouse'
import { manyOrders, openHomeAt, openTestHome, ordersCsv, type TestHome } from './home.ts'
import { snapshot, withoutLog } from './tables.ts'

const node = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'node')
const child = join(import.meta.dirname, 'loading-child.ts')
const fullDiskChild = join(import.meta.dirname, 'full-disk-child.ts')
const limits = { memoryMb: 500, threads: 1 }

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'detour-crash-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

/** Runs the loading process; kills it `delayMs` after it opened the home, where given. @returns what it printed */
function run(args: string[], delayMs?: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const running = spawn(node, [child, ...args], { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
    const kill = () => process.kill(-(running.pid ?? 0), 'SIGKILL')
    let text = ''
    let timer: NodeJS.Timeout | undefined
    running.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (delayMs !== undefined && timer === undefined) timer = setTimeout(kill, delayMs)
    })
    running.once('error', reject)
    running.once('close', () => {
      clearTimeout(timer)
      resolve(text.split('\n').slice(0, -1))
    })
  })
}

/** Orders by their note, which says which load brought them. */
async function ordersByNote(home: TestHome): Promise<Record<string, number>> {
  const rows = await home.warehouse.all<{ note: string; n: number; ids: number }>(
    `SELECT customer_ref AS note, count(*) AS n, count(DISTINCT order_external_id) AS ids
     FROM raw_file_orders GROUP BY ALL`,
  )
  for (const row of rows) expect(row.ids).toBe(row.n)
  return Object.fromEntries(rows.map((row) => [row.note, row.n]))
}

/** Every landed file is whole, and nothing else lies in the lake. */
function expectTidyLake(home: TestHome): void {
  const names = readdirSync(join(home.paths.lake, 'raw', 'detour'))
  expect(names.filter((name) => !/^[0-9a-f]{32}(\.rejects)?\.(parquet|json)$/.test(name))).toEqual([])
  const manifests = names.filter((name) => name.endsWith('.json'))
  expect(names.filter((name) => name.endsWith('.parquet') && !name.includes('.rejects.'))).toHaveLength(
    manifests.length,
  )
  expect(readdirSync(join(home.paths.lake, 'mappings'))).toHaveLength(1)
  expect(readdirSync(home.paths.temporary)).toEqual([])
}

describe('killed', () => {
  test('at any of 20 moments, a load is there whole or not at all, and loading again completes it', async () => {
    const home = join(root, 'home')
    const count = 20_000
    const first = manyOrders('kept', count, 'first')
    await writeFile(join(root, 'orders-first.csv'), first)
    await run([home, root, 'load', 'orders-first.csv'])
    const started = performance.now()
    await run([home, root, 'load', 'orders-first.csv'])
    const wholeMs = performance.now() - started
    const delays = fc.sample(fc.integer({ min: 0, max: Math.round(wholeMs) }), 20)
    for (const [round, delayMs] of delays.entries()) {
      const notes = [`round${round}`, `again${round}`]
      const names = notes.map((note) => `orders-${note}.csv`)
      for (const [i, name] of names.entries()) {
        await writeFile(join(root, name), manyOrders(i === 0 ? `new${round}` : 'kept', count / 10, notes[i]))
      }
      const acknowledged = await run([home, root, 'load', ...names], delayMs)
      const open = await openHomeAt(home, root)
      const found = await ordersByNote(open)
      for (const [i, note] of notes.entries()) {
        if (acknowledged.includes(`${names[i]} ${count / 10}`)) expect(found[note]).toBe(count / 10)
        else expect([undefined, count / 10]).toContain(found[note])
      }
      for (const name of names)
        expect(await open.load('detour', name)).toMatchObject({ accepted: count / 10 })
      const complete = await ordersByNote(open)
      expect(complete.first).toBe(count - count / 10)
      expect(complete[`again${round}`]).toBe(count / 10)
      expect(complete[`round${round}`]).toBe(count / 10)
      expect(Object.keys(complete)).toHaveLength(round + 3)
      expectTidyLake(open)
      await open.close()
    }
  }, 240_000)

  test('between log and warehouse, the next start completes the load', async () => {
    await writeFile(join(root, 'orders.csv'), manyOrders('A', 1_000, 'only'))
    const path = join(root, 'home')
    expect(await run([path, root, 'accept-only', 'orders.csv'])).toEqual(['open'])
    const warehouse = await openWarehouse(join(path, 'warehouse.duckdb'), limits)
    expect(await warehouse.one('SELECT count(*) AS n FROM raw_file_orders')).toEqual({ n: 0 })
    await warehouse.close()
    const home = await openHomeAt(path, root)
    expect(await ordersByNote(home)).toEqual({ only: 1_000 })
    expect(await home.load('detour', 'orders.csv')).toMatchObject({ alreadyLoaded: true, unchanged: 1_000 })
    await home.close()
  })
})

const canMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0

describe.skipIf(!canMount)('a full disk (skipped where no small disk can be mounted)', () => {
  test('is told, costs nothing that was acknowledged, and the same process goes on when there is room', async () => {
    const disk = join(root, 'disk')
    await mkdir(disk)
    const script = `mount -t tmpfs -o size=48m tmpfs "$2" && "$0" "$1" "$2" "$3" fill && "$0" "$1" "$2" "$3" look`
    const { stdout } = spawnSync('unshare', ['-m', 'bash', '-c', script, node, fullDiskChild, disk, root], {
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
    })
    const outcomes = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    const loads = outcomes.filter((outcome) => outcome.round !== undefined)
    const full = loads.filter((outcome) => outcome.code !== undefined)
    expect(full.length).toBeGreaterThan(0)
    for (const outcome of full) {
      expect(outcome).toMatchObject({
        isFull: true,
        code: expect.stringMatching(/^(INGEST_DISK_FULL|LOG_UNAVAILABLE)$/),
      })
    }
    const everything = { rows: (loads.length / 2) * 20_000, ids: (loads.length / 2) * 20_000 }
    expect(outcomes.slice(-2)).toEqual([everything, everything])
  }, 120_000)
})

describe('damaged', () => {
  let home: TestHome
  beforeEach(async () => {
    home = await openTestHome()
    await home.write('orders.csv', ordersCsv('A,2026-01-05,shipped,USD', 'B,nonsense,shipped,USD', 'C,2026'))
    await home.load('detour', 'orders.csv')
  })
  afterEach(() => home.close())

  const landed = (ending: string) => {
    const folder = join(home.paths.lake, 'raw', 'detour')
    const name = readdirSync(folder).find((each) => /^[0-9a-f]+\.[^.]+$/.test(each) && each.endsWith(ending))
    return join(folder, name ?? 'none')
  }

  test.each([
    ['cut short', async (path: string) => truncate(path, 5_000)],
    ['garbage', async (path: string) => writeFile(path, Buffer.alloc(50_000, 'x'))],
  ])('the warehouse: %s', async (_, damage) => {
    const before = await snapshot(home.warehouse)
    await home.warehouse.close()
    await damage(home.paths.warehouse)
    await expect(openWarehouse(home.paths.warehouse, limits)).rejects.toMatchObject({
      code: 'WAREHOUSE_DAMAGED',
    })
    await home.rebuild()
    expect(await snapshot(home.warehouse)).toEqual(before)
  })

  test('the log, which is left as it is', async () => {
    const path = join(root, 'log.sqlite')
    const garbage = Buffer.alloc(20_000, 'not a log')
    await writeFile(path, garbage)
    await expect(openSqliteLog(path, home.effects)).rejects.toMatchObject({ code: 'LOG_DAMAGED' })
    expect(await readFile(path)).toEqual(garbage)
  })

  test.each([
    ['a landed file that is gone', '.parquet', (path: string) => rm(path), 'LAKE_FILE_MISSING'],
    [
      'a landed file that is cut short',
      '.parquet',
      (path: string) => truncate(path, 100),
      'LAKE_FILE_DAMAGED',
    ],
    ['a landed file with one other byte', '.parquet', flipByte, 'LAKE_FILE_DAMAGED'],
  ])('the lake: %s', async (_, ending, damage, code) => {
    const before = await snapshot(home.warehouse)
    const path = landed(ending)
    await damage(path)
    await expect(home.rebuild()).rejects.toMatchObject({ code, details: { path } })
    await home.load('detour', 'orders.csv')
    expect(before).toMatchObject(withoutLog(await snapshot(home.warehouse)))
  })

  test('the lake: a mapping that was edited', async () => {
    const folder = join(home.paths.lake, 'mappings')
    const path = join(folder, readdirSync(folder)[0] ?? '')
    await writeFile(path, `${await readFile(path, 'utf8')}\n# changed\n`)
    await expect(home.rebuild()).rejects.toMatchObject({ code: 'LAKE_FILE_DAMAGED', details: { path } })
  })
})

async function flipByte(path: string): Promise<void> {
  const bytes = await readFile(path)
  bytes[40] = (bytes[40] ?? 0) ^ 1
  await writeFile(path, bytes)
}
