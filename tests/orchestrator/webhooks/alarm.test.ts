// A receiver that is gone is an incident of its own, which the others are told, and which ends with it.

import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openVault } from '#data/vault'
import { openAlerting } from '#orchestrator/alerting'
import { openEngine } from '#orchestrator/engine'
import { coreAlarm, openWebhooks } from '#orchestrator/webhooks'
import { openWorkspace } from '#orchestrator/workspace'
import { alertReceivers } from '../../../orchestrator/http/alert-receivers.ts'
import { effectsWith, newFolder } from '../places.ts'
import { ok, quick, startReceiver, until } from './setup.ts'

test('A receiver that is gone is told to the others as an incident, and its return as the end of it', async () => {
  const folder = await newFolder()
  const effects = effectsWith({ webhookAllow: ['127.0.0.0/8'] })
  const workspace = await openWorkspace(join(folder.path, 'home'), 'test', effects)
  const vault = await openVault(workspace.paths, effects)
  const engine = await openEngine(workspace)
  const { core } = engine
  const alarm = coreAlarm(core, () => engine.now())
  const webhooks = await openWebhooks({ log: workspace.log, effects, core, vault, alarm, limits: quick })
  const receivers = () => alertReceivers(webhooks)
  const alerting = openAlerting({ core, effects, now: () => engine.now(), receivers })
  onTestFinished(async () => {
    await alerting.close()
    await webhooks.close()
    await engine.close()
    await vault.close()
    await workspace.close()
    await folder.remove()
  })
  const well = await startReceiver(ok)
  const gone = await startReceiver((response) => response.writeHead(410).end())
  await webhooks.create({ url: well.url })
  const lost = await webhooks.create({ url: gone.url, description: 'On call' })

  const finding = {
    ...{ key: 'node/n', metric: 'backlog', dimension: 'node', dimensionValue: 'n', severity: 0.9 },
    ...{ title: 'n is slow', beganAt: engine.now(), value: 2, expected: 1, expectedLow: 0, expectedHigh: 1 },
    ...{ pValue: 0.001, model: 'rule', causes: [] },
  }
  const impact = { ordersAtRisk: 0, centsAtRisk: 0, currency: 'USD' }
  const data = { incidentId: 'inc-n', finding, impact, isNoticed: true }
  await core.execute('OpenIncident', data, { at: engine.now() })
  await until(async () => (await webhooks.get(lost.webhookId)).status === 'disabled')
  await until(() => well.received.length === 2)
  const told = () => well.received.map(({ body }) => JSON.parse(body))
  expect(told()[1]).toMatchObject({
    type: 'incident.opened',
    data: {
      incident: {
        metric: 'receiver_failing',
        dimension: 'receiver',
        dimensionValue: lost.webhookId,
        title: 'The receiver "On call" was turned off: The receiver answered 410 Gone.',
      },
    },
  })
  // No series tells of it, and none ends it.
  await engine.cycle()
  expect(alarm.open()).toEqual([lost.webhookId])
  await webhooks.change(lost.webhookId, { status: 'enabled' })
  await until(() => well.received.length === 3)
  expect(told()[2]).toMatchObject({
    type: 'incident.resolved',
    data: { reason: 'the receiver was turned on again' },
  })
  expect([...core.state().openIncidents.keys()]).toEqual(['node/n'])
  expect(alarm.open()).toEqual([])

  // However often that comes and goes, an end is an end.
  for (let again = 0; again < 3; again++) {
    const other = { ...finding, key: `node/${again}`, dimensionValue: `${again}` }
    const opened = { incidentId: `inc-${again}`, finding: other, impact, isNoticed: true }
    await core.execute('OpenIncident', opened, { at: engine.now() })
    await until(async () => (await webhooks.get(lost.webhookId)).status === 'disabled')
    const isOpen = () => core.state().openIncidents.has(`receiver/${lost.webhookId}`)
    await until(isOpen)
    await webhooks.change(lost.webhookId, { status: 'enabled' })
    await until(() => !isOpen())
  }
})
