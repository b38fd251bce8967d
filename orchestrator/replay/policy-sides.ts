// The two sides of a replay of a policy: the policies in force, and the same with the draft in the place of its
// published version. Where tiles of flows name it, orders go through the flows on both sides.

import type { api } from '#data/contracts'
import { policiesInForce } from '#orchestrator/core'
import type { FlowPlan } from '#orchestrator/flows'
import { policiesAt } from '#orchestrator/policies'
import { type FlowPlace, orderPlans, pathThrough } from './flow-sides.ts'
import type { ReplaySides } from './run.ts'

/** Both sides of a draft. */
export function policySides(draft: api.OrderPolicyDraft, place: FlowPlace): ReplaySides {
  const { state, now } = place
  const others = policiesInForce(state.policyBook).filter(({ policyId }) => policyId !== draft.policyId)
  const at = new Date(now).toISOString()
  const drafted: api.OrderPolicy = {
    ...draft,
    ...{ version: 0, status: 'published', draftedAt: at, draftedBy: 'replay', publishedAt: at },
    ...{ publishedBy: 'replay', replayId: null, retiredAt: null, retiredBy: null },
  }
  const tried = { ...state, policyBook: { policies: [...others, drafted] } }
  const sides: ReplaySides = {
    before: (point) => policiesAt(state, point),
    after: (point) => policiesAt(tried, point),
  }
  const plans = orderPlans(state)
  if (!plans.some((plan) => isNamedBy(plan, draft.policyId))) return sides
  const places = { before: place, after: { ...place, state: tried } }
  return {
    ...sides,
    pathOf: (came, order, side, facts) => pathThrough(plans, { came, order }, places[side], facts),
  }
}

/** Whether a tile of the flow asks the policy. */
function isNamedBy({ tiles }: FlowPlan, policyId: string): boolean {
  return [...tiles.values()].some(
    (tile) =>
      ('filter' in tile && tile.filter === policyId) ||
      ('policies' in tile && tile.policies?.includes(policyId) === true),
  )
}
