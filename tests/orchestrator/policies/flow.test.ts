// Policies on the way of an order: what they set, hold, tag and choose, once each; what they leave alone; and that a
// market without policies writes nothing more.

import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { isControlEvent } from '#data/log'
import {
  type CoreState,
  coreDefinition,
  coreEvent,
  historySteps,
  type Order,
  type PolicyResult,
} from '#orchestrator/core'
import { createOrder } from '../core/running.ts'
import { start } from '../core/setting.ts'
import { act, draftOf, publishPolicy, publishStrategies } from './drafts.ts'
import { running } from './running.ts'

const steps = (order: Order) => historySteps(order.history).map(({ type }) => type)

describe('an execution', () => {
  test('tags where it holds, once, and leaves others alone', async () => {
    const { core, order, go } = await running()
    await publishPolicy(core, draftOf({ when: 'order.units >= 2', actions: [act('tag', 'many')] }), start)
    await createOrder(core, 'o1', 'x', 2)
    await createOrder(core, 'o2', 'x', 1)
    await go('o1')
    await go('o2')
    expect(order('o1').policies?.tags).toEqual(['many'])
    expect(order('o1').status).toBe('released')
    expect(steps(order('o1')).filter((type) => type === 'PoliciesApplied')).toHaveLength(1)
    expect(order('o2').policies).toBeUndefined()
    expect(steps(order('o2'))).not.toContain('PoliciesApplied')
  })

  test('holds with its reason; once a person lifted the hold, it does not hold again', async () => {
    const { core, order, go } = await running()
    await publishPolicy(core, draftOf({ when: 'true', actions: [act('hold', 'look at it')] }), start)
    await createOrder(core, 'o1', 'x', 1)
    await go('o1')
    expect(order('o1')).toMatchObject({ status: 'on_hold', hold: 'policy: look at it' })
    await go('o1')
    await core.execute('LiftHold', { orderId: 'o1', lineIds: null, reason: 'looked' }, { at: start })
    await go('o1')
    expect(order('o1').status).toBe('released')
  })

  test('needs a person where it says so, and a line alone may be held', async () => {
    const { core, order, go } = await running()
    const approve = draftOf({
      policyId: 'dear',
      when: 'order.valueCents > 3000',
      actions: [act('approve', 'more than 30')],
    })
    await publishPolicy(core, approve, start)
    await createOrder(core, 'o1', 'x', 2)
    await go('o1')
    expect(order('o1').hold).toBe('approval needed: dear: more than 30')
    const lines = draftOf({
      policyId: 'l',
      scope: 'line',
      when: 'line.sku == "y"',
      actions: [act('hold', 'y')],
    })
    await publishPolicy(core, lines, start)
    await createOrder(core, 'o2', 'y', 1)
    await go('o2')
    expect(order('o2').hold).toBeNull()
    expect(order('o2').lines[0]?.hold).toBe('policy: y')
  })

  test('sets values; of two that set the same the first gets its way', async () => {
    const { core, order, go } = await running()
    const set = (policyId: string, priority: number, region: string) =>
      draftOf({ policyId, priority, when: 'true', actions: [act('set', region, 'region')] })
    await publishPolicy(core, set('a', 2, 'NV'), start)
    await publishPolicy(core, set('b', 1, 'TX'), start)
    await createOrder(core, 'o1', 'x', 1)
    await go('o1')
    expect(order('o1').shipTo.region).toBe('TX')
    expect(order('o1').status).toBe('released')
  })

  test('sets several parts of an address, each beside the others', async () => {
    const { core, order, go } = await running()
    const actions = [act('set', 'CA', 'country'), act('set', 'ON', 'region'), act('set', 'Toronto', 'city')]
    await publishPolicy(core, draftOf({ when: 'order.country == "US"', actions }), start)
    await createOrder(core, 'o1', 'x', 1)
    await go('o1')
    expect(order('o1').shipTo).toMatchObject({ country: 'CA', region: 'ON', city: 'Toronto' })
  })

  test('chooses the strategy that it is sourced by', async () => {
    const { core, order, go } = await running()
    await publishStrategies(core, start, 'own')
    await publishPolicy(
      core,
      draftOf({ when: 'order.region == "CA"', actions: [act('route', 'own')] }),
      start,
    )
    await createOrder(core, 'o1', 'x', 1)
    await go('o1')
    expect(order('o1').policies?.strategyId).toBe('own')
    const { work } = order('o1')
    expect(work).toHaveLength(1)
  })

  test('of two that set or choose the same the one that was asked first gets its way, whatever the steps', async () => {
    const { core, order, go } = await running()
    await publishStrategies(core, start, 'fast', 'cheap')
    const chooses = (
      policyId: string,
      points: api.PolicyPoint[],
      priority: number,
      strategyId: string,
      region: string,
    ) =>
      publishPolicy(
        core,
        draftOf({
          ...{ policyId, points, priority, when: 'true' },
          actions: [act('route', strategyId), act('set', region, 'region')],
        }),
        start,
      )
    await chooses('early', ['validate'], 100, 'fast', 'TX')
    await chooses('late', ['source'], 0, 'cheap', 'NV')
    await createOrder(core, 'o1', 'x', 1)
    await go('o1')
    expect(order('o1')).toMatchObject({
      ...{ status: 'released', shipTo: { region: 'TX' } },
      policies: { strategyId: 'fast', told: ['validate/early/1', 'source/late/1'] },
    })
    // One that cannot choose leaves it to the next.
    await chooses('early', ['validate'], 100, 'nowhere', 'TX')
    await createOrder(core, 'o2', 'x', 1)
    await go('o2')
    expect(order('o2').policies?.strategyId).toBe('cheap')
  })

  test('a new version of what chose may choose again', async () => {
    const { core, order, go } = await running()
    await publishStrategies(core, start, 'fast', 'cheap')
    const stop = draftOf({ policyId: 'z', when: 'true', actions: [act('hold', 'look')] })
    await publishPolicy(core, stop, start)
    const chooses = (strategyId: string) =>
      publishPolicy(core, draftOf({ when: 'true', priority: 0, actions: [act('route', strategyId)] }), start)
    await chooses('fast')
    await createOrder(core, 'o1', 'x', 1)
    await go('o1')
    expect(order('o1').policies?.strategyId).toBe('fast')
    await chooses('cheap')
    await core.execute('LiftHold', { orderId: 'o1', lineIds: null, reason: 'ok' }, { at: start })
    await go('o1')
    expect(order('o1')).toMatchObject({ status: 'released', policies: { strategyId: 'cheap' } })
  })

  test('that cannot be carried out is noted, and holds where it is critical', async () => {
    const { core, order, go } = await running()
    const draft = draftOf({ when: 'true', actions: [act('route', 'nowhere')] })
    await publishPolicy(core, draft, start)
    await createOrder(core, 'o1', 'x', 1)
    await go('o1')
    expect(order('o1').status).toBe('released')
    await publishPolicy(core, { ...draft, severity: 'critical' }, start)
    await createOrder(core, 'o2', 'x', 1)
    await go('o2')
    expect(order('o2').hold).toBe('policy: p1')
  })
})

describe('a filter', () => {
  test('that fails holds where it is critical, and is noted where it is information', async () => {
    const { core, order, go } = await running()
    const filter = draftOf({ kind: 'filter', when: 'order.units < 2', points: ['source'] })
    await publishPolicy(core, filter, start)
    await createOrder(core, 'o1', 'x', 2)
    await go('o1')
    expect(order('o1').status).toBe('released')
    expect(steps(order('o1'))).toContain('PoliciesApplied')
    await publishPolicy(core, { ...filter, severity: 'critical' }, start)
    await createOrder(core, 'o2', 'x', 2)
    await createOrder(core, 'o3', 'x', 1)
    await go('o2')
    await go('o3')
    expect(order('o2')).toMatchObject({ status: 'on_hold', hold: 'policy: p1', stage: 'validated' })
    expect(order('o3').status).toBe('released')
  })

  test('of nodes keeps orders away from them', async () => {
    const { core, order, go } = await running()
    const filter = draftOf({
      kind: 'filter',
      severity: 'critical',
      scope: 'node',
      points: ['source'],
      when: 'node.id != "fab:A" && node.openOrders < 1',
    })
    await publishPolicy(core, filter, start)
    for (const id of ['o1', 'o2', 'o3']) {
      await createOrder(core, id, 'x', 1)
      await go(id)
    }
    const nodes = ['o1', 'o2'].map((id) => order(id).work[0]?.nodeId).toSorted()
    expect(nodes).toEqual(['fab:B', 'fab:C'])
    expect(order('o3').status).toBe('backordered')
  })

  test('whose condition cannot be worked out does not hold', async () => {
    const { core, order, go } = await running()
    const filter = draftOf({ kind: 'filter', severity: 'critical', when: '100 / order.discountCents > 1' })
    await publishPolicy(core, filter, start)
    await createOrder(core, 'o1', 'x', 1)
    await go('o1')
    expect(order('o1').hold).toBe('policy: p1')
  })
})

test('a retired policy says nothing; a new version is asked of orders that were told by the one before', async () => {
  const { core, order, go } = await running()
  const draft = draftOf({ when: 'true', actions: [act('hold', 'one')] })
  expect(await publishPolicy(core, draft, start)).toBe(1)
  await createOrder(core, 'o1', 'x', 1)
  await go('o1')
  await core.execute('LiftHold', { orderId: 'o1', lineIds: null, reason: 'ok' }, { at: start })
  expect(await publishPolicy(core, { ...draft, actions: [act('hold', 'two')] }, start)).toBe(2)
  expect(core.state().policyBook.policies.map(({ version, status }) => [version, status])).toEqual([
    [2, 'published'],
    [1, 'retired'],
  ])
  await go('o1')
  expect(order('o1').hold).toBe('policy: two')
  await core.execute('RetirePolicy', { policyId: 'p1', by: 'test', reason: 'over' }, { at: start })
  await createOrder(core, 'o2', 'x', 1)
  await go('o2')
  expect(order('o2').status).toBe('released')
})

test('drafting the same again is no new version, and what is folded anew is the same', async () => {
  const { core, log, go } = await running()
  const draft = draftOf({ when: 'order.units > 0', actions: [act('tag', 'seen')] })
  await publishPolicy(core, draft, start)
  const again = await core.execute('DraftPolicy', { draft, by: 'other' }, { at: start })
  expect(again.answer.details?.version).toBe(1)
  await createOrder(core, 'o1', 'x', 1)
  await go('o1')
  const { initial, evolve } = coreDefinition('main')
  let state: CoreState = initial()
  const events = await log.read(core.stream, 0, 1_000)
  for (const stored of events.filter(({ type }) => !isControlEvent(type)))
    state = evolve(state, coreEvent(stored))
  expect(state.policyBook).toEqual(core.state().policyBook)
  expect(state.orders.get('o1')?.policies).toEqual(core.state().orders.get('o1')?.policies)
})

test('what policies left on an order of a file is no step of it, and stays when the file comes again', async () => {
  const { core, order } = await running()
  await createOrder(core, 'o1', 'x', 1)
  const { lines, ...header } = order('o1')
  const told = (contentHash: string) => ({
    ...{ ...header, orderId: 'f1', externalId: 'f1', contentHash, lines, work: [], shipments: [] },
    status: 'created' as const,
  })
  await core.execute('ImportOrders', { orders: [told('a')] }, { at: start })
  const result: PolicyResult = {
    policyId: 'p',
    version: 1,
    part: null,
    outcome: 'acted',
    severity: 'information',
    text: 'odd',
    actions: [act('tag', 'odd')],
  }
  const data = { orderId: 'f1', point: 'reroute' as const, results: [result], holds: [] }
  await core.execute('ApplyPolicies', data, { at: start })
  expect(order('f1')).toMatchObject({ hasOwnSteps: false, policies: { tags: ['odd'] } })
  await core.execute('ImportOrders', { orders: [told('b')] }, { at: start + 1 })
  expect(steps(order('f1')).filter((type) => type === 'OrderImported')).toHaveLength(2)
  expect(order('f1').policies?.tags).toEqual(['odd'])
})
