// What becomes of plans that a person approved: they are weighed again where that was a while ago, wait for the limits
// of the hour, and end with what they were for.

import { expect, test } from 'vitest'
import { type Core, defaultRouting } from '#orchestrator/core'
import { decidePlan, rerouteAll } from '#orchestrator/reroute'
import { Worlds } from '#orchestrator/sourcing'
import { node } from '../core/setting.ts'
import { keepInPlace } from '../policies/drafts.ts'
import { goneFrom, orderOf, setPolicy, start, stricken } from './market.ts'

const minute = 60_000
const round = (core: Core, afterMinutes: number) =>
  rerouteAll({ core, worlds: new Worlds(), now: start + afterMinutes * minute, oddnessOf: () => 0 })

const planOf = (core: Core) => {
  const [plan] = core.state().reroutes.plans.values()
  if (plan === undefined) throw new Error('no plan')
  return plan
}

const approve = (core: Core, afterMinutes: number) =>
  decidePlan(core, {
    ...{ planId: planOf(core).planId, answer: 'approve', by: 'Ada', note: null },
    ...{ at: start + afterMinutes * minute, commandId: `approve/${afterMinutes}` },
  })

/** Orders whose move to other nodes waits for a person. */
async function proposed(policy: Parameters<typeof stricken>[0] = {}) {
  const place = await stricken({ mode: 'approve', ...policy })
  expect((await round(place.core, 1)).proposed).toBe(6)
  return place
}

test('what was approved hours later is done while it still helps', async () => {
  const { core, ids } = await proposed()
  await approve(core, 200)
  expect((await round(core, 200)).moved).toBe(6)
  expect(goneFrom(core, ids)).toHaveLength(6)
})

test('what a critical policy keeps where it is by then stays though it was approved', async () => {
  const { core, ids } = await proposed()
  await keepInPlace(core, ['o2'], start)
  await approve(core, 2)
  expect((await round(core, 2)).moved).toBe(5)
  expect(ids.filter((id) => !goneFrom(core, ids).includes(id))).toEqual(['o2'])
  expect(planOf(core)).toMatchObject({ status: 'done', moved: 5, notMoved: 1 })
})

test('what was approved does not go where nobody works any more, nor elsewhere than was said', async () => {
  const { core, ids } = await proposed()
  const targets = new Set(planOf(core).moves.flatMap(({ assignments }) => assignments.map((to) => to.nodeId)))
  const nodes = ['A', 'B', 'C'].map((id) => node(id, { isActive: !targets.has(`fab:${id}`) }))
  await core.execute('DefineNodes', { nodes }, { at: start })
  await approve(core, 20)
  expect((await round(core, 20)).moved).toBe(0)
  expect(goneFrom(core, ids)).toEqual([])
  expect(planOf(core)).toMatchObject({ status: 'done', moved: 0, notMoved: 6 })
})

test('what would cost clearly more than was approved stays, and says so', async () => {
  const { core, ids, incidentId } = await proposed()
  const dear = ['A', 'B', 'C'].map((id) => node(id, { processingCostCents: id === 'A' ? 100 : 600 }))
  await core.execute('DefineNodes', { nodes: dear }, { at: start })
  await approve(core, 20)
  await round(core, 20)
  expect(goneFrom(core, ids)).toEqual([])
  for (const id of ids) expect(orderOf(core, id).declinedFor, id).toEqual([incidentId])
})

test('a plan ends with its incident, and cannot be approved any more', async () => {
  const { core, ids, incidentId } = await proposed()
  await core.execute('ResolveIncident', { incidentId, reason: 'over', by: 'Mia' }, { at: start + 5 * minute })
  await expect(approve(core, 6)).rejects.toMatchObject({ code: 'REROUTE_PLAN_EXPIRED' })
  await round(core, 7)
  expect(planOf(core)).toMatchObject({ status: 'expired', note: 'What it was planned for is over.' })
  expect(goneFrom(core, ids)).toEqual([])
})

test('an approved plan is not carried out once its incident is over', async () => {
  const { core, ids, incidentId } = await proposed()
  await approve(core, 2)
  await core.execute('ResolveIncident', { incidentId, reason: 'over', by: 'Mia' }, { at: start + 3 * minute })
  await round(core, 4)
  expect(planOf(core)).toMatchObject({ status: 'done', moved: 0, notMoved: 6 })
  expect(goneFrom(core, ids)).toEqual([])
})

test('what was approved and then stopped does not go at last when its time is over', async () => {
  const { core, ids } = await proposed({ approvalMinutes: 60 })
  await approve(core, 2)
  await setPolicy(core, { isStopped: true })
  await round(core, 30)
  expect(planOf(core).status).toBe('approved')
  await round(core, 63)
  expect(planOf(core)).toMatchObject({ status: 'done', moved: 0, notMoved: 6 })
  await setPolicy(core, { isStopped: false, mode: 'off' })
  await round(core, 70)
  expect(goneFrom(core, ids)).toEqual([])
})

test('what costs a little more than was approved goes, one by one or at once', async () => {
  const { core, ids } = await proposed()
  const dear = ['A', 'B', 'C'].map((id) => node(id, { processingCostCents: id === 'A' ? 100 : 190 }))
  await core.execute('DefineNodes', { nodes: dear }, { at: start })
  await approve(core, 20)
  await round(core, 20)
  expect(goneFrom(core, ids)).toHaveLength(6)
})

test('a plan that was approved waits while the values of its incident are back', async () => {
  const { core, ids, incidentId } = await proposed()
  await core.execute(
    'SetAlertRouting',
    { routing: { ...defaultRouting, flapTurns: 2 }, by: 'Mia' },
    { at: start },
  )
  await approve(core, 2)
  const back = { incidentId, reason: 'back' }
  await core.execute('ResolveIncident', back, { at: start + 2 * minute })
  const { key, metric, dimension, dimensionValue, severity, title, beganAt, causes, ...more } =
    core.state().incidents.get(incidentId) ?? (null as never)
  const { value, expected, expectedLow, expectedHigh, pValue, model } = more
  const seen = { value, expected, expectedLow, expectedHigh, pValue, model }
  const finding = { key, metric, dimension, dimensionValue, severity, title, beganAt, causes, ...seen }
  const impact = { ordersAtRisk: 6, centsAtRisk: 0, currency: 'USD' }
  await core.execute('OpenIncident', { incidentId: 'again', finding, impact }, { at: start + 2 * minute })
  await core.execute('ResolveIncident', back, { at: start + 3 * minute })
  expect(core.state().incidents.get(incidentId)).toMatchObject({ status: 'open', isFlapping: true })
  expect((await round(core, 4)).moved).toBe(0)
  await core.execute('UpdateIncident', { incidentId, finding, impact }, { at: start + 5 * minute })
  expect((await round(core, 6)).moved).toBe(6)
  expect(goneFrom(core, ids)).toHaveLength(6)
})

test('plans that wait write nothing while nothing happens', async () => {
  const { core } = await proposed({ maxMovesPerHour: 6 })
  const before = core.lastSeq
  for (let i = 0; i < 3; i++) await round(core, 2 + i)
  expect(core.lastSeq).toBe(before)
  await approve(core, 8)
  await setPolicy(core, { maxMovesPerHour: 2 })
  expect((await round(core, 8)).moved).toBe(2)
  const then = core.lastSeq
  for (let i = 0; i < 5; i++) await round(core, 9 + i)
  for (let i = 0; i < 5; i++) await round(core, 20 + i)
  expect(core.lastSeq).toBe(then)
})

test('what the limit of an hour leaves of a plan goes in the next one', async () => {
  const { core, ids } = await proposed()
  await setPolicy(core, { maxMovesPerHour: 4 })
  await approve(core, 2)
  expect((await round(core, 2)).moved).toBe(4)
  expect(planOf(core).status).toBe('approved')
  expect((await round(core, 30)).moved).toBe(0)
  expect((await round(core, 70)).moved).toBe(2)
  expect(planOf(core)).toMatchObject({ status: 'done', moved: 6, notMoved: 0 })
  expect(goneFrom(core, ids)).toHaveLength(6)
})

test('nothing moves because of an incident whose values are back, until they leave again', async () => {
  const { core, ids, incidentId } = await stricken()
  const turn = async (type: 'OpenIncident' | 'ResolveIncident', at: number) => {
    const { key, metric, dimension, dimensionValue, severity, title, beganAt, causes } =
      core.state().incidents.get(incidentId) ?? {}
    const seen = { value: 300, expected: 100, expectedLow: 80, expectedHigh: 120, pValue: 0.001, model: 'x' }
    const finding = { key, metric, dimension, dimensionValue, severity, title, beganAt, causes, ...seen }
    const impact = { ordersAtRisk: 6, centsAtRisk: 0, currency: 'USD' }
    if (type === 'ResolveIncident') await core.execute(type, { incidentId, reason: 'back' }, { at })
    else await core.execute(type, { incidentId: 'again', finding: finding as never, impact }, { at })
  }
  for (let i = 0; i < 2; i++) {
    await turn('ResolveIncident', start + i * minute)
    if (i === 0) await turn('OpenIncident', start + i * minute)
  }
  expect(core.state().incidents.get(incidentId)).toMatchObject({ status: 'open', isFlapping: true })
  expect((await round(core, 3)).moved).toBe(0)
  expect(goneFrom(core, ids)).toEqual([])
})
