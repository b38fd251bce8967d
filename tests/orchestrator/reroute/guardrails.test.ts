// The limits of reroutes: each stops what goes beyond it, a limit of nothing lets nothing through, and the core keeps
// them whoever asks.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { type DecisionRecord, lately } from '#orchestrator/core'
import { applyFindings } from '#orchestrator/incidents'
import { affectedBy, carryOut, planMoves, rerouteAll, rerouteByHand } from '#orchestrator/reroute'
import { Worlds } from '#orchestrator/sourcing'
import { constraint, goneFrom, nodesOf, orderOf, setPolicy, start, stricken } from './market.ts'

const round = (core: Parameters<typeof rerouteAll>[0]['core'], now = start + 60_000) =>
  rerouteAll({ core, worlds: new Worlds(), now, oddnessOf: () => 0 })

const codesOf = (core: Parameters<typeof round>[0], ids: readonly string[]) =>
  ids.map((id) => orderOf(core, id).history.at(-2))

test.each<[string, Partial<api.ReroutePolicy>, number, string | null]>([
  ['moves in an hour', { maxMovesPerHour: 2 }, 2, '2 orders were moved in an hour, the limit'],
  ['no moves at all in an hour', { maxMovesPerHour: 0 }, 0, '0 orders were moved in an hour, the limit'],
  [
    'moves to one node in an hour',
    { maxMovesPerNodeHour: 1 },
    1,
    '1 orders went there in an hour, the limit',
  ],
  ['no moves to any node', { maxMovesPerNodeHour: 0 }, 0, '0 orders went there in an hour, the limit'],
  ['no budget for an incident', { maxIncidentCostCents: 0 }, 0, 'the budget of the incident is spent'],
  ['no budget for a day', { maxDayCostCents: 0 }, 0, 'the budget of the day is spent'],
  ['no order for an incident', { maxOrdersPerIncident: 0 }, 0, '0 orders were moved for it, the limit'],
  ['no move of an order', { maxMovesPerOrder: 0 }, 0, null],
  ['no order without a person', { approveAboveOrders: 0 }, 0, null],
  ['hardly any gain', { minGainCents: 90_000_000 }, 0, null],
  ['stopped', { isStopped: true }, 0, null],
])('are kept: %s', async (_, policy, moved, reason) => {
  const { core, ids } = await stricken(policy)
  expect((await round(core)).moved).toBe(moved)
  expect(goneFrom(core, ids)).toHaveLength(moved)
  if (reason !== null) expect(codesOf(core, ids)).toContain(reason)
  expect((await round(core)).moved).toBe(0)
})

test('moves go on in the next hour', async () => {
  const { core, ids } = await stricken({ maxMovesPerHour: 2 })
  await round(core)
  await round(core, start + 2 * 3_600_000)
  expect(goneFrom(core, ids)).toHaveLength(4)
})

test('an order that was moved stays for a while, and nothing goes back to where others came from', async () => {
  const { core, incidentId } = await stricken({ coolDownMinutes: 30, pairCoolDownMinutes: 120 }, 2)
  await round(core)
  await core.execute('ResolveIncident', { incidentId, reason: 'over' }, { at: start + 120_000 })
  const back = (now: number) =>
    rerouteByHand({ core, worlds: new Worlds(), now }, 'o1', { toNodeId: 'fab:A', by: 'Ada' })
  expect(await back(start + 5 * 60_000)).toMatchObject({ status: 'refused', reason: 'cool_down' })
  expect(await back(start + 60 * 60_000)).toMatchObject({ status: 'refused', reason: 'pair_cool_down' })
  expect(await back(start + 200 * 60_000)).toMatchObject({ status: 'done' })
})

/** Orders at A that are to go by another carrier, once what they waited for there is over. */
async function slowly(policy: Partial<api.ReroutePolicy>) {
  const place = await stricken(policy, 5)
  const { core, incidentId } = place
  await core.execute('ResolveIncident', { incidentId, reason: 'over', by: 'Ada' }, { at: start })
  const slow = { key: 'carrier/SwiftPost', dimension: 'carrier', metric: 'transit_hours' }
  await applyFindings(core, [constraint('SwiftPost', slow)], { runId: 'r2', at: start })
  return place
}

test('orders that only go by another carrier do not keep each other', async () => {
  const { core, ids } = await slowly({ pairCoolDownMinutes: 60 })
  expect((await round(core)).moved).toBe(5)
  expect(goneFrom(core, ids)).toEqual([])
})

test('orders that only go by another carrier count in the hour, and not as moves to their own node', async () => {
  const { core, ids } = await slowly({ maxMovesPerNodeHour: 2, maxMovesPerHour: 4 })
  expect((await round(core)).moved).toBe(4)
  expect(goneFrom(core, ids)).toEqual([])
  const { hourMoves, hourInto } = lately(core.state().reroutes, start + 60_000)
  expect([hourMoves, hourInto('fab:A')]).toEqual([4, 0])
})

test('a plan of orders that only go by another carrier is done at once', async () => {
  const { core } = await slowly({ mode: 'approve', maxMovesPerNodeHour: 2 })
  await round(core)
  const [planId = ''] = core.state().reroutes.plans.keys()
  await core.execute('ApproveReroute', { planId, by: 'Ada', note: null }, { at: start + 120_000 })
  expect((await round(core, start + 180_000)).moved).toBe(5)
  expect(core.state().reroutes.plans.get(planId)).toMatchObject({ status: 'done', moved: 5, notMoved: 0 })
})

test('a person goes beyond the limits only with a reason, which is kept', async () => {
  const { core } = await stricken({ mode: 'off', maxMovesPerHour: 0 })
  const context = { core, worlds: new Worlds(), now: start + 60_000 }
  expect(await rerouteByHand(context, 'o1', { by: 'Ada' })).toMatchObject({
    status: 'refused',
    reason: 'hour_limit',
  })
  expect(nodesOf(core, 'o1')).toEqual(['fab:A'])
  const asked = { by: 'Ada', override: 'the customer called' }
  expect(await rerouteByHand(context, 'o1', asked)).toMatchObject({ status: 'done' })
  expect(nodesOf(core, 'o1')).not.toContain('fab:A')
  expect(orderOf(core, 'o1').history).toContain('moved by hand: the customer called')
})

test('a stop in the middle of a mass reroute lets nothing more through, and says so of the rest', async () => {
  const { core, ids } = await stricken({}, 12)
  const [incident] = core.state().incidents.values()
  const place = { state: core.state(), worlds: new Worlds(), now: start }
  const purpose = { name: 'x', incident: incident ?? null, guard: {}, holdsOut: false }
  const works = affectedBy(core.state(), { dimension: 'node', dimensionValue: 'fab:A' })
  const { moves } = await planMoves(works, place, purpose)
  expect(moves).toHaveLength(12)
  await carryOut(core, moves.slice(0, 4), {}, start)
  await setPolicy(core, { isStopped: true })
  const outcome = await carryOut(core, moves.slice(4), {}, start)
  expect(outcome).toMatchObject({ moved: 0, isStopped: true, notMoved: 8 })
  expect(goneFrom(core, ids)).toHaveLength(4)
  await setPolicy(core, { isStopped: false })
  expect((await round(core)).moved).toBe(8)
})

test('whatever the limits are, no more is moved in an hour, to a node or for an incident than they say', async () => {
  const limit = fc.option(fc.integer({ min: 0, max: 5 }), { nil: null })
  const limits = fc.record({ hour: limit, node: limit, incident: fc.integer({ min: 0, max: 5 }) })
  await fc.assert(
    fc.asyncProperty(limits, async ({ hour, node, incident }) => {
      const policy = { maxMovesPerHour: hour, maxMovesPerNodeHour: node, maxOrdersPerIncident: incident }
      const { core, ids } = await stricken(policy, 5)
      for (let i = 1; i <= 3; i++) await round(core, start + i * 60_000)
      const gone = goneFrom(core, ids)
      expect(gone.length).toBeLessThanOrEqual(Math.min(hour ?? 5, incident))
      const perNode = Map.groupBy(gone, (id) => nodesOf(core, id)[0] ?? '')
      for (const some of perNode.values()) expect(some.length).toBeLessThanOrEqual(node ?? 5)
      for (const id of ids) expect(nodesOf(core, id)).toHaveLength(1)
    }),
    { numRuns: 4 },
  )
})

test('a move that makes the promise worse is refused by the core', async () => {
  const { core } = await stricken()
  const order = orderOf(core, 'o1')
  const [work] = order.work
  const decision = {
    ...{ decisionId: 'o1/x', kind: 'reroute', incidentId: null, fromNodeId: 'fab:A', toNodeId: 'fab:B' },
    ...{ status: 'done', reason: 'x', costCents: 0, hoursSaved: 0, candidates: [], isPromiseWorse: true },
  } as DecisionRecord
  const lines = [{ lineId: '1', quantity: 1 }]
  const assignments = [{ nodeId: 'fab:B', carrier: 'Northline', shipBy: null, lines }]
  const fulfillmentOrderId = work?.fulfillmentOrderId ?? ''
  const asked = { orderId: 'o1', fulfillmentOrderId, assignments, decision, guard: {} }
  expect(await core.execute('RerouteOrder', asked, { at: start })).toMatchObject({ reason: 'promise_worse' })
})
