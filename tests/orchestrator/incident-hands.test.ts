// Incidents in the hands of people: what they take up again, split off or snooze, and what detection may end then.

import { expect, test } from 'vitest'
import { applyFindings } from '#orchestrator/incidents'
import { constraint, start, stricken } from './reroute/market.ts'

const strickenTen = () => stricken({}, 10)

test('an incident that a person takes up again stays, until it is seen again and is over then', async () => {
  const { core } = await strickenTen()
  const over = constraint('fab:A', { isBreaching: false, hasRecovered: true })
  await applyFindings(core, [over], { runId: 'r2', at: start })
  const [incidentId = ''] = core.state().incidents.keys()
  await core.execute('ReopenIncident', { incidentId, reason: 'not over', by: 'Mia' }, { at: start })
  expect((await applyFindings(core, [over], { runId: 'r3', at: start + 60_000 })).resolved).toEqual([])
  await applyFindings(core, [constraint('fab:A')], { runId: 'r4', at: start + 120_000 })
  const end = await applyFindings(core, [over], { runId: 'r5', at: start + 24 * 3_600_000 })
  expect(end.resolved).toEqual([incidentId])
})

test('an incident that a person took up again is ended by a person', async () => {
  const { core } = await strickenTen()
  const [incidentId = ''] = core.state().incidents.keys()
  const resolve = { incidentId, reason: 'over', by: 'Mia' }
  await core.execute('ResolveIncident', resolve, { at: start })
  await core.execute('ReopenIncident', { incidentId, reason: 'not over', by: 'Mia' }, { at: start })
  await core.execute('ResolveIncident', resolve, { at: start })
  expect(core.state().openIncidents.size).toBe(0)
})

test('an incident that was split off ends with the one it was split from, not by itself', async () => {
  const { core } = await strickenTen()
  const causes = [{ dimension: 'carrier', value: 'ups', share: 0.7 }]
  await applyFindings(core, [constraint('fab:A', { causes, value: 900 })], { runId: 'r2', at: start })
  const [incidentId = ''] = core.state().incidents.keys()
  const cause = { dimension: 'carrier', value: 'ups', newId: 'part' }
  await core.execute('SplitIncident', { incidentId, cause, by: 'Mia' }, { at: start })
  const over = { isBreaching: false, hasRecovered: true }
  const part = { ...constraint('fab:A', over), key: 'carrier/ups' }
  await applyFindings(core, [part], { runId: 'r3', at: start + 60_000 })
  expect(core.state().incidents.get('part')?.status).toBe('open')
  await applyFindings(core, [constraint('fab:A', over)], { runId: 'r4', at: start + 120_000 })
  expect(core.state().incidents.get('part')?.status).toBe('resolved')
})

test('an incident that is snoozed until it changes wakes when much has changed since, bit by bit', async () => {
  const { core } = await strickenTen()
  const [incidentId = ''] = core.state().incidents.keys()
  const severityAt = (severity: number, runId: string) =>
    applyFindings(core, [constraint('fab:A', { severity, value: severity * 1_000 })], { runId, at: start })
  await severityAt(0.4, 'r2')
  const snooze = { incidentId, until: null, forMs: null, by: 'Mia' }
  await core.execute('SnoozeIncident', snooze, { at: start })
  const statuses: (string | undefined)[] = []
  for (const severity of [0.44, 0.48, 0.52]) {
    await severityAt(severity, `at ${severity}`)
    statuses.push(core.state().incidents.get(incidentId)?.status)
  }
  expect(statuses).toEqual(['snoozed', 'snoozed', 'open'])
})
