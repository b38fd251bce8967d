// Moves back after an incident ended: they pay, and the promise is no less certain for them.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { isOpenWork } from '#orchestrator/core'
import { decidePlan, rerouteAll, rollBack, saidExpected } from '#orchestrator/reroute'
import { noHistory, Worlds } from '#orchestrator/sourcing'
import { Memory } from '../../../orchestrator/reroute/memory.ts'
import { noLater } from '../../../orchestrator/reroute/worth.ts'
import { node } from '../core/setting.ts'
import { keepInPlace } from '../policies/drafts.ts'
import { goneFrom, nodesOf, orderOf, setPolicy, start, stricken } from './market.ts'

/** Orders that left node A and could go back to it, much cheaper, once its incident ended. */
async function ended(
  hoursAtA: { medianHours: number; p90Hours: number },
  policy: Partial<api.ReroutePolicy> = {},
  {
    keeps = [],
    count = 6,
    savedCents = 20_000,
    reason = 'over',
  }: { keeps?: string[]; count?: number; savedCents?: number; reason?: string } = {},
) {
  const { core, ids, incidentId } = await stricken({ movesBack: true, ...policy }, count)
  await rerouteAll({ core, worlds: new Worlds(), now: start + 60_000, oddnessOf: () => 0 })
  expect(goneFrom(core, ids)).toHaveLength(ids.length)
  const nodes = ['A', 'B', 'C'].map((id) => node(id, { processingCostCents: id === 'A' ? 0 : savedCents }))
  await core.execute('DefineNodes', { nodes }, { at: start + 60_000 })
  const now = start + 3_600_000
  if (keeps.length > 0) await keepInPlace(core, keeps, now)
  await core.execute('ResolveIncident', { incidentId, reason }, { at: now })
  const worlds = new Worlds()
  const transit = { medianHours: 40, p90Hours: 44 }
  const passage = (medianHours: number, p90Hours: number) => {
    return { count: 10_000, processing: { medianHours, p90Hours }, transit, freightCents: 500 }
  }
  worlds.history = {
    ...noHistory,
    all: passage(4, 6),
    nodes: new Map([['fab:A', passage(hoursAtA.medianHours, hoursAtA.p90Hours)]]),
  }
  const memory = new Memory()
  const round = (after = 0) =>
    rerouteAll({ core, worlds, now: now + after * 60_000, oddnessOf: () => 0, memory })
  await round()
  return { core, ids, incidentId, now, round }
}

async function afterwards(hoursAtA: { medianHours: number; p90Hours: number }) {
  const { core, ids } = await ended(hoursAtA)
  return goneFrom(core, ids).length
}

test('work goes back where that is cheaper and as punctual, and stays where it would be less so', async () => {
  expect(await afterwards({ medianHours: 3, p90Hours: 5 })).toBe(0)
  // As likely as not still in time, but less surely so.
  expect(await afterwards({ medianHours: 50, p90Hours: 110 })).toBe(6)
})

test('what a critical policy keeps where it is does not go back', async () => {
  const { core, ids } = await ended({ medianHours: 3, p90Hours: 5 }, {}, { keeps: ['o1', 'o3'] })
  expect(goneFrom(core, ids)).toEqual(['o1', 'o3'])
})

test.each<[savedCents: number, minGainCents: number, count: number, goes: boolean]>([
  [5, 0, 1, false],
  [5, 0, 2, false],
  [99, 0, 1, false],
  [150, 0, 1, true],
  [150, 0, 2, true],
  [150, 80, 1, false],
  [150, 80, 2, false],
])('work goes back for a dollar beyond the limit, alone or with others: %d and %d, %d', async (...each) => {
  const [savedCents, minGainCents, count, goes] = each
  // As punctual there and here, so that nothing but the money counts.
  const { core, ids } = await ended({ medianHours: 4, p90Hours: 6 }, { minGainCents }, { count, savedCents })
  expect(goneFrom(core, ids)).toEqual(goes ? [] : ids)
})

test('work stays where its incident ended because people knew of it, as what it tells of goes on', async () => {
  const { core, ids } = await ended({ medianHours: 3, p90Hours: 5 }, {}, { reason: saidExpected })
  expect(goneFrom(core, ids)).toHaveLength(6)
})

test('what a limit kept from going back goes when the limit allows it', async () => {
  const { core, ids, round } = await ended({ medianHours: 3, p90Hours: 5 }, { pairCoolDownMinutes: 90 })
  expect(goneFrom(core, ids)).toHaveLength(6)
  await round(20)
  expect(goneFrom(core, ids)).toHaveLength(6)
  await round(40)
  expect(goneFrom(core, ids)).toHaveLength(0)
})

test('what was approved to go back stays where it hardly pays any more', async () => {
  const { core, ids, now, round } = await ended(
    { medianHours: 4, p90Hours: 6 },
    { pairCoolDownMinutes: 90 },
    { count: 1, savedCents: 150 },
  )
  await setPolicy(core, { mode: 'approve' })
  await round(40)
  const plan = () => [...core.state().reroutes.plans.values()][0]
  expect(plan()).toMatchObject({ kind: 'recovery', status: 'proposed' })
  const nodes = ['A', 'B', 'C'].map((id) => node(id, { processingCostCents: id === 'A' ? 0 : 70 }))
  await core.execute('DefineNodes', { nodes }, { at: now })
  const { planId = '' } = plan() ?? {}
  const at = now + 60 * 60_000
  await decidePlan(core, { planId, answer: 'approve', by: 'Ada', note: null, at, commandId: 'yes' })
  await round(60)
  expect(plan()).toMatchObject({ status: 'done', moved: 0 })
  expect(goneFrom(core, ids)).toEqual(ids)
})

test('what goes back is no move for the incident: it is not counted, and no limit of that holds it', async () => {
  const { core, ids, incidentId } = await ended({ medianHours: 3, p90Hours: 5 }, { maxOrdersPerIncident: 6 })
  expect(goneFrom(core, ids)).toHaveLength(0)
  expect(core.state().incidents.get(incidentId)?.ordersMoved).toBe(6)
})

/** Orders that left A, some of them for B; then A is closed, and C costs next to nothing. */
async function cheaperElsewhere(policy: Partial<api.ReroutePolicy> = {}) {
  const place = await ended({ medianHours: 4, p90Hours: 6 }, policy, { savedCents: 0 })
  const { core, ids, now } = place
  const nodes = [node('A', { isActive: false }), node('B', { processingCostCents: 20_000 }), node('C')]
  await core.execute('DefineNodes', { nodes }, { at: now })
  const atB = ids.filter((id) => nodesOf(core, id).includes('fab:B'))
  expect(atB.length).toBeGreaterThan(0)
  return { ...place, atB }
}

test('work goes back where it came from, or not at all: to no third node, however cheap that is', async () => {
  const { core, ids, atB, round } = await cheaperElsewhere()
  const before = ids.map((id) => nodesOf(core, id))
  await round(40)
  expect(ids.map((id) => nodesOf(core, id))).toEqual(before)
  // There is something to go back to again, and another node is cheaper still.
  const nodes = [node('A'), node('B', { processingCostCents: 20_000 }), node('C', { processingCostCents: 0 })]
  await core.execute('DefineNodes', { nodes }, { at: start + 120 * 60_000 })
  await round(80)
  expect(atB.map((id) => nodesOf(core, id))).toEqual(atB.map(() => ['fab:A']))
})

test('the core takes only that for a move back which goes where work came from', async () => {
  const { core, incidentId, atB, now } = await cheaperElsewhere({
    maxOrdersPerIncident: 6,
    maxMovesPerOrder: 9,
  })
  const [orderId = ''] = atB
  const back = (to: string) => {
    const [work] = orderOf(core, orderId).work.filter(isOpenWork)
    const decisionId = `${orderId}/${incidentId}/back/${to}`
    const assignments = [{ nodeId: to, carrier: 'SwiftPost', shipBy: null, lines: work?.lines ?? [] }]
    const decision = {
      ...{ decisionId, kind: 'reroute' as const, incidentId, fromNodeId: 'fab:B', toNodeId: to },
      ...{ status: 'done' as const, reason: 'x', costCents: 0, hoursSaved: 0, candidates: [] },
    }
    const fulfillmentOrderId = work?.fulfillmentOrderId ?? ''
    const data = { orderId, fulfillmentOrderId, assignments, decision, guard: { isBack: true as const } }
    return core.execute('RerouteOrder', data, { at: now })
  }
  const moved = () => core.state().incidents.get(incidentId)?.ordersMoved
  expect(await back('fab:C')).toMatchObject({ status: 'refused', reason: 'incident_limit' })
  await setPolicy(core, { maxOrdersPerIncident: 7 })
  expect(await back('fab:C')).toMatchObject({ status: 'done' })
  expect(moved()).toBe(7)
  // From there it is B where it goes back to.
  expect(await back('fab:B')).toMatchObject({ status: 'done' })
  expect(moved()).toBe(7)
})

test('what went back stays there when the moves of its incident are rolled back', async () => {
  const { core, ids, incidentId, now } = await ended({ medianHours: 3, p90Hours: 5 })
  const rolled = await rollBack(core, incidentId, { reason: 'a mistake', by: 'Mia', at: now + 60_000 })
  expect(rolled).toEqual({ returned: 0, stayed: 0 })
  expect(goneFrom(core, ids)).toHaveLength(0)
})

test('a move back is refused where the risk grows, and where it is not known', () => {
  expect(noLater({ riskBefore: 0.2, riskAfter: 0.2 })).toBeNull()
  expect(noLater({ riskBefore: 0.2, riskAfter: 0 })).toBeNull()
  expect(noLater({ riskBefore: null, riskAfter: null })).toBeNull()
  expect(noLater({ riskBefore: 0.2, riskAfter: 0.21 })).toMatchObject({ code: 'promise_worse' })
  expect(noLater({ riskBefore: 0.2, riskAfter: null })).toMatchObject({ code: 'promise_worse' })
})
