// What comes of what policies said of an order: it is noted once, marks stay on the order, and it is held where they
// say so. Pure; whoever evaluated them stands elsewhere.

import type { CommandData } from '../commands.ts'
import { done, event, type Verdict } from '../decision.ts'
import { noMarks, resultKey } from '../policies/policy-book.ts'
import type { CoreState } from '../state.ts'
import { eventsOfHold } from './decide-cancel.ts'
import { isEnded, type Order } from './order.ts'
import { after, settled } from './settle.ts'

/** Results that were told before are left out; holds count only with a result that is new. */
export function applyPolicies(
  order: Order,
  data: CommandData['ApplyPolicies'],
  at: number,
  state: CoreState,
): Verdict {
  const { orderId } = order
  const { point, results, holds } = data
  if (isEnded(order)) return done([], order)
  const { told } = order.policies ?? noMarks
  const fresh = results.filter((result) => !told.includes(resultKey(point, result)))
  if (fresh.length === 0) return done([], order)
  const events = [event('PoliciesApplied', { orderId, point, results: fresh, at })]
  for (const { lineIds, reason } of holds) {
    const held = eventsOfHold(after(state, order, events), { orderId, lineIds, reason }, at)
    if (Array.isArray(held)) events.push(...held)
  }
  return settled(state, order, events, at)
}
