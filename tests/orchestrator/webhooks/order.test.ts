// The order in which a receiver that fails hears of one incident. Time is simulated, receivers are real.

import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CoreEvent } from '#orchestrator/core'
import { ReceiverQueue } from '../../../orchestrator/webhooks/receiver-queue.ts'
import { newLogPath } from '../../data/log/folder.ts'
import { cancelled, created, incident, nodes, start } from './market.ts'
import { openAll, type Received, startReceiver, until } from './setup.ts'
import { live, minute, simulated, soon, usual } from './time.ts'

const over: CoreEvent = {
  type: 'IncidentResolved',
  data: { incidentId: 'inc-1', reason: 'values are back', at: start + 1 },
}
const actions = (received: readonly Received[]) =>
  received.map(({ body }) => JSON.parse(body).event_action ?? JSON.parse(body).type)

/** A pager that has failed three times for the beginning of an incident, and whose next try is in half an hour. */
async function openDown(format: 'pagerduty' | 'detour', path = newLogPath()) {
  const { clock, world } = simulated()
  let isUp = false
  const receiver = await startReceiver((response) => response.writeHead(isUp ? 202 : 500).end())
  const all = await openAll(usual, path, world)
  const credential = format === 'pagerduty' ? { credential: 'k' } : {}
  const { webhookId } = await all.webhooks.create({ url: receiver.url, format, ...credential })
  await all.market.append(...nodes, incident('IncidentOpened', 0.9, 10))
  await live(clock, async () => (await all.webhooks.get(webhookId)).failures === 3)
  await clock.advance(20 * minute)
  const comeBack = () => {
    isUp = true
    receiver.received.length = 0
  }
  return { ...all, clock, world, receiver, webhookId, comeBack }
}

test('A pager that was down hears of the end after the beginning, as soon as it is back', async () => {
  const { market, clock, receiver, comeBack } = await openDown('pagerduty')
  const began = clock.now()
  comeBack()
  await market.append(over)
  await soon(clock, () => receiver.received.length === 2)
  expect(actions(receiver.received)).toEqual(['trigger', 'resolve'])
  expect(clock.now()).toBeLessThan(began + minute)
})

test('A try before its time leaves the schedule as it was, and what comes later waits on', async () => {
  const { market, webhooks, clock, receiver, webhookId, comeBack } = await openDown('pagerduty')
  const { nextAttemptAt } = await webhooks.get(webhookId)
  await market.append(over)
  await soon(clock, async () => (await webhooks.get(webhookId)).failures === 4)
  expect(await webhooks.get(webhookId)).toMatchObject({ pending: 2, nextAttemptAt })
  const { items } = await webhooks.deliveries({ webhookId, limit: 10 })
  expect(items.map(({ attempt, eventType }) => [attempt, eventType])).toEqual(
    [4, 3, 2, 1].map((attempt) => [attempt, 'incident.opened']),
  )
  expect(items[0]).not.toHaveProperty('uncounted')
  await live(clock, async () => (await webhooks.get(webhookId)).failures === 5)
  // The fifth try was the fourth that counts: two hours, not five.
  const next = Date.parse((await webhooks.get(webhookId)).nextAttemptAt ?? '') - clock.now()
  expect(next).toBeGreaterThan(100 * minute)
  expect(next).toBeLessThan(140 * minute)
  comeBack()
  await live(clock, async () => (await webhooks.get(webhookId)).pending === 0)
  expect(actions(receiver.received)).toEqual(['trigger', 'resolve'])
})

test('Whatever else the receiver takes again brings the beginning forward, and nothing waits for it', async () => {
  const { market, webhooks, clock, receiver, webhookId, comeBack } = await openDown('detour')
  await market.append(over)
  await soon(clock, async () => (await webhooks.get(webhookId)).failures === 4)
  const began = clock.now()
  comeBack()
  await market.append(created(1), cancelled(1))
  await soon(clock, () => receiver.received.length === 3)
  expect(actions(receiver.received)).toEqual(['order.cancelled', 'incident.opened', 'incident.resolved'])
  expect(clock.now()).toBeLessThan(began + minute)
})

test('A test that is taken shows that the receiver is back as well', async () => {
  const { market, webhooks, clock, receiver, webhookId, comeBack } = await openDown('pagerduty')
  await market.append(over)
  await soon(clock, async () => (await webhooks.get(webhookId)).failures === 4)
  comeBack()
  await webhooks.test(webhookId)
  await soon(clock, async () => (await webhooks.get(webhookId)).pending === 0)
  expect(actions(receiver.received)).toEqual(['trigger', 'trigger', 'resolve'])
})

test.each([false, true])('The order holds over a start as well (with a snapshot: %s)', async (takesOver) => {
  const path = newLogPath()
  const { market, webhooks, clock, world, receiver, webhookId, comeBack, close } = await openDown(
    'pagerduty',
    path,
  )
  await market.append(over)
  await soon(clock, async () => (await webhooks.get(webhookId)).failures === 4)
  await close()
  comeBack()
  const again = await openAll(usual, path, world, { takesOver })
  await soon(clock, async () => (await again.webhooks.get(webhookId)).pending === 0)
  expect(actions(receiver.received)).toEqual(['trigger', 'resolve'])
})

test('An end that comes while its beginning is being sent waits for that, and others do not', async () => {
  const held: ServerResponse[] = []
  const receiver = await startReceiver((response, number) => {
    if (number === 1) held.push(response)
    else response.end()
  })
  const { market, webhooks } = await openAll()
  const { webhookId } = await webhooks.create({ url: receiver.url })
  await market.append(...nodes, incident('IncidentOpened', 0.9, 10))
  await until(() => receiver.received.length === 1)
  await market.append(over, created(1), cancelled(1))
  await until(() => receiver.received.length === 2)
  await until(async () => (await webhooks.get(webhookId)).pending === 2)
  for (const response of held) response.end()
  await until(async () => (await webhooks.get(webhookId)).pending === 0)
  expect(actions(receiver.received)).toEqual(['incident.opened', 'order.cancelled', 'incident.resolved'])
})

test('A beginning that is given up lets the end go', async () => {
  const receiver = await startReceiver((response, _number, { body }) => {
    response.writeHead(JSON.parse(body).type === 'incident.opened' ? 400 : 200).end()
  })
  const { market, webhooks } = await openAll({ delaysMs: [1, 1] })
  await webhooks.create({ url: receiver.url })
  await market.append(...nodes, incident('IncidentOpened', 0.9, 10), over)
  await until(() => receiver.received.length === 4)
  expect(actions(receiver.received)).toEqual([...Array(3).fill('incident.opened'), 'incident.resolved'])
  expect((await webhooks.deliveries({ status: 'abandoned', limit: 9 })).items).toHaveLength(1)
})

test('What is sent again of an incident goes before what is new of it, and holds up nothing else', async () => {
  const held: ServerResponse[] = []
  let isHeld = false
  const receiver = await startReceiver((response) => void (isHeld ? held.push(response) : response.end()))
  const { market, webhooks } = await openAll()
  const { webhookId } = await webhooks.create({ url: receiver.url, concurrency: 1 })
  await market.append(...nodes, created(1), cancelled(1), created(2), cancelled(2))
  await market.append(incident('IncidentOpened', 0.9, 10), incident('IncidentUpdated', 0.5, 10))
  await until(async () => receiver.received.length === 4 && (await webhooks.get(webhookId)).pending === 0)
  isHeld = true
  receiver.received.length = 0
  await webhooks.replay({ webhookId, since: '2020-01-01T00:00:00Z' })
  await until(() => receiver.received.length === 1)
  await market.append(created(3), cancelled(3), over, created(4), cancelled(4))
  await until(async () => (await webhooks.get(webhookId)).pending === 7)
  isHeld = false
  for (const response of held) response.end()
  await until(() => receiver.received.length === 7)
  expect(actions(receiver.received)).toEqual([
    ...['order.cancelled', 'order.cancelled', 'incident.opened', 'incident.updated', 'incident.resolved'],
    ...['order.cancelled', 'order.cancelled'],
  ])
})

const step = fc.record({
  what: fc.constantFrom(
    'add',
    'add',
    'replay',
    'take',
    'take',
    'deliver',
    'fail',
    'giveUp',
    'putBack',
    'back',
  ),
  seq: fc.integer({ min: 1, max: 30 }),
  passes: fc.integer({ min: 0, max: 4 }),
})

test('Of one subject nothing is tried while an earlier one waits or is being tried, and nothing is left over', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const queue = new ReceiverQueue()
      const all = new Map<number, { round: number; attempt: number }>()
      const underWay: { seq: number; round: number; attempt: number; uncounted: number }[] = []
      const subjectOf = (seq: number) => (seq % 4 === 0 ? null : `s${seq % 4}`)
      let [now, news] = [1, 30]
      const take = () => {
        const taken = queue.take(now, true)
        if (taken === null) return
        const earlier = [...all].filter(([seq]) => seq < taken.seq && subjectOf(seq) === subjectOf(taken.seq))
        if (taken.subject !== null) expect(earlier).toEqual([])
        underWay.push({ ...taken })
      }
      const settle = (isOver: boolean) => {
        const { seq, round, attempt, uncounted } = underWay.shift() ?? {
          seq: 0,
          round: 0,
          attempt: 0,
          uncounted: 0,
        }
        if (isOver && all.get(seq)?.round === round) all.delete(seq)
        queue.settle(
          seq,
          round,
          isOver ? null : { attempt: attempt + 1, uncounted, dueAt: now + 9, payloadAt: 1 },
        )
      }
      for (const { what, seq, passes } of steps) {
        now += passes
        if (what === 'add' || what === 'replay') {
          const isReplay = what === 'replay'
          const of = isReplay ? seq : ++news
          all.set(of, { round: now * 1_000 + news, attempt: 0 })
          const untried = { attempt: 0, uncounted: 0, dueAt: 0, payloadAt: null }
          const eventType = 'incident.updated' as const
          queue.add({
            seq: of,
            eventType,
            subject: subjectOf(of),
            round: now * 1_000 + news,
            isReplay,
            ...untried,
          })
        } else if (what === 'take') take()
        else if (what === 'back') queue.callFirsts()
        else if (what === 'putBack') {
          const one = underWay.shift()
          if (one !== undefined) queue.putBack(one as never, now + 3)
        } else settle(what !== 'fail')
        expect(queue.size).toBe(all.size)
      }
      for (let round = 0; all.size > 0; round++) {
        expect(round).toBeLessThan(1_000)
        now += 10
        while (underWay.length > 0) settle(true)
        take()
      }
      expect([queue.size, queue.nextDueAt(true)]).toEqual([0, null])
    }),
    { numRuns: 500 },
  )
})
