// Receivers in every format and with filters, held against real ones; what is kept of their attempts holds no key.

import { describe, expect, test } from 'vitest'
import { api } from '#data/contracts'
import { formats, webhookStream } from '#orchestrator/webhooks'
import { codeOf } from '../../data/log/folder.ts'
import { cancelled, created, incident, nodes, start } from './market.ts'
import { effects, isSigned, ok, openAll, startReceiver, until } from './setup.ts'

const http = api.webhookFormats.filter((format) => format !== 'email')
const keyOf = (format: api.WebhookFormat) => (format === 'pagerduty' ? { credential: 'R0UT1NGKEY' } : {})

test.each(http)('A receiver of %s verifies every delivery, and no key is kept', async (format) => {
  const { market, webhooks } = await openAll()
  const receiver = await startReceiver((response) => response.end('thanks'))
  const url = `${receiver.url}/T000/B000/XXXX`
  const made = await webhooks.create({ url, format, ...keyOf(format) })
  const { webhookId, secret } = made
  await market.append(...nodes, created(1), incident('IncidentOpened', 0.9, 20), cancelled(1))
  const tests = api.webhookEventTypes.filter((type) => formats[format].carries(type))
  for (const type of tests)
    expect(await webhooks.test(webhookId, type)).toMatchObject({ status: 'delivered' })
  const expected = tests.length + (formats[format].carries('order.cancelled') ? 2 : 1)
  await until(() => receiver.received.length === expected)
  for (const got of receiver.received) {
    expect(isSigned(secret, got)).toBe(true)
    expect(got.headers['content-type']).toBe(formats[format].contentType)
    if (format === 'pagerduty') expect(JSON.parse(got.body).routing_key).toBe('R0UT1NGKEY')
  }
  await until(async () => (await webhooks.get(webhookId)).pending === 0)
  const { items } = await webhooks.deliveries({ webhookId, limit: 50 })
  expect(items).toHaveLength(expected)
  for (const item of items) {
    expect(item).toMatchObject({ format, response: { body: 'thanks', isCut: false } })
    expect(item.request?.headers).toMatchObject({ 'webhook-id': item.messageId })
    expect(item.request?.headers['webhook-signature']).toBe('v1,(not shown)')
  }
  const kept = JSON.stringify([
    await market.log.read(webhookStream('main'), 0, 1_000),
    items,
    await webhooks.list(),
  ])
  expect(kept).not.toContain('R0UT1NGKEY')
  expect(kept).not.toContain(secret)
  expect(kept.includes('/T000/B000/XXXX')).toBe(!['slack', 'teams'].includes(format))
})

describe('a filter by labels', () => {
  const high: api.LabelRule = { label: 'severity', is: 'one_of', values: ['high'] }
  const resolved = (incidentId: string) =>
    ({ type: 'IncidentResolved', data: { incidentId, reason: 'over', at: start } }) as const
  const typesOf = (received: { body: string }[]) => received.map(({ body }) => JSON.parse(body).type)

  test('lets through what fits, and of an incident that was told its whole course', async () => {
    const { market, webhooks } = await openAll({ concurrency: 1 })
    const all = await startReceiver(ok)
    const picky = await startReceiver(ok)
    await webhooks.create({ url: all.url })
    await webhooks.create({ url: picky.url, labels: [high] })
    await market.append(incident('IncidentOpened', 0.6, 20))
    await market.append(incident('IncidentUpdated', 0.9, 20))
    await market.append(incident('IncidentUpdated', 0.55, 20))
    await market.append({ type: 'IncidentAcknowledged', data: { incidentId: 'inc-1', by: 'Mia', at: start } })
    await market.append(resolved('inc-1'), created(1), cancelled(1))
    await until(() => all.received.length === 6)
    await until(() => picky.received.length === 4)
    expect(typesOf(picky.received)).toEqual([
      'incident.updated',
      'incident.updated',
      'incident.acknowledged',
      'incident.resolved',
    ])
  })

  test('tells of the end of what was told to a receiver that was off in between', async () => {
    const { market, webhooks } = await openAll({ concurrency: 1 })
    const receiver = await startReceiver(ok)
    const { webhookId } = await webhooks.create({ url: receiver.url, labels: [high] })
    await market.append(incident('IncidentOpened', 0.9, 20))
    await until(() => receiver.received.length === 1)
    await webhooks.change(webhookId, { status: 'disabled' })
    await market.append(created(1), cancelled(1))
    await webhooks.change(webhookId, { status: 'enabled' })
    await market.append(resolved('inc-1'))
    await until(() => receiver.received.length === 2)
    expect(typesOf(receiver.received)).toEqual(['incident.opened', 'incident.resolved'])
  })

  test('never tells of the end of what was never told, also after a new start', async () => {
    const first = await openAll({ concurrency: 1 })
    const picky = await startReceiver(ok)
    const late = await startReceiver(ok)
    const ends = await startReceiver(ok)
    await first.webhooks.create({ url: picky.url, labels: [high] })
    await first.webhooks.create({ url: ends.url, events: ['incident.resolved'] })
    await first.market.append(incident('IncidentOpened', 0.6, 20))
    await first.webhooks.create({ url: late.url })
    await first.close()
    const { market } = await openAll({ concurrency: 1 }, first.path)
    await market.append(resolved('inc-1'))
    await market.append(created(1), cancelled(1))
    await until(() => late.received.length === 1 && ends.received.length === 1)
    expect(typesOf(late.received)).toEqual(['order.cancelled'])
    expect(typesOf(ends.received)).toEqual(['incident.resolved'])
    expect(picky.received).toEqual([])
  })
})

describe('settings that do not fit together', () => {
  const url = 'https://example.com/'
  const wrong: Record<string, api.NewWebhook> = {
    'PagerDuty without its key': { url, format: 'pagerduty' },
    'a key for nobody': { url, credential: 'x' },
    'mail over https': { url, format: 'email' },
    'bodies by mail': { url: 'mailto:a@example.com' },
    'mail without a mail server': { url: 'mailto:a@example.com', format: 'email' },
    'links that lead nowhere': { url, carriesLinks: true },
    'orders for Alertmanager': { url, format: 'alertmanager', events: ['order.shipped'] },
  }

  test('are refused', async () => {
    const { webhooks } = await openAll()
    for (const [name, receiver] of Object.entries(wrong)) {
      expect([name, await codeOf(webhooks.create(receiver))]).toEqual([name, 'WEBHOOK_SETTINGS_INVALID'])
    }
    expect(await webhooks.list()).toEqual([])
  })

  test('are refused as a change too, and a key goes with its format', async () => {
    const { webhooks, market } = await openAll()
    const receiver = await startReceiver(ok)
    const { webhookId } = await webhooks.create({ url: receiver.url, format: 'pagerduty', credential: 'k' })
    expect(await webhooks.get(webhookId)).toMatchObject({ hasCredential: true, format: 'pagerduty' })
    expect(await codeOf(webhooks.change(webhookId, { events: ['order.shipped'] }))).toBe(
      'WEBHOOK_SETTINGS_INVALID',
    )
    expect(await codeOf(webhooks.test(webhookId, 'order.shipped'))).toBe('WEBHOOK_SETTINGS_INVALID')
    const url = `${receiver.url}/other`
    expect(await codeOf(webhooks.change(webhookId, { url }))).toBe('WEBHOOK_SETTINGS_INVALID')
    expect(await webhooks.change(webhookId, { url, credential: 'l' })).toMatchObject({ url })
    const after = await webhooks.change(webhookId, { format: 'detour', labels: [], concurrency: 2 })
    expect(after).toMatchObject({ hasCredential: false, format: 'detour', concurrency: 2 })
    expect(await market.vault.webhookCredential(webhookId)).toBeNull()
  })
})

test('A message that waits takes the format that its receiver has when it is tried again', async () => {
  const { market, webhooks } = await openAll({ delaysMs: [50, 50, 50] })
  const receiver = await startReceiver((response, number) =>
    response.writeHead(number === 1 ? 500 : 200).end(),
  )
  const { webhookId } = await webhooks.create({ url: receiver.url })
  await market.append(created(1), cancelled(1))
  await until(() => receiver.received.length === 1)
  await webhooks.change(webhookId, { format: 'cloudevents' })
  await until(() => receiver.received.length === 2)
  const [first, second] = receiver.received
  expect(first?.id).toBe(second?.id)
  expect(JSON.parse(second?.body ?? '')).toMatchObject({ specversion: '1.0', id: first?.id })
})

test('A message that waits is given up where the new format has no words for it, and nobody is blamed', async () => {
  const { market, webhooks } = await openAll({ delaysMs: [200, 200] })
  const receiver = await startReceiver((response) => response.writeHead(500).end())
  const { webhookId } = await webhooks.create({ url: receiver.url })
  const seq = await market.append(created(1), cancelled(1))
  await until(() => receiver.received.length === 1)
  await webhooks.change(webhookId, { format: 'pagerduty', credential: 'k' })
  await until(async () => (await webhooks.get(webhookId)).pending === 0)
  expect(receiver.received).toHaveLength(1)
  expect(await webhooks.get(webhookId)).toMatchObject({ failures: 1, status: 'enabled' })
  const { items } = await webhooks.deliveries({ webhookId, limit: 1 })
  expect(items[0]).toMatchObject({
    status: 'abandoned',
    notes: ['the format pagerduty has no words for order.cancelled'],
  })
  const again = webhooks.replay({ webhookId, messageId: `msg_main_${seq}` })
  expect(await codeOf(again)).toBe('WEBHOOK_REPLAY_INVALID')
})

test('An address that was as good as a key is not shown by way of another format', async () => {
  const { webhooks } = await openAll()
  const receiver = await startReceiver(ok)
  const { webhookId } = await webhooks.create({ url: `${receiver.url}/secret`, format: 'slack' })
  expect(await codeOf(webhooks.change(webhookId, { format: 'detour' }))).toBe('WEBHOOK_SETTINGS_INVALID')
  expect((await webhooks.get(webhookId)).url).not.toContain('secret')
})

test('A preview shows each example in each format that has words for it', async () => {
  const { webhooks } = await openAll({}, undefined, {
    ...effects,
    config: { ...effects.config, publicUrl: 'https://detour.example.com' },
  })
  for (const format of api.webhookFormats) {
    for (const type of api.webhookEventTypes) {
      if (formats[format].carries(type)) {
        expect(webhooks.preview(format, type)).toMatchObject({
          format,
          type,
          contentType: formats[format].contentType,
        })
      } else expect(() => webhooks.preview(format, type)).toThrow(/no words for/)
    }
  }
})
