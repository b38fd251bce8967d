// The command line from outside: each verb in its own process, as people and scripts run it.

import { appendFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { homePaths, lockHome } from '#data/home'
import { benchGroups } from '../../orchestrator/bench/groups.ts'
import { detour, project } from './commands.ts'
import { effectsWith, newFolder } from './places.ts'

let folder: Awaited<ReturnType<typeof newFolder>>
let world: string
let home: string

beforeAll(async () => {
  folder = await newFolder()
  world = join(folder.path, 'world')
  home = join(folder.path, 'home')
  const made = await detour(['world', '--out', world, '--days', '4', '--orders', '200', '--seed', 'cli'])
  expect(made).toMatchObject({ code: 0, err: '' })
})
afterAll(() => folder.remove())

/** Runs with --json and gives the exit code and the one document printed. */
async function json(...args: string[]) {
  const { code, out, err } = await detour([...args, '--json'])
  return { code, err, body: JSON.parse(out) }
}

const counting = 'select count(*) n, sum(is_late::int) late from orders where delivered_at is not null'

describe('from files to answers', () => {
  test('a world is written, loaded, brought up to date and asked', async () => {
    const loaded = await json('ingest', '--provider', 'detour', world, '--home', home)
    expect(loaded).toMatchObject({ code: 0, err: '', body: { alreadyLoaded: false, quarantined: 0 } })
    const cycle = await json('cycle', '--home', home)
    expect(cycle).toMatchObject({ code: 0, body: { mode: 'full' } })
    const answer = await json('sql', counting, '--home', home)
    const orders = (await readFile(join(world, 'orders.csv'), 'utf8')).trimEnd().split('\n').length - 1
    const all = await json('sql', 'select count(*) n from orders', '--home', home)
    expect([answer.code, all.body.rows]).toEqual([0, [{ n: orders }]])
    expect(answer.body.columns.map((column: { name: string }) => column.name)).toEqual(['n', 'late'])
    expect(typeof answer.body.rows[0].n).toBe('number')
    expect(answer.body.rows[0].n).toBeGreaterThan(0)
  })

  test('the same files again change nothing, and an idle cycle says so', async () => {
    const again = await json('ingest', '--provider', 'detour', world, '--home', home)
    expect(again).toMatchObject({ code: 0, body: { alreadyLoaded: true } })
    expect(await json('cycle', '--home', home)).toMatchObject({ code: 0, body: { mode: 'idle' } })
    expect((await detour(['cycle', '--home', home])).out).toBe('Nothing changed since the last cycle.\n')
  })

  test('people get tables and words, scripts CSV and Parquet', async () => {
    const text = await detour(['sql', 'select 1 as one, null as nothing_here', '--home', home])
    expect(text.out).toMatch(/one.*nothing_here/)
    expect(text.out).toContain('1 row in')
    const csv = await detour(['sql', `select 1 a, 'x,y' b`, '--csv', '--home', home])
    expect(csv).toEqual({ code: 0, out: 'a,b\n1,"x,y"\n', err: '' })
    const file = join(folder.path, 'out.parquet')
    const parquet = await json('sql', 'from orders', '--parquet', file, '--home', home)
    expect(parquet.body.file).toBe(file)
    expect((await readFile(file)).subarray(0, 4).toString()).toBe('PAR1')
    expect(await readdir(homePaths(home).exports)).toEqual(['snapshot.duckdb', 'snapshot.json'])
  })

  test('control characters in data do not reach a terminal', async () => {
    const { out } = await detour(['sql', `select chr(27) || '[2J' || chr(10) || 'x' as evil`, '--home', home])
    expect(out).not.toContain('\u001b')
  })
})

describe('records and files that cannot be used', () => {
  test('a bad record is set aside, listed, exported and tried again; the load is a success', async () => {
    const broken = join(folder.path, 'broken')
    await cp(world, broken, { recursive: true })
    const [header = ''] = (await readFile(join(broken, 'orders.csv'), 'utf8')).split('\n')
    const cells = header.split(',').map((name) => (name.includes('id') ? 'BAD-1' : 'not usable'))
    await appendFile(join(broken, 'orders.csv'), `${cells.join(',')}\n`)
    const other = join(folder.path, 'broken-home')
    const loaded = await json('ingest', '--provider', 'detour', broken, '--home', other)
    expect(loaded).toMatchObject({ code: 0, body: { quarantined: 1 } })
    const list = await json('quarantine', 'list', '--home', other)
    expect(list).toMatchObject({ code: 0, body: { total: 1, rows: [{ provider: 'detour' }] } })
    const file = join(folder.path, 'to-mend.csv')
    const exported = await json('quarantine', 'export', '--file', file, '--home', other)
    expect(exported).toMatchObject({ code: 0, body: { files: [{ file, records: 1 }], records: 1 } })
    expect(await readFile(file, 'utf8')).toContain('BAD-1')
    const replayed = await json('quarantine', 'replay', '--home', other)
    expect(replayed).toMatchObject({ code: 0, body: { replayed: 0, stillOpen: 1 } })
    expect((await detour(['quarantine', 'list', '--home', other])).out).toContain('1 of 1 record')
  })

  test('a file that cannot be loaded at all means exit code 1, and the good ones are loaded', async () => {
    const half = join(folder.path, 'half')
    await cp(world, half, { recursive: true })
    await writeFile(join(half, 'returns.csv'), Buffer.from([0, 1, 2, 3, 0, 255, 254]))
    const other = join(folder.path, 'half-home')
    const loaded = await json('ingest', '--provider', 'detour', half, '--home', other)
    expect(loaded.code).toBe(1)
    const failed = loaded.body.files.filter((file: { error?: object }) => file.error)
    expect(failed.map((file: { path: string }) => file.path)).toEqual([join(half, 'returns.csv')])
    expect(loaded.body.entities.orders.added).toBeGreaterThan(0)
  })
})

describe('the demo', () => {
  test('fills an empty home and shows figures; on a home with data it adds nothing', async () => {
    const other = join(folder.path, 'demo-home')
    const args = ['demo', '--days', '20', '--orders', '400', '--home', other]
    const first = await json(...args)
    expect(first).toMatchObject({ code: 0, body: { load: { provider: 'fabrikam', quarantined: 0 } } })
    expect(first.body.metrics.length).toBeGreaterThan(3)
    const second = await detour(args)
    expect(second.code).toBe(0)
    expect(second.out).toContain('has data: nothing was added')
    expect(second.out).toContain('npx detour sql')
    const loads = await json('sql', 'select count(*) n from loads', '--home', other)
    expect(loads.body.rows).toEqual([{ n: 1 }])
    expect(await readdir(homePaths(other).temporary)).toEqual([])
  })
})

describe('rebuild', () => {
  test('gives the same tables, and says so', async () => {
    const rebuilt = await json('rebuild', '--home', home)
    expect(rebuilt).toMatchObject({ code: 0, body: { identical: true, notCompared: null } })
    expect(rebuilt.body.marts.length).toBeGreaterThan(0)
    expect((await detour(['rebuild', '--home', home])).out).toContain('Every table is as it was before.')
  })

  test('heals a warehouse that is damaged, which every other verb reports', async () => {
    const before = await json('sql', counting, '--home', home)
    await writeFile(homePaths(home).warehouse, 'this is no database')
    const broken = await detour(['cycle', '--home', home])
    expect(broken.code).toBe(1)
    expect(broken.err).toMatch(/^error WAREHOUSE_DAMAGED: .*run "detour rebuild"/)
    const rebuilt = await json('rebuild', '--home', home)
    expect(rebuilt).toMatchObject({ code: 0, body: { identical: null } })
    expect((await json('sql', counting, '--home', home)).body.rows).toEqual(before.body.rows)
  })

  test('makes a warehouse that was deleted', async () => {
    const before = await json('sql', counting, '--home', home)
    await rm(homePaths(home).warehouse)
    expect(await json('rebuild', '--home', home)).toMatchObject({ code: 0 })
    expect((await json('sql', counting, '--home', home)).body.rows).toEqual(before.body.rows)
  })

  test('refuses to delete what the log no longer knows', async () => {
    const other = join(folder.path, 'lost-log')
    await cp(home, other, { recursive: true })
    for (const end of ['', '-wal', '-shm']) await rm(`${homePaths(other).log}${end}`, { force: true })
    expect(await json('rebuild', '--home', other)).toMatchObject({
      code: 1,
      body: { error: { code: 'REBUILD_LOG_BEHIND' } },
    })
    expect((await readFile(homePaths(other).warehouse)).length).toBeGreaterThan(10_000)
  })
})

describe('about itself', () => {
  test('it tells the version of the package, as text and as a document', async () => {
    const { version } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'))
    expect(await detour(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
    expect(await json('--version')).toEqual({ code: 0, err: '', body: { version } })
  })

  test('the help of measurements names every group', async () => {
    const words = (await detour(['bench', '--help'])).out.split(/\W+/)
    expect(words).toEqual(expect.arrayContaining(Object.keys(benchGroups)))
  })

  test('the help of a receiver names the formats and types there are', async () => {
    expect((await detour(['webhook', 'add', '--help'])).out).toMatch(/choices: "detour",\s+"cloudevents"/)
    const wrong = await detour(['webhook', 'test', 'x', '--type', 'nothing'])
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('incident.opened') })
  })
})

describe('errors', () => {
  test('wrong usage is exit code 2, in words or as one JSON document', async () => {
    for (const args of [
      [],
      ['no-such-verb'],
      ['sql'],
      ['ingest', 'x'],
      ['quarantine', 'list', '--limit', 'x'],
    ]) {
      const text = await detour(args)
      expect([text.code, text.out], args.join(' ')).toEqual([2, ''])
      expect(text.err).not.toBe('')
      expect(await json(...args), args.join(' ')).toMatchObject({
        code: 2,
        err: '',
        body: { error: { code: 'CLI_USAGE' } },
      })
    }
    expect(await json('sql', 'select 1', '--csv', '--home', home)).toMatchObject({ code: 2 })
    expect(await json('bench', 'no-such-group')).toMatchObject({
      code: 2,
      body: { error: { code: 'CLI_USAGE' } },
    })
  })

  test('an unusable setting, an unknown provider and a wrong query are named with exit code 1', async () => {
    const setting = await detour(['cycle', '--home', home], { env: { DETOUR_PORT: 'many' } })
    expect([setting.code, setting.err]).toEqual([
      1,
      expect.stringMatching(/^error CONFIG_INVALID: .*DETOUR_PORT/),
    ])
    const provider = await json('ingest', '--provider', 'nobody', world, '--home', home)
    expect(provider).toMatchObject({ code: 1, body: { error: { code: 'INGEST_PROVIDER_UNKNOWN' } } })
    const query = await detour(['sql', 'select nothing from nowhere', '--home', home])
    expect([query.code, query.out]).toEqual([1, ''])
    expect(query.err).toMatch(/^error SQL_FAILED: .*nowhere/)
  })

  test('a question makes no home where there is none', async () => {
    const none = join(folder.path, 'none')
    expect(await json('sql', 'select 1', '--home', none)).toMatchObject({
      code: 1,
      body: { error: { code: 'SQL_NO_DATA' } },
    })
    await expect(readdir(none)).rejects.toThrow()
  })

  test('the home comes from the environment, and the option wins', async () => {
    const env = { DETOUR_HOME: home }
    const ran = await detour(['sql', 'select count(*) > 0 as has from orders', '--csv'], { env })
    expect(ran.out).toBe('has\ntrue\n')
    const none = join(folder.path, 'none')
    expect((await detour(['sql', 'select 1', '--home', none], { env })).err).toContain('SQL_NO_DATA')
  })

  test('a home that another process works on is busy, and server.json of a dead server does not matter', async () => {
    await mkdir(home, { recursive: true })
    const { server } = homePaths(home)
    await writeFile(server, JSON.stringify({ pid: 999_999, url: 'http://127.0.0.1:9', token: 'x' }))
    expect((await json('sql', 'select 1 a', '--home', home)).body.rows).toEqual([{ a: 1 }])
    const lock = await lockHome(home, 'ingest', effectsWith())
    try {
      const busy = await detour(['cycle', '--home', home])
      expect(busy.code).toBe(1)
      expect(busy.err).toMatch(new RegExp(`^error HOME_BUSY: .*pid ${process.pid}, ingest`))
    } finally {
      await lock.release()
      await rm(server)
    }
  })
})
