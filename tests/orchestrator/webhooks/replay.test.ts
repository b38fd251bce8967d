// Messages that are sent again while new ones come: who goes first, and what a long replay holds up.

import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { ReceiverQueue } from '../../../orchestrator/webhooks/receiver-queue.ts'
import { newLogPath } from '../../data/log/folder.ts'
import { cancelled, created, type Market } from './market.ts'
import { openAll, type Received, startReceiver, until } from './setup.ts'

const since = '2020-01-01T00:00:00Z'

/** A receiver that answers 200 at once, or lets requests wait while it is held. */
async function startGate() {
  const held: ServerResponse[] = []
  let holds: (got: Received) => boolean = () => false
  const { url, received } = await startReceiver((response, _number, got) => {
    if (holds(got)) held.push(response)
    else response.end()
  })
  return {
    url,
    received,
    hold: (which: (got: Received) => boolean = () => true) => {
      holds = which
    },
    release: () => {
      holds = () => false
      for (const response of held.splice(0)) response.end()
    },
  }
}

/** Adds so many orders that were cancelled; the ids of their messages. */
async function cancel(market: Market, count: number): Promise<string[]> {
  const first = market.lastSeq
  const events = Array.from({ length: count }, (_, i) => [created(first + i), cancelled(first + i)])
  await market.append(...events.flat())
  return events.map((_, i) => `msg_main_${first + 2 * (i + 1)}`)
}

const idsOf = (received: readonly Received[]) => received.map(({ id }) => id)

/** A market whose one receiver has got so many messages. */
async function openTold(count: number, concurrency: number, limits = {}, path = newLogPath()) {
  const gate = await startGate()
  const all = await openAll(limits, path)
  const { webhookId } = await all.webhooks.create({ url: gate.url, concurrency })
  const pending = async () => (await all.webhooks.get(webhookId)).pending
  const told = await cancel(all.market, count)
  await until(async () => gate.received.length === count && (await pending()) === 0)
  gate.received.length = 0
  return { ...all, gate, webhookId, pending, told }
}

test('New messages go before those that are sent again, in their order, and every fifth is one of those', async () => {
  const { market, webhooks, gate, webhookId, pending, told } = await openTold(8, 1)
  gate.hold()
  expect(await webhooks.replay({ webhookId, since })).toEqual({ queued: 8 })
  await until(() => gate.received.length === 1)
  const fresh = await cancel(market, 10)
  await until(async () => (await pending()) === 18)
  gate.release()
  await until(() => gate.received.length === 18)
  expect(idsOf(gate.received)).toEqual([
    told[0],
    ...[...fresh.slice(0, 4), told[1]],
    ...[...fresh.slice(4, 8), told[2]],
    ...[...fresh.slice(8), ...told.slice(3)],
  ])
})

test('A replay that a receiver takes its time for leaves a place for new messages', async () => {
  const { market, webhooks, gate, webhookId, told } = await openTold(6, 3)
  gate.hold(({ id }) => told.includes(id))
  await webhooks.replay({ webhookId, since })
  await until(() => gate.received.length >= 2)
  const fresh = await cancel(market, 5)
  await until(() => idsOf(gate.received).includes(fresh[4] ?? ''))
  expect(idsOf(gate.received)).toEqual([told[0], told[1], ...fresh])
  gate.release()
  await until(() => gate.received.length === 11)
})

test('A replay of more than has room is looked up piece by piece, and new messages do not wait for it', async () => {
  const { market, webhooks, gate, webhookId, pending, told } = await openTold(60, 1, { waiting: 10 })
  gate.hold()
  expect(await webhooks.replay({ webhookId, since })).toEqual({ queued: 60 })
  await until(() => gate.received.length === 1)
  const fresh = await cancel(market, 4)
  await until(async () => (await pending()) === 14)
  gate.release()
  await until(() => gate.received.length === 64)
  expect(idsOf(gate.received)).toEqual([told[0], ...fresh, ...told.slice(1)])
})

test('A replay that is asked for again while it lasts sends everything, and once more only what was sent', async () => {
  const { webhooks, gate, webhookId, told } = await openTold(60, 1, { waiting: 10 })
  gate.hold()
  await webhooks.replay({ webhookId, since })
  await until(() => gate.received.length === 1)
  await webhooks.replay({ webhookId, since })
  gate.release()
  await until(async () => (await webhooks.get(webhookId)).pending === 0)
  await until(() => new Set(idsOf(gate.received)).size === 60)
  expect(gate.received.length).toBeLessThanOrEqual(60 + 11)
  expect(new Set(idsOf(gate.received))).toEqual(new Set(told))
})

test('A receiver that has fallen behind gets what is new in order and once, and a replay beside it', async () => {
  const { market, webhooks, gate, webhookId, pending, told } = await openTold(30, 1, { waiting: 10 })
  gate.hold()
  const waiting = await cancel(market, 12)
  await until(async () => gate.received.length === 1 && (await pending()) === 12)
  const missed = await cancel(market, 30)
  expect(await webhooks.replay({ webhookId, since })).toEqual({ queued: 72 })
  gate.release()
  await until(() => new Set(idsOf(gate.received)).size === 72)
  const got = idsOf(gate.received)
  expect(got.filter((id) => told.includes(id))).toEqual(told)
  expect(got.filter((id) => missed.includes(id))).toEqual(missed)
  expect(new Set(got)).toEqual(new Set([...told, ...waiting, ...missed]))
})

test('A start after a replay began knows what is sent again, and what of it was not looked up', async () => {
  const path = newLogPath()
  const before = await openTold(30, 1, { waiting: 10 }, path)
  const { gate, webhookId, told } = before
  gate.hold()
  await before.webhooks.replay({ webhookId, since })
  await until(() => gate.received.length === 1)
  await before.close()
  gate.received.length = 0

  const { market, webhooks } = await openAll({ waiting: 10 }, path, undefined, { takesOver: true })
  await until(() => gate.received.length === 1)
  const fresh = await cancel(market, 3)
  await until(async () => (await webhooks.get(webhookId)).pending === 13)
  gate.release()
  await until(() => gate.received.length === 33)
  expect(idsOf(gate.received)).toEqual([told[0], ...fresh, ...told.slice(1)])
})

test('A new message that waits keeps its place when it is asked for again', async () => {
  const { market, webhooks, gate, webhookId, pending } = await openTold(1, 1)
  gate.hold()
  const waiting = await cancel(market, 5)
  await until(async () => gate.received.length === 1 && (await pending()) === 5)
  await webhooks.replay({ webhookId, messageId: waiting[2] ?? '' })
  gate.release()
  await until(async () => (await pending()) === 0)
  expect(idsOf(gate.received)).toEqual(waiting)
})

test('Messages that failed and are asked for again give way to new ones', async () => {
  const failed = new Set<string>()
  const held: ServerResponse[] = []
  let isHeld = false
  const { url, received } = await startReceiver((response, _number, { id }) => {
    if (isHeld) held.push(response)
    else response.writeHead(failed.size < 4 ? 500 : 200).end()
    failed.add(id)
  })
  const { market, webhooks } = await openAll({ delaysMs: [600_000] })
  const { webhookId } = await webhooks.create({ url, concurrency: 1 })
  const told = await cancel(market, 4)
  await until(async () => (await webhooks.get(webhookId)).failures === 4)
  isHeld = true
  await webhooks.replay({ webhookId, since })
  await until(() => received.length === 5)
  const fresh = await cancel(market, 2)
  await until(async () => (await webhooks.get(webhookId)).pending === 6)
  isHeld = false
  for (const response of held) response.end()
  await until(() => received.length === 10)
  expect(idsOf(received)).toEqual([...told, told[0], ...fresh, ...told.slice(1)])
})

test('A message that is sent again and fails gives way to new ones when it is tried once more', () => {
  const queue = new ReceiverQueue()
  const eventType = 'order.cancelled' as const
  const untried = { eventType, subject: null, attempt: 0, uncounted: 0, dueAt: 0, payloadAt: null }
  queue.add({ ...untried, seq: 1, round: 1, isReplay: true })
  expect(queue.take(10, true)).toMatchObject({ seq: 1 })
  queue.settle(1, 1, { attempt: 1, uncounted: 0, dueAt: 20, payloadAt: 2 })
  queue.add({ ...untried, seq: 2, round: 3, isReplay: false })
  expect(queue.take(30, true)).toMatchObject({ seq: 2 })
  expect([queue.nextDueAt(false), queue.take(30, false)]).toEqual([null, null])
  expect([queue.nextDueAt(true), queue.take(30, true)]).toMatchObject([20, { seq: 1, attempt: 1 }])
})
