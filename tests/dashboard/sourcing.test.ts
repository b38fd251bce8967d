// Strategies and what-ifs in words: what differs, what a question overrides, what its answer comes to.

import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { differencesOf, draftOf, newestOf, strategiesSentence } from '../../dashboard/lib/strategies/words.ts'
import {
  figuresOf,
  findingOf,
  loadsOf,
  overridesOf,
  promiseSentence,
  suppositionOf,
  termRowsOf,
} from '../../dashboard/lib/what-if.ts'

const plain = (text: string) => text.replaceAll('\u2060', '').replaceAll('\u2009', ' ')
const strategy: api.Strategy = {
  strategyId: 'default',
  version: 1,
  publishedAt: '2026-11-24T14:40:00.000Z',
  publishedBy: 'ops',
  name: 'Cheapest',
  note: '',
  weights: { carriage: 1, processing: 1, split: 1, capacity: 1, lateness: 1, time: 1, stockOut: 1, co2: 0 },
  prices: {
    splitCents: 150,
    lateOrderCents: 0,
    lateDayCents: 1000,
    hourCents: 4,
    fullNodeCents: 0,
    lastUnitCents: 0,
    co2KgCents: 0,
    unservedCents: 100_000,
    unservedOrderCents: 0,
  },
  constraints: [{ name: 'max_distance', kind: 'soft', limit: 2500, priceCents: 1, values: [] }],
  sourceLists: [],
  fallbackId: null,
  batchMinutes: 0,
  daysAhead: 3,
  maxTries: 5,
  maxExtraCents: 2500,
}

describe('versions of a strategy', () => {
  test('tell in words what differs, and nothing where they say the same', () => {
    const draft = draftOf(strategy)
    expect(differencesOf(draft, draft, 'USD')).toEqual([])
    const after: api.StrategyDraft = {
      ...draft,
      weights: { ...draft.weights, co2: 1 },
      prices: { ...draft.prices, splitCents: 250 },
      constraints: [{ name: 'calendar', kind: 'hard', limit: null, priceCents: 0, values: [] }],
      batchMinutes: 15,
    }
    expect(differencesOf(draft, after, 'USD')).toEqual([
      { what: 'Weight of CO₂', before: '0', after: '1' },
      { what: 'Each further parcel of an order', before: '$1.50', after: '$2.50' },
      { what: 'Open days', before: 'off', after: 'must hold' },
      {
        what: 'Distance',
        before: '2,500 km, soft, $0.01 for each it is missed by',
        after: 'off',
      },
      { what: 'Batch', before: 'each order at once', after: 'every 15 min' },
    ])
  })

  test('are known by the newest, and the page says which one is used', () => {
    const second = { ...strategy, version: 2, name: 'Greener' }
    expect(newestOf([strategy, second], 'default')).toBe(second)
    expect(newestOf([strategy], 'express')).toBeNull()
    expect(strategiesSentence({ strategies: [strategy, second], rules: [] })).toBe(
      'Orders are sourced by “Greener”, version 2. No rule chooses another.',
    )
    const rules = [{ when: 'order.isExpress', strategyId: 'express' }]
    expect(
      strategiesSentence({ strategies: [strategy, { ...strategy, strategyId: 'express' }], rules }),
    ).toBe(
      'Orders are sourced by “Cheapest”, version 1, ' +
        'unless a rule says otherwise: 1 rule may choose another of 2 strategies.',
    )
  })
})

describe('a what-if', () => {
  const side: api.WhatIfSide = {
    orders: 100,
    ordersWhole: 98,
    units: 200,
    unitsServed: 198,
    fillRate: 0.99,
    splitOrders: 4,
    shipments: 104,
    distanceKm: 800,
    costCents: 100_000,
    terms: [
      { name: 'carriage', cents: 80_000 },
      { name: 'co2', cents: 0 },
    ],
    lateRisk: 0.05,
    lateOrders: 5,
    bound: null,
    gap: null,
    seconds: 1,
    nodes: [{ nodeId: 'reno', nodeName: 'Reno', orders: 60, units: 120, load: 0.8 }],
  }
  const answer: api.WhatIfAnswer = {
    at: '2026-11-24T14:40:00.000Z',
    currency: 'USD',
    baseline: side,
    variant: {
      ...side,
      fillRate: 0.96,
      unitsServed: 192,
      costCents: 108_000,
      lateOrders: 9,
      terms: [{ name: 'carriage', cents: 88_000 }],
      nodes: [{ nodeId: 'dallas', nodeName: 'Dallas', orders: 58, units: 120, load: 1.1 }],
    },
    changedOrders: 60,
    changes: [],
    refused: [],
  }
  const question = { closedNodeIds: ['reno'], factors: [{ nodeId: '', factor: 1 }], strategyId: '' }
  const names = (nodeId: string) => (nodeId === 'reno' ? 'Reno' : nodeId)

  test('overrides only what is different', () => {
    expect(overridesOf(question)).toEqual({ closedNodeIds: ['reno'] })
    const factors = [
      { nodeId: '', factor: 0.8 },
      { nodeId: 'reno', factor: 1 },
    ]
    expect(overridesOf({ closedNodeIds: [], factors, strategyId: 'express' })).toEqual({
      capacityFactors: [{ nodeId: null, factor: 0.8 }],
      strategyId: 'express',
    })
  })

  test('comes to one sentence, also where nothing changes or nothing was asked of', () => {
    expect(plain(findingOf(answer, suppositionOf(question, names)))).toBe(
      'Closing Reno changes 60 of 100 orders. ' +
        'The whole costs $80.00 more (+8.0 %), 6 units fewer find a node and about 4 more come late.',
    )
    expect(findingOf({ ...answer, changedOrders: 0 }, 'The strategy express')).toBe(
      'The strategy express changes none of 100 orders.',
    )
    const none = { ...side, orders: 0 }
    expect(findingOf({ ...answer, baseline: none }, null)).toContain('No order is in this period')
  })

  test('says of each figure whether its change is good, shares in points', () => {
    const rows = figuresOf(answer).map(({ title, change, tone }) => `${title}: ${plain(change)} ${tone}`)
    expect(rows).toContain('Units that find a node: −3.0 pt bad')
    expect(rows).toContain('Orders sourced whole: ±0 plain')
    const close = { ...answer, variant: { ...side, fillRate: 0.98996 } }
    expect(figuresOf(close)[0]?.change).toBe('±0')
    expect(rows).toContain('Orders that come late, expected: +4 bad')
    expect(termRowsOf(answer).map(({ title, change }) => [title, change])).toEqual([['Carriage', '+$80.00']])
  })

  test('shows nodes of both sides, those that change most first', () => {
    expect(loadsOf(answer)).toEqual([
      { nodeId: 'reno', name: 'Reno', ordersBefore: 60, ordersAfter: 0, loadBefore: 0.8, loadAfter: 0 },
      { nodeId: 'dallas', name: 'Dallas', ordersBefore: 0, ordersAfter: 58, loadBefore: 0, loadAfter: 1.1 },
    ])
  })
})

test('a promise is said by its best way, or by why there is none', () => {
  const answer: api.PromiseAnswer = {
    at: '2026-11-24T14:40:00.000Z',
    currency: 'USD',
    strategyId: 'default',
    strategyVersion: 1,
    options: [],
    unavailable: [{ method: 'delivery', code: 'no_stock', reason: 'no node has it' }],
    reservationId: null,
  }
  expect(promiseSentence(answer, (day) => day)).toBe('Nothing can be promised: no node has it.')
  const option: api.PromiseAnswer['options'][number] = {
    method: 'delivery',
    promisedAt: '2026-11-26T04:59:00.000Z',
    promisedDay: '2026-11-25',
    probability: 0.93,
    costCents: 1299,
    terms: [],
    co2Grams: null,
    collectAt: null,
    isWhole: true,
    shipments: [],
    missing: [],
  }
  expect(plain(promiseSentence({ ...answer, options: [option, option] }, (day) => day))).toBe(
    'It can be promised for 2026-11-25, 93 % likely to be kept, for $12.99. There is 1 other way.',
  )
})
