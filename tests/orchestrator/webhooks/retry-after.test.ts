// What a receiver asked for by Retry-After, and that a start after it keeps to that. Time is simulated.

import { expect, test } from 'vitest'
import { webhookStream } from '#orchestrator/webhooks'
import { newLogPath } from '../../data/log/folder.ts'
import { attempted, cancelled, created } from './market.ts'
import { ok, openAll, startReceiver } from './setup.ts'
import { hour, live, minute, simulated, soon, usual } from './time.ts'

const day = 24 * hour

/** What would be under way has arrived by then. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 300))

/** A market whose one receiver has asked for so many seconds with its first message. */
async function openAsked(seconds: number) {
  const { clock, world } = simulated()
  const path = newLogPath()
  const receiver = await startReceiver((response, number) => {
    response.writeHead(number === 1 ? 429 : 200, { 'retry-after': String(seconds) }).end()
  })
  const all = await openAll(usual, path, world)
  const { webhookId } = await all.webhooks.create({ url: receiver.url })
  await all.market.append(created(1), cancelled(1))
  await live(clock, async () => (await all.webhooks.get(webhookId)).failures === 1)
  return { ...all, clock, world, path, receiver, webhookId }
}

test.each([
  ['', false],
  [' that reads a snapshot', true],
])('A receiver that asked for an hour is left alone for it after a start%s', async (_how, takesOver) => {
  const { clock, world, path, receiver, webhookId, close, webhooks } = await openAsked(3_600)
  const { nextAttemptAt } = await webhooks.get(webhookId)
  const askedUntil = Date.parse(nextAttemptAt ?? '')
  expect((await webhooks.deliveries({ limit: 1 })).items[0]).not.toHaveProperty('askedUntil')
  await close()
  const second = await openAll(usual, path, world, { takesOver })
  await second.close()

  const again = await openAll(usual, path, world, { takesOver })
  await again.market.append(created(2), cancelled(2))
  await soon(clock, async () => (await again.webhooks.get(webhookId)).pending === 2)
  await clock.advance(minute)
  await settled()
  expect(receiver.received).toHaveLength(1)
  expect(await again.webhooks.get(webhookId)).toMatchObject({ nextAttemptAt })
  await live(clock, async () => (await again.webhooks.get(webhookId)).pending === 0)
  expect(receiver.received).toHaveLength(3)
  expect(clock.now()).toBeGreaterThanOrEqual(askedUntil)
  expect(clock.now()).toBeLessThan(askedUntil + minute)
})

test.each(['another address', 'off and on'])(
  'What was asked for is over with %s, also after a start',
  async (how) => {
    const { clock, world, path, receiver, webhookId, close, webhooks } = await openAsked(3_600)
    const other = await startReceiver(ok)
    if (how === 'off and on') {
      await webhooks.change(webhookId, { status: 'disabled' })
      await webhooks.change(webhookId, { status: 'enabled' })
    } else await webhooks.change(webhookId, { url: other.url })
    await close()

    const began = clock.now()
    const again = await openAll(usual, path, world)
    await again.market.append(created(2), cancelled(2))
    await soon(clock, () => receiver.received.length + other.received.length === 2)
    expect(other.received).toHaveLength(how === 'off and on' ? 0 : 1)
    expect(clock.now()).toBeLessThan(began + minute)
  },
)

test('A start at a clock that went back waits a day at most', async () => {
  const { clock, path, webhookId, close } = await openAsked(999_999)
  await close()
  const before = simulated(clock.now() - 10 * day)
  const { market, webhooks } = await openAll(usual, path, before.world)
  const began = before.clock.now()
  await market.append(created(2), cancelled(2))
  await soon(before.clock, async () => (await webhooks.get(webhookId)).pending === 2)
  expect((await webhooks.get(webhookId)).nextAttemptAt).toBe(new Date(began + day).toISOString())
})

test('An attempt of an earlier version asks for nothing but its own time', async () => {
  const { clock, world } = simulated()
  const path = newLogPath()
  const receiver = await startReceiver(ok)
  const before = await openAll(usual, path, world)
  await before.market.append(created(1), cancelled(1))
  const { webhookId } = await before.webhooks.create({ url: receiver.url })
  const stream = webhookStream('main')
  await before.webhooks.close()
  const tail = await before.market.log.tail(stream)
  const queued = { webhookId, messages: [{ seq: 2, eventType: 'order.cancelled' }] }
  const { eventId, type, data } = attempted(2, webhookId)
  const dueAt = clock.now() + hour
  const failed = { status: 'failed', httpStatus: 429, nextAttemptAt: dueAt, round: tail + 1 }
  await before.market.log.append(stream, tail, [
    { eventId: 'q/0', type: 'WebhookQueued', data: queued },
    { eventId, type, data: { ...(data as object), ...failed } },
  ])
  await before.close()

  const { market, webhooks } = await openAll(usual, path, world)
  expect(await webhooks.get(webhookId)).toMatchObject({ nextAttemptAt: new Date(dueAt).toISOString() })
  await market.append(created(3), cancelled(3))
  await soon(clock, () => receiver.received.length === 1)
  expect(clock.now()).toBeLessThan(dueAt)
})
