// Orders that are left in place to measure: each is noted as held out, once, whenever that turns out, and stays.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import type { Core } from '#orchestrator/core'
import { decidePlan, isHeldOut, Memory, rerouteAll, rerouteByPolicy, rescueAll } from '#orchestrator/reroute'
import { noHistory, Worlds } from '#orchestrator/sourcing'
import { leftWith } from '../../../orchestrator/reroute/hold-out.ts'
import { node } from '../core/setting.ts'
import { act, draftOf, publishPolicy } from '../policies/drafts.ts'
import { newWarehouse, project } from '../projection/place.ts'
import { goneFrom, orderOf, setPolicy, start, stricken } from './market.ts'

const minute = 60_000
const round = (core: Core, afterMinutes: number) =>
  rerouteAll({ core, worlds: new Worlds(), now: start + afterMinutes * minute, oddnessOf: () => 0 })

/** Orders in trouble, of which some are in the half that is held out. */
async function halved(policy: Partial<api.ReroutePolicy> = {}) {
  const place = await stricken({ holdOutShare: 0.5, ...policy }, 12)
  const held = place.ids.filter((id) => isHeldOut(id, 0.5)).toSorted()
  expect(held.length).toBeGreaterThan(2)
  expect(held.length).toBeLessThan(10)
  const others = place.ids.filter((id) => !held.includes(id)).toSorted()
  const warehouse = await newWarehouse()
  const rowsOf = async () => {
    await project(place.log, warehouse, place.core)
    return warehouse.all<{ order_id: string; status: string; at: number }>(
      `SELECT order_id, status, epoch_ms(decided_at)::DOUBLE AS at FROM decisions
       WHERE kind = 'reroute' ORDER BY order_id`,
    )
  }
  /** Minutes at which something was decided. */
  const decidedAt = async () => [...new Set((await rowsOf()).map(({ at }) => (at - start) / minute))]
  /** Orders of the decisions in the tables, by how they ended. */
  const decided = async () => {
    const rows = await rowsOf()
    const of = (status: string) => rows.filter((row) => row.status === status).map((row) => row.order_id)
    return { done: of('done'), heldOut: of('held_out'), refused: of('refused') }
  }
  return { ...place, held, others, decided, decidedAt }
}

/** How often it was noted that orders stay. */
const noted = (core: Core, ids: readonly string[]) =>
  ids.map((id) => orderOf(core, id).history.filter((part) => part === 'RerouteDeclined').length)

test('an order that was refused first is held out all the same once it would have moved', async () => {
  const { core, held, others, decided } = await halved({ mode: 'shadow' })
  await round(core, 1)
  expect(await decided()).toMatchObject({ done: [], heldOut: [], refused: [...held, ...others].toSorted() })
  await setPolicy(core, { mode: 'on' })
  expect((await round(core, 2)).moved).toBe(others.length)
  expect(await decided()).toEqual({ done: others, heldOut: held, refused: [] })
  const [incident] = core.state().incidents.values()
  expect(incident).toMatchObject({ ordersMoved: others.length, ordersNotMoved: held.length })
  const { lastSeq } = core
  await round(core, 20)
  expect(core.lastSeq).toBe(lastSeq)
})

test('what was held out stays so for its incident, whatever becomes of the share and of limits', async () => {
  const { core, ids, held, others, decided } = await halved()
  await round(core, 1)
  await setPolicy(core, { holdOutShare: 0 })
  expect((await round(core, 2)).moved).toBe(0)
  await setPolicy(core, { mode: 'shadow' })
  await round(core, 3)
  expect(goneFrom(core, ids).toSorted()).toEqual(others)
  expect(await decided()).toEqual({ done: others, heldOut: held, refused: [] })
  expect(noted(core, held)).toEqual(held.map(() => 1))
})

test('where safety turns out to be at stake, nobody is left in place any more', async () => {
  const { core, ids } = await halved()
  await round(core, 1)
  await setPolicy(core, { safetyMetrics: ['backlog'] })
  await round(core, 2)
  expect(goneFrom(core, ids)).toEqual(ids)
})

test('of what a policy wants elsewhere, those left in place are noted as held out, once', async () => {
  const { core, held, others, decided } = await halved({ mode: 'off' })
  const draft = draftOf({
    ...{ scope: 'fulfillment_order', points: ['reroute'], when: 'node.id == "fab:A"' },
    actions: [act('reroute', 'the node is in trouble')],
  })
  await publishPolicy(core, draft, start)
  await setPolicy(core, { mode: 'on' })
  const wanted = (afterMinutes: number) =>
    rerouteByPolicy({ core, worlds: new Worlds(), now: start + afterMinutes * minute, memory: new Memory() })
  expect(await wanted(1)).toBe(others.length)
  expect(await decided()).toEqual({ done: others, heldOut: held, refused: [] })
  await setPolicy(core, { holdOutShare: 0 })
  expect(await wanted(90)).toBe(0)
  expect(noted(core, held)).toEqual(held.map(() => 1))
})

test('of what a policy wants and a person turned down, nobody is left in place to measure', async () => {
  const { core, decided } = await halved({ mode: 'approve' })
  const draft = draftOf({
    ...{ scope: 'fulfillment_order', points: ['reroute'], when: 'node.id == "fab:A"' },
    actions: [act('reroute', 'the node is in trouble')],
  })
  await publishPolicy(core, draft, start)
  const [planId] = await proposedBy(core)
  await core.execute('RejectReroute', { planId: planId ?? '', by: 'Ada', note: null }, { at: start + minute })
  const before = await decided()
  await setPolicy(core, { holdOutShare: 1 })
  await proposedBy(core, 90)
  expect(await decided()).toEqual(before)
})

async function proposedBy(core: Core, afterMinutes = 1): Promise<string[]> {
  const now = start + afterMinutes * minute
  await rerouteByPolicy({ core, worlds: new Worlds(), now, memory: new Memory() })
  return [...core.state().reroutes.plans.keys()]
}

/** What a person says of the first plan, or of the one that waits. */
async function answer(core: Core, what: 'approve' | 'reject', afterMinutes: number): Promise<void> {
  const plans = [...core.state().reroutes.plans.values()]
  const planId = plans.find(({ status }) => status === 'proposed')?.planId ?? ''
  const at = start + afterMinutes * minute
  await decidePlan(core, { planId, answer: what, by: 'Ada', note: null, at, commandId: `${what}/${planId}` })
}

const nobody = { done: [], heldOut: [], refused: [] }

test.each([2, 100])(
  'with a plan that waits, orders are left in place when it is done: %d minutes',
  async (after) => {
    const { core, held, others, decided, decidedAt } = await halved({ mode: 'approve' })
    expect((await round(core, 1)).proposed).toBe(others.length)
    await round(core, 7)
    expect(await decided()).toEqual(nobody)
    await answer(core, 'approve', after)
    expect(await round(core, after + 1)).toMatchObject({ moved: others.length, notMoved: held.length })
    expect(await decided()).toEqual({ done: others, heldOut: held, refused: [] })
    expect(await decidedAt()).toEqual([after + 1])
    const [incident] = core.state().incidents.values()
    expect(incident).toMatchObject({ ordersMoved: others.length, ordersNotMoved: held.length })
    await round(core, after + 20)
    expect(noted(core, held)).toEqual(held.map(() => 1))
  },
)

test.each<[string, Partial<api.ReroutePolicy>]>([
  ['every plan waits', { mode: 'approve' }],
  ['the plan is large', { approveAboveOrders: 2 }],
])('of a plan that was turned down, nobody is left in place: %s', async (_, policy) => {
  const { core, ids, decided } = await halved(policy)
  await round(core, 1)
  await answer(core, 'reject', 2)
  for (const after of [3, 20, 40]) await round(core, after)
  expect(await decided()).toEqual(nobody)
  expect(goneFrom(core, ids)).toEqual([])
})

test('of a plan whose time is over nobody is left in place, until one like it is approved', async () => {
  const { core, held, others, decided } = await halved({ mode: 'approve', approvalMinutes: 10 })
  await round(core, 1)
  await round(core, 12)
  expect(await decided()).toEqual(nobody)
  await answer(core, 'approve', 13)
  await round(core, 14)
  expect(await decided()).toEqual({ done: others, heldOut: held, refused: [] })
})

test('where nothing of an approved plan is done any more, nobody is left in place', async () => {
  const { core, decided, incidentId } = await halved({ mode: 'approve' })
  await round(core, 1)
  await answer(core, 'approve', 2)
  const at = start + 3 * minute
  await core.execute('ResolveIncident', { incidentId, reason: 'over', by: 'Mia' }, { at })
  await round(core, 4)
  expect((await decided()).heldOut).toEqual([])
})

test('what has begun when its plan is done, or is not in the share any more, is not left in place', async () => {
  const { core, held, decided } = await halved({ mode: 'approve' })
  await round(core, 1)
  await answer(core, 'approve', 2)
  const [orderId = '', ...rest] = held
  const fulfillmentOrderId = orderOf(core, orderId).work[0]?.fulfillmentOrderId ?? ''
  await core.execute('StartPicking', { orderId, fulfillmentOrderId }, { at: start + 3 * minute })
  await round(core, 4)
  expect((await decided()).heldOut).toEqual(rest)
  const other = await halved({ mode: 'approve' })
  await round(other.core, 1)
  await answer(other.core, 'approve', 2)
  await setPolicy(other.core, { holdOutShare: 0 })
  await round(other.core, 3)
  expect((await other.decided()).heldOut).toEqual([])
})

/** One round over orders at risk, after their incident, with A as slow as its history says. */
async function rescued(core: Core, afterMinutes: number): Promise<void> {
  const worlds = new Worlds()
  const transit = { medianHours: 20, p90Hours: 24 }
  const passage = (medianHours: number) => {
    const processing = { medianHours, p90Hours: medianHours * 1.2 }
    return { count: 1_000_000, processing, transit, freightCents: null }
  }
  worlds.history = { ...noHistory, all: passage(10), nodes: new Map([['fab:A', passage(144)]]) }
  await rescueAll({ core, worlds, now: start + afterMinutes * minute })
  // Approved plans are carried out with the next round over incidents.
  await rerouteAll({ core, worlds, now: start + afterMinutes * minute, oddnessOf: () => 0 })
}

test.each(['approve', 'reject'] as const)('of orders at risk those are left in place: %s', async (what) => {
  const { core, incidentId, held, others, decided } = await halved({ mode: 'approve' })
  await core.execute('ResolveIncident', { incidentId, reason: 'over', by: 'Mia' }, { at: start })
  await rescued(core, 60)
  expect(core.state().reroutes.plans.size).toBe(1)
  expect(await decided()).toEqual(nobody)
  await answer(core, what, 61)
  await rescued(core, 62)
  const done = { done: others, heldOut: held, refused: [] }
  expect(await decided()).toEqual(what === 'approve' ? done : nobody)
  await setPolicy(core, { mode: 'on' })
  await rescued(core, 200)
  expect(await decided()).toEqual(what === 'approve' ? done : nobody)
})

test('with a plan of a policy, orders are left in place when it is done', async () => {
  const { core, incidentId, held, others, decided } = await halved({ mode: 'approve' })
  await core.execute('ResolveIncident', { incidentId, reason: 'over', by: 'Mia' }, { at: start })
  const draft = draftOf({
    ...{ scope: 'fulfillment_order', points: ['reroute'], when: 'node.id == "fab:A"' },
    actions: [act('reroute', 'the node is in trouble')],
  })
  await publishPolicy(core, draft, start)
  const dear = ['A', 'B', 'C'].map((id) => node(id, { processingCostCents: id === 'A' ? 400 : 100 }))
  await core.execute('DefineNodes', { nodes: dear }, { at: start })
  await proposedBy(core)
  expect(await decided()).toEqual(nobody)
  await answer(core, 'approve', 2)
  await round(core, 3)
  expect(await decided()).toEqual({ done: others, heldOut: held, refused: [] })
})

test('what is left in place goes with the moves that gain as little, in turn', () => {
  const of = (...gains: (number | null)[]) => gains.map((gainCents) => ({ decision: { gainCents } }))
  expect(leftWith(of(9, 5, 3, null), of(8, 5))).toEqual(of(9, 5))
  expect(leftWith(of(9, 5, 3, null), of(8, null))).toEqual(of(9, 5, 3, null))
  expect(leftWith(of(9), [])).toEqual([])
})
