// Nodes that will not do their work until the cut-off are seen before, and the cheapest way out waits for a person.

import { expect, test } from 'vitest'
import type { Node } from '#orchestrator/core'
import { breachesOf, decidePlan, lookAhead, rerouteAll, rerouteByHand } from '#orchestrator/reroute'
import { type DayRoom, dayRooms, Worlds } from '#orchestrator/sourcing'
import { propose, workInPlans } from '../../../orchestrator/reroute/propose.ts'
import { createOrder, runCore } from '../core/running.ts'
import { node } from '../core/setting.ts'
import { keepInPlace } from '../policies/drafts.ts'
import { networkDocument, networkNode, weekCalendar } from '../sourcing/network-draft.ts'
import { goneFrom, nodesOf, orderOf, releaseMore, setPolicy, start } from './market.ts'

const room = (more: Partial<DayRoom> = {}): DayRoom => ({
  day: '2026-11-20',
  cutOffAt: start + 5 * 3_600_000,
  limit: 100,
  booked: 90,
  ...more,
})

test.each<[string, Partial<DayRoom>, { mean: number; variance: number } | null, boolean]>([
  ['what is booked and comes fits', {}, { mean: 5, variance: 5 }, false],
  ['more comes than fits', {}, { mean: 40, variance: 40 }, true],
  ['it may fit or not', {}, { mean: 11, variance: 40 }, false],
  ['more is booked than fits', { booked: 120 }, null, true],
  ['the day is over', { cutOffAt: null, booked: 500 }, null, false],
  ['nothing can be done there', { limit: 0, booked: 3 }, null, true],
])('a breach is foreseen where it is probable: %s', (_, more, expected, isSeen) => {
  const arrivals = new Map(expected === null ? [] : [['fab:A', expected] as const])
  const [breach] = breachesOf(new Map([['fab:A', room(more)]]), arrivals)
  expect(breach !== undefined).toBe(isSeen)
  if (breach !== undefined) expect(breach.probability).toBeGreaterThanOrEqual(0.8)
})

/** Orders at A, eight unless said; when they are to leave, it turns out that the node can do three a day. */
async function full(others: Node[], count = 8) {
  const { core } = await runCore(undefined, 50)
  await setPolicy(core, { holdOutShare: 0 })
  const ids = await releaseMore(
    core,
    Array.from({ length: count }, (_, i) => `o${i}`),
  )
  const nodes = [node('A', { dailyCapacity: 3, cutOff: '18:00' }), ...others]
  await core.execute('DefineNodes', { nodes }, { at: start })
  const reading = async <T>(work: (queries: never) => Promise<T>) => work({ all: async () => [] } as never)
  return { core, ids, context: { core, worlds: new Worlds(), now: start + 28 * 3_600_000, reading } }
}

test('orders that a node will not do in time are proposed to go elsewhere, as many as do not fit', async () => {
  const { core, ids, context } = await full([node('B', { cutOff: '18:00' }), node('C')])
  const [breach, ...more] = await lookAhead(context)
  const [plan] = core.state().reroutes.plans.values()
  expect(more).toEqual([])
  expect(breach).toMatchObject({ nodeId: 'fab:A', answer: 'plan', planId: plan?.planId })
  expect(plan).toMatchObject({ kind: 'capacity_ahead', status: 'proposed', incidentId: null })
  expect(plan?.title).toMatch(/^A will not do its work of 2026-11-21 until the cut-off \(\d+ % sure\): /)
  expect(plan?.title).toMatch(/: move \d orders? from A to (B|C|B and C|C and B), /)
  expect(plan?.orders).toBeGreaterThanOrEqual(5)
  expect(plan?.orders).toBeLessThan(8)
  // Two hours later it would be of no use any more.
  expect(plan?.expiresAt).toBe(start + 30 * 3_600_000)
  expect(goneFrom(core, ids)).toEqual([])
  expect(await lookAhead(context)).toMatchObject([{ answer: 'plan', planId: plan?.planId }])
  expect(core.state().reroutes.plans.size).toBe(1)
  await decidePlan(core, {
    ...{ planId: plan?.planId ?? '', answer: 'reject', by: 'Mia', note: null },
    ...{ at: context.now, commandId: 'no' },
  })
  expect(await lookAhead(context)).toMatchObject([{ nodeId: 'fab:A', answer: 'rejected', planId: null }])
})

test('a plan that only foresees keeps its orders from nothing that is done by itself', async () => {
  const { core, ids, context } = await full([node('B', { cutOff: '18:00' }), node('C')])
  await lookAhead(context)
  const [plan] = core.state().reroutes.plans.values()
  expect(workInPlans(core.state()).size).toBe(0)
  const inPlan = plan?.moves[0]?.orderId ?? ''
  const moved = await rerouteByHand(context, inPlan, { toNodeId: 'fab:B', commandId: 'hand' })
  expect(moved).toMatchObject({ status: 'done' })
  expect(goneFrom(core, ids)).toEqual([inPlan])
  // Approved after that, it moves those of its orders that are still there.
  await decidePlan(core, {
    ...{ planId: plan?.planId ?? '', answer: 'approve', by: 'Mia', note: null },
    ...{ at: context.now, commandId: 'yes' },
  })
  expect(workInPlans(core.state()).size).toBe(plan?.orders)
  await rerouteAll({ ...context, oddnessOf: () => 0 })
  const done = core.state().reroutes.plans.get(plan?.planId ?? '')
  expect(done?.status).toBe('done')
  expect([done?.moved, done?.notMoved]).toEqual([(plan?.orders ?? 0) - 1, 1])
  expect(nodesOf(core, inPlan)).toEqual(['fab:B'])
  for (const orderId of ids) expect(nodesOf(core, orderId)).toHaveLength(1)
})

test('orders of one plan keep no other plan from the rest of a full node', async () => {
  const { core, ids, context } = await full([node('B', { cutOff: '18:00' }), node('C')])
  const order = orderOf(core, ids[0] ?? '')
  const [work] = order.work
  if (work === undefined) throw new Error('no work')
  const assignments = [{ nodeId: 'fab:B', carrier: null, shipBy: null, lines: work.lines }]
  const decision = {
    ...{
      decisionId: 'd',
      kind: 'reroute' as const,
      incidentId: null,
      fromNodeId: 'fab:A',
      toNodeId: 'fab:B',
    },
    ...{ status: 'done' as const, reason: 'a test', costCents: 0, hoursSaved: null, candidates: [] },
  }
  const about = { kind: 'risk' as const, incident: null, name: 'risk', why: 'Late' }
  expect(await propose(core, [{ order, work, assignments, decision }], about, 'why', context.now)).toBe(1)
  const [breach] = await lookAhead(context)
  const plan = core.state().reroutes.plans.get(breach?.planId ?? '')
  expect(plan).toMatchObject({ kind: 'capacity_ahead', status: 'proposed' })
  expect(plan?.moves.map(({ orderId }) => orderId)).not.toContain(order.orderId)
})

test('what a critical policy keeps takes its place at a node that will be full, and is in no plan', async () => {
  const { core, ids, context } = await full([node('B', { cutOff: '18:00' }), node('C')])
  const kept = ids.slice(0, 4)
  await keepInPlace(core, kept, start)
  const [breach] = await lookAhead(context)
  const plan = core.state().reroutes.plans.get(breach?.planId ?? '')
  // Three can be done there, and four stay: none of the others can.
  expect(plan?.moves.map(({ orderId }) => orderId).toSorted()).toEqual(ids.slice(4))
  const other = await full([node('B', { cutOff: '18:00' }), node('C')])
  await keepInPlace(other.core, other.ids, start)
  expect(await lookAhead(other.context)).toMatchObject([{ nodeId: 'fab:A', answer: 'limit', planId: null }])
})

test('where a limit keeps orders at a node that will be full, that is what is said', async () => {
  const { core, context } = await full([node('B', { cutOff: '18:00' }), node('C')])
  await setPolicy(core, { mode: 'shadow' })
  expect(await lookAhead(context)).toMatchObject([{ nodeId: 'fab:A', answer: 'limit', planId: null }])
})

test('a node that will be full is told of even where nothing can be moved', async () => {
  const closed = [node('B', { isActive: false }), node('C', { isActive: false })]
  const { core, ids, context } = await full(closed)
  expect(await lookAhead(context)).toMatchObject([{ nodeId: 'fab:A', answer: 'no_move', planId: null }])
  for (const orderId of ids) {
    const [work] = orderOf(core, orderId).work
    const fulfillmentOrderId = work?.fulfillmentOrderId ?? ''
    await core.execute('StartPicking', { orderId, fulfillmentOrderId }, { at: context.now })
  }
  expect(await lookAhead(context)).toMatchObject([{ nodeId: 'fab:A', answer: 'begun', planId: null }])
  expect(core.state().reroutes.plans.size).toBe(0)
})

test('a node that is limited by lines or units is foreseen to be full as one limited by orders', async () => {
  const many = await full([node('B'), node('C')], 24)
  const roomOf = (linesPerDay: number | null, unitsPerDay: number | null, { core, context } = many) => {
    const capacity = { ordersPerDay: null, linesPerDay, unitsPerDay, ordersPerHour: null }
    const own = { timeZone: 'UTC', calendarId: 'day', cutOff: '18:00', capacity }
    const document = networkDocument({
      nodes: [networkNode('fab:A', own)],
      calendars: [weekCalendar('day', [1, 2, 3, 4, 5, 6, 7], '06:00', '22:00')],
    })
    const nodes = core.state().nodes.set('fab:A', node('A', { dailyCapacity: null }))
    const state = { ...core.state(), nodes, network: { version: 1, document } }
    return dayRooms(new Worlds(), state, context.now).get('fab:A')
  }
  // Each of the orders is one line of one unit.
  expect(roomOf(3, null)).toMatchObject({ limit: 3, booked: 24 })
  expect(roomOf(6, 2)).toMatchObject({ limit: 2 })
  expect(roomOf(null, null)).toBeUndefined()
  // A few orders say nothing of how large orders are.
  const few = await full([node('B'), node('C')], 5)
  expect(roomOf(3, null, few)).toBeUndefined()
})

test('nothing is foreseen where people do not want it', async () => {
  const { core } = await runCore(undefined, 5)
  await setPolicy(core, { looksAhead: false })
  await createOrder(core, 'o1', 'x', 1)
  const reading = async () => {
    throw new Error('it looked')
  }
  expect(await lookAhead({ core, worlds: new Worlds(), now: start, reading })).toEqual([])
})
