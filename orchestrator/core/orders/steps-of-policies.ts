// What the results of policies leave on an order: what was told, tags and a strategy. Pure.

import type { EventData } from '../events.ts'
import { noMarks, resultKey } from '../policies/policy-book.ts'
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
  return { ...order, policies: { told, tags, strategyId } }
}
