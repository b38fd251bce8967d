// Receivers as people handle them: test, replay, rotate, pages of deliveries, the demo's sink, and what stays secret.

import { readFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { createSink, webhookStream } from '#orchestrator/webhooks'
import { codeOf, newLogPath } from '../../data/log/folder.ts'
import { attempted, cancelled, created, openMarket } from './market.ts'
import { effects, isSigned, ok, openAll, quick, startReceiver, until } from './setup.ts'

describe('a receiver', () => {
  test('gets a test at once, also while it is disabled, and a failed one is not repeated', async () => {
    const { webhooks } = await openAll()
    const receiver = await startReceiver((response, number) => {
      response.writeHead(number === 1 ? 204 : 500).end()
    })
    const { webhookId, secret } = await webhooks.create({ url: receiver.url, events: ['order.shipped'] })
    await webhooks.change(webhookId, { status: 'disabled' })
    const heard: string[] = []
    const stop = webhooks.onDelivery(({ deliveryId }) => heard.push(deliveryId))
    const sent = await webhooks.test(webhookId)
    expect(sent).toMatchObject({
      eventType: 'webhook.test',
      status: 'delivered',
      httpStatus: 204,
      attempt: 1,
    })
    expect(receiver.received.map((got) => isSigned(secret, got))).toEqual([true])
    expect(await webhooks.test(webhookId)).toMatchObject({ status: 'failed', nextAttemptAt: null })
    stop()
    await webhooks.test(webhookId)
    expect(heard).toHaveLength(2)
    expect(receiver.received).toHaveLength(3)
    expect(await codeOf(webhooks.test('wh_none'))).toBe('WEBHOOK_UNKNOWN')
  })

  test('gets one message or all since a time again', async () => {
    const { market, webhooks } = await openAll()
    const receiver = await startReceiver(ok)
    await market.append(created(1), cancelled(1), created(2), cancelled(2))
    const { webhookId } = await webhooks.create({ url: receiver.url })
    const ids = () => receiver.received.map(({ id }) => id).toSorted()
    expect(await webhooks.replay({ webhookId, messageId: 'msg_main_2' })).toEqual({ queued: 1 })
    await until(() => ids().length === 1)
    expect(await webhooks.replay({ webhookId, since: '2020-01-01T00:00:00Z' })).toEqual({ queued: 2 })
    await until(() => ids().length === 3)
    expect(ids()).toEqual(['msg_main_2', 'msg_main_2', 'msg_main_4'])
    const later = new Date(Date.now() + 60_000).toISOString()
    expect(await webhooks.replay({ webhookId, since: later })).toEqual({ queued: 0 })
    await until(async () => (await webhooks.deliveries({ limit: 10 })).items.length === 3)
    const { items } = await webhooks.deliveries({ messageId: 'msg_main_2', limit: 10 })
    expect(new Set(items.map(({ deliveryId }) => deliveryId)).size).toBe(2)
  })

  test.each([
    [{}, 'WEBHOOK_REPLAY_INVALID'],
    [{ messageId: 'msg_main_2', since: '2020-01-01T00:00:00Z' }, 'WEBHOOK_REPLAY_INVALID'],
    [{ since: 'yesterday' }, 'WEBHOOK_REPLAY_INVALID'],
    [{ messageId: 'msg_main_1' }, 'WEBHOOK_MESSAGE_UNKNOWN'],
    [{ messageId: 'msg_main_99' }, 'WEBHOOK_MESSAGE_UNKNOWN'],
    [{ messageId: 'msg_other_2' }, 'WEBHOOK_MESSAGE_UNKNOWN'],
    [{ messageId: "'; drop table events" }, 'WEBHOOK_MESSAGE_UNKNOWN'],
  ])('is not sent what cannot be: %j', async (replay, code) => {
    const { market, webhooks } = await openAll()
    await market.append(created(1), cancelled(1))
    const { webhookId } = await webhooks.create({ url: 'http://127.0.0.1:1/' })
    expect(await codeOf(webhooks.replay({ webhookId, ...replay }))).toBe(code)
  })

  test('can check with either secret after a rotation', async () => {
    const { webhooks } = await openAll()
    const receiver = await startReceiver(ok)
    const { webhookId, secret: before } = await webhooks.create({ url: receiver.url })
    const { secret: after } = await webhooks.rotate(webhookId)
    expect(after).not.toBe(before)
    await webhooks.test(webhookId)
    const [got] = receiver.received
    expect(got !== undefined && isSigned(before, got) && isSigned(after, got)).toBe(true)
  })

  test('that is removed gets nothing more', async () => {
    const { market, webhooks } = await openAll({ delaysMs: [30, 30, 30] })
    const receiver = await startReceiver((response) => response.writeHead(500).end())
    const { webhookId } = await webhooks.create({ url: receiver.url })
    await market.append(created(1), cancelled(1))
    await until(() => receiver.received.length === 1)
    await webhooks.remove(webhookId)
    const count = receiver.received.length
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(receiver.received.length).toBeLessThanOrEqual(count + 1)
    expect(await webhooks.list()).toEqual([])
    expect(await codeOf(webhooks.remove(webhookId))).toBe('WEBHOOK_UNKNOWN')
  })
})

test('Deliveries come in pages, newest first, also those that are no longer in memory', async () => {
  const path = newLogPath()
  const before = await openMarket(path, effects)
  const events = Array.from({ length: 4500 }, (_, i) => attempted(i, i % 9 === 0 ? 'wh_b' : 'wh_a'))
  await before.log.append(webhookStream('main'), 0, events)
  await before.close()
  const { webhooks } = await openAll({}, path)
  const page = (cursor: string | null) =>
    webhooks.deliveries({ limit: 200, webhookId: 'wh_b', ...(cursor === null ? {} : { cursor }) })
  const seen: string[] = []
  for (let cursor: string | null = null, next = await page(null); ; next = await page(cursor)) {
    seen.push(...next.items.map(({ messageId }) => messageId))
    cursor = next.nextCursor
    if (cursor === null) break
  }
  const expected = Array.from({ length: 500 }, (_, i) => `msg_main_${i * 9}`).toReversed()
  expect(seen).toEqual(expected)
  for (const bad of ['x', '-1', '0', '1e9', '9'.repeat(50)]) {
    expect(await codeOf(webhooks.deliveries({ limit: 10, cursor: bad }))).toBe('WEBHOOK_CURSOR_INVALID')
  }
  expect((await webhooks.deliveries({ limit: 10, status: 'abandoned' })).items).toEqual([])
})

test('The sink of the demo verifies what it receives, and its receiver is made once', async () => {
  const { market, webhooks } = await openAll()
  const sink = createSink(effects, { capacity: 3 })
  const receiver = await startReceiver(async (response, _number, { headers, body, path }) => {
    sink.receive(headers, body, await webhooks.secretFor(path))
    response.end()
  })
  const made = await webhooks.ensureDemoReceiver(receiver.url)
  expect(await webhooks.ensureDemoReceiver(receiver.url)).toEqual(made)
  expect(JSON.stringify(made)).not.toContain('whsec_')
  await market.append(created(1), cancelled(1))
  await until(() => sink.messages().length === 1)
  expect(sink.messages()[0]).toMatchObject({
    messageId: 'msg_main_2',
    isVerified: true,
    reason: null,
    eventType: 'order.cancelled',
  })
  const [{ headers, body } = { headers: {}, body: '' }] = sink.messages()
  const secret = await webhooks.secretFor('/hook')
  expect(sink.receive(headers, body.replace('A-1', 'A-2'), secret)).toMatchObject({ isVerified: false })
  expect(sink.receive({ ...headers, 'webhook-timestamp': '1' }, body, secret).reason).toMatch(/too old/)
  expect(sink.receive({}, '<html>', null)).toMatchObject({
    isVerified: false,
    eventType: null,
    messageId: '',
  })
  expect(
    sink.receive({ authorization: 'Bearer x', cookie: 'y' }, 'z'.repeat(100_000), secret).headers,
  ).toEqual({})
  expect(sink.messages()).toHaveLength(3)
  expect(sink.messages()[0]?.body).toHaveLength(65_536)
  expect((await webhooks.ensureDemoReceiver('http://127.0.0.1:1/hook')).webhookId).toBe(made.webhookId)
  expect(await webhooks.list()).toHaveLength(1)
})

test('No secret is in the stream of deliveries, in an answer or in the log of the program', async () => {
  let printed = ''
  const book = new Writable({
    write: (chunk, _encoding, done) => {
      printed += String(chunk)
      done()
    },
  })
  const world = { ...effects, logger: pino({ level: 'trace' }, book) }
  const path = newLogPath()
  const { market, webhooks, close } = await openAll({ ...quick, delaysMs: [1] }, path, world)
  const receiver = await startReceiver((response, number) => response.writeHead(number < 3 ? 500 : 410).end())
  const { webhookId, secret } = await webhooks.create({ url: receiver.url })
  const { secret: next } = await webhooks.rotate(webhookId)
  await market.append(created(1), cancelled(1), created(2), cancelled(2))
  await until(async () => (await webhooks.get(webhookId)).status === 'disabled')
  await webhooks.test(webhookId)
  const said = JSON.stringify([
    await webhooks.list(),
    await webhooks.deliveries({ limit: 100 }),
    await market.log.read(webhookStream('main'), 0, 1000),
  ])
  await close()
  expect(printed).toContain(webhookId)
  for (const text of [said, printed]) {
    expect(text).not.toContain('whsec_')
    expect(text).not.toContain(secret.slice(6, 40))
    expect(text).not.toContain(next.slice(6, 40))
  }
  expect(readFileSync(path).includes(secret)).toBe(true)
})

test('There are at most a hundred receivers', async () => {
  const { market, webhooks } = await openAll()
  for (let i = 0; i < 100; i++) {
    await market.vault.createWebhook({
      market: 'main',
      url: 'http://127.0.0.1:1/',
      description: '',
      events: [],
    })
  }
  expect(await codeOf(webhooks.create({ url: 'http://127.0.0.1:1/' }))).toBe('WEBHOOK_TOO_MANY')
})
