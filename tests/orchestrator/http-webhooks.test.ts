// Receivers over HTTP: with a key of the caller each is made, given a secret or told again once.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPlace, type Place } from './http-place.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
})
afterAll(() => place.close())

const ask = (path: string, body: unknown, key?: string) =>
  place.call('POST', `/api/v1/webhooks${path}`, {
    ...(body === undefined ? {} : { body }),
    headers: key === undefined ? {} : { 'idempotency-key': key },
  })
const receivers = async () => JSON.parse((await place.call('GET', '/api/v1/webhooks')).text).length
const body = { url: 'http://127.0.0.1:1/hook', description: 'shop' }

test('a receiver is made once for a key, and another body under it is refused', async () => {
  const first = await ask('', body, 'w1')
  expect([first.status, await receivers()]).toEqual([201, 1])
  const again = await ask('', { description: 'shop', url: body.url }, 'w1')
  expect([again.status, again.headers.location, again.text]).toEqual([
    201,
    first.headers.location,
    first.text,
  ])
  const other = await ask('', { ...body, description: 'other' }, 'w1')
  expect([other.status, other.body.code]).toEqual([422, 'LOG_COMMAND_CONFLICT'])
  const both = await Promise.all([ask('', body, 'w2'), ask('', body, 'w2')])
  expect(both[0]?.text).toBe(both[1]?.text)
  expect(await receivers()).toBe(2)
  await ask('', body)
  expect(await receivers()).toBe(3)
})

test('a refusal is the same for the same key', async () => {
  const bad = { url: 'nonsense' }
  const first = await ask('', bad, 'w3')
  expect([first.status, first.body.code]).toEqual([400, 'WEBHOOK_URL_INVALID'])
  expect((await ask('', bad, 'w3')).text).toBe(first.text)
  expect((await ask('', body, 'w3')).body.code).toBe('LOG_COMMAND_CONFLICT')
})

test('a secret is made once for a key, for each receiver', async () => {
  const ids = (await Promise.all([ask('', body), ask('', body)])).map((made) => String(made.body.webhookId))
  const first = await ask(`/${ids[0]}/rotate`, undefined, 'r1')
  expect(first.status).toBe(200)
  expect((await ask(`/${ids[0]}/rotate`, undefined, 'r1')).body.secret).toBe(first.body.secret)
  expect((await place.vault.webhookSecrets(ids[0] ?? ''))[0]).toBe(first.body.secret)
  expect((await ask(`/${ids[1]}/rotate`, undefined, 'r1')).body.secret).not.toBe(first.body.secret)
  expect((await ask(`/${ids[0]}/rotate`, undefined)).body.secret).not.toBe(first.body.secret)
})

test('what is sent again is queued once for a key', async () => {
  const { webhookId } = (await ask('', body)).body
  const all = { since: '2020-01-01T00:00:00Z' }
  const first = await ask(`/${webhookId}/replay`, all, 'p1')
  expect(first.status).toBe(202)
  expect((await ask(`/${webhookId}/replay`, all, 'p1')).text).toBe(first.text)
  const other = await ask(`/${webhookId}/replay`, { since: '2021-01-01T00:00:00Z' }, 'p1')
  expect(other.body.code).toBe('LOG_COMMAND_CONFLICT')
})
