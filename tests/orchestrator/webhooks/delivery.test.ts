// Messages on their way: signed, once each, tried again, and in nobody's way.

import { describe, expect, test } from 'vitest'
import { cancelled, created, nodes } from './market.ts'
import { isSigned, ok, openAll, startReceiver, until } from './setup.ts'

describe('a message', () => {
  test('reaches its receiver signed, with an id that follows from the log', async () => {
    const { market, webhooks } = await openAll()
    const receiver = await startReceiver(ok)
    await market.append(...nodes, created(1))
    const made = await webhooks.create({ url: receiver.url, description: 'ops' })
    const seq = await market.append(cancelled(1))
    await until(() => receiver.received.length === 1)
    const [got] = receiver.received
    if (got === undefined) throw new Error('nothing came')
    expect(got.id).toBe(`msg_main_${seq}`)
    expect(got.headers['content-type']).toBe('application/json')
    expect(isSigned(made.secret, got)).toBe(true)
    expect(isSigned('whsec_bm90IHRoZSBzZWNyZXQ=', got)).toBe(false)
    expect(JSON.parse(got.body)).toMatchObject({
      type: 'order.cancelled',
      timestamp: '2026-03-02T09:00:00.000Z',
      data: { order: { externalId: 'A-1' }, reason: 'customer_asked' },
    })
    await until(async () => (await webhooks.deliveries({ limit: 10 })).items.length === 1)
    expect((await webhooks.deliveries({ limit: 10 })).items[0]).toMatchObject({
      messageId: `msg_main_${seq}`,
      status: 'delivered',
      httpStatus: 200,
      attempt: 1,
      payload: JSON.parse(got.body),
    })
    expect(await webhooks.get(made.webhookId)).toMatchObject({
      pending: 0,
      lastDelivery: { status: 'delivered', httpStatus: 200 },
    })
  })

  test('goes to those who asked for its type, and to nobody for what was before', async () => {
    const { market, webhooks } = await openAll()
    const all = await startReceiver(ok)
    const picky = await startReceiver(ok)
    await market.append(created(1), created(2), cancelled(1))
    await webhooks.create({ url: picky.url, events: ['order.shipped'] })
    await webhooks.create({ url: all.url })
    await market.append(cancelled(2))
    await until(() => all.received.length === 1)
    expect(all.received[0]?.id).toBe('msg_main_4')
    expect(picky.received).toEqual([])
  })

  test('is tried again with the same id and body after a 500, with each attempt kept', async () => {
    const { market, webhooks } = await openAll()
    const receiver = await startReceiver((response, number) => {
      response.writeHead(number < 3 ? 500 : 200).end(number < 3 ? 'out of order' : '')
    })
    await webhooks.create({ url: receiver.url })
    await market.append(created(1), cancelled(1))
    await until(async () => (await webhooks.deliveries({ limit: 10 })).items.length === 3)
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1)
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
    const { items } = await webhooks.deliveries({ limit: 10 })
    expect(items.map(({ attempt, status, httpStatus }) => [attempt, status, httpStatus])).toEqual([
      [3, 'delivered', 200],
      [2, 'failed', 500],
      [1, 'failed', 500],
    ])
    expect(items[2]?.notes).toEqual(['answer: out of order'])
    expect(items[2]?.nextAttemptAt).not.toBeNull()
  })

  test('is abandoned after the last try', async () => {
    const { market, webhooks } = await openAll({ delaysMs: [1, 1] })
    const receiver = await startReceiver((response) => response.writeHead(500).end())
    const { webhookId } = await webhooks.create({ url: receiver.url })
    await market.append(created(1), cancelled(1))
    await until(async () => (await webhooks.get(webhookId)).lastDelivery?.status === 'abandoned')
    expect(receiver.received).toHaveLength(3)
    expect(await webhooks.get(webhookId)).toMatchObject({ pending: 0, status: 'enabled' })
    const { items } = await webhooks.deliveries({ status: 'abandoned', limit: 10 })
    expect(items.map(({ attempt, nextAttemptAt }) => [attempt, nextAttemptAt])).toEqual([[3, null]])
  })

  test('that was cut off is tried again: a dropped connection, a redirect, a server that is not there', async () => {
    const { market, webhooks } = await openAll()
    const elsewhere = await startReceiver(ok)
    const receiver = await startReceiver((response, number) => {
      if (number === 1) response.socket?.destroy()
      else if (number === 2) response.writeHead(307, { location: elsewhere.url }).end()
      else response.end()
    })
    await webhooks.create({ url: receiver.url })
    const { webhookId } = await webhooks.create({ url: 'http://127.0.0.1:1/none' })
    await market.append(created(1), cancelled(1))
    await until(() => receiver.received.length === 3)
    expect(elsewhere.received).toEqual([])
    await until(async () => (await webhooks.get(webhookId)).lastDelivery !== null)
    const { items } = await webhooks.deliveries({ limit: 50 })
    const notes = items.flatMap((item) => item.notes)
    expect(notes).toContain('the receiver closed the connection')
    expect(notes).toContain('redirects are not followed')
    expect(notes).toContain('the connection was refused')
  })
})

describe('a receiver', () => {
  test('that hangs holds up no other, and its try ends', async () => {
    const { market, webhooks } = await openAll({ timeoutMs: 200, delaysMs: [60_000] })
    const hanging = await startReceiver(() => undefined)
    const good = await startReceiver(ok)
    const { webhookId } = await webhooks.create({ url: hanging.url })
    await webhooks.create({ url: good.url })
    for (let i = 1; i <= 30; i++) await market.append(created(i), cancelled(i))
    await until(() => good.received.length === 30)
    expect(new Set(good.received.map(({ id }) => id)).size).toBe(30)
    await until(async () => (await webhooks.get(webhookId)).lastDelivery !== null)
    const { items } = await webhooks.deliveries({ webhookId, limit: 1 })
    expect(items[0]).toMatchObject({ status: 'failed', httpStatus: null })
    expect(items[0]?.notes).toEqual(['no full answer within 0.2 s'])
  })

  test('whose answer never ends has taken the message when its status says so', async () => {
    const { market, webhooks } = await openAll({ timeoutMs: 3_000 })
    const receiver = await startReceiver((response) => response.writeHead(200).write('x'.repeat(100_000)))
    const { webhookId } = await webhooks.create({ url: receiver.url })
    await market.append(created(1), cancelled(1))
    await until(async () => (await webhooks.get(webhookId)).lastDelivery?.status === 'delivered')
    expect(receiver.received).toHaveLength(1)
  })

  test('whose answer never ends is gone when its status says so', async () => {
    const { market, webhooks } = await openAll({ timeoutMs: 3_000 })
    const receiver = await startReceiver((response) => response.writeHead(410).write('gone'))
    const { webhookId } = await webhooks.create({ url: receiver.url })
    await market.append(created(1), cancelled(1))
    await until(async () => (await webhooks.get(webhookId)).status === 'disabled')
    expect(await webhooks.get(webhookId)).toMatchObject({ lastDelivery: { httpStatus: 410 } })
  })

  test('that answers 410 is disabled, and can be enabled again', async () => {
    const { market, webhooks } = await openAll()
    const receiver = await startReceiver((response, number) => {
      response.writeHead(number === 1 ? 410 : 200).end()
    })
    const { webhookId } = await webhooks.create({ url: receiver.url })
    await market.append(created(1), cancelled(1))
    await until(async () => (await webhooks.get(webhookId)).status === 'disabled')
    expect(await webhooks.get(webhookId)).toMatchObject({
      disabledReason: 'The receiver answered 410 Gone.',
      pending: 0,
    })
    await market.append(created(2), cancelled(2))
    await webhooks.change(webhookId, { status: 'enabled' })
    const seq = await market.append(created(3), cancelled(3))
    await until(() => receiver.received.length === 2)
    expect(receiver.received[1]?.id).toBe(`msg_main_${seq}`)
  })

  test.each([
    [429, '3600', 3_600_000],
    [503, 'in two hours', 7_190_000],
    [429, '999999999', 86_400_000],
    [500, '3600', 0],
    [503, 'soon', 0],
  ])('that answers %i with Retry-After %s is left alone for that long', async (status, retryAfter, least) => {
    const { market, webhooks } = await openAll({ delaysMs: [1_000] })
    const receiver = await startReceiver((response) => {
      const date = new Date(Date.now() + 7_200_000).toUTCString()
      response.writeHead(status, { 'retry-after': retryAfter === 'in two hours' ? date : retryAfter }).end()
    })
    const { webhookId } = await webhooks.create({ url: receiver.url })
    await market.append(created(1), cancelled(1))
    await until(async () => (await webhooks.get(webhookId)).lastDelivery !== null)
    const [item] = (await webhooks.deliveries({ webhookId, limit: 1 })).items
    const wait = Date.parse(item?.nextAttemptAt ?? '') - Date.parse(item?.attemptedAt ?? '')
    expect(wait).toBeGreaterThanOrEqual(least)
    expect(wait).toBeLessThan(Math.max(least, 1_100) + 60_000)
  })

  test('that fails again and again gets one message at a time', async () => {
    const { market, webhooks } = await openAll({ delaysMs: [200, 200, 60_000] })
    const receiver = await startReceiver((response) => response.writeHead(500).end())
    const { webhookId } = await webhooks.create({ url: receiver.url })
    for (let i = 1; i <= 40; i++) await market.append(created(i), cancelled(i))
    await until(() => receiver.received.length >= 6)
    expect(receiver.received.length).toBeLessThan(15)
    await until(async () => (await webhooks.get(webhookId)).pending === 40)
  })
})

test('A receiver that has fallen behind gets everything, in order, from what the log holds', async () => {
  const { market, webhooks } = await openAll({ waiting: 10, concurrency: 1 })
  const receiver = await startReceiver(ok)
  await webhooks.create({ url: receiver.url })
  const seqs: number[] = []
  const events = Array.from({ length: 100 }, (_, i) => [created(i), cancelled(i)])
  for (const pair of events) {
    if (seqs.length < 20) seqs.push(await market.append(...pair))
  }
  const last = await market.append(...events.slice(20).flat())
  for (let seq = (seqs.at(-1) ?? 0) + 2; seq <= last; seq += 2) seqs.push(seq)
  await until(() => receiver.received.length === 100)
  expect(receiver.received.map(({ id }) => id)).toEqual(seqs.map((seq) => `msg_main_${seq}`))
})
