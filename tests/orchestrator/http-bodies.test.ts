// What is not fit to be read is refused with its code, and the server goes on answering.

import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPlace, type Place } from './http-place.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace({ config: { sqlTimeoutMs: 20_000 } })
  await place.engine.cycle()
})
afterAll(() => place.close())

const post = (path: string, body: string | Buffer | object, headers: Record<string, string> = {}) =>
  place.call('POST', path, { body, headers })

describe('a body', () => {
  test.each([
    ['half a document', '{"externalId": "a', 'HTTP_BODY_INVALID', 400],
    ['no document at all', 'hello', 'HTTP_BODY_INVALID', 400],
    ['nothing where JSON is announced', '', 'HTTP_BODY_INVALID', 400],
    ['a list for an object', '[]', 'HTTP_BODY_INVALID', 400],
    ['null for an object', 'null', 'HTTP_BODY_INVALID', 400],
    ['a prototype to poison', '{"__proto__": {"x": 1}, "externalId": "a"}', 'HTTP_BODY_INVALID', 400],
    [
      'half a character',
      String.raw`{"externalId": "a\ud800", "currency": "USD", "lines": []}`,
      'HTTP_BODY_INVALID',
      400,
    ],
    ['a control character', String.raw`{"externalId": "a\u001fb"}`, 'HTTP_BODY_INVALID', 400],
    ['very deep nesting', '['.repeat(100_000) + ']'.repeat(100_000), 'HTTP_BODY_INVALID', 400],
  ])('of %s is refused', async (_, body, code, status) => {
    const answer = await post('/api/v1/orders', body)
    expect([answer.status, answer.body.code, answer.body.status]).toEqual([status, code, status])
    expect(answer.headers['content-type']).toContain('application/problem+json')
  })

  test('says what of its text cannot be kept, and keeps what can', async () => {
    const line = { sku: 'x', quantity: 1, unitPriceCents: 1 }
    const order = { externalId: 'halves', currency: 'USD', lines: [line] }
    const half = await post('/api/v1/orders', { ...order, customerRef: 'a\ud800' })
    expect(half.body.detail).toContain('half a character or a control character')
    const whole = String.raw`{"externalId":"\ud83d\ude00 \u00fc","currency":"USD","lines":[${JSON.stringify(line)}]}`
    expect((await post('/api/v1/orders', whole)).status).toBe(201)
    expect((await place.call('GET', `/api/v1/orders/${encodeURIComponent('😀 ü')}`)).status).toBe(200)
  })

  test('of another type is refused, and forms as pages send them are too', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/xml',
    ]) {
      const answer = await post('/api/v1/orders', '{}', { 'content-type': type })
      expect([type, answer.status]).toEqual([type, 415])
      expect(answer.body.code).toBe('HTTP_MEDIA_TYPE_UNSUPPORTED')
    }
  })

  test('of 50 MB is refused, announced or not, and memory stays', async () => {
    const before = process.memoryUsage().rss
    const large = Buffer.alloc(50_000_000, 'x')
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }] as Record<string, string>[]) {
      const answer = await sendLarge(large, headers)
      expect(answer).toMatchObject({ status: 413, code: 'HTTP_BODY_TOO_LARGE' })
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000)
    expect((await place.bare('GET', '/healthz')).status).toBe(200)
  })
})

/** Sends on while the answer may come before the end. */
function sendLarge(body: Buffer, more: Record<string, string>): Promise<{ status: number; code: string }> {
  const headers = { authorization: `Bearer ${place.token}`, 'content-type': 'application/json', ...more }
  return new Promise((done, broken) => {
    const asked = request(`${place.url}/api/v1/orders`, { method: 'POST', headers, agent: false })
    let isAnswered = false
    asked.on('error', (error) => isAnswered || broken(error))
    asked.once('response', async (response) => {
      isAnswered = true
      let text = ''
      for await (const part of response.setEncoding('utf8')) text += part
      done({ status: response.statusCode ?? 0, code: JSON.parse(text).code })
      asked.destroy()
    })
    if (more['transfer-encoding'] === undefined) asked.setHeader('content-length', body.length)
    for (let at = 0; at < body.length; at += 1_000_000) asked.write(body.subarray(at, at + 1_000_000))
    asked.end()
  })
}

describe('an address', () => {
  test.each([
    ['/api/v1/orders?limit=0', '/limit'],
    ['/api/v1/orders?limit=201', '/limit'],
    ['/api/v1/orders?limit=many', '/limit'],
    ['/api/v1/orders?limit=', '/limit'],
    ['/api/v1/orders?limit=1&limit=2', '/limit'],
    ['/api/v1/orders?open=yes', '/open'],
    ['/api/v1/orders?status=created,lost', '/status/1'],
    ['/api/v1/orders?from=yesterday', '/from'],
    ['/api/v1/orders?sort=customer', '/sort'],
    ['/api/v1/orders?junk=1', '/junk'],
    ['/api/v1/orders?__proto__=1', '/__proto__'],
    ['/api/v1/inventory?state=lost', '/state'],
    ['/api/v1/incidents?status=gone', '/status'],
    ['/api/v1/decisions?kind=guess', '/kind'],
    ['/api/v1/overview?range=1y', '/range'],
    ['/api/v1/metrics/orders?grain=week', '/grain'],
    ['/api/v1/metrics/orders/slices', '/dimension'],
    [`/api/v1/orders?cursor=${'x'.repeat(2_001)}`, '/cursor'],
  ])('%s is refused and the field named', async (path, field) => {
    const answer = await place.bare('GET', path)
    expect([answer.status, answer.body.code]).toEqual([400, 'HTTP_QUERY_INVALID'])
    expect(answer.body.details).toMatchObject({ in: 'querystring', errors: [{ field }] })
  })

  test('that is broken or endless is refused', async () => {
    for (const path of ['/api/v1/orders/%E0%A4%A', `/api/v1/orders/${'x'.repeat(600)}`]) {
      const answer = await place.bare('GET', path)
      expect([answer.status >= 400, answer.status < 500]).toEqual([true, true])
      expect(answer.body.code).toMatch(/^HTTP_(QUERY_INVALID|NOT_FOUND)$/)
    }
  })

  test('with a cursor that belongs to no page is refused on every list', async () => {
    for (const list of ['orders', 'inventory', 'incidents', 'decisions']) {
      for (const cursor of ['nonsense', 'eyJhIjoxfQ', '%00', '1%27%20OR%201=1']) {
        const answer = await place.bare('GET', `/api/v1/${list}?cursor=${cursor}`)
        expect([list, cursor, answer.status, answer.body.code]).toEqual([
          list,
          cursor,
          400,
          'HTTP_CURSOR_INVALID',
        ])
      }
    }
  })

  test('with an id that nobody has leads nowhere', async () => {
    for (const [path, code] of [
      ['orders/nobody', 'ORDER_UNKNOWN'],
      ['orders/%27%20OR%201=1--', 'ORDER_UNKNOWN'],
      ['incidents/nobody', 'INCIDENT_UNKNOWN'],
      ['decisions/nobody', 'DECISION_UNKNOWN'],
      ['metrics/nobody', 'METRIC_UNKNOWN'],
      ['metrics/nobody/slices?dimension=node', 'METRIC_UNKNOWN'],
      ['webhooks/nobody', 'WEBHOOK_UNKNOWN'],
    ]) {
      const answer = await place.bare('GET', `/api/v1/${path}`)
      expect([path, answer.status, answer.body.code]).toEqual([path, 404, code])
    }
  })
})

describe('SQL over HTTP', () => {
  const ask = (query: unknown, more: object = {}) => post('/api/v1/sql', { query, ...more })

  test('answers rows, and files of all rows', async () => {
    const rows = await ask('select 1 a, 9007199254740993 b')
    expect(rows.body).toMatchObject({
      rows: [{ a: 1, b: '9007199254740993' }],
      rowCount: 1,
      truncated: false,
    })
    expect(rows.body).not.toHaveProperty('file')
    const csv = await ask('select range a from range(12000)', { format: 'csv' })
    expect(csv.headers['content-type']).toContain('text/csv')
    expect(csv.headers['content-disposition']).toBe('attachment; filename="answer.csv"')
    expect(csv.text.trimEnd().split('\n')).toHaveLength(12_001)
    const cut = await ask('from range(3000)')
    expect(cut.body).toMatchObject({ rowCount: 1_000, truncated: true })
  })

  test('names every table and column that can be asked', async () => {
    const tables = JSON.parse((await place.bare('GET', '/api/v1/sql/schema')).text) as {
      name: string
      columns: object[]
    }[]
    expect(tables.map(({ name }) => name)).toContain('orders')
    expect(tables.every(({ columns }) => columns.length > 0)).toBe(true)
  })

  test.each([
    ["copy (select 1) to '/tmp/stolen'", 'SQL_NOT_READ_ONLY'],
    ["select * from read_text('/etc/passwd')", 'SQL_NOT_READ_ONLY'],
    ["from '/etc/passwd'", 'SQL_FAILED'],
    ["attach '/tmp/stolen' as other", 'SQL_NOT_READ_ONLY'],
    ['install httpfs', 'SQL_NOT_READ_ONLY'],
    ['set enable_external_access = true', 'SQL_NOT_READ_ONLY'],
    ['select 1; commit; delete from orders', 'SQL_SEVERAL_STATEMENTS'],
    ['delete from orders', 'SQL_NOT_READ_ONLY'],
    ["select getenv('HOME')", 'SQL_FAILED'],
    ['from raw_log_events', 'SQL_FAILED'],
    ['from vault_keys', 'SQL_FAILED'],
  ])('refuses %s', async (query, code) => {
    const answer = await ask(query)
    expect([answer.status, answer.body.code]).toEqual([400, code])
  })

  test.each([
    ['a file to write', { query: 'select 1', file: '/tmp/stolen' }, '/file'],
    ['a limit beyond', { query: 'select 1', limit: 10_001 }, '/limit'],
    ['another format', { query: 'select 1', format: 'xml' }, '/format'],
    ['no query', {}, '/query'],
    ['a number', { query: 5 }, '/query'],
  ])('refuses %s', async (_, body, field) => {
    const answer = await post('/api/v1/sql', body)
    expect([answer.status, answer.body.code]).toEqual([400, 'HTTP_BODY_INVALID'])
    expect(answer.body.details).toMatchObject({ errors: [{ field }] })
  })
})

describe('figures for Prometheus', () => {
  test('are well formed, each with its type, and count the requests of this test', async () => {
    await place.bare('GET', '/api/v1/policies/reroute')
    const { text, headers } = await place.bare('GET', '/metrics')
    expect(headers['content-type']).toContain('text/plain; version=0.0.4')
    const typed = new Set<string>()
    for (const line of text.trimEnd().split('\n')) {
      const type = /^# TYPE (\w+) (counter|gauge|histogram)$/.exec(line)
      if (type !== null) typed.add(type[1] ?? '')
      else if (!/^# HELP \w+ \S/.test(line)) {
        const name = /^(\w+)(\{(\w+="([^"\\]|\\.)*",?)+\})? -?[\d.e+-]+$/.exec(line)?.[1]
        expect([line, typed.has(name?.replace(/_(bucket|sum|count)$/, '') ?? '')]).toEqual([line, true])
      }
    }
    for (const name of [
      'process_resident_memory_bytes',
      'detour_event_loop_delay_seconds',
      'detour_core_events_total',
      'detour_open_incidents',
      'detour_stream_clients',
      'detour_orders',
      'detour_webhook_deliveries',
      'detour_cycle_failed',
    ]) {
      expect([name, typed.has(name)]).toEqual([name, true])
    }
    const route = 'method="GET",route="/api/v1/policies/reroute",status="200"'
    const value = (end: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`detour_http_request_duration_seconds_${end}`))
          ?.split(' ')
          .at(-1),
      )
    expect(value(`count{${route}}`)).toBeGreaterThanOrEqual(1)
    expect(value(`bucket{${route},le="+Inf"}`)).toBe(value(`count{${route}}`))
  })
})
