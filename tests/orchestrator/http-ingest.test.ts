// Files over HTTP: loaded like those of the command line, bounded, and nothing of them stays in the scratch folder.

import { readdir } from 'node:fs/promises'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPlace, type Place } from './http-place.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace({ config: { maxUploadBytes: 1_000_000 } })
})
afterAll(async () => {
  expect(await readdir(place.engine.workspace.paths.temporary)).toEqual([])
  await place.close()
})

const csv = [
  'order_external_id,status,placed_at,currency,total',
  'O1,created,2026-01-01T10:00:00Z,USD,10.00',
  'O2,created,2026-01-01T11:00:00Z,USD,20.00',
  'O3,created,not a time,USD,30.00',
].join('\n')
const load = (query: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  place.call('POST', `/api/v1/ingest?${query}`, { body, headers: { 'content-type': 'text/csv', ...headers } })

describe('a file', () => {
  test('is loaded from the body, with what could not be used set aside', async () => {
    const answer = await load('provider=detour&filename=orders.csv', csv)
    expect(answer.text).toContain('"records":3')
    expect(answer).toMatchObject({ status: 200, body: { provider: 'detour', market: 'main', records: 3 } })
    expect(answer.body).toMatchObject({ accepted: 2, quarantined: 1, alreadyLoaded: false })
    expect(answer.body.files).toMatchObject([{ path: 'orders.csv', role: 'orders', records: 3 }])
    const again = await load('provider=detour&filename=orders.csv', csv)
    expect(again.body).toMatchObject({ alreadyLoaded: true })
  })

  test('may be NDJSON, and of another provider', async () => {
    const rows = [1, 2].map((n) =>
      JSON.stringify({
        order_external_id: `J${n}`,
        status: 'created',
        placed_at: '2026-01-02T10:00:00Z',
        currency: 'EUR',
      }),
    )
    const answer = await load('provider=detour&as=shop&filename=orders.ndjson', rows.join('\n'), {
      'content-type': 'application/x-ndjson',
    })
    expect(answer.body).toMatchObject({ provider: 'shop', accepted: 2, quarantined: 0 })
  })

  test.each([
    ['no provider', 'filename=orders.csv', 400, 'HTTP_QUERY_INVALID'],
    [
      'a path for a provider',
      'provider=..%2F..%2Fetc%2Fpasswd&filename=orders.csv',
      400,
      'HTTP_QUERY_INVALID',
    ],
    ['a provider nobody knows', 'provider=nobody&filename=orders.csv', 404, 'INGEST_PROVIDER_UNKNOWN'],
    ['a path for a name', 'provider=detour&filename=..%2Forders.csv', 400, 'HTTP_QUERY_INVALID'],
    ['a hidden name', 'provider=detour&filename=.orders.csv', 400, 'HTTP_QUERY_INVALID'],
    ['a name that no mapping takes', 'provider=detour&filename=cats.csv', 400, 'INGEST_NO_FILES'],
    ['a word nobody knows', 'provider=detour&filename=orders.csv&x=1', 400, 'HTTP_QUERY_INVALID'],
  ])('with %s is refused', async (_, query, status, code) => {
    const answer = await load(query, csv)
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })

  test('that is empty or no table is refused', async () => {
    expect((await load('provider=detour&filename=orders.csv', '')).body.code).toBe('INGEST_FILE_EMPTY')
    const binary = Buffer.from([0, 1, 2, 3, 0, 255, 254, 0, 0, 7])
    expect((await load('provider=detour&filename=orders.csv', binary)).body.code).toMatch(/^INGEST_/)
  })

  test('that lacks columns is refused by its own name, with nothing said of our folders', async () => {
    const answer = await load('provider=detour&filename=orders.csv', 'a,b\n1,2\n')
    expect([answer.status, answer.body.code]).toEqual([422, 'INGEST_COLUMN_MISSING'])
    expect(answer.body.details).toMatchObject({ path: 'orders.csv', header: 'a, b' })
    expect(answer.text).not.toContain('upload-')
  })

  test('that is too large is refused by its announced length, or once it has grown too large', async () => {
    const large = Buffer.alloc(3_000_000, 'a,b\n')
    const announced = await load('provider=detour&filename=orders.csv', large)
    expect([announced.status, announced.body.code]).toEqual([413, 'HTTP_BODY_TOO_LARGE'])
    expect(announced.body.details).toEqual({ limit: 1_000_000 })
    const growing = await load('provider=detour&filename=orders.csv', large, {
      'transfer-encoding': 'chunked',
    })
    expect([growing.status, growing.body.code]).toEqual([413, 'HTTP_BODY_TOO_LARGE'])
  })

  test('whose sender goes away leaves nothing behind', async () => {
    const headers = { authorization: `Bearer ${place.token}`, 'content-length': '900000' }
    const url = `${place.url}/api/v1/ingest?provider=detour&filename=orders.csv`
    const asked = request(url, { method: 'POST', headers, agent: false })
    asked.on('error', () => undefined)
    asked.write('order_id\n')
    const { temporary } = place.engine.workspace.paths
    await expect.poll(() => readdir(temporary)).toHaveLength(1)
    asked.destroy()
    await expect.poll(() => readdir(temporary)).toEqual([])
  })
})
