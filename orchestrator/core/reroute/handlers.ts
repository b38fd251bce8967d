// How the state follows from events of plans, and of what providers are asked for moves. Pure.

import type { HandlersOf } from '../handlers.ts'
import { put } from '../orders/evolve-order.ts'
import type { PersistentMap } from '../persistent/map.ts'
import type { CoreState } from '../state.ts'
import { endedPlansMost, type PlanState, type RerouteEvents, riskName } from './plan.ts'
import { withoutAsks } from './work-asks.ts'

/** What events of plans do. */
export const rerouteHandlers: HandlersOf<RerouteEvents> = {
  ReroutePlanProposed: (state, { plan, at }) =>
    withPlan(state, {
      ...plan,
      status: 'proposed',
      proposedAt: at,
      ...{ decidedAt: null, decidedBy: null, note: null, moved: 0, notMoved: 0 },
    }),
  ReroutePlanApproved: (state, { planId, by, note, at }) =>
    changed(state, planId, { status: 'approved', decidedAt: at, decidedBy: by, note }),
  ReroutePlanRejected: (state, { planId, by, note, at }) => {
    const plan = state.reroutes.plans.get(planId)
    const left = plan?.kind === riskName ? leftInPlace(state, plan) : state
    return changed(left, planId, { status: 'rejected', decidedAt: at, decidedBy: by, note, ...nothingLeft })
  },
  ReroutePlanExpired: (state, { planId, note = null, at }) =>
    changed(state, planId, { status: 'expired', decidedAt: at, note, ...nothingLeft }),
  ReroutePlanDone: (state, { planId, moved, notMoved }) =>
    changed(state, planId, { status: 'done', moved, notMoved, ...nothingLeft }),
  WorkAskDropped: (state, { key }) => ({ ...state, reroutes: withoutAsks(state.reroutes, [key]) }),
}

/** Of a plan that has ended. */
const nothingLeft = { moves: [], heldOut: [] }

/** Orders that are not moved though they may come too late. */
function leftInPlace(state: CoreState, { moves, heldOut = [] }: PlanState): CoreState {
  return [...moves, ...heldOut].reduce((all, { orderId }) => {
    const order = all.orders.get(orderId)
    if (order === undefined || order.declinedFor.includes(riskName)) return all
    return put(all, { ...order, declinedFor: [...order.declinedFor, riskName] })
  }, state)
}

function changed(state: CoreState, planId: string, change: Partial<PlanState>): CoreState {
  const plan = state.reroutes.plans.get(planId)
  return plan === undefined ? state : withPlan(state, { ...plan, ...change })
}

function withPlan(state: CoreState, plan: PlanState): CoreState {
  const plans = withoutOldest(state.reroutes.plans.set(plan.planId, plan))
  return { ...state, reroutes: { ...state.reroutes, plans } }
}

function withoutOldest(plans: PersistentMap<string, PlanState>): PersistentMap<string, PlanState> {
  if (plans.size <= endedPlansMost) return plans
  const all = [...plans.values()]
  // A person's no is not pushed out by what ended otherwise.
  const kinds = [
    all.filter(({ status }) => status === 'rejected'),
    all.filter(({ status }) => status === 'done' || status === 'expired'),
  ]
  return kinds.reduce((left, ended) => {
    const [oldest] = ended.sort((a, b) => a.proposedAt - b.proposedAt || (a.planId < b.planId ? -1 : 1))
    return ended.length <= endedPlansMost || oldest === undefined ? left : left.delete(oldest.planId)
  }, plans)
}
