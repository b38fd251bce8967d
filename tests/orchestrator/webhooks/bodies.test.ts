// What is said to receivers, word for word, and what is left unsaid.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { api } from '#data/contracts'
import type { CoreEvent } from '#orchestrator/core'
import { cancelled, created, decision, incident, nodes, start, work } from './market.ts'
import { ok, openAll, startReceiver, until } from './setup.ts'

const hour = 3_600_000

const shipment = {
  shipmentId: 's-1',
  nodeId: 'shop:austin',
  carrier: 'ups',
  service: 'ground',
  trackingNumber: '1Z999',
  shippedAt: start + 5 * hour,
  promisedAt: start + 72 * hour,
  deliveredAt: null,
  freightCostCents: 700,
  insuranceCents: null,
  weightG: 900,
}

const about = { orderId: 'order-1', fulfillmentOrderId: 'A-1-F2' }

/** The life of two orders while Reno is slow: what is a message has its name beside it. */
const story: [CoreEvent, string | null][] = [
  ...nodes.map((event): [CoreEvent, null] => [event, null]),
  [created(1), null],
  [
    {
      type: 'OrderSourced',
      data: {
        orderId: 'order-1',
        work: [work(1, 1, 'shop:reno')],
        decision: { ...decision(0), kind: 'source' },
        at: start,
      },
    },
    null,
  ],
  [{ type: 'OrderReleased', data: { orderId: 'order-1', at: start } }, null],
  [incident('IncidentOpened', 0.6, 20), 'incident.opened'],
  [incident('IncidentUpdated', 0.65, 22), null],
  [incident('IncidentUpdated', 0.6, 19), null],
  [incident('IncidentUpdated', 0.7, 20), 'incident.updated'],
  [incident('IncidentUpdated', 0.72, 40), 'incident.updated'],
  [
    {
      type: 'OrderRerouted',
      data: {
        orderId: 'order-1',
        fulfillmentOrderId: 'A-1-F1',
        work: [{ ...work(1, 2, 'shop:austin'), replaces: 'A-1-F1', decisionId: 'd-1' }],
        decision: decision(1),
        at: start + hour,
      },
    },
    'order.rerouted',
  ],
  [created(2), null],
  [
    {
      type: 'RerouteDeclined',
      data: { orderId: 'order-2', decision: decision(2, 'held_out'), at: start + hour },
    },
    null,
  ],
  [
    {
      type: 'RerouteDeclined',
      data: { orderId: 'order-2', decision: decision(3, 'refused'), at: start + hour },
    },
    'order.reroute_refused',
  ],
  [
    {
      type: 'OrderBackordered',
      data: { orderId: 'order-2', reason: 'no_stock', decision: null, at: start + 2 * hour },
    },
    'order.backordered',
  ],
  [{ type: 'WorkShipped', data: { ...about, shipment, at: start + 5 * hour } }, 'order.shipped'],
  [{ type: 'WorkDelivered', data: { ...about, at: start + 50 * hour } }, 'order.delivered'],
  [cancelled(2), 'order.cancelled'],
  [
    {
      type: 'IncidentResolved',
      data: { incidentId: 'inc-1', reason: 'back to normal', at: start + 6 * hour },
    },
    'incident.resolved',
  ],
]

test('The bodies of all messages of a story are those on file', async () => {
  const { market, webhooks } = await openAll({ concurrency: 1 })
  const receiver = await startReceiver(ok)
  const { webhookId } = await webhooks.create({ url: receiver.url })
  await market.append(...story.map(([event]) => event))
  const types = story.flatMap(([, type]) => type ?? [])
  await until(() => receiver.received.length === types.length)
  // Several are on their way at a time, so that the last can arrive first.
  const place = ({ id }: { id: string }) => Number(id.split('_').at(-1))
  const received = receiver.received.toSorted((a, b) => place(a) - place(b))
  const bodies = received.map(({ body }) => JSON.parse(body) as { type: string })
  expect(bodies.map(({ type }) => type)).toEqual(types)
  const expectedIds = story.flatMap(([, type], i) => (type === null ? [] : [`msg_main_${i + 1}`]))
  expect(received.map(({ id }) => id)).toEqual(expectedIds)
  const text = `${JSON.stringify(bodies, null, 2)}\n`
  await expect(text).toMatchFileSnapshot('golden/story.json')
  await until(async () => (await webhooks.get(webhookId)).pending === 0)
})

test('An update is compared with what was last said, also after a new start', async () => {
  const first = await openAll()
  const receiver = await startReceiver(ok)
  await first.webhooks.create({ url: receiver.url })
  await first.market.append(incident('IncidentOpened', 0.5, 20))
  await until(() => receiver.received.length === 1)
  await until(async () => (await first.webhooks.deliveries({ limit: 5 })).items.length === 1)
  await first.close()
  const { market } = await openAll({}, first.path)
  await market.append(incident('IncidentUpdated', 0.55, 21))
  await market.append(incident('IncidentUpdated', 0.62, 21))
  await until(() => receiver.received.length === 2)
  expect(receiver.received[1]?.id).toBe('msg_main_3')
})

test('A long order stays a short message', async () => {
  const { market, webhooks } = await openAll()
  const receiver = await startReceiver(ok)
  await webhooks.create({ url: receiver.url })
  const order = created(1)
  if (order.type !== 'OrderCreated') throw new Error('no order')
  const [line] = order.data.lines
  if (line === undefined) throw new Error('no line')
  const lines = Array.from({ length: 1000 }, (_, i) => ({ ...line, lineId: String(i) }))
  await market.append({ ...order, data: { ...order.data, lines } }, cancelled(1))
  await until(() => receiver.received.length === 1)
  const { data } = JSON.parse(receiver.received[0]?.body ?? '')
  expect(data.order.lineCount).toBe(1000)
  expect(data.order.lines).toHaveLength(100)
})

test('the guide tells of every type of message', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../../orchestrator/webhooks/WEBHOOKS.md'), 'utf8')
  for (const type of api.webhookEventTypes) expect(guide).toContain(`\`${type}\``)
})
