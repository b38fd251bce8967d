// What the check of policies finds: conditions that do not type-check, that always or never hold, policies that
// contradict or shadow each other, and actions that make no sense.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { type CoreState, emptyState } from '#orchestrator/core'
import { checkInForce, checkPolicy, FactSet, OrderSubjects } from '#orchestrator/policies'
import { act, draftOf } from './drafts.ts'

const plain = emptyState('main')

/** A state with policies in force. */
function withPolicies(...drafts: api.OrderPolicyDraft[]): CoreState {
  const unsaid = {
    draftedAt: '',
    draftedBy: '',
    publishedBy: null,
    replayId: null,
    retiredAt: null,
    retiredBy: null,
  }
  const policies = drafts.map((draft) => ({
    ...draft,
    ...unsaid,
    version: 1,
    status: 'published' as const,
    publishedAt: '',
  }))
  return { ...plain, policyBook: { policies } }
}

const codes = (draft: api.OrderPolicyDraft, state = plain) =>
  checkPolicy(draft, state).map(({ code }) => code)

describe('a policy by itself', () => {
  test('that does not type-check is refused, with the place', () => {
    const [finding] = checkPolicy(
      draftOf({ when: 'order.valueCents > "a"', actions: [act('tag', 'x')] }),
      plain,
    )
    expect(finding).toMatchObject({ code: 'condition_invalid', kind: 'error', position: 0 })
  })

  test.each([
    'true',
    'order.valueCents < 100 || order.valueCents >= 100',
    'order.lateRisk >= 0.0',
    'order.lines >= 0',
    'order.isExpress || !order.isExpress',
    'order.channel in ["a", "b"] || !(order.channel in ["a", "b"])',
    '!order.city.contains("x") || order.city.contains("x")',
  ])('that holds for everything needs a word: %s', (when) => {
    const finding = checkPolicy(draftOf({ when, actions: [act('hold', 'look')] }), plain).find(
      ({ code }) => code === 'matches_everything',
    )
    expect(finding).toMatchObject({ kind: 'warning', needsWord: true })
  })

  test.each([
    'false',
    'order.valueCents > 5 && order.valueCents < 6',
    'order.lateRisk > 1.0',
    'order.channel == "a" && order.channel == "b"',
    'order.method == "by owl"',
    'order.city.startsWith("a") && order.city == "b"',
    'order.isExpress && !order.isExpress',
  ])('that never holds is told, and as a filter needs a word: %s', (when) => {
    expect(codes(draftOf({ when, actions: [act('tag', 'x')] }))).toContain('matches_nothing')
    const filter = checkPolicy(draftOf({ when, kind: 'filter' }), plain)
    expect(filter.find(({ code }) => code === 'matches_nothing')?.needsWord).toBe(true)
  })

  test.each([
    ['order.valueCents > 5 && order.valueCents < 7'],
    ['order.lateRisk > 0.99'],
    ['order.channel == "a" || order.channel == "b"'],
    ['order.city.startsWith("a") && order.city != "a"'],
  ])('that sometimes holds is not odd: %s', (when) => {
    expect(codes(draftOf({ when, actions: [act('tag', 'x')] }))).toEqual([])
  })

  test('that becomes one of the other kind needs a word', () => {
    const filter = draftOf({ kind: 'filter', when: 'order.units > 3' })
    const findings = checkPolicy({ ...filter, kind: 'execution' }, withPolicies(filter))
    expect(findings.find(({ code }) => code === 'kind_changed')?.needsWord).toBe(true)
    expect(codes(filter, withPolicies(filter))).not.toContain('kind_changed')
  })

  test('that asks how odd a new order is before it is scored is told so', () => {
    const draft = draftOf({ when: 'anomaly.oddness > 0.95', actions: [act('tag', 'odd')] })
    for (const points of [['validate'], ['source', 'reroute'], ['release']] as api.PolicyPoint[][])
      expect(codes({ ...draft, points })).toEqual(['not_scored_yet'])
    expect(codes({ ...draft, points: ['reroute'] })).toEqual([])
  })

  test('has actions that make sense', () => {
    const when = 'order.lines > 1'
    expect(codes(draftOf({ when, kind: 'filter', actions: [act('tag', 'x')] }))).toEqual(['filter_acts'])
    expect(codes(draftOf({ when, actions: [act('route', 'nowhere')] }))).toEqual(['strategy_unknown'])
    expect(codes(draftOf({ when, actions: [act('route', 'default')] }))).toEqual([])
    expect(codes(draftOf({ when, actions: [act('set', 'by owl', 'method')] }))).toEqual(['action_value'])
    expect(codes(draftOf({ when, actions: [act('set', 5, 'unitPriceCents')] }))).toEqual(['action_scope'])
    expect(codes(draftOf({ when, actions: [act('reroute', 'late')] }))).toEqual(['reroute_point'])
    expect(codes(draftOf({ when, points: ['reroute'], actions: [act('hold', 'x')] }))).toEqual(['point_acts'])
    expect(codes(draftOf({ when, scope: 'node', actions: [act('tag', 'x')] }))).toContain('node_acts')
  })
})

describe('policies beside each other', () => {
  const tag = [act('tag', 'x')]

  test('that set the same otherwise where both can hold contradict', () => {
    const other = draftOf({
      policyId: 'other',
      when: 'order.valueCents > 100',
      actions: [act('set', 'pickup', 'method')],
    })
    const own = (when: string) => draftOf({ when, actions: [act('set', 'delivery', 'method')] })
    const state = withPolicies(other)
    expect(checkPolicy(own('order.channel == "web"'), state)).toMatchObject([
      { code: 'contradicts', otherId: 'other', needsWord: true },
    ])
    expect(codes(own('order.valueCents <= 100'), state)).toEqual([])
    const later = { ...own('order.channel == "web"'), points: ['release' as const], priority: 0 }
    expect(checkPolicy(later, state)).toMatchObject([
      { code: 'contradicts', text: expect.stringMatching(/other comes first/) },
    ])
    expect(codes({ ...later, scope: 'line' }, state)).toEqual([])
  })

  test('that are asked later and hold only where an earlier one chose are shadowed', () => {
    const first = draftOf({
      policyId: 'first',
      when: 'order.valueCents > 100',
      priority: 1,
      actions: [act('route', 'default')],
    })
    const own = draftOf({ when: 'order.valueCents > 200', priority: 2, actions: [act('route', 'other')] })
    const strategies = {
      ...plain.strategies,
      strategies: ['default', 'other'].flatMap((strategyId) =>
        plain.strategies.strategies.map((one) => ({ ...one, strategyId })),
      ),
    }
    const state = { ...withPolicies(first), strategies }
    expect(codes(own, state)).toEqual(['shadowed'])
    expect(codes({ ...own, priority: 0 }, state)).toEqual(['contradicts'])
  })

  test('that are filters of which each lets through what the other does not contradict', () => {
    const cheap = draftOf({ policyId: 'cheap', kind: 'filter', when: 'order.valueCents < 100' })
    const dear = draftOf({ kind: 'filter', when: 'order.valueCents >= 100' })
    expect(codes(dear, withPolicies(cheap))).toEqual(['contradicts'])
    expect(checkInForce(withPolicies(cheap, dear)).map(({ code }) => code)).toEqual(['contradicts'])
  })

  test('that do the same in less are redundant', () => {
    const wide = draftOf({ policyId: 'wide', when: 'order.lines > 1', actions: tag })
    expect(codes(draftOf({ when: 'order.lines > 3', actions: tag }), withPolicies(wide))).toEqual([
      'redundant',
    ])
  })

  test('are not compared where one is more than rows, and that is said', () => {
    const long = draftOf({ when: 'order.valueCents > order.freightCents', actions: tag })
    expect(
      codes(long, withPolicies(draftOf({ policyId: 'o', when: 'order.lines > 1', actions: tag }))),
    ).toEqual(['only_text'])
  })
})

test('what never holds by its rows is never found to hold of an order', async () => {
  const { conditionIn, factsIn, viewsOfForm } = await import('#orchestrator/policies')
  const { canHold } = await import('../../../orchestrator/policies/check/reason.ts')
  const facts = factsIn('order')
  const cents = fc.integer({ min: -2, max: 6 })
  const row: fc.Arbitrary<api.FormRow> = fc.oneof(
    fc.record({
      fact: fc.constantFrom('order.freightCents', 'order.discountCents'),
      sign: fc.constantFrom('is', 'is_not', 'less', 'at_most', 'more', 'at_least'),
      isNot: fc.constant(false),
      value: cents,
    }),
    fc.record({
      fact: fc.constant('order.channel'),
      sign: fc.constantFrom('is', 'is_not', 'contains', 'starts_with'),
      isNot: fc.constant(false),
      value: fc.constantFrom('a', 'ab', 'b', ''),
    }),
  )
  const group = fc.record({
    join: fc.constantFrom('and' as const, 'or' as const),
    items: fc.array(
      fc.oneof(
        row,
        fc.record({
          join: fc.constantFrom('and' as const, 'or' as const),
          items: fc.array(row, { minLength: 1, maxLength: 3 }),
        }),
      ),
      { minLength: 1, maxLength: 4 },
    ),
  })
  const orders = fc.record({
    freightCents: cents,
    discountCents: cents,
    channel: fc.constantFrom('a', 'ab', 'b', '', 'c'),
  })
  const context = { state: plain, now: 0, riskOf: () => 0, oddnessOf: () => 0, incidentAt: () => undefined }
  fc.assert(
    fc.property(group, orders, (form, said) => {
      const { text } = viewsOfForm('order', form)
      const made = conditionIn('order', text)
      if (!('holds' in made)) throw new Error(made.reason)
      const order = { ...said, lines: [], work: [], flags: [], shipTo: {} } as never
      if (made.holds(new FactSet(new OrderSubjects(order, context)))) expect(canHold(form, facts)).toBe(true)
    }),
    { numRuns: 500 },
  )
})
