// Incidents and what follows from them: reroutes within limits, each decided and written down once.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { tendIncidents } from '#orchestrator/alerting'
import { type Core, historySteps, isOpenWork } from '#orchestrator/core'
import { applyFindings, ownMetrics, sentenceOf } from '#orchestrator/incidents'
import { isHeldOut, rerouteAll } from '#orchestrator/reroute'
import { Worlds } from '#orchestrator/sourcing'
import { stepKinds } from '../../models/steps/kinds.ts'
import { constraint, nodesOf, orderOf, start, stricken } from './reroute/market.ts'

const round = (core: Core) =>
  rerouteAll({ core, worlds: new Worlds(), now: start + 60_000, oddnessOf: () => 0 })

/** Ten released orders, all at node A, which then gets an incident. */
const strickenTen = (policy: Partial<api.ReroutePolicy> = {}) => stricken(policy, 10)

describe('an incident', () => {
  test('opens once, is updated when it changes notably, and ends when values are back', async () => {
    const { core } = await strickenTen()
    expect(await applyFindings(core, [constraint('fab:A')], { runId: 'r2', at: start })).toEqual({
      opened: [],
      updated: [],
      resolved: [],
    })
    const worse = constraint('fab:A', { severity: 0.5 })
    expect((await applyFindings(core, [worse], { runId: 'r3', at: start })).updated).toHaveLength(1)
    const over = constraint('fab:A', { isBreaching: false, hasRecovered: true })
    expect((await applyFindings(core, [over], { runId: 'r4', at: start })).resolved).toHaveLength(1)
    expect(core.state().openIncidents.size).toBe(0)
    const [first] = core.state().incidents.keys()
    const soon = await applyFindings(core, [constraint('fab:A')], { runId: 'r5', at: start })
    expect(soon.opened).toEqual([first])
    expect(core.state().incidents.get(first ?? '')).toMatchObject({ status: 'open', reopened: 1 })
    const much = start + 24 * 3_600_000
    await applyFindings(core, [over], { runId: 'r6', at: start + 60_000 })
    expect((await applyFindings(core, [over], { runId: 'r7', at: much })).resolved).toEqual([first])
    await applyFindings(core, [constraint('fab:A')], { runId: 'r8', at: much + 24 * 3_600_000 })
    expect(core.state().incidents.size).toBe(2)
  })

  test('ends with the reason that is given where values are not back', async () => {
    const { core, incidentId } = await strickenTen()
    const ended = { isBreaching: false, hasRecovered: true, endedBecause: 'it was said to be expected' }
    await applyFindings(core, [constraint('fab:A', ended)], { runId: 'r2', at: start })
    const { status, endedBecause, resolvedBy } = core.state().incidents.get(incidentId) ?? {}
    expect([status, endedBecause, resolvedBy]).toEqual(['resolved', 'it was said to be expected', null])
  })

  test('that comes and goes every minute is one, stays open while it does, and ends when values stay', async () => {
    const { core } = await strickenTen()
    const minute = 60_000
    const over = constraint('fab:A', { isBreaching: false, hasRecovered: true })
    for (let at = start; at < start + 60 * minute; at += 2 * minute) {
      await applyFindings(core, [constraint('fab:A')], { runId: `on${at}`, at })
      await applyFindings(core, [over], { runId: `off${at}`, at: at + minute })
    }
    const [incident] = core.state().incidents.values()
    expect(core.state().incidents.size).toBe(1)
    expect(incident).toMatchObject({ status: 'open', isFlapping: true, reopened: 1 })
    const quiet = { runId: 'quiet', at: start + 100 * minute }
    expect((await applyFindings(core, [over], quiet)).resolved).toEqual([])
    const late = { runId: 'late', at: start + 180 * minute }
    expect((await applyFindings(core, [over], late)).resolved).toEqual([incident?.incidentId])
  })

  test('counts the orders and the money it touches', async () => {
    const { core } = await strickenTen()
    expect([...core.state().incidents.values()][0]).toMatchObject({ ordersAtRisk: 10, centsAtRisk: 20_000 })
  })
})

describe('a round of reroutes', () => {
  test('moves every open order away from the node, once', async () => {
    const { core, ids } = await strickenTen()
    expect(await round(core)).toMatchObject({ moved: 10, notMoved: 0 })
    for (const id of ids) expect(nodesOf(core, id)).not.toContain('fab:A')
    expect(await round(core)).toMatchObject({ moved: 0, notMoved: 0 })
    const [incident] = core.state().incidents.values()
    expect(incident).toMatchObject({ ordersMoved: 10, ordersNotMoved: 0 })
  })

  test('leaves what is being picked, and moves nothing in a node that is off limits', async () => {
    const { core, ids } = await strickenTen()
    const ref = { orderId: 'o0', fulfillmentOrderId: orderOf(core, 'o0').work[0]?.fulfillmentOrderId ?? '' }
    await core.execute('StartPicking', ref, { at: start })
    await applyFindings(core, [constraint('fab:B')], { runId: 'r9', at: start })
    await round(core)
    expect(nodesOf(core, 'o0')).toEqual(['fab:A'])
    for (const id of ids.slice(1)) expect(nodesOf(core, id)).toEqual(['fab:C'])
  })

  test.each<[string, Partial<api.ReroutePolicy>, number, string | null]>([
    ['off', { mode: 'off' }, 0, null],
    ['in shadow mode', { mode: 'shadow' }, 0, 'shadow mode: it would have moved'],
    ['held out', { holdOutShare: 1 }, 0, 'left in place to measure the effect'],
    ['never held out where safety is at stake', { holdOutShare: 1, safetyMetrics: ['backlog'] }, 10, null],
    [
      'held out of others all the same',
      { holdOutShare: 1, safetyMetrics: ['recalled_units'] },
      0,
      'left in place to measure the effect',
    ],
    ['without moves left', { maxMovesPerOrder: 0 }, 0, 'it was moved 0 times, the limit'],
    ['above severity', { minSeverity: 0.95 }, 0, null],
    ['for three orders', { maxOrdersPerIncident: 3 }, 3, null],
  ])('keeps the limits: %s', async (_, policy, moved, reason) => {
    const { core, ids } = await strickenTen(policy)
    expect((await round(core)).moved).toBe(moved)
    expect(ids.filter((id) => !nodesOf(core, id).includes('fab:A'))).toHaveLength(moved)
    if (reason !== null)
      expect(historySteps(orderOf(core, 'o1').history).at(-1)).toMatchObject({
        type: 'RerouteDeclined',
        reason,
      })
    expect((await round(core)).moved).toBe(0)
  })

  test('moves nothing while a silence holds that says so, and goes on when it is over', async () => {
    const { core } = await strickenTen()
    const draft = {
      kind: 'maintenance' as const,
      why: 'stocktaking',
      matchers: [{ label: 'node', op: 'is' as const, value: 'fab:A' }],
      startsAt: new Date(start).toISOString(),
      endsAt: new Date(start + 3_600_000).toISOString(),
      repeat: null,
      holdsReroutes: true,
    }
    await core.execute('AddSilence', { silenceId: 's', draft, by: 'Mia' }, { at: start })
    await tendIncidents(core, start)
    expect((await round(core)).moved).toBe(0)
    await tendIncidents(core, start + 3_600_000)
    expect((await round(core)).moved).toBe(10)
  })

  test('says why nothing could be moved, with the nodes that were weighed', async () => {
    const { core } = await strickenTen()
    const items = ['B', 'C'].map((id) => ({
      sku: 'x',
      nodeId: `fab:${id}`,
      delta: null,
      onHand: 0,
      reason: 'count',
    }))
    await core.execute('AdjustStock', { items }, { at: start })
    expect(await round(core)).toMatchObject({ moved: 0, notMoved: 10 })
    expect(historySteps(orderOf(core, 'o1').history).at(-1)?.reason).toBe('no other node can take it')
  })

  test('moves what was left in place once the limits or the stock allow it, and counts it once', async () => {
    const { core, ids } = await strickenTen({ mode: 'shadow' })
    expect(await round(core)).toMatchObject({ moved: 0, notMoved: 10 })
    expect(await round(core)).toMatchObject({ moved: 0, notMoved: 0 })
    await core.execute('SetPolicy', { policy: { ...core.state().policy, mode: 'on' } }, { at: start })
    expect(await round(core)).toMatchObject({ moved: 10, notMoved: 0 })
    expect([...core.state().incidents.values()][0]).toMatchObject({ ordersMoved: 10, ordersNotMoved: 0 })
    for (const id of ids) expect(nodesOf(core, id)).not.toContain('fab:A')
  })

  test('leaves an order that a person put back', async () => {
    const { core } = await strickenTen()
    await round(core)
    const decisionId = orderOf(core, 'o1').work.at(-1)?.decisionId ?? ''
    await core.execute('UndoReroute', { orderId: 'o1', decisionId, reason: 'by hand' }, { at: start })
    expect(nodesOf(core, 'o1')).toEqual(['fab:A'])
    await round(core)
    expect(nodesOf(core, 'o1')).toEqual(['fab:A'])
  })

  test('keeps the cost limit and shuns the slow carrier where node and carrier are both in trouble', async () => {
    const { core, ids } = await strickenTen({ mode: 'off' })
    const slow = constraint('SwiftPost', {
      key: 'carrier/SwiftPost',
      dimension: 'carrier',
      metric: 'transit_hours',
    })
    await applyFindings(core, [slow], { runId: 'r7', at: start })
    await core.execute('SetPolicy', { policy: { ...core.state().policy, mode: 'on' } }, { at: start })
    await round(core)
    for (const id of ids) expect(orderOf(core, id).work.find(isOpenWork)?.carrier).toBe('Northline')
  })

  test('changes the carrier where a carrier is slow', async () => {
    const { core, ids } = await strickenTen({ mode: 'off' })
    await core.execute('SetPolicy', { policy: { ...core.state().policy, mode: 'on' } }, { at: start })
    const [first] = core.state().incidents.keys()
    await core.execute('ResolveIncident', { incidentId: first ?? '', reason: 'over' }, { at: start })
    const slow = constraint('SwiftPost', {
      key: 'carrier/SwiftPost',
      dimension: 'carrier',
      metric: 'transit_hours',
    })
    await applyFindings(core, [slow], { runId: 'r7', at: start })
    expect((await round(core)).moved).toBe(10)
    for (const id of ids) {
      expect(orderOf(core, id).work.find(isOpenWork)?.carrier).toBe('Northline')
    }
  })
})

test('the held-out share is about what was asked, and the same every time', () => {
  const ids = Array.from({ length: 5_000 }, (_, i) => `order-${i}`)
  const held = ids.filter((id) => isHeldOut(id, 0.05))
  expect(held.length).toBeGreaterThan(180)
  expect(held.length).toBeLessThan(320)
  expect(ids.filter((id) => isHeldOut(id, 0.05))).toEqual(held)
})

test('every metric that a step names is known to people, with its unit', () => {
  const file = join(import.meta.dirname, '../../pipeline/sql/marts/metric_catalogue.sql')
  const catalogue = readFileSync(file, 'utf8')
  for (const { metric, unit } of stepKinds) {
    for (const name of [metric.low, metric.high].filter((each) => each !== '')) {
      if (!catalogue.includes(`('${name}',`)) expect(ownMetrics[name]?.unit, name).toBe(unit)
    }
  }
})

test('a constraint is said in one sentence', () => {
  const seen = { name: 'Reno', value: 340, expectedLow: 120, expectedHigh: 160, unit: 'orders' }
  const dear = {
    ...seen,
    metric: 'freight_per_parcel',
    value: 3_120,
    expectedLow: 1_250,
    expectedHigh: 1_500,
  }
  expect(sentenceOf({ ...dear, unit: 'cents' })).toBe(
    'Reno charges more: 31.20 a parcel where 12.50 to 15.00 are normal',
  )
  const rare = {
    ...seen,
    metric: 'delivered_orders',
    name: 'TX>HI',
    value: 0.05,
    expectedLow: 0.2,
    expectedHigh: 0.4,
  }
  expect(sentenceOf(rare)).toBe('TX>HI delivers late: 1 parcels a day where 5 to 10 are normal')
  expect(sentenceOf({ ...rare, value: 0, expectedLow: 0.02, expectedHigh: 0.07 })).toBe(
    'TX>HI delivers late: 0 parcels a day where 0.5 to 1.7 are normal',
  )
  expect(sentenceOf({ ...seen, metric: 'backlog' })).toBe(
    'Reno is falling behind: 340 orders wait where 120 to 160 are normal',
  )
  expect(
    sentenceOf({
      ...seen,
      metric: 'late_share',
      value: 0.31,
      expectedLow: 0,
      expectedHigh: 0.08,
      unit: 'share',
    }),
  ).toBe('Reno delivers late: 31 % of orders where 0 % to 8 % are normal')
})
