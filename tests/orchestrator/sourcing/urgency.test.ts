// What a late order is worth while things go wrong: what a person lets a move cost, of orders that are late because of
// it, and of no others.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { type CoreState, defaultStrategy, type Incident, type Order, PersistentMap } from '#orchestrator/core'
import { type SourcingOrder, sourceHere, Worlds } from '#orchestrator/sourcing'
import { openSession } from '../../../orchestrator/sourcing/model/session.ts'
import { askedFor } from '../../../orchestrator/sourcing/views/asked.ts'
import { urgencyOf } from '../../../orchestrator/sourcing/views/urgency.ts'
import { Sandbox, start } from '../core/setting.ts'

/** A market with an incident; X is at all nodes, Y at none but node C. */
function market(dimension: string, dimensionValue: string, more: Partial<Incident> = {}) {
  const box = Sandbox.withStock()
  const none = ['A', 'B'].map((id) => ({
    sku: 'y',
    nodeId: `fab:${id}`,
    delta: null,
    onHand: 0,
    reason: 'count',
  }))
  box.run('AdjustStock', { items: none as never })
  box.create('ox', { x: 1 })
  box.create('oy', { y: 1 })
  const incident = {
    incidentId: 'i',
    metric: 'backlog',
    dimension,
    dimensionValue,
    value: 3,
    expected: 1,
    ...more,
  }
  const state: CoreState = {
    ...box.state,
    incidents: PersistentMap([['i', incident as Incident]]),
    openIncidents: PersistentMap([[`${dimension}/${dimensionValue}`, 'i']]),
  }
  return { state, order: (id: string) => asked(state, box.order(id)) }
}

function asked(state: CoreState, order: Order): SourcingOrder {
  const wants = order.lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity }))
  return askedFor(state, order, wants, start)
}

/** What being late costs an order of a market that is hindered. */
function lateCents(state: CoreState, order: SourcingOrder, strategy: api.Strategy = defaultStrategy) {
  const world = new Worlds().at(state, start, strategy)
  return openSession({ ...world, urgency: urgencyOf(state, () => true) }).prices(order).lateOrderCents
}

test('a late order is never worth more than a move may cost, unless the strategy itself says more', () => {
  const { state, order } = market('node', 'fab:A')
  const limited = (maxExtraCostCents: number): CoreState => {
    return { ...state, policy: { ...state.policy, maxExtraCostCents } }
  }
  const strategy = (lateOrderCents: number, lateness = 1): api.Strategy => ({
    ...defaultStrategy,
    weights: { ...defaultStrategy.weights, lateness },
    prices: { ...defaultStrategy.prices, lateOrderCents },
  })
  expect(lateCents(limited(700), order('ox'))).toBe(700)
  expect(lateCents(limited(0), order('ox'))).toBe(0)
  expect(lateCents(limited(700), order('ox'), strategy(300))).toBe(700)
  expect(lateCents(limited(700), order('ox'), strategy(900))).toBe(900)
  expect(lateCents(limited(700), order('ox'), strategy(0, 2))).toBe(350)
})

test('an order is worth more only where an incident makes it late', () => {
  const isUrgent = (dimension: string, place: string, id: string, { value = 8, days = 9 } = {}) => {
    const { state, order } = market(dimension, place, { metric: 'transit_hours', value, expected: 1 })
    const asked = { ...order(id), promisedAt: start + days * 86_400_000 }
    return new Worlds().at(state, start, defaultStrategy).urgency?.isUrgent(asked)
  }
  expect(isUrgent('region', 'CA', 'ox')).toBe(true)
  expect(isUrgent('region', 'CA', 'ox', { value: 1 })).toBe(false)
  // It would be late in any case.
  expect(isUrgent('region', 'CA', 'ox', { days: 0.5 })).toBe(false)
  // Another carrier brings it as soon, and other nodes have it.
  expect(isUrgent('carrier', 'SwiftPost', 'ox')).toBe(false)
  expect(isUrgent('node', 'fab:A', 'ox')).toBe(false)
  expect(isUrgent('node', 'fab:C', 'oy')).toBe(true)
  expect(isUrgent('node', 'fab:Z', 'ox')).toBe(false)
})

test('an order that is not touched is sourced as if there were no incident', () => {
  const { state, order } = market('node', 'fab:A')
  const calm = { ...state, openIncidents: PersistentMap<string, string>() }
  const plan = (at: CoreState) => {
    const here = { worlds: new Worlds(), state: at, now: start }
    const { work, costCents } = sourceHere(order('oy'), here, { decisionId: 'd' })
    return { work, costCents }
  }
  expect(plan(state)).toEqual(plan(calm))
})
