// Work that will probably miss its promise goes where it clearly has a better chance, within the limits of reroutes.

import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { type Core, isOpenWork, type Order } from '#orchestrator/core'
import { advance } from '#orchestrator/flows'
import { applyFindings, type Constraint } from '#orchestrator/incidents'
import { decidePlan, isHeldOut, rescueAll } from '#orchestrator/reroute'
import { type History, noHistory, Worlds } from '#orchestrator/sourcing'
import { createOrder, runCore } from './core/running.ts'
import { node, start } from './core/setting.ts'
import { keepInPlace } from './policies/drafts.ts'
import { constraint } from './reroute/market.ts'

const hour = 3_600_000

const passage = (processing: number, transit: number) => ({
  count: 1_000_000,
  processing: { medianHours: processing, p90Hours: processing * 1.2 },
  transit: { medianHours: transit, p90Hours: transit * 1.2 },
  freightCents: null,
})

/** A takes as long as it is told, the others are quick. */
const historyOf = (hoursOfA: number): History => ({
  ...noHistory,
  all: passage(10, 20),
  nodes: new Map([
    ['fab:A', passage(hoursOfA, 20)],
    ['fab:B', passage(10, 20)],
    ['fab:C', passage(10, 20)],
  ]),
})

/** An order at node A, promised in five days; then it turns out that A takes six. */
async function endangered(policy: Partial<api.ReroutePolicy> = {}, costOfOthers = 200) {
  const { core } = await runCore()
  const others = ['B', 'C'].map((id) => node(id, { processingCostCents: costOfOthers }))
  await core.execute(
    'DefineNodes',
    { nodes: [node('A', { processingCostCents: 100 }), ...others] },
    { at: start },
  )
  const limits = { ...core.state().policy, holdOutShare: 0, ...policy }
  await core.execute('SetPolicy', { policy: limits }, { at: start })
  const worlds = new Worlds()
  worlds.history = historyOf(10)
  await createOrder(core, 'o1', 'x', 1)
  await advance('o1', { core, worlds, now: () => start })
  expect(nodeOf(core)).toEqual(['fab:A'])
  worlds.history = historyOf(144)
  const next = async (orderId: string) => {
    worlds.history = historyOf(10)
    await createOrder(core, orderId, 'x', 1)
    await advance(orderId, { core, worlds, now: () => start })
    worlds.history = historyOf(144)
  }
  return { core, round: (now = start + hour) => rescueAll({ core, worlds, now }), next }
}

const orderOf = (core: Core): Order => {
  const order = core.state().orders.get('o1')
  if (order === undefined) throw new Error('no order')
  return order
}
const nodeOf = (core: Core) =>
  orderOf(core)
    .work.filter(isOpenWork)
    .map(({ nodeId }) => nodeId)

describe('work whose promise will probably be missed', () => {
  test('goes to a node where it has a better chance, once', async () => {
    const { core, round } = await endangered()
    expect(await round()).toBe(1)
    expect(['fab:B', 'fab:C']).toContain(nodeOf(core)[0])
    expect(orderOf(core)).toMatchObject({ moves: 1, status: 'released' })
    expect(await round(start + 5 * hour)).toBe(0)
  })

  test('is weighed again after an hour, not in every round', async () => {
    const { core, round } = await endangered({ maxExtraCostCents: 0 })
    expect(await round()).toBe(0)
    const policy = { ...core.state().policy, maxExtraCostCents: 5_000 }
    await core.execute('SetPolicy', { policy }, { at: start + hour })
    expect(await round(start + hour + 60_000)).toBe(0)
    expect(await round(start + 2 * hour)).toBe(1)
  })

  test.each<[string, Partial<api.ReroutePolicy>]>([
    ['off', { mode: 'off' }],
    ['in shadow mode', { mode: 'shadow' }],
    ['held out', { holdOutShare: 1 }],
    ['not as surely late as a person wants it', { minLateRisk: 1 }],
    ['without moves left', { maxMovesPerOrder: 0 }],
    ['where another node costs more than the limit', { maxExtraCostCents: 50 }],
  ])('stays: %s', async (_, policy) => {
    const { core, round } = await endangered(policy)
    expect(await round()).toBe(0)
    expect(nodeOf(core)).toEqual(['fab:A'])
  })

  test.each<[string, Partial<Constraint>, Partial<api.ReroutePolicy>, number]>([
    ['moves work', {}, {}, 0],
    ['says nothing of time', { metric: 'stock_out_share' }, {}, 1],
    ['is too slight to move work', { severity: 0.2 }, {}, 1],
    ['is grave enough to move work', { severity: 0.2 }, { minSeverity: 0.1 }, 0],
  ])('at a node with an incident that %s', async (_, more, policy, moved) => {
    const { core, round } = await endangered(policy)
    await applyFindings(core, [constraint('fab:A', more)], { runId: 'r1', at: start })
    expect(core.state().openIncidents.size).toBe(1)
    expect(await round()).toBe(moved)
  })

  test('stays where picking began, and where a person put it back', async () => {
    const { core, round } = await endangered()
    const ref = { orderId: 'o1', fulfillmentOrderId: orderOf(core).work[0]?.fulfillmentOrderId ?? '' }
    await core.execute('StartPicking', ref, { at: start })
    expect(await round()).toBe(0)
    const other = await endangered()
    await other.round()
    const decisionId = orderOf(other.core).work.at(-1)?.decisionId ?? ''
    await other.core.execute(
      'UndoReroute',
      { orderId: 'o1', decisionId, reason: 'by hand' },
      { at: start + hour },
    )
    expect(await other.round(start + 3 * hour)).toBe(0)
    expect(nodeOf(other.core)).toEqual(['fab:A'])
  })
})

test('stays where a critical policy keeps it, and does not keep others from being weighed', async () => {
  const { core, round, next } = await endangered()
  await keepInPlace(core, ['o1'], start)
  expect(await round()).toBe(0)
  await next('o2')
  expect(await round(start + hour + 60_000)).toBe(1)
  expect(nodeOf(core)).toEqual(['fab:A'])
  await core.execute('RetirePolicy', { policyId: 'kept', by: 'test', reason: 'x' }, { at: start + hour })
  expect(await round(start + hour + 120_000)).toBe(1)
})

test('moves one by one do not add up to more than a person lets go without asking', async () => {
  const { core, round, next } = await endangered({ approveAboveOrders: 1 })
  expect(await round()).toBe(1)
  await next('o2')
  expect(await round(start + hour + 600_000)).toBe(0)
  const plans = () => [...core.state().reroutes.plans.values()]
  expect(plans()).toMatchObject([
    { kind: 'risk', status: 'proposed', reason: '2 orders are more than 1', orders: 1 },
  ])
  // An hour after the first move the next one may go.
  await next('o3')
  expect(await round(start + 2 * hour + 660_000)).toBe(1)
})

test('a person who turned a plan down is asked of other orders again, of the same ones not', async () => {
  const { core, round, next } = await endangered({ mode: 'approve' })
  const plans = () =>
    [...core.state().reroutes.plans.values()].map(({ status, moves }) => [status, moves.length])
  expect(await round()).toBe(0)
  expect(plans()).toEqual([['proposed', 1]])
  const [planId = ''] = core.state().reroutes.plans.keys()
  await decidePlan(core, {
    ...{ planId, answer: 'reject', by: 'Ada', note: null, at: start + hour, commandId: 'no' },
  })
  await round(start + 3 * hour)
  expect(plans()).toHaveLength(1)
  await next('o2')
  await round(start + 5 * hour)
  expect(plans()).toContainEqual(['proposed', 1])
  const policy = { ...core.state().policy, mode: 'on' as const }
  await core.execute('SetPolicy', { policy }, { at: start + 5 * hour })
  await round(start + 7 * hour)
  expect(nodeOf(core)).toEqual(['fab:A'])
})

test('work that keeps its promise where it is stays', async () => {
  const { core } = await runCore()
  const worlds = new Worlds()
  worlds.history = historyOf(10)
  await createOrder(core, 'o1', 'x', 1)
  await advance('o1', { core, worlds, now: () => start })
  expect(isHeldOut('o1', core.state().policy.holdOutShare)).toBe(false)
  expect(await rescueAll({ core, worlds, now: start + hour })).toBe(0)
  expect(orderOf(core).moves).toBe(0)
})
