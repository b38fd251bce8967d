// Carriers that charge more than their cards say become incidents of their own, which series do not end or tell twice.

import { expect, test } from 'vitest'
import { type CoreState, emptyState, type Incident, PersistentMap } from '#orchestrator/core'
import { keysByCards, withDearCarriers } from '../../orchestrator/engine/dear-carriers.ts'

const now = Date.UTC(2026, 4, 6, 12)
const dear = new Map([
  ['C', { times: 2.2, isDear: true, paidCents: 2_250, plannedCents: 900, since: now - 7_200_000 }],
])
const none = new Map<string, never>()

function withOpen(incident: Partial<Incident> | null): CoreState {
  if (incident === null) return emptyState('main')
  const full = {
    dimension: 'carrier',
    dimensionValue: 'C',
    causes: [],
    beganAt: now,
    ...incident,
  } as Incident
  return {
    ...emptyState('main'),
    incidents: PersistentMap([['i', full]]),
    openIncidents: PersistentMap([['carrier/C', 'i']]),
  }
}

const ours = { metric: 'freight_per_parcel', model: 'rate_cards', expected: 900, severity: 0.6 }
const found = (metric: string, isBreaching = true) => ({
  ...{ key: 'carrier/C', metric, dimension: 'carrier', dimensionValue: 'C', severity: 0.5, beganAt: now },
  ...{ value: 1, expected: 2, expectedLow: 1, expectedHigh: 2, pValue: 0.01, model: 'series', causes: [] },
  ...{ isBreaching, hasRecovered: !isBreaching },
})
const told = (state: CoreState, seen: ReturnType<typeof found>[], carriers: typeof dear | typeof none) =>
  withDearCarriers(seen, state, carriers).map(({ metric, model, isBreaching }) =>
    [metric, model, isBreaching ? 'breaching' : 'over'].join(),
  )

test('a dear carrier breaches with what was paid and planned, the severer the dearer', () => {
  const [one] = withDearCarriers([], withOpen(null), dear)
  expect(one).toMatchObject({
    ...{ key: 'carrier/C', metric: 'freight_per_parcel', isBreaching: true, hasRecovered: false },
    ...{ value: 2_250, expected: 900, beganAt: now - 7_200_000 },
    causes: [{ dimension: 'carrier', value: 'C', share: 1 }],
  })
  const dearest = new Map([
    ['C', { times: 5, isDear: true, paidCents: 9_000, plannedCents: 900, since: now }],
  ])
  const [other] = withDearCarriers([], withOpen(null), dearest)
  expect(other?.severity).toBeGreaterThan(one?.severity ?? 1)
  expect(other?.severity).toBeLessThanOrEqual(1)
})

test('it stands for what series say of the same price, and ends when the carrier is no dearer', () => {
  const open = withOpen(ours)
  expect([...keysByCards(open)]).toEqual(['carrier/C'])
  const price = found('freight_per_parcel', false)
  expect(told(open, [price], dear)).toEqual(['freight_per_parcel,rate_cards,breaching'])
  expect(told(withOpen(null), [found('freight_per_parcel')], dear)).toEqual([
    'freight_per_parcel,rate_cards,breaching',
  ])
  expect(told(open, [], none)).toEqual(['freight_per_parcel,rate_cards,over'])
  expect(told(withOpen(null), [], none)).toEqual([])
})

test('where cards tell what parcels should cost, series do not say that they are dear', () => {
  const asUsual = new Map([['C', { times: 1, isDear: false, paidCents: 910, plannedCents: 900, since: now }]])
  expect(told(withOpen(null), [found('freight_per_parcel')], asUsual)).toEqual([])
  expect(told(withOpen(null), [found('freight_per_parcel')], none)).toEqual([
    'freight_per_parcel,series,breaching',
  ])
  const open = withOpen({ metric: 'freight_per_parcel', model: 'steps' })
  expect(told(open, [found('freight_per_parcel')], asUsual)).toEqual(['freight_per_parcel,series,over'])
  expect(told(open, [found('freight_per_parcel')], dear)).toEqual(['freight_per_parcel,rate_cards,breaching'])
  expect(told(withOpen(ours), [], asUsual)).toEqual(['freight_per_parcel,rate_cards,over'])
})

test('a carrier in trouble of another kind is told of as that', () => {
  const slow = withOpen({ metric: 'delivered_orders', model: 'steps' })
  expect([...keysByCards(slow)]).toEqual([])
  expect(told(slow, [found('delivered_orders')], dear)).toEqual(['delivered_orders,series,breaching'])
  expect(told(slow, [], dear)).toEqual([])
  expect(told(withOpen(ours), [found('delivered_orders')], dear)).toEqual([
    'delivered_orders,series,breaching',
  ])
})
