// Receivers over HTTP: with a key of the caller each is made, given a secret or told again once.

import { Value } from 'typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { api } from '#data/contracts'
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

test('a test of a type is sent once for a key, and its attempt tells of request and answer', async () => {
  const { webhookId } = (await ask('', { ...body, format: 'slack' })).body
  const first = await ask(`/${webhookId}/test?type=order.rerouted`, undefined, 't1')
  expect([first.status, first.body.eventType, first.body.isTest]).toEqual([200, 'order.rerouted', true])
  expect(first.body.request).toMatchObject({ url: 'http://127.0.0.1:1/…' })
  expect((await ask(`/${webhookId}/test?type=order.rerouted`, undefined, 't1')).text).toBe(first.text)
  expect((await ask(`/${webhookId}/test?type=nothing`, undefined)).status).toBe(400)
})

test('a receiver is changed once for a key, and what does not fit together is refused', async () => {
  const { webhookId } = (await ask('', body)).body
  const change = (wanted: object) =>
    place.call('PATCH', `/api/v1/webhooks/${webhookId}`, {
      body: wanted,
      headers: { 'idempotency-key': 'c1' },
    })
  const labels = [{ label: 'severity', is: 'one_of', values: ['high'] }]
  expect((await change({ labels, concurrency: 1 })).body).toMatchObject({
    labels,
    concurrency: 1,
    health: 'unused',
  })
  expect((await change({ labels })).body.code).toBe('LOG_COMMAND_CONFLICT')
  const refusals = [
    { ...body, format: 'pagerduty' },
    { ...body, labels: [{ label: 'a b', is: 'one_of', values: ['x'] }] },
    { ...body, labels: [{ label: 'a', is: 'one_of', values: [] }] },
    { ...body, concurrency: 0 },
    { url: 'http://10.0.0.1/' },
  ]
  expect(await Promise.all(refusals.map(async (wanted) => (await ask('', wanted)).status))).toEqual([
    422, 400, 400, 400, 422,
  ])
})

test('every kind of message has its schema and an example, and can be seen in each format', async () => {
  const events = JSON.parse((await place.call('GET', '/api/v1/webhook-events')).text)
  expect(events.map(({ type }: { type: string }) => type)).toEqual(api.webhookEventTypes)
  for (const { type, schema, example, formats } of events) {
    expect([type, Value.Check(schema, example)]).toEqual([type, true])
    const own = await place.call('GET', `/api/v1/webhook-events/${type}/schema`)
    expect(own.body).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', title: type })
    expect(Object.keys(own.body.properties as object)).toEqual(['type', 'timestamp', 'data', 'isTest'])
    for (const format of formats) {
      const preview = await place.call('GET', `/api/v1/webhook-preview?format=${format}&type=${type}`)
      expect([preview.status, preview.body.format]).toEqual([200, format])
    }
  }
  const refused = await place.call('GET', '/api/v1/webhook-preview?format=pagerduty&type=order.shipped')
  expect(refused.body.code).toBe('WEBHOOK_SETTINGS_INVALID')
})

test('the command line makes, lists, tests and removes receivers of a served home', async () => {
  const verb = async (name: string, args: object) => {
    const { text } = await place.call('POST', `/api/v1/verbs/webhook-${name}`, { body: args })
    return JSON.parse(text.trim().split('\n').at(-1) ?? '')
  }
  const labels = [{ label: 'severity', is: 'one_of', values: ['high'] }]
  const { result: made } = await verb('add', { url: body.url, labels })
  expect(made).toMatchObject({ labels, secret: expect.stringMatching(/^whsec_/) })
  const { webhookId } = made
  expect((await verb('list', {})).result.webhooks.at(-1)).toMatchObject({ webhookId, health: 'unused' })
  expect((await verb('test', { webhookId, type: 'order.shipped' })).result).toMatchObject({
    status: 'failed',
  })
  expect((await verb('rotate', { webhookId })).result.secret).not.toBe(made.secret)
  expect(
    (await verb('replay', { webhookId, since: '2020-01-01T00:00:00Z' })).result.queued,
  ).toBeGreaterThanOrEqual(0)
  expect((await verb('remove', { webhookId })).result).toEqual({ webhookId })
  expect((await verb('test', { webhookId })).error.code).toBe('WEBHOOK_UNKNOWN')
})
