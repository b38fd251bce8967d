// Receivers that fail for a day and longer, answer too much or lead elsewhere. Time is simulated, receivers are real.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { SimulatedClock } from '#data/kernel'
import { type LostReceiver, type ReceiverAlarm, type Webhooks, webhookStream } from '#orchestrator/webhooks'
import { defaultDelaysMs, delayAfter, retryAfterMs } from '../../../orchestrator/webhooks/schedule.ts'
import { cancelled, created } from './market.ts'
import { effects, ok, openAll, startReceiver, until } from './setup.ts'
import { hour, live, minute, second, simulated, usual } from './time.ts'

/** Remembers what was reported. */
function alarms(): { raised: LostReceiver[]; cleared: string[]; alarm: ReceiverAlarm } {
  const raised: LostReceiver[] = []
  const cleared: string[] = []
  const alarm: ReceiverAlarm = {
    raise: async (lost) => void raised.push(lost),
    clear: async (webhookId) => void cleared.push(webhookId),
    open: () => [],
  }
  return { raised, cleared, alarm }
}

describe('the schedule', () => {
  test('is 0 s, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h, each with a tenth of chance', () => {
    const exact = [
      5 * second,
      5 * minute,
      30 * minute,
      ...[2, 5, 10, 14, 20, 24].map((hours) => hours * hour),
    ]
    expect(defaultDelaysMs).toEqual(exact)
    for (const chance of [0, 0.5, 0.999]) {
      const random = { ...effects.random, next: () => chance }
      const waits = Array.from({ length: 10 }, (_, i) => delayAfter(i + 1, defaultDelaysMs, random))
      expect(waits.at(-1)).toBeNull()
      waits.slice(0, -1).forEach((wait, i) => {
        expect(wait).toBe(Math.round((exact[i] as number) * (0.9 + 0.2 * chance)))
      })
    }
  })

  test.each([
    [null, null],
    ['0', 0],
    ['120', 120_000],
    ['99999999999999999999', null],
    ['9999999999', 24 * hour],
    ['Mon, 02 Mar 2026 09:00:00 GMT', hour],
    ['Sun, 01 Mar 2026 09:00:00 GMT', 0],
    ['Mon, 02 Mar 2099 09:00:00 GMT', 24 * hour],
    ['-5', null],
    ['soon', null],
    ['', null],
  ])('reads Retry-After "%s" as %s ms', (header, wait) => {
    expect(retryAfterMs(header, Date.UTC(2026, 2, 2, 8))).toBe(wait)
  })
})

test('A receiver that answers 500 for a day gets every message in the end, tried when the schedule says', async () => {
  const { clock, world } = simulated()
  const began = clock.now()
  const { market, webhooks } = await openAll(usual, undefined, world)
  const receiver = await startReceiver((response) => {
    response.writeHead(clock.now() - began < 24 * hour ? 500 : 200).end()
  })
  const { webhookId } = await webhooks.create({ url: receiver.url })
  await market.append(created(1), cancelled(1))
  await live(clock, async () => (await webhooks.get(webhookId)).lastDelivery?.status === 'delivered')
  const { items } = await webhooks.deliveries({ webhookId, limit: 50 })
  const waits = items
    .toReversed()
    .slice(0, -1)
    .map(({ attemptedAt, nextAttemptAt }) => Date.parse(nextAttemptAt ?? '') - Date.parse(attemptedAt))
  waits.forEach((wait, i) => {
    const exact = defaultDelaysMs[i] as number
    expect(Math.abs(wait - exact)).toBeLessThanOrEqual(exact * 0.1 + 1)
  })
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1)
  expect(await webhooks.get(webhookId)).toMatchObject({ status: 'enabled', health: 'healthy', pending: 0 })
})

describe('a receiver that fails for days', () => {
  async function failForDays(
    webhooks: Webhooks,
    clock: SimulatedClock,
    webhookId: string,
    feed: () => Promise<unknown>,
  ) {
    let fedAt = clock.now()
    await live(clock, async () => {
      if (clock.now() - fedAt > 12 * hour) {
        fedAt = clock.now()
        await feed()
      }
      return (await webhooks.get(webhookId)).status === 'disabled'
    })
  }

  test('is turned off once, with an incident that ends when it is turned on again', async () => {
    const { clock, world } = simulated()
    const { raised, cleared, alarm } = alarms()
    const { market, webhooks, close, path } = await openAll(usual, undefined, world, { alarm })
    let isWell = false
    const receiver = await startReceiver((response) => response.writeHead(isWell ? 200 : 500).end())
    const { webhookId } = await webhooks.create({ url: receiver.url, description: 'On call' })
    let number = 0
    const feed = () => market.append(created(++number), cancelled(number))
    await feed()
    const began = clock.now()
    await failForDays(webhooks, clock, webhookId, feed)
    expect(clock.now() - began).toBeGreaterThanOrEqual(5 * 24 * hour)
    expect(clock.now() - began).toBeLessThan(7 * 24 * hour)
    expect(raised).toMatchObject([
      { webhookId, title: expect.stringContaining('"On call" was turned off: No delivery') },
    ])
    const written = (await market.log.read(webhookStream('main'), 0, 10_000)).filter(
      ({ type }) => type === 'WebhookDisabled',
    )
    expect(written).toHaveLength(1)
    await close()

    const again = await openAll(usual, path, world, { alarm })
    expect(raised.map(({ incidentId }) => incidentId)).toEqual([raised[0]?.incidentId, raised[0]?.incidentId])
    expect(await again.webhooks.get(webhookId)).toMatchObject({ status: 'disabled', health: 'off' })
    const { pending } = await again.webhooks.get(webhookId)
    expect(pending).toBeGreaterThan(0)
    isWell = true
    await again.webhooks.change(webhookId, { status: 'enabled' })
    expect(cleared).toEqual([webhookId])
    await live(clock, async () => (await again.webhooks.get(webhookId)).pending === 0)
    expect(await again.webhooks.get(webhookId)).toMatchObject({
      status: 'enabled',
      failures: 0,
      health: 'healthy',
    })
  })

  test('that is turned on again is not turned off by its next failure', async () => {
    const { clock, world } = simulated()
    const { market, webhooks } = await openAll(usual, undefined, world)
    const receiver = await startReceiver((response) => response.writeHead(500).end())
    const { webhookId } = await webhooks.create({ url: receiver.url })
    let number = 0
    const feed = () => market.append(created(++number), cancelled(number))
    await feed()
    await failForDays(webhooks, clock, webhookId, feed)
    await webhooks.change(webhookId, { status: 'enabled' })
    const before = receiver.received.length
    await feed()
    await live(clock, () => receiver.received.length > before + 2)
    expect(await webhooks.get(webhookId)).toMatchObject({ status: 'enabled' })
  })
})

test('A receiver that asks for an hour is left alone for it, also when its description changes', async () => {
  const { clock, world } = simulated()
  const { market, webhooks } = await openAll(usual, undefined, world)
  const receiver = await startReceiver((response) => response.writeHead(429, { 'retry-after': '3600' }).end())
  const { webhookId } = await webhooks.create({ url: receiver.url })
  await market.append(created(1), cancelled(1))
  await live(clock, () => receiver.received.length === 1)
  await until(async () => (await webhooks.get(webhookId)).failures === 1)
  const { nextAttemptAt } = await webhooks.get(webhookId)
  await webhooks.change(webhookId, { description: 'in the office' })
  await market.append(created(2), cancelled(2))
  await until(async () => {
    await clock.advance(second)
    return (await webhooks.get(webhookId)).pending === 2
  })
  await clock.advance(minute)
  // What would be under way has arrived by then.
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect((await webhooks.get(webhookId)).nextAttemptAt).toBe(nextAttemptAt)
  expect(receiver.received).toHaveLength(1)
})

test('A receiver that is gone is reported too', async () => {
  const { raised, cleared, alarm } = alarms()
  const { market, webhooks } = await openAll({}, undefined, effects, { alarm })
  const receiver = await startReceiver((response) => response.writeHead(410).end())
  const { webhookId } = await webhooks.create({ url: receiver.url })
  await market.append(created(1), cancelled(1))
  await until(() => raised.length === 1)
  expect(raised[0]?.title).toContain('410 Gone')
  await webhooks.remove(webhookId)
  expect(cleared).toEqual([webhookId])
})

test('An answer of 100 MB is read to its beginning only, and a redirect inside leads nowhere', async () => {
  const { market, webhooks } = await openAll({ delaysMs: [60_000] })
  let written = 0
  const big = createServer((_request, response) => {
    const chunk = Buffer.alloc(1_000_000, 'x')
    response.writeHead(500)
    const more = () => {
      while (written < 100_000_000 && !response.destroyed) {
        written += chunk.length
        if (!response.write(chunk)) return void response.once('drain', more)
      }
      response.end()
    }
    more()
  })
  await new Promise<void>((resolve) => big.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void big.close())
  const inside = await startReceiver(ok)
  const redirecting = await startReceiver((response) =>
    response.writeHead(302, { location: inside.url }).end('there'),
  )
  const one = await webhooks.create({ url: `http://127.0.0.1:${(big.address() as AddressInfo).port}/` })
  const other = await webhooks.create({ url: redirecting.url })
  await market.append(created(1), cancelled(1))
  const lastOf = async (webhookId: string) => (await webhooks.deliveries({ webhookId, limit: 1 })).items[0]
  await until(
    async () => (await lastOf(one.webhookId)) !== undefined && (await lastOf(other.webhookId)) !== undefined,
  )
  const answer = await lastOf(one.webhookId)
  expect(answer).toMatchObject({ httpStatus: 500, response: { isCut: true } })
  expect(answer?.response?.body).toBe('x'.repeat(4096))
  expect(written).toBeLessThan(20_000_000)
  expect(await lastOf(other.webhookId)).toMatchObject({
    status: 'failed',
    notes: ['redirects are not followed', 'answer: there'],
    response: { headers: { location: inside.url } },
  })
  expect(inside.received).toEqual([])
})
