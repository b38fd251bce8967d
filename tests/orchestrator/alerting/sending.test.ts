// From an incident of the core to what a receiver gets: alerting and webhooks together, over a new start.

import { expect, onTestFinished, test } from 'vitest'
import { openSqliteLog } from '#data/log'
import { openVault } from '#data/vault'
import { openAlerting } from '#orchestrator/alerting'
import { openCore } from '#orchestrator/core'
import { openWebhooks } from '#orchestrator/webhooks'
import { alertReceivers } from '../../../orchestrator/http/alert-receivers.ts'
import { newLogPath } from '../../data/log/folder.ts'
import { effects, isSigned, ok, quick, startReceiver, until } from '../webhooks/setup.ts'
import { finding, impact } from './place.ts'

/** Core, webhooks and alerting over one log, as a process that writes a market has them. */
async function start(path: string, isTelling = true) {
  const log = await openSqliteLog(path, effects)
  const core = await openCore(log, 'main', effects)
  const vault = await openVault({ log: path }, effects)
  const webhooks = await openWebhooks({ log, effects, core, vault, limits: quick })
  const receivers = () => alertReceivers(webhooks)
  const options = { core, effects, now: () => effects.clock.now(), receivers, everyMs: 50 }
  const alerting = isTelling ? openAlerting(options) : null
  let isOpen = true
  const close = async () => {
    if (!isOpen) return
    isOpen = false
    await alerting?.close()
    await webhooks.close()
    await vault.close()
    await core.close()
    await log.close()
  }
  onTestFinished(close)
  const at = () => ({ at: effects.clock.now() })
  const open = (name: string) =>
    core.execute(
      'OpenIncident',
      { incidentId: `inc-${name}`, finding: finding(name), impact: impact(), isNoticed: true },
      at(),
    )
  return { core, webhooks, close, at, open }
}

test('a receiver is told of the course of an incident once, signed, also when the process starts anew', async () => {
  const path = newLogPath()
  const receiver = await startReceiver(ok)
  const types = () => receiver.received.map(({ body }) => JSON.parse(body).type as string)
  const first = await start(path)
  const { secret } = await first.webhooks.create({ url: receiver.url })
  await first.open('A')
  await until(() => types().length === 1)
  const worse = { incidentId: 'inc-A', finding: finding('A', { severity: 0.9 }), impact: impact(40) }
  await first.core.execute('UpdateIncident', worse, first.at())
  await until(() => types().length === 2)
  await first.core.execute('AcknowledgeIncident', { incidentId: 'inc-A', by: 'Mia' }, first.at())
  await until(() => types().length === 3)
  await first.close()

  // It opens another one and is gone before anybody is told.
  const second = await start(path, false)
  await second.open('B')
  await second.core.execute('ResolveIncident', { incidentId: 'inc-A', reason: 'over' }, second.at())
  await second.close()

  await start(path)
  await until(() => types().length === 5)
  expect(types().slice(0, 3)).toEqual(['incident.opened', 'incident.updated', 'incident.acknowledged'])
  expect(types().slice(3).sort()).toEqual(['incident.opened', 'incident.resolved'])
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(5)
  for (const got of receiver.received) expect(isSigned(secret, got)).toBe(true)
  expect(JSON.parse(receiver.received[1]?.body ?? '').data).toMatchObject({
    incident: { incidentId: 'inc-A', severity: 0.9, reasons: ['severity_up', 'impact_doubled'] },
    notice: { kind: 'changed', stillOpen: 1 },
  })
})

test('a receiver that was off is told by a replay of what came and went meanwhile', async () => {
  const [steady, other] = [await startReceiver(ok), await startReceiver(ok)]
  const typesAt = ({ received }: typeof other) =>
    received
      .map(({ body }) => JSON.parse(body))
      .map(({ type, data }) => `${type} ${data.incident.incidentId}`)
  const place = await start(newLogPath())
  await place.webhooks.create({ url: steady.url })
  const { webhookId } = await place.webhooks.create({ url: other.url })
  await place.webhooks.change(webhookId, { status: 'disabled' })
  await place.open('A')
  await place.open('B')
  await until(() => typesAt(steady).length === 2)
  const since = new Date(effects.clock.now()).toISOString()
  await place.core.execute('ResolveIncident', { incidentId: 'inc-A', reason: 'over' }, place.at())
  await until(() => typesAt(steady).length === 3)
  await place.webhooks.change(webhookId, { status: 'enabled' })
  // Of what began before it is not told the end alone.
  await place.webhooks.replay({ webhookId, since })
  await place.webhooks.replay({ webhookId, since: '2020-01-01T00:00:00Z' })
  await until(() => typesAt(other).length >= 3)
  expect(typesAt(other)).toEqual(typesAt(steady))
})
