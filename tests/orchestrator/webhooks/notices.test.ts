// Notices of alerting as messages: to whom they name, about all their incidents, and nothing beside them.

import { expect, test } from 'vitest'
import type { NoticedIncident } from '#orchestrator/core'
import { formats } from '#orchestrator/webhooks'
import type { MessageBody } from '../../../orchestrator/webhooks/message/body.ts'
import { incident, nodes, start } from './market.ts'
import { base, notice, other } from './noticed.ts'
import { ok, openAll, startReceiver, until } from './setup.ts'

test('A notice reaches the receivers it names, and incidents that are noticed say nothing themselves', async () => {
  const { market, webhooks } = await openAll({ concurrency: 1 })
  const [meant, unmeant] = [await startReceiver(ok), await startReceiver(ok)]
  const { webhookId } = await webhooks.create({ url: meant.url })
  await webhooks.create({
    url: unmeant.url,
    events: ['order.cancelled', 'incident.opened', 'incident.resolved'],
  })
  const opened = incident('IncidentOpened', 0.9, 20)
  if (opened.type !== 'IncidentOpened') throw new Error('no incident')
  await market.append(...nodes, { ...opened, data: { ...opened.data, isNoticed: true } })
  const resolved = { incidentId: 'inc-1', reason: 'over', at: start, isNoticed: true }
  const first = await market.append(notice('opened', [webhookId], [base, other]))
  await market.append({ type: 'IncidentResolved', data: resolved })
  await market.append(notice('recovered', [webhookId], [{ ...base, status: 'resolved', resolvedAt: start }]))
  await market.append(notice('recovered', [webhookId], [{ ...other, status: 'resolved', resolvedAt: start }]))
  await until(() => meant.received.length === 3)
  expect(unmeant.received).toEqual([])
  expect(meant.received[0]?.id).toBe(`msg_main_${first}`)
  const bodies = meant.received.map(({ body }) => JSON.parse(body) as MessageBody<'incident.opened'>)
  expect(bodies.map(({ type }) => type)).toEqual([
    'incident.opened',
    'incident.resolved',
    'incident.resolved',
  ])
  expect(bodies[0]?.data.incidents.map(({ dimensionName }) => dimensionName)).toEqual(['Reno', 'Austin'])
  const inFormat = (format: 'alertmanager' | 'pagerduty', body: MessageBody) =>
    formats[format].render({ messageId: 'm', market: 'main', body, publicUrl: null }) as Record<
      string,
      unknown
    >
  const [one] = bodies
  if (one === undefined) throw new Error('nothing came')
  const group = inFormat('alertmanager', one)
  expect(group).toMatchObject({ status: 'firing', groupLabels: { node: 'x' }, alerts: [{}, {}] })
  expect(group.commonLabels).not.toHaveProperty('node')
  const keys = bodies.map((body) => inFormat('pagerduty', body).dedup_key)
  expect(new Set(keys).size).toBe(1)
})

test('What PagerDuty shows of a group is over, or in hands, with the last of its incidents', () => {
  const { pagerduty } = formats
  const group = { noticeId: 'n', groupKey: 'g', labels: {}, level: null }
  const actionOf = <T extends 'incident.resolved' | 'incident.acknowledged'>(
    type: T,
    kind: string,
    { stillOpen = 0, stillUnseen = 0 },
  ) => {
    const about = { ...group, kind, stillOpen, stillUnseen }
    const ended = {
      ...{ incidentId: 'i', title: 't', severity: 0.9, metric: 'm', dimension: 'node', dimensionValue: 'v' },
      ...{ dimensionName: 'v', status: 'resolved', beganAt: '2026-03-02T05:00:00.000Z', resolvedAt: null },
      ...{ openedAt: '2026-03-02T05:00:00.000Z', ordersMoved: 0, ordersNotMoved: 0 },
      ...{ owner: null, acknowledgedBy: null, isFlapping: false },
    }
    const end = { reason: 'over', by: 'Mia' }
    const data = { market: 'main', incident: ended, incidents: [ended], notice: about, ...end }
    const body = { type, timestamp: ended.beganAt, data } as unknown as MessageBody
    const shown = pagerduty.render({ messageId: 'm', market: 'main', body, publicUrl: null })
    return (shown as { event_action: string }).event_action
  }
  const over = (stillOpen: number) => actionOf('incident.resolved', 'recovered', { stillOpen })
  expect([over(1), over(0)]).toEqual(['trigger', 'resolve'])
  const taken = (stillUnseen: number) =>
    actionOf('incident.acknowledged', 'acknowledged', { stillOpen: 2, stillUnseen })
  expect([taken(1), taken(0)]).toEqual(['trigger', 'acknowledge'])
})

test('Who was not told of an incident is not told of its end, though it knows another one of the group', async () => {
  const { market, webhooks } = await openAll({ concurrency: 1 })
  const [all, high, pager] = [await startReceiver(ok), await startReceiver(ok), await startReceiver(ok)]
  const labels = [{ label: 'severity', is: 'one_of' as const, values: ['high'] }]
  const one = await webhooks.create({ url: all.url })
  const two = await webhooks.create({ url: high.url, labels })
  const three = await webhooks.create({ url: pager.url, events: ['incident.escalated', 'incident.resolved'] })
  const ids = [one, two, three].map(({ webhookId }) => webhookId)
  const over = (incident: NoticedIncident) => ({
    ...incident,
    status: 'resolved' as const,
    resolvedAt: start,
  })
  await market.append(notice('opened', ids, [other]))
  await market.append(notice('opened', ids, [base]))
  await market.append(
    notice('acknowledged', ids, [{ ...other, status: 'acknowledged', acknowledgedBy: 'Mia' }]),
  )
  await market.append(notice('recovered', ids, [over(other)]))
  await market.append(notice('recovered', ids, [over(base)]))
  await until(() => all.received.length === 5 && high.received.length === 2)
  const types = high.received.map(({ body }) => JSON.parse(body))
  expect(types).toMatchObject([
    { type: 'incident.opened', data: { incident: { incidentId: 'inc-1' } } },
    { type: 'incident.resolved', data: { incident: { incidentId: 'inc-1' } } },
  ])
  // Nothing was escalated to it.
  expect(pager.received).toEqual([])
})

test('Whom a step of an escalation names hears of it, also where it has chosen beginnings and ends alone', async () => {
  const { market, webhooks } = await openAll({ concurrency: 1 })
  const [first, pager, ends] = [await startReceiver(ok), await startReceiver(ok), await startReceiver(ok)]
  const one = await webhooks.create({ url: first.url })
  const two = await webhooks.create({ url: pager.url, events: ['incident.opened', 'incident.resolved'] })
  const three = await webhooks.create({ url: ends.url, events: ['incident.resolved'] })
  await market.append(notice('opened', [one.webhookId], [base]))
  await market.append(notice('escalated', [two.webhookId, three.webhookId], [base]))
  const told = [one, two].map(({ webhookId }) => webhookId)
  await market.append(notice('recovered', told, [{ ...base, status: 'resolved', resolvedAt: start }]))
  await until(() => first.received.length === 2 && pager.received.length === 2)
  const types = pager.received.map(({ body }) => (JSON.parse(body) as MessageBody).type)
  expect(types).toEqual(['incident.escalated', 'incident.resolved'])
  expect(ends.received).toEqual([])
})

test('Labels of a receiver hold for any incident of a notice', async () => {
  const { market, webhooks } = await openAll({ concurrency: 1 })
  const [high, low] = [await startReceiver(ok), await startReceiver(ok)]
  const rule = (value: string) => [{ label: 'severity', is: 'one_of' as const, values: [value] }]
  const one = await webhooks.create({ url: high.url, labels: rule('high') })
  const two = await webhooks.create({ url: low.url, labels: rule('low') })
  const ids = [one.webhookId, two.webhookId]
  await market.append(notice('opened', ids, [base]))
  await market.append(notice('changed', ids, [base, other]))
  await until(() => high.received.length === 2 && low.received.length === 1)
})
