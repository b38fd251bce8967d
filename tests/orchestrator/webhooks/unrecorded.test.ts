// What becomes of messages that were sent while the log could not be written.

import type { ServerResponse } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import type { SimulatedClock } from '#data/kernel'
import { openWebhooks, type WebhookOptions } from '#orchestrator/webhooks'
import { type Fate, FaultyLog } from '../../data/log/faulty-log.ts'
import { newLogPath } from '../../data/log/folder.ts'
import { cancelled, created, openMarket } from './market.ts'
import { startReceiver, until } from './setup.ts'
import { live, minute, simulated, usual } from './time.ts'

/** Webhooks whose writes to the log meet fates of their own, and a receiver whose first answers wait. */
async function openOn(path: string, concurrency: number) {
  const { clock, world: moody } = simulated()
  // Whole milliseconds, as the log has them.
  const world = { ...moody, random: { ...moody.random, next: () => 1 } }
  const market = await openMarket(path, world)
  const log = new FaultyLog(market.log)
  const options: WebhookOptions = { log, effects: world, core: market, vault: market.vault }
  const webhooks = await openWebhooks({ ...options, limits: { ...usual, gatherMs: 1 } })
  const held: ServerResponse[] = []
  let isHeld = true
  const receiver = await startReceiver((response) => {
    if (isHeld) held.push(response)
    else response.end()
  })
  const { webhookId } = await webhooks.create({ url: receiver.url, concurrency })
  let isOpen = true
  const close = async () => {
    if (!isOpen) return
    isOpen = false
    await webhooks.close()
    await market.close()
  }
  onTestFinished(close)
  const pending = async () => (await webhooks.get(webhookId)).pending
  const release = () => {
    isHeld = false
    for (const response of held) response.end()
  }
  return { clock, world, market, log, webhooks, webhookId, receiver, pending, release, close }
}

/** Moves time on so slowly that no try under way ends by its time limit. */
const slowly = (clock: SimulatedClock, isOver: () => boolean | Promise<boolean>) =>
  until(async () => {
    await clock.advance(1)
    return isOver()
  })

const lost = (count: number): Fate[] => Array.from({ length: count }, () => 'lost')

test('What was sent while the log could not be written is recorded later, and nothing is sent before', async () => {
  const { clock, market, log, webhooks, webhookId, receiver, pending, release } = await openOn(
    newLogPath(),
    2,
  )
  await market.append(...Array.from({ length: 10 }, (_, i) => [created(i), cancelled(i)]).flat())
  await slowly(clock, async () => (await pending()) === 10 && receiver.received.length === 2)
  log.fates = lost(80)
  const began = clock.now()
  release()
  await slowly(clock, () => log.fates.length < 78)
  await live(clock, () => log.fates.length === 0)
  expect(clock.now() - began).toBeGreaterThan(2 * minute)
  expect(receiver.received).toHaveLength(2)
  expect(await pending()).toBe(10)
  await live(clock, async () => (await pending()) <= 8)
  await slowly(clock, async () => (await pending()) === 0)
  expect(receiver.received).toHaveLength(10)
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(10)
  const { items } = await webhooks.deliveries({ webhookId, limit: 50 })
  expect(items.map(({ status, attempt }) => [status, attempt])).toEqual(
    Array.from({ length: 10 }, () => ['delivered', 1]),
  )
})

test('A stop does not wait for a log that cannot be written; what was sent is sent again after a start', async () => {
  const path = newLogPath()
  const { clock, market, log, receiver, pending, release, close } = await openOn(path, 1)
  const seq = await market.append(created(1), cancelled(1))
  await slowly(clock, () => receiver.received.length === 1)
  log.fates = lost(1_000)
  release()
  await slowly(clock, () => log.fates.length < 1_000)
  await live(clock, () => log.fates.length < 990)
  expect(await pending()).toBe(1)
  let isClosed = false
  const closing = close().then(() => {
    isClosed = true
  })
  await live(clock, () => isClosed)
  await closing
  const { world } = simulated(clock.now())
  const again = await openMarket(path, world)
  const options = { log: again.log, effects: world, core: again, vault: again.vault }
  const webhooks = await openWebhooks({ ...options, limits: usual })
  onTestFinished(async () => {
    await webhooks.close()
    await again.close()
  })
  await until(() => receiver.received.length === 2)
  expect(receiver.received.map(({ id }) => id)).toEqual([`msg_main_${seq}`, `msg_main_${seq}`])
})
