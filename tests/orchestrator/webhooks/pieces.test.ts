// Messages that are looked up piece by piece, since there are more of them than there is room for: who hears of an
// incident in one piece hears how it goes on and ends in another one.

import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { newLogPath } from '../../data/log/folder.ts'
import { cancelled, created, nodes, start } from './market.ts'
import { base, notice } from './noticed.ts'
import { ok, openAll, type Received, startReceiver, until } from './setup.ts'

const since = '2020-01-01T00:00:00Z'
const over = { ...base, status: 'resolved', resolvedAt: start }
const orders = (count: number) => Array.from({ length: count }, (_, i) => [created(i), cancelled(i)]).flat()
const typesOf = (received: readonly Received[]) => received.map(({ body }) => JSON.parse(body).type as string)
const incidentsOf = (received: readonly Received[]) =>
  typesOf(received).filter((type) => type.startsWith('inc'))
const course = ['incident.opened', 'incident.updated', 'incident.resolved']

/** A receiver whose answers wait while it is held. */
async function startHeld() {
  const held: ServerResponse[] = []
  let isHeld = true
  const receiver = await startReceiver((response) => void (isHeld ? held.push(response) : response.end()))
  const release = () => {
    isHeld = false
    for (const response of held.splice(0)) response.end()
  }
  const hold = () => {
    isHeld = true
  }
  return { ...receiver, hold, release }
}

/** A market in which others were told of an incident, so many orders before its end. */
async function openPast(path = newLogPath()) {
  const all = await openAll({ waiting: 10 }, path)
  const keeper = await startReceiver(ok)
  await all.webhooks.create({ url: keeper.url, events: ['order.shipped'] })
  await all.market.append(...nodes, notice('opened', ['wh_other'], [base], 1), ...orders(15))
  await all.market.append(notice('changed', ['wh_other'], [base], 1), ...orders(15))
  return all
}

test.each([false, true])(
  'A replay in pieces has the end of what it began (a start in between: %s)',
  async (isAgain) => {
    const path = newLogPath()
    const first = await openPast(path)
    await first.market.append(notice('recovered', ['wh_other'], [over], 0))
    const receiver = await startHeld()
    const { webhookId } = await first.webhooks.create({ url: receiver.url })
    expect(await first.webhooks.replay({ webhookId, since })).toEqual({ queued: 33 })
    await until(() => receiver.received.length > 0)
    if (isAgain) await first.close()
    const { webhooks } = isAgain
      ? await openAll({ waiting: 10 }, path, undefined, { takesOver: true })
      : first
    receiver.release()
    await until(() => typesOf(receiver.received).includes('incident.resolved'))
    await until(async () => (await webhooks.get(webhookId)).pending === 0)
    expect([...new Set(incidentsOf(receiver.received))]).toEqual(course)
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(33)
  },
)

test('What ends as new while a replay has not come to its beginning is told again after that', async () => {
  const { market, webhooks } = await openPast()
  const receiver = await startHeld()
  const { webhookId } = await webhooks.create({ url: receiver.url, concurrency: 1 })
  const late = { ...base, incidentId: 'late' }
  const began = await market.append(notice('opened', [webhookId], [late], 1))
  receiver.release()
  await until(async () => receiver.received.length === 1 && (await webhooks.get(webhookId)).pending === 0)
  receiver.hold()
  await webhooks.replay({ webhookId, since })
  await until(() => receiver.received.length === 2)
  const over = { ...late, status: 'resolved', resolvedAt: start }
  const ended = await market.append(notice('recovered', [webhookId], [over], 1))
  await until(async () => (await webhooks.get(webhookId)).pending === 11)
  receiver.release()
  const seqs = () =>
    receiver.received.map(({ id }) => Number(id.split('_').at(-1))).filter((seq) => seq >= began)
  await until(() => seqs().length === 4)
  await until(async () => (await webhooks.get(webhookId)).pending === 0)
  expect(seqs()).toEqual([began, ended, began, ended])
})

test('Who has fallen behind hears of the end of what it was told of, whatever its labels are by then', async () => {
  const { market, webhooks } = await openAll({ waiting: 10 })
  const receiver = await startHeld()
  const labels = [{ label: 'severity', is: 'one_of' as const, values: ['high'] }]
  const { webhookId } = await webhooks.create({ url: receiver.url, concurrency: 1, labels })
  const high = Array.from({ length: 12 }, (_, i) =>
    notice('opened', [webhookId], [{ ...base, incidentId: `other-${i}` }], 1),
  )
  await market.append(...nodes, notice('opened', [webhookId], [base], 1), ...high)
  await until(async () => (await webhooks.get(webhookId)).pending === 13)
  const ends = [base.incidentId, 'unknown'].map((incidentId) =>
    notice('recovered', [webhookId], [{ ...over, incidentId, severity: 0.2 }], 1),
  )
  await market.append(
    notice('opened', ['wh_other'], [{ ...base, incidentId: 'unknown', severity: 0.2 }], 1),
    ...ends,
  )
  receiver.release()
  await until(() => typesOf(receiver.received).includes('incident.resolved'))
  await until(async () => (await webhooks.get(webhookId)).pending === 0)
  const told = receiver.received.map(({ body }) => JSON.parse(body).data.incident.incidentId)
  expect(told).toEqual([base.incidentId, ...high.map((_, i) => `other-${i}`), base.incidentId])
})
