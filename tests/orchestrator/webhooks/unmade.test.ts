// Messages that are made late, when what they are about has left memory.

import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { api } from '#data/contracts'
import type { CoreEvent } from '#orchestrator/core'
import { start } from './market.ts'
import { effects, ok, openAll, startReceiver, until } from './setup.ts'

const hour = 3_600_000

/** A plan that was proposed and turned down. */
function rejected(number: number): CoreEvent[] {
  const planId = `plan_risk_${number}`
  const at = start + number
  const plan = {
    ...{ planId, kind: 'risk' as const, incidentId: null },
    ...{ title: `Move order ${number} to Austin`, reason: '1 order is more than 0', orders: 1 },
    ...{ extraCents: 420, hoursSaved: 9.5, lateAvoided: 1, currency: 'USD', expiresAt: at + hour, moves: [] },
  }
  return [
    { type: 'ReroutePlanProposed', data: { plan, at } },
    { type: 'ReroutePlanRejected', data: { planId, by: 'Mia', note: null, at } },
  ]
}

/** More plans than are kept when they have ended. */
const all = Array.from({ length: 501 }, (_, i) => rejected(i)).flat()
const publicUrl = 'https://detour.shop.example'
const world = { ...effects, config: { ...effects.config, publicUrl } }

test.each([
  { format: 'detour' as const, carriesLinks: true },
  { format: 'slack' as const, carriesLinks: true },
  { format: 'cloudevents' as const, carriesLinks: false },
])(
  'A plan that has left memory is told as its event tells it, or given up with a note: $format',
  async ({ format, carriesLinks }) => {
    const { market, webhooks } = await openAll({ concurrency: 20 }, undefined, world, {
      linksOf: async () => null,
    })
    await market.append(...all)
    const receiver = await startReceiver(ok)
    const { webhookId } = await webhooks.create({ url: receiver.url, format, carriesLinks, concurrency: 20 })
    expect(await webhooks.replay({ webhookId, since: '2020-01-01T00:00:00Z' })).toEqual({
      queued: all.length,
    })
    await until(async () => (await webhooks.get(webhookId)).pending === 0)
    expect(receiver.received).toHaveLength(all.length - 1)
    const proposal = receiver.received.find(({ id }) => id === 'msg_main_1')
    expect(proposal?.body).toContain('Move order 0 to Austin')
    const { items } = await webhooks.deliveries({ webhookId, messageId: 'msg_main_2', limit: 5 })
    expect(items).toMatchObject([
      {
        status: 'abandoned',
        attempt: 1,
        request: null,
        payload: null,
        notes: ['what this message is about is not in the log or not at hand any more'],
      },
    ])
    expect(await webhooks.get(webhookId)).toMatchObject({ failures: 0, health: 'healthy' })
    if (format !== 'detour') return
    for (const { body } of receiver.received) {
      const said = JSON.parse(body)
      expect([...Value.Errors(api.webhookBodySchema(said.type), said)]).toEqual([])
    }
  },
)

test('A message that cannot be made for any other reason is given up with a note too', async () => {
  const linksOf = async () => {
    throw new TypeError('no such plan')
  }
  const { market, webhooks } = await openAll({}, undefined, world, { linksOf })
  const receiver = await startReceiver(ok)
  const { webhookId } = await webhooks.create({ url: receiver.url, carriesLinks: true })
  await market.append(...rejected(1))
  await until(async () => (await webhooks.get(webhookId)).pending === 0 && receiver.received.length === 1)
  const { items } = await webhooks.deliveries({ webhookId, messageId: 'msg_main_1', limit: 5 })
  expect(items).toMatchObject([
    { status: 'abandoned', attempt: 1, notes: ['this message could not be made: no such plan'] },
  ])
})
