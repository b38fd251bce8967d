// Which strategy sources an order, and what is said of strategies and rules before they hold.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { defaultStrategy, type StrategiesState } from '#orchestrator/core'
import {
  type CheckContext,
  checkStrategy,
  ruleFaults,
  type SourcingOrder,
  strategyFor,
} from '#orchestrator/sourcing'

const hour = 3_600_000
const now = Date.UTC(2026, 10, 26, 4)

const order = (more: Partial<SourcingOrder> = {}): SourcingOrder => ({
  orderId: 'o1',
  method: 'delivery',
  channel: 'web',
  currency: 'USD',
  customerRef: null,
  destination: {
    ...{ country: 'US', region: 'CA', city: null, postalCode: '94107', zone: null },
    ...{ latitude: null, longitude: null, timeZone: 'America/Los_Angeles' },
  },
  placedAt: now - hour,
  promisedAt: now + 20 * hour,
  lines: [{ lineId: '1', sku: 'x', quantity: 2, unitPriceCents: 550, weightG: 700 }],
  freight: 'prepaid',
  weightG: null,
  avoided: new Map(),
  held: () => 0,
  from: null,
  ...more,
})

const named = (strategyId: string, version = 1): api.Strategy => ({ ...defaultStrategy, strategyId, version })
const book = (rules: api.StrategyRule[]): StrategiesState => ({
  strategies: [named('cheap', 2), named('cheap'), defaultStrategy, named('fast')],
  rules,
})
const chosen = (when: string, asked = order()) =>
  strategyFor(asked, book([{ when, strategyId: 'fast' }]), now).strategy.strategyId === 'fast'
const draft = (more: Partial<api.StrategyDraft> = {}): api.StrategyDraft => {
  const { version: _, publishedAt: __, publishedBy: ___, ...rest } = defaultStrategy
  return { ...rest, strategyId: 'a', ...more }
}
const hard = (
  name: api.ConstraintName,
  more: Partial<api.StrategyConstraint> = {},
): api.StrategyConstraint => ({
  ...{ name, kind: 'hard', limit: null, priceCents: 0, values: [] },
  ...more,
})
const context = (more: Partial<CheckContext> = {}): CheckContext => ({
  strategies: [defaultStrategy, named('fast')],
  groupIds: new Set(['west']),
  nodes: [
    { nodeId: 'A', type: 'warehouse', groupIds: ['west'], isActive: true },
    { nodeId: 'B', type: 'store', groupIds: [], isActive: true },
    { nodeId: 'C', type: '3pl', groupIds: [], isActive: false },
  ],
  ...more,
})

describe('the strategy of an order', () => {
  test('is the default without rules, or where none holds', () => {
    expect(strategyFor(order(), book([]), now)).toEqual({ strategy: defaultStrategy, rule: null })
    const none = strategyFor(order(), book([{ when: 'order.country == "DE"', strategyId: 'fast' }]), now)
    expect(none).toEqual({ strategy: defaultStrategy, rule: null })
  })

  test('is the newest version of what the first rule that holds names', () => {
    const rules = [
      { when: 'order.units > 5', strategyId: 'fast' },
      { when: 'order.valueCents >= 1100', strategyId: 'cheap' },
      { when: 'true', strategyId: 'fast' },
    ]
    expect(strategyFor(order(), book(rules), now)).toEqual({ strategy: named('cheap', 2), rule: 1 })
  })

  test.each([
    'order.method == "delivery" && order.channel in ["web", "app"]',
    'order.country == "US" && order.region == "CA" && order.city == ""',
    'order.valueCents == 1100 && order.lines == 1 && order.units == 2',
    'order.valueCents / 2 > 500.5',
    'order.units + order.weightG > 1401.5',
    'order.weightG >= 1400.0 && order.weightG < 1500',
    'order.hasPromise && order.promisedInHours < 24 && order.isExpress',
    'order.placedHour == 19 && order.placedWeekday == 3',
    'now.hour == 4 && now.weekday == 4 && now.month == 11',
    'order.skus.exists(sku, sku.startsWith("x"))',
    'order.postalCode.startsWith("94") && order.customerRef == ""',
  ])('is chosen where %s', (when) => {
    expect(ruleFaults([{ when, strategyId: 'fast' }], book([]).strategies)).toEqual([])
    expect(chosen(when)).toBe(true)
  })

  test.each(['order.valueCents / 0 > 1', 'order.skus[7] == "x"', 'int(order.channel) > 1'])(
    'is never chosen by what fails at work: %s',
    (when) => expect(chosen(when)).toBe(false),
  )

  test('is never later than any promise where there is none', () => {
    const none = order({ promisedAt: null })
    expect(chosen('order.promisedInHours < 100.0', none)).toBe(false)
    expect(chosen('order.isExpress', none)).toBe(false)
  })

  test('is found for any order, and the same each time', () => {
    const text = fc.option(fc.string(), { nil: null })
    const orders = fc.record({
      channel: text,
      customerRef: text,
      placedAt: fc.oneof(fc.integer(), fc.constant(Number.NaN)),
      promisedAt: fc.option(fc.integer(), { nil: null }),
      weightG: fc.option(fc.double(), { nil: null }),
      lines: fc.array(
        fc.record({
          ...{ lineId: fc.string(), sku: fc.string(), quantity: fc.integer() },
          unitPriceCents: fc.option(fc.double(), { nil: null }),
          weightG: fc.option(fc.double(), { nil: null }),
        }),
      ),
    })
    const rules = [
      { when: 'order.valueCents > 1000 || order.weightG > 5.0', strategyId: 'cheap' },
      { when: 'order.placedHour < 12 && order.channel != ""', strategyId: 'fast' },
    ]
    fc.assert(
      fc.property(orders, (more) => {
        const first = strategyFor(order(more), book(rules), now)
        expect(strategyFor(order(more), book(rules), now)).toEqual(first)
        const expected = first.rule === null ? 'default' : rules[first.rule]?.strategyId
        expect(first.strategy.strategyId).toBe(expected)
      }),
    )
  })
})

describe('rules that cannot be used', () => {
  test.each([
    ['order.colour == "red"', 6, 'No such key: colour'],
    ['order.units == "2"', 0, 'no such overload: int == string'],
    ['order.weightG == 5', 0, 'no such overload: double == int; write 10.0 instead of 10'],
    ['order.units +', 13, 'Unexpected token: EOF'],
    ['order.units', null, 'says int, and must say true or false'],
    ['user.name == ""', 0, 'Unknown variable: user'],
    ['order.channel.matches("(a+)+$")', 0, 'matches is not known here'],
    ['has(order.channel)', 0, 'has is not known here'],
    ['order.skus.exists(a, order.skus.exists(b, a == b))', 21, 'cannot stand inside of another list'],
    ['('.repeat(60).concat('true'), 40, 'maxDepth'],
    [Array(300).fill('true').join(' || '), null, ''],
    ['"'.concat('x'.repeat(3_000), '" == ""'), null, 'longer than 2000'],
  ])('say where and why: case %#', (when, position, reason) => {
    const [fault] = ruleFaults(
      [
        { when: 'true', strategyId: 'fast' },
        { when, strategyId: 'fast' },
      ],
      [named('fast')],
    )
    expect(fault?.rule).toBe(1)
    if (position !== null) expect(fault?.position).toBe(position)
    expect(fault?.reason).toContain(reason)
  })

  test('name a strategy that is not there', () => {
    expect(ruleFaults([{ when: 'true', strategyId: 'none' }], [named('fast')])).toEqual([
      { rule: 0, position: null, reason: 'there is no strategy none' },
    ])
  })

  test('never break the checker', () => {
    const parts = [
      'order',
      '.',
      'units',
      '(',
      ')',
      '[',
      ']',
      '"',
      '1',
      '>',
      '&&',
      'in',
      ' ',
      '?',
      ':',
      '{',
      'x',
      '\\',
      '!',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 40 }), (tokens) => {
        const when = tokens.join('')
        const faults = ruleFaults([{ when, strategyId: 'fast' }], [named('fast')])
        if (faults.length === 0) expect(typeof chosen(when)).toBe('boolean')
      }),
      { numRuns: 500 },
    )
  })
})

describe('what is said of a draft', () => {
  const errors = (more: Partial<api.StrategyDraft>, about = context()) =>
    checkStrategy(draft(more), about)
      .filter(({ kind }) => kind === 'error')
      .map(({ code, constraints }) => [code, ...constraints].join(' '))
  const list = (nodeIds: string[], groupIds: string[] = []): api.StrategyDraft['sourceLists'][number] => ({
    ...{ name: 'l', priority: 0, groupIds, nodeIds, nodeTypes: [], priceCents: 0 },
  })

  test('is nothing of the default', () => {
    expect(checkStrategy(draft(), context())).toEqual([])
  })

  test('names constraints that cannot hold together as a set', () => {
    const stores = hard('node_type', { values: ['store'] })
    const notB = hard('excluded_node', { values: ['B'] })
    expect(errors({ constraints: [stores, notB] })).toEqual([
      'constraints_contradict node_type excluded_node',
    ])
    expect(errors({ constraints: [stores, hard('source_list')], sourceLists: [list([], ['west'])] })).toEqual(
      ['constraints_contradict node_type source_list'],
    )
    expect(errors({ constraints: [hard('source_list')] })).toEqual(['constraints_contradict source_list'])
    expect(errors({ constraints: [hard('node_type', { values: ['3pl'] })] })).toEqual([
      'constraints_contradict node_type',
    ])
    expect(errors({ constraints: [stores] })).toEqual([])
    const soft = hard('no_partial', { kind: 'soft', priceCents: 1 })
    expect(errors({ constraints: [hard('no_partial'), soft] })).toEqual([
      'constraints_contradict no_partial no_partial',
    ])
  })

  test('names the least set, not all that is in the way', () => {
    const constraints = [
      hard('node_type', { values: ['warehouse', 'store'] }),
      hard('excluded_node', { values: ['A'] }),
      hard('source_list'),
    ]
    expect(errors({ constraints, sourceLists: [list(['A'])] })).toEqual([
      'constraints_contradict excluded_node source_list',
    ])
  })

  test('names what is missing, impossible or leads nowhere', () => {
    expect(errors({ constraints: [hard('max_distance')] })).toEqual(['limit_missing max_distance'])
    expect(errors({ constraints: [hard('max_nodes_per_order', { limit: 0 })] })).toEqual([
      'limit_invalid max_nodes_per_order',
    ])
    expect(errors({ constraints: [hard('node_type', { values: ['moon', 'store'] })] })).toEqual([
      'node_type_unknown node_type',
    ])
    expect(errors({ fallbackId: 'nobody' })).toEqual(['fallback_unknown'])
    expect(errors({ fallbackId: 'a' })).toEqual(['fallback_cycle'])
    const ring = context({ strategies: [{ ...named('b'), fallbackId: 'a' }] })
    expect(errors({ fallbackId: 'b' }, ring)).toEqual(['fallback_cycle'])
    expect(errors({ sourceLists: [list([], ['east'])] })).toEqual(['group_unknown'])
  })

  test('warns of what has no effect', () => {
    const codes = (more: Partial<api.StrategyDraft>) =>
      checkStrategy(draft(more), context()).map(({ code }) => code)
    expect(codes({ constraints: [hard('capacity', { priceCents: 5 })] })).toEqual(['hard_with_price'])
    expect(codes({ constraints: [hard('capacity', { kind: 'soft' })] })).toEqual(['soft_without_price'])
    const far = hard('max_distance', { kind: 'soft', limit: 900, priceCents: 1 })
    expect(codes({ constraints: [hard('max_distance', { limit: 500 }), far] })).toEqual(['soft_never_missed'])
    const one = hard('max_nodes_per_order', { limit: 1 })
    const partial = hard('no_partial', { kind: 'soft', priceCents: 5 })
    expect(codes({ constraints: [one, partial] })).toEqual(['partial_by_one_node'])
    expect(codes({ prices: { ...defaultStrategy.prices, unservedCents: 0 } })).toEqual(['unserved_free'])
    expect(codes({ constraints: [hard('excluded_node', { values: ['Z'] })] })).toEqual(['node_unknown'])
  })
})
