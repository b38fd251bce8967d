// A served home: verbs are forwarded to its owner and read the same, strangers are refused, and it ends cleanly.

import type { ChildProcess } from 'node:child_process'
import { cp, readdir, readFile, stat } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { homePaths } from '#data/home'
import { detour, type Ran, start, stop } from './commands.ts'
import { newFolder } from './places.ts'

// Many processes one after the other: more time than other tests where the machine is busy.
vi.setConfig({ testTimeout: 180_000 })

const serving = ['serve', '--no-demo', '--no-dashboard', '--port', '0']

let folder: Awaited<ReturnType<typeof newFolder>>
let world: string
let home: string
let local: string
let server: ChildProcess
let url: string
let token: string

beforeAll(async () => {
  folder = await newFolder()
  world = join(folder.path, 'world')
  home = join(folder.path, 'home')
  local = join(folder.path, 'local')
  await detour(['world', '--out', world, '--days', '3', '--orders', '100', '--seed', 'serve'])
  await detour(['ingest', '--provider', 'detour', world, '--home', home])
  await detour(['cycle', '--home', home])
  await cp(home, local, { recursive: true })
  const started = await start([...serving, '--home', home, '--json'])
  server = started.child
  ;({ url, token } = JSON.parse(await readFile(homePaths(home).server, 'utf8')))
}, 180_000)
afterAll(async () => {
  if (server.exitCode === null) await stop(server, 'SIGKILL')
  await folder.remove()
})

interface Answer {
  status: number
  type: string
  text: string
  /** The text as JSON. */
  body: Record<string, unknown>
}

/** Asks the server with any headers, `host` included. */
function ask(path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> {
  return new Promise((done, broken) => {
    const asked = request(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      agent: false,
    })
    asked.once('error', broken)
    asked.once('response', async (response: IncomingMessage) => {
      let text = ''
      for await (const part of response.setEncoding('utf8')) text += part
      const first = text.split('\n')[0] ?? ''
      const type = String(response.headers['content-type'])
      done({ status: response.statusCode ?? 0, type, text, body: JSON.parse(first) })
    })
    asked.end(body)
  })
}

/** What a process watches depends on when it last looked, not on who asks. */
function withoutWatch(ran: Ran): Ran {
  return { ...ran, out: ran.out.replace(/^Watching .*\n/m, '') }
}

const own = () => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json' })

describe('verbs on a served home', () => {
  test('read the same as without a server, and end with the same code', async () => {
    const calls = [
      ['sql', 'select count(*) n from orders', '--csv'],
      ['cycle'],
      ['quarantine', 'list'],
      ['ingest', '--provider', 'detour', '/no/such/file', '--json'],
      ['sql', 'select 1; select 2', '--json'],
      ['sql', 'select nothing'],
    ]
    for (const call of calls) {
      const there = await detour([...call, '--home', home])
      const here = await detour([...call, '--home', local])
      expect(withoutWatch(there), call.join(' ')).toEqual(withoutWatch(here))
    }
  })

  test('take paths from the folder of whoever asks, and the server runs a cycle after a load', async () => {
    const loaded = await detour(
      ['ingest', '--provider', 'detour', 'world', '--as', 'second', '--home', home, '--json'],
      { cwd: folder.path },
    )
    expect(JSON.parse(loaded.out)).toMatchObject({ provider: 'second', quarantined: 0 })
    const query = `select count(distinct provider) n from orders where provider in ('detour', 'second')`
    const count = async () =>
      JSON.parse((await detour(['sql', query, '--home', home, '--json'])).out).rows[0].n
    let found = await count()
    for (let tries = 0; tries < 40 && found < 2; tries++) found = await count()
    expect(found).toBe(2)
  })

  test('stream their progress line by line and end with the result', async () => {
    const args = { provider: 'detour', paths: [world], as: 'third' }
    const answer = await ask('/api/v1/verbs/ingest', own(), JSON.stringify(args))
    expect(answer).toMatchObject({ status: 200, type: 'application/x-ndjson' })
    const lines = answer.text
      .trimEnd()
      .split('\n')
      .map((line) => Object.keys(JSON.parse(line)))
    expect(lines.at(-1)).toEqual(['result'])
    expect(lines.slice(0, -1).length).toBeGreaterThan(0)
    expect(lines.slice(0, -1).every((keys) => keys.join() === 'progress')).toBe(true)
  })

  test('of several processes at once all get their answer', async () => {
    const runs = [1, 2, 3].map((n) => detour(['sql', `select ${n} a`, '--csv', '--home', home]))
    expect((await Promise.all(runs)).map((run) => run.out)).toEqual(['a\n1\n', 'a\n2\n', 'a\n3\n'])
  })

  test('leave rebuild out, and a second server as well', async () => {
    const rebuild = await detour(['rebuild', '--home', home])
    expect([rebuild.code, rebuild.err]).toEqual([1, expect.stringMatching(/^error HOME_SERVED: .*pid \d+/)])
    const second = await detour([...serving, '--home', home])
    expect([second.code, second.err]).toEqual([1, expect.stringMatching(/^error HOME_BUSY: .*serve/)])
  })
})

describe('the server', () => {
  test('is healthy and ready, and its file is for its owner only', async () => {
    expect((await ask('/healthz')).body).toEqual({ status: 'ok', pid: server.pid })
    expect((await ask('/readyz')).body).toEqual({ status: 'ready' })
    expect((await stat(homePaths(home).server)).mode & 0o777).toBe(0o600)
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  })

  test('answers only for loopback names', async () => {
    for (const host of [
      'evil.example',
      '127.0.0.1.evil.example',
      'localhost.evil.example:80',
      '[::2]',
      'x@localhost',
    ]) {
      const answer = await ask('/healthz', { host })
      expect([host, answer.status, answer.body.code]).toEqual([host, 421, 'HTTP_HOST_REFUSED'])
    }
    for (const host of ['localhost', 'LOCALHOST:99', '127.0.0.1:1', '[::1]:80']) {
      expect([host, (await ask('/healthz', { host })).status]).toEqual([host, 200])
    }
  })

  test('asks for its token before it reads a body', async () => {
    for (const authorization of ['', 'Bearer', `Bearer ${token}x`, token, 'Bearer wrong']) {
      const answer = await ask('/api/v1/verbs/sql', { authorization }, '{"query":"select 1"}')
      expect(answer).toMatchObject({ status: 401, type: expect.stringContaining('application/problem+json') })
      expect(answer.body.code).toBe('HTTP_UNAUTHORIZED')
    }
  })

  test.each([
    ['a number for a text', '{"query": 5}', 400, 'HTTP_BODY_INVALID'],
    ['a text for a number', '{"query": "select 1", "limit": "5"}', 400, 'HTTP_BODY_INVALID'],
    ['a field nobody knows', '{"query": "select 1", "junk": 1}', 400, 'HTTP_BODY_INVALID'],
    ['a word nobody knows', '{"query": "select 1", "format": "xml"}', 400, 'HTTP_BODY_INVALID'],
    ['half a document', '{"query": "sel', 400, 'HTTP_BODY_INVALID'],
  ])('refuses %s as a problem with its code', async (_, body, status, code) => {
    const answer = await ask('/api/v1/verbs/sql', own(), body)
    expect(answer).toMatchObject({ status, body: { status, code, title: code } })
    expect(answer.type).toContain('application/problem+json')
  })

  test('refuses a body that is too long by its announced length', async () => {
    const answer = await ask('/api/v1/verbs/sql', { ...own(), 'content-length': '5000001' }, '{')
    expect(answer).toMatchObject({ status: 413, body: { code: 'HTTP_BODY_TOO_LARGE' } })
  })

  test('knows no other verbs or paths', async () => {
    for (const path of ['/api/v1/verbs/rebuild', '/api/v1/verbs/constructor', '/api/nothing']) {
      expect([path, (await ask(path, own(), '{}')).body.code]).toEqual([path, 'HTTP_NOT_FOUND'])
    }
    expect((await ask('/nowhere')).status).toBe(404)
  })
})

describe('starting and ending', () => {
  const other = () => join(folder.path, 'other')

  test('another address, a taken port and a schedule that is none are refused in words', async () => {
    const host = await detour([...serving, '--host', '0.0.0.0', '--home', other()])
    expect([host.code, host.err]).toEqual([
      1,
      expect.stringMatching(/^error SERVE_HOST_REFUSED: .*127\.0\.0\.1/),
    ])
    const blocker = createServer()
    await new Promise<void>((done) => blocker.listen(0, '127.0.0.1', done))
    const { port } = blocker.address() as { port: number }
    const busy = await detour([...serving, '--port', String(port), '--home', other()])
    blocker.close()
    expect([busy.code, busy.err]).toEqual([1, expect.stringMatching(/^error SERVE_PORT_BUSY/)])
    const cron = await detour([...serving, '--home', other()], {
      env: { DETOUR_CYCLE_CRON: 'often' },
    })
    expect([cron.code, cron.err]).toEqual([1, expect.stringMatching(/^error CONFIG_INVALID: .*CYCLE_CRON/)])
  })

  test('a running verb ends before the server does, and its file goes with it', async () => {
    const running = detour([
      'ingest',
      '--provider',
      'detour',
      world,
      '--as',
      'last',
      '--home',
      home,
      '--json',
    ])
    const owner = join(homePaths(home).root, 'owner.json')
    await new Promise((done) => setTimeout(done, 1500))
    expect(await stop(server, 'SIGTERM')).toBe(0)
    const ended = await running
    expect([0, 1]).toContain(ended.code)
    await expect(stat(homePaths(home).server)).rejects.toThrow()
    await expect(stat(owner)).rejects.toThrow()
    expect(await readdir(homePaths(home).temporary)).toEqual([])
    const answer = await detour([
      'sql',
      `select count(*) n from loads where provider = 'last'`,
      '--csv',
      '--home',
      home,
    ])
    expect(answer.out).toBe(`n\n${JSON.parse(ended.out).error === undefined ? 1 : 0}\n`)
  })

  test('a home whose server was killed is free again', async () => {
    const { child } = await start([...serving, '--home', other()])
    await stop(child, 'SIGKILL')
    expect((await stat(homePaths(other()).server)).isFile()).toBe(true)
    expect((await detour(['cycle', '--home', other()])).code).toBe(0)
  })
})
