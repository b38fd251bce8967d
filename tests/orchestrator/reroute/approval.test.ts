// Plans that wait for a person: what they hold, that they are decided once and in time, and that what was approved is
// done, also after a crash; links by which somebody decides.

import { expect, test } from 'vitest'
import type { Core, PlanRecord } from '#orchestrator/core'
import {
  decideByLink,
  decidePlan,
  linkToken,
  movesInWords,
  type PlannedMove,
  readLink,
  rerouteAll,
  rollBack,
} from '#orchestrator/reroute'
import { Worlds } from '#orchestrator/sourcing'
import { runCore } from '../core/running.ts'
import { node } from '../core/setting.ts'
import { goneFrom, nodesOf, orderOf, releaseMore, setPolicy, start, stricken } from './market.ts'

const round = (core: Core, now = start + 60_000) =>
  rerouteAll({ core, worlds: new Worlds(), now, oddnessOf: () => 0 })

const planOf = (core: Core) => {
  const [plan] = core.state().reroutes.plans.values()
  if (plan === undefined) throw new Error('no plan')
  return plan
}

const answer = (core: Core, what: 'approve' | 'reject', at = start + 120_000) =>
  decidePlan(core, {
    planId: planOf(core).planId,
    answer: what,
    by: 'Ada',
    note: null,
    at,
    commandId: `${what}/${at}`,
  })

test('where every plan needs a person, nothing moves before one said yes', async () => {
  const { core, ids } = await stricken({ mode: 'approve' })
  expect(await round(core)).toEqual({ moved: 0, notMoved: 0, proposed: 6 })
  expect(planOf(core)).toMatchObject({ status: 'proposed', orders: 6, kind: 'incident' })
  expect(planOf(core).title).toMatch(/^fab:A is falling behind: move 6 orders from A to /)
  expect(await round(core)).toEqual({ moved: 0, notMoved: 0, proposed: 0 })
  expect(goneFrom(core, ids)).toEqual([])
  await answer(core, 'approve')
  expect((await round(core, start + 180_000)).moved).toBe(6)
  expect(goneFrom(core, ids)).toHaveLength(6)
  expect(planOf(core)).toMatchObject({ status: 'done', moved: 6, notMoved: 0, decidedBy: 'Ada', moves: [] })
})

test('small plans without an incident leave room for those of incidents, and what finds none says so', async () => {
  const { core, ids, incidentId } = await stricken({ mode: 'approve' })
  const move = { orderId: 'z', fulfillmentOrderId: 'z', fromNodeId: 'fab:C', assignments: [], decision: {} }
  const wait = (name: string, kind: string, of: string | null) => {
    const facts = { title: name, reason: name, orders: 1, extraCents: 0, currency: 'USD', lateAvoided: 0 }
    const times = { hoursSaved: 0, expiresAt: start + 86_400_000 }
    const plan = { planId: name, kind, incidentId: of, ...facts, ...times, moves: [move] }
    return core.execute('ProposeReroute', { plan: plan as unknown as PlanRecord }, { at: start })
  }
  const waits = async (count: number, kind: string, of: string | null) => {
    const results = []
    for (let i = 0; i < count; i++) results.push((await wait(`${kind}${i}`, kind, of)).status)
    return results.filter((status) => status === 'done').length
  }
  expect(await waits(40, 'risk', null)).toBe(25)
  expect(await waits(40, 'incident', 'another')).toBe(25)
  expect(await round(core)).toEqual({ moved: 0, notMoved: 6, proposed: 0 })
  expect(core.state().incidents.get(incidentId)?.ordersNotMoved).toBe(6)
  for (let i = 0; i < 25; i++) {
    const no = { answer: 'reject' as const, by: 'Ada', note: null, at: start }
    await decidePlan(core, { planId: `risk${i}`, ...no, commandId: `no/${i}` })
  }
  expect(await round(core, start + 2 * 3_600_000)).toMatchObject({ proposed: 6 })
  expect(goneFrom(core, ids)).toEqual([])
})

test('a plan says what goes to other nodes, and what leaves its node with another carrier', async () => {
  const { core } = await runCore()
  const facts = { orders: 3, extraCents: 250, currency: 'USD', lateAvoided: 1.7 }
  const move = (to: string, carrier: string | null) =>
    ({ work: { nodeId: 'fab:A' }, assignments: [{ nodeId: to, carrier }] }) as unknown as PlannedMove
  const words = (...moves: PlannedMove[]) => movesInWords(core.state(), moves, facts)
  const [away, away2, by] = [move('fab:B', 'Northline'), move('fab:C', null), move('fab:A', 'Northline')]
  expect(words(away)).toBe('move 1 order from A to B, +2.50 USD, saves 2 late orders')
  expect(words(by, by)).toBe('give 2 orders of A to Northline, +2.50 USD, saves 2 late orders')
  expect(words(move('fab:A', null))).toContain('give 1 order of A to another carrier,')
  expect(words(away, by, away2)).toContain(
    'move 2 orders from A to B and C and give 1 order of A to Northline,',
  )
})

test('a plan above a limit waits, and small ones do not add up to it', async () => {
  const { core, ids } = await stricken({ approveAboveOrders: 4 }, 3)
  expect((await round(core)).moved).toBe(3)
  const more = await releaseMore(core, ['p0', 'p1'])
  expect(await round(core, start + 10 * 60_000)).toMatchObject({ moved: 0, proposed: 2 })
  expect(planOf(core).reason).toBe('5 orders are more than 4')
  expect(goneFrom(core, [...ids, ...more])).toHaveLength(3)
})

test('a plan that costs more than a person allows without asking waits for one', async () => {
  const { core, ids } = await stricken({ approveAboveCents: 0 })
  // Elsewhere the work costs more.
  const dear = ['A', 'B', 'C'].map((id) => node(id, { processingCostCents: id === 'A' ? 100 : 400 }))
  await core.execute('DefineNodes', { nodes: dear }, { at: start })
  expect(await round(core)).toMatchObject({ moved: 0, proposed: 6 })
  expect(planOf(core).reason).toBe('18.00 USD is more than 0.00 USD')
  expect(goneFrom(core, ids)).toEqual([])
  const cheap = await stricken({ approveAboveCents: 100_000 })
  expect((await round(cheap.core)).moved).toBe(6)
})

test('a plan that was rejected is not proposed again, and one that was decided is not decided again', async () => {
  const { core, ids } = await stricken({ mode: 'approve' })
  await round(core)
  await answer(core, 'reject')
  await expect(answer(core, 'approve', start + 130_000)).rejects.toMatchObject({
    code: 'REROUTE_PLAN_DECIDED',
  })
  await round(core, start + 20 * 60_000)
  expect(core.state().reroutes.plans.size).toBe(1)
  expect(goneFrom(core, ids)).toEqual([])
})

test('a plan that was rejected stays so when little of it is left', async () => {
  const { core, ids } = await stricken({ approveAboveOrders: 4 })
  await round(core)
  expect(planOf(core)).toMatchObject({ status: 'proposed', orders: 6 })
  await answer(core, 'reject')
  for (const orderId of ids.slice(0, 3)) {
    const fulfillmentOrderId = orderOf(core, orderId).work[0]?.fulfillmentOrderId ?? ''
    await core.execute('StartPicking', { orderId, fulfillmentOrderId }, { at: start + 130_000 })
  }
  expect(await round(core, start + 20 * 60_000)).toMatchObject({ moved: 0, proposed: 0 })
  expect(goneFrom(core, ids)).toEqual([])
})

test('a plan ends when its time is over, and what still pays is proposed again', async () => {
  const { core } = await stricken({ mode: 'approve', approvalMinutes: 10 })
  await round(core)
  const late = start + 12 * 60_000
  await expect(answer(core, 'approve', late)).rejects.toMatchObject({ code: 'REROUTE_PLAN_EXPIRED' })
  await round(core, late)
  expect([...core.state().reroutes.plans.values()].map(({ status }) => status).toSorted()).toEqual([
    'expired',
    'proposed',
  ])
})

test('an approved plan waits while reroutes are stopped', async () => {
  const { core, ids } = await stricken({ mode: 'approve' })
  await round(core)
  await answer(core, 'approve')
  await setPolicy(core, { isStopped: true })
  await round(core)
  expect(goneFrom(core, ids)).toEqual([])
  await setPolicy(core, { isStopped: false })
  await round(core)
  expect(goneFrom(core, ids)).toHaveLength(6)
})

test('a plan that a crash cut short goes on where it was', async () => {
  const { core, ids } = await stricken({ mode: 'approve' })
  await round(core)
  await answer(core, 'approve')
  const { planId, moves } = planOf(core)
  const [move] = moves
  if (move === undefined) throw new Error('no move')
  const { orderId, fulfillmentOrderId, assignments, decision } = move
  const data = { orderId, fulfillmentOrderId, assignments, decision, guard: { planId } }
  await core.execute('RerouteOrder', data, { at: start })
  await round(core)
  expect(planOf(core)).toMatchObject({ status: 'done', moved: 6, notMoved: 0 })
  for (const id of ids) expect(nodesOf(core, id)).toHaveLength(1)
})

test('a plan is there after the process is', async () => {
  const { core, path } = await stricken({ mode: 'approve' })
  await round(core)
  const before = planOf(core)
  await core.close()
  const { core: again } = await runCore(path)
  expect(planOf(again)).toEqual(before)
})

const claim = (core: Core, more: object = {}) => {
  const { planId, expiresAt } = planOf(core)
  return { market: 'main', planId, answer: 'approve' as const, expiresAt, by: 'Grace', ...more }
}
const byLink = (core: Core, token: string, at: number) =>
  decideByLink(core, { secret: 'secret', token, at, commandId: `link/${at}` })

test('a link decides a plan once, in time, and only as it was made', async () => {
  const { core } = await stricken({ mode: 'approve' })
  await round(core)
  const token = linkToken('secret', claim(core))
  expect(readLink('secret', token)).toEqual(claim(core))
  const foreign = linkToken('another', claim(core))
  const forged = Buffer.from(JSON.stringify(['main', 'x', 'approve', 9e15, 'Eve'])).toString('base64url')
  const changed = `${forged}.${token.split('.')[1]}`
  for (const bad of [foreign, changed, `${token}x`, `${token}.x`, '', '.', 'a.b']) {
    await expect(byLink(core, bad, start), bad).rejects.toMatchObject({ code: 'REROUTE_LINK_INVALID' })
  }
  const late = planOf(core).expiresAt
  await expect(byLink(core, token, late)).rejects.toMatchObject({ code: 'REROUTE_PLAN_EXPIRED' })
  expect(await byLink(core, token, start + 60_000)).toMatchObject({ status: 'approved', decidedBy: 'Grace' })
  await expect(byLink(core, token, start + 61_000)).rejects.toMatchObject({ code: 'REROUTE_LINK_USED' })
})

test('the same request by a link again gets the same answer, another one that it was used', async () => {
  const { core } = await stricken({ mode: 'approve' })
  await round(core)
  const token = linkToken('secret', claim(core))
  const asked = { secret: 'secret', token, at: start + 60_000, commandId: 'once' }
  expect(await decideByLink(core, asked)).toMatchObject({ status: 'approved' })
  expect(await decideByLink(core, { ...asked, at: start + 90_000 })).toMatchObject({ status: 'approved' })
  await expect(decideByLink(core, { ...asked, commandId: 'twice' })).rejects.toMatchObject({
    code: 'REROUTE_LINK_USED',
  })
  // The key of one request is not that of another.
  const other = linkToken('secret', claim(core, { answer: 'reject' }))
  await expect(decideByLink(core, { ...asked, token: other })).rejects.toMatchObject({
    code: 'REROUTE_LINK_USED',
  })
})

test('a no is remembered longer than plans that ended otherwise', async () => {
  const { core } = await stricken({ mode: 'approve' })
  await round(core)
  const first = planOf(core)
  await answer(core, 'reject')
  const expiresAt = start + 300_000
  for (let i = 0; i < 520; i++) {
    const plan = { ...first, planId: `plan_risk_x_${i}`, kind: 'risk' as const, incidentId: null, expiresAt }
    await core.execute('ProposeReroute', { plan }, { at: start + 130_000 })
    await core.execute('ExpireReroute', { planId: plan.planId }, { at: expiresAt })
  }
  expect(core.state().reroutes.plans.size).toBe(501)
  expect(core.state().reroutes.plans.get(first.planId)?.status).toBe('rejected')
  expect(core.state().reroutes.plans.has('plan_risk_x_0')).toBe(false)
})

test('moves are taken back where nobody began, and stay back', async () => {
  const { core, ids, incidentId } = await stricken()
  await round(core)
  const ref = { orderId: 'o0', fulfillmentOrderId: orderOf(core, 'o0').work.at(-1)?.fulfillmentOrderId ?? '' }
  await core.execute('StartPicking', ref, { at: start })
  expect(await rollBack(core, incidentId, { reason: 'wrong', by: 'Mia', at: start + 120_000 })).toEqual({
    returned: 5,
    stayed: 0,
  })
  expect(goneFrom(core, ids)).toEqual(['o0'])
  await round(core, start + 30 * 60_000)
  expect(goneFrom(core, ids)).toEqual(['o0'])
})

test('work goes back when its incident ended only where that pays', async () => {
  const { core, ids, incidentId } = await stricken({ movesBack: true })
  await round(core)
  await core.execute('ResolveIncident', { incidentId, reason: 'over' }, { at: start + 3_600_000 })
  await round(core, start + 3_600_000)
  // All nodes cost the same: another move would gain nothing.
  expect(goneFrom(core, ids)).toHaveLength(6)
})
