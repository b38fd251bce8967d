// What comes of what policies said of an order, all of it in one verdict: it is changed and held where they say so, it
// is noted once, and marks stay on the order. Pure; whoever evaluated them stands elsewhere.

import type { CommandData } from '../commands.ts'
import { done, event, type Verdict } from '../decision.ts'
import type { CoreEvent } from '../events.ts'
import { noMarks, resultKey } from '../policies/policy-book.ts'
import type { CoreState } from '../state.ts'
import { eventsOfHold } from './decide-cancel.ts'
import { eventsOfEdit, problemOfVersion } from './decide-edit.ts'
import { isEnded, type Order } from './order.ts'
import { after, settled } from './settle.ts'

/**
 * Results that were told before are left out; edits and holds count only with a result that is new. All is refused
 * where the order is another than the edits were made for, or one of them cannot be any more.
 */
export function applyPolicies(
  order: Order,
  data: CommandData['ApplyPolicies'],
  at: number,
  state: CoreState,
): Verdict {
  const { orderId } = order
  const { point, results, holds, edits = [], version = null } = data
  if (isEnded(order)) return done([], order)
  const { told } = order.policies ?? noMarks
  const fresh = results.filter((result) => !told.includes(resultKey(point, result)))
  if (fresh.length === 0) return done([], order)
  const late = problemOfVersion(order, version)
  if (late !== null) return late
  const events: CoreEvent[] = []
  for (const edit of edits) {
    const changed = eventsOfEdit(after(state, order, events), edit, at)
    if (!Array.isArray(changed)) return changed as Verdict
    events.push(...changed)
  }
  events.push(event('PoliciesApplied', { orderId, point, results: fresh, at }))
  for (const { lineIds, reason } of holds) {
    const held = eventsOfHold(after(state, order, events), { orderId, lineIds, reason }, at)
    if (Array.isArray(held)) events.push(...held)
  }
  return settled(state, order, events, at)
}
