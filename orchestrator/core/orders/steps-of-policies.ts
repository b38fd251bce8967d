// What the results of policies leave on an order: what was told, tags, a strategy, and who set or chose what. Pure.

import type { EventData } from '../events.ts'
import {
  choiceOf,
  noMarks,
  type PolicyChoice,
  type PolicyResult,
  resultKey,
} from '../policies/policy-book.ts'
import type { Order } from './order.ts'

/** Results that are remembered, and tags of an order, at most. */
const toldMost = 20_000
const tagsMost = 50

/** The order with what policies left on it. */
export function policiesApplied(order: Order, { point, results }: EventData['PoliciesApplied']): Order {
  const marks = order.policies ?? noMarks
  const told = [...marks.told, ...results.map((result) => resultKey(point, result))].slice(-toldMost)
  const actions = results.flatMap((result) => result.actions)
  const values = (act: 'tag' | 'route') =>
    actions.flatMap((action) => (action.do === act ? [String(action.value)] : []))
  const tags = [...new Set([...marks.tags, ...values('tag')])].slice(0, tagsMost)
  const strategyId = values('route').at(0) ?? marks.strategyId
  const choices = chosen(marks.choices ?? [], results)
  return {
    ...order,
    policies: { told, tags, strategyId, ...(choices.length === 0 ? {} : { choices }) },
  }
}

/** Who set or chose what first. */
function chosen(before: readonly PolicyChoice[], results: readonly PolicyResult[]): PolicyChoice[] {
  const first = new Map(before.map((choice) => [choice.what, choice]))
  for (const { policyId, part, actions } of results) {
    for (const action of actions) {
      const what = choiceOf(action, part)
      if (what !== null && !first.has(what)) first.set(what, { what, policyId })
    }
  }
  return [...first.values()]
}
