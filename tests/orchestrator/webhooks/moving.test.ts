// Receivers that get another address, are turned on again or removed: nothing of what was before stays with them.

import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import type { ReceiverAlarm } from '#orchestrator/webhooks'
import { newLogPath } from '../../data/log/folder.ts'
import { cancelled, created } from './market.ts'
import { effects, openAll, startReceiver, until } from './setup.ts'
import { live, second, simulated, soon, usual } from './time.ts'

const patienceMs = 60 * second

test.each([false, true])(
  'Another address is not turned off by its first failure (a start between: %s)',
  async (isAgain) => {
    const { clock, world } = simulated()
    const path = newLogPath()
    const limits = { ...usual, delaysMs: [1, 1, 1, 1, 1, 1].map((wait) => wait * second), patienceMs }
    const first = await openAll(limits, path, world)
    const old = await startReceiver((response) => response.writeHead(500).end())
    const next = await startReceiver((response, number) => response.writeHead(number === 1 ? 503 : 200).end())
    const { webhookId } = await first.webhooks.create({ url: old.url })
    await first.market.append(created(1), cancelled(1))
    await live(clock, async () => (await first.webhooks.get(webhookId)).failures === 7)
    await first.webhooks.change(webhookId, { url: next.url })
    const anew = { failures: 0, failingSince: null, health: 'unused', lastDelivery: null }
    expect(await first.webhooks.get(webhookId)).toMatchObject(anew)
    if (isAgain) await first.close()
    const { market, webhooks } = isAgain ? await openAll(limits, path, world) : first
    expect(await webhooks.get(webhookId)).toMatchObject(anew)
    await clock.advance(patienceMs)
    await market.append(created(2), cancelled(2))
    await live(clock, async () => (await webhooks.get(webhookId)).lastDelivery?.status === 'delivered')
    expect(next.received).toHaveLength(2)
    expect(await webhooks.get(webhookId)).toMatchObject({ status: 'enabled', health: 'healthy' })
  },
)

test.each([410, 503, 200])(
  'What the address before answers late says nothing of the new one: %i',
  async (status) => {
    const { clock, world } = simulated()
    const { market, webhooks } = await openAll(usual, undefined, world)
    const held: ServerResponse[] = []
    const old = await startReceiver((response) => void held.push(response))
    const next = await startReceiver((response, number) => response.writeHead(number === 1 ? 500 : 200).end())
    const { webhookId } = await webhooks.create({ url: old.url })
    await market.append(created(1), cancelled(1))
    await soon(clock, () => old.received.length === 1)
    await webhooks.change(webhookId, { url: next.url })
    await market.append(created(2), cancelled(2))
    await soon(clock, async () => (await webhooks.get(webhookId)).failures === 1)
    for (const response of held) response.writeHead(status, { 'retry-after': '3600' }).end()
    const attempts = async () => (await webhooks.deliveries({ webhookId, limit: 9 })).items
    await soon(clock, async () => (await attempts()).some(({ httpStatus }) => httpStatus === status))
    // It is tried at the new address at once, where the old one did not take it.
    if (status !== 200) await soon(clock, () => next.received.length === 2)
    else
      expect(await webhooks.get(webhookId)).toMatchObject({ failures: 1, lastDelivery: { httpStatus: 500 } })
    await live(clock, async () => (await webhooks.get(webhookId)).pending === 0)
    expect(await webhooks.get(webhookId)).toMatchObject({ status: 'enabled', failures: 0, health: 'healthy' })
    expect(next.received).toHaveLength(status === 200 ? 2 : 3)
    for (const attempt of await attempts()) expect(attempt).not.toHaveProperty('isMoved')
  },
)

/** Incidents of receivers, whose ends cannot be written for a while. */
function alarms() {
  const open = new Set<string>()
  const reasons: string[] = []
  const state = { isDown: false }
  const alarm: ReceiverAlarm = {
    raise: async ({ webhookId }) => void open.add(webhookId),
    clear: async (webhookId, reason) => {
      if (state.isDown) throw new Error('down')
      if (open.delete(webhookId)) reasons.push(reason)
    },
    open: () => [...open],
  }
  return { open, reasons, state, alarm }
}

test('The incident of a receiver that is on again or gone ends at the next start at the latest', async () => {
  const { open, reasons, state, alarm } = alarms()
  const path = newLogPath()
  const first = await openAll({}, path, effects, { alarm })
  const gone = await startReceiver((response) => response.writeHead(410).end())
  const made = await Promise.all([1, 2, 3].map(() => first.webhooks.create({ url: gone.url })))
  const [on = '', removed = '', off = ''] = made.map(({ webhookId }) => webhookId)
  await first.market.append(created(1), cancelled(1))
  await until(() => open.size === 3)
  state.isDown = true
  await first.webhooks.change(on, { status: 'enabled' })
  await first.webhooks.remove(removed)
  await first.close()
  expect(open.size).toBe(3)

  state.isDown = false
  const { webhooks } = await openAll({}, path, effects, { alarm })
  expect([...open]).toEqual([off])
  expect(reasons.toSorted()).toEqual(['the receiver was removed', 'the receiver was turned on again'])
  expect((await webhooks.get(off)).status).toBe('disabled')
})
