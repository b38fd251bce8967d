// Carriers whose parcels plainly take longer become incidents of their own; what steps and series say of the same is no
// second one.

import { expect, test } from 'vitest'
import { type CoreState, emptyState, type Incident, PersistentMap } from '#orchestrator/core'
import type { SlowCarrier, SlowWays } from '#orchestrator/sourcing'
import { isByParcels, withSlowCarriers } from '../../orchestrator/engine/slow-carriers.ts'

const now = Date.UTC(2026, 4, 6, 12)
const slow = (more: Partial<SlowCarrier> = {}): SlowCarrier => ({
  ...{ carrier: 'C', days: 2, since: now - 3 * 86_400_000 },
  ...{ usual: { median: 2.5, low: 2, high: 3.5 }, ...more },
})
const ways = (plain: SlowCarrier[], stillSlow: string[] = []): SlowWays => ({
  slices: stillSlow.map((incidentId) => ({ slice: new Map(), days: 2, incidentId })),
  plain,
})
const nothing = ways([])

function withOpen(...incidents: Partial<Incident>[]): CoreState {
  const full = incidents.map((incident, i) => ({
    ...{ incidentId: `i${i}`, key: 'carrier/C', dimension: 'carrier', dimensionValue: 'C', causes: [] },
    ...{ metric: 'transit_hours', model: 'parcel_days', beganAt: now, ...incident },
  })) as unknown as Incident[]
  return {
    ...emptyState('main'),
    incidents: PersistentMap(full.map((one) => [one.incidentId, one])),
    openIncidents: PersistentMap(full.map((one) => [one.key, one.incidentId])),
  }
}

const found = (key: string, metric: string, isBreaching = true) => {
  const [dimension = '', dimensionValue = ''] = key.split('/')
  return {
    ...{ key, metric, dimension: dimension as 'carrier', dimensionValue, severity: 0.5, beganAt: now },
    ...{ value: 1, expected: 2, expectedLow: 1, expectedHigh: 2, pValue: 0.01, model: 'steps 1', causes: [] },
    ...{ isBreaching, hasRecovered: !isBreaching },
  }
}
const told = (state: CoreState, seen: ReturnType<typeof found>[], slowNow: SlowWays) =>
  withSlowCarriers(seen, state, slowNow).map(({ key, metric, model, isBreaching }) =>
    [key, metric, model, isBreaching ? 'breaching' : 'over'].join(),
  )
const ours = (key: string, end = 'breaching') => `${key},transit_hours,parcel_days,${end}`

test('a slow carrier breaches with how long its parcels take and took, the severer the longer', () => {
  const [one] = withSlowCarriers([], emptyState('main'), ways([slow()]))
  expect(one).toMatchObject({
    ...{ key: 'carrier/C', dimension: 'carrier', metric: 'transit_hours', isBreaching: true },
    ...{ value: 4.5 * 24, expected: 60, expectedLow: 48, expectedHigh: 84, beganAt: now - 3 * 86_400_000 },
    causes: [{ dimension: 'carrier', value: 'C', share: 1 }],
  })
  const [longer] = withSlowCarriers([], emptyState('main'), ways([slow({ days: 3 })]))
  expect(longer?.severity).toBeGreaterThan(one?.severity ?? 1)
})

test('it lasts as long as its parcels say so, and ends by them alone', () => {
  expect(isByParcels('parcel_days')).toBe(true)
  const open = withOpen({})
  expect(told(open, [], ways([], ['i0']))).toEqual([])
  expect(told(open, [], nothing)).toEqual([ours('carrier/C', 'over')])
  expect(told(open, [], ways([slow()], ['i0']))).toEqual([ours('carrier/C')])
})

test('what steps say of its deliveries, or of a part of them, is no second incident and does not end it', () => {
  const open = withOpen({})
  const steps = [
    found('carrier/C', 'delivered_orders', false),
    found('carrier x lane/C x NV>CA', 'delivered_orders'),
    found('lane/NV>CA', 'delivered_orders'),
    found('carrier x lane/D x NV>CA', 'delivered_orders'),
  ]
  expect(told(open, steps, ways([], ['i0']))).toEqual([
    'lane/NV>CA,delivered_orders,steps 1,breaching',
    'carrier x lane/D x NV>CA,delivered_orders,steps 1,breaching',
  ])
})

test('what was told of a part before goes on and ends as steps say', () => {
  const lane = { key: 'carrier x lane/C x NV>CA', dimension: 'carrier x lane', dimensionValue: 'C x NV>CA' }
  const open = withOpen({}, { ...lane, metric: 'delivered_orders', model: 'steps 1' })
  const over = [found(lane.key, 'delivered_orders', false)]
  expect(told(open, over, ways([], ['i0']))).toEqual([`${lane.key},delivered_orders,steps 1,over`])
})

test('a carrier in trouble already is told of as that', () => {
  const steps = withOpen({ metric: 'delivered_orders', model: 'steps 1' })
  expect(told(steps, [], ways([slow()]))).toEqual([])
  expect(told(emptyState('main'), [found('carrier/C', 'delivered_orders')], ways([slow()]))).toEqual([
    'carrier/C,delivered_orders,steps 1,breaching',
  ])
  expect(told(steps, [found('carrier/C', 'delivered_orders', false)], nothing)).toEqual([
    'carrier/C,delivered_orders,steps 1,over',
  ])
  expect(told(steps, [], ways([slow({ carrier: 'D' })]))).toEqual([ours('carrier/D')])
})
