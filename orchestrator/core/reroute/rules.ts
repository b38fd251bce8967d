// The rules of plans that wait for a person. Pure; an expected no is an answer, never thrown.

import { answered, event, refused, type Verdict } from '../decision.ts'
import type { RulesOf } from '../rules.ts'
import type { CoreState } from '../state.ts'
import {
  looseWaitingMost,
  type PlanRecord,
  type PlanState,
  planMovesMost,
  type RerouteCommands,
  waitingPlansMost,
} from './plan.ts'

/** Rules of the commands on plans. */
export const rerouteRules: RulesOf<RerouteCommands> = {
  ProposeReroute: (state, { data, at }) => propose(state, data.plan, at),
  ApproveReroute: (state, { data, at }) =>
    onWaiting(state, data.planId, at, (plan) =>
      at >= plan.expiresAt || isPlanOver(state, plan)
        ? refused('plan_expired', { planId: plan.planId })
        : answered([event('ReroutePlanApproved', { ...data, at })], { planId: plan.planId }),
    ),
  RejectReroute: (state, { data, at }) =>
    onWaiting(state, data.planId, at, ({ planId }) =>
      answered([event('ReroutePlanRejected', { ...data, at })], { planId }),
    ),
  ExpireReroute: (state, { data, at }) =>
    onWaiting(state, data.planId, at, (plan) => {
      const { planId } = plan
      const note = isPlanOver(state, plan) ? { note: 'What it was planned for is over.' } : {}
      const isDue = at >= plan.expiresAt || 'note' in note
      return answered(isDue ? [event('ReroutePlanExpired', { planId, ...note, at })] : [], { planId })
    }),
  FinishReroute: (state, { data, at }) => {
    const plan = state.reroutes.plans.get(data.planId)
    if (plan === undefined) return refused('plan_unknown', { planId: data.planId })
    if (plan.status !== 'approved') return answered([], { planId: plan.planId })
    return answered([event('ReroutePlanDone', { ...data, at })], { planId: plan.planId })
  },
  DropWorkAsk: (state, { data, at }) =>
    answered(state.reroutes.asks.has(data.key) ? [event('WorkAskDropped', { ...data, at })] : [], null),
}

/** Whether there is no reason for it any more: its incident has ended, or what ended it is back. */
export function isPlanOver(
  { incidents }: CoreState,
  { kind, incidentId }: Pick<PlanRecord, 'kind' | 'incidentId'>,
): boolean {
  const incident = incidentId === null ? undefined : incidents.get(incidentId)
  if (incident === undefined) return false
  if (kind === 'recovery') return incident.status !== 'resolved'
  return kind === 'incident' && incident.status === 'resolved'
}

function propose(state: CoreState, plan: PlanRecord, at: number): Verdict {
  const { planId, moves, heldOut = [] } = plan
  if (state.reroutes.plans.has(planId)) return answered([], { planId })
  if (moves.length === 0 || Math.max(moves.length, heldOut.length) > planMovesMost) {
    return refused('plan_size', { moves: moves.length, most: planMovesMost })
  }
  let waiting = 0
  for (const each of state.reroutes.plans.values()) if (each.status === 'proposed') waiting++
  const most = plan.incidentId === null ? looseWaitingMost : waitingPlansMost
  if (waiting >= most) return refused('plans_waiting', { waiting, most })
  return answered([event('ReroutePlanProposed', { plan, at })], { planId })
}

function onWaiting(
  state: CoreState,
  planId: string,
  _at: number,
  then: (plan: PlanState) => Verdict,
): Verdict {
  const plan = state.reroutes.plans.get(planId)
  if (plan === undefined) return refused('plan_unknown', { planId })
  if (plan.status !== 'proposed') return refused('plan_decided', { planId, status: plan.status })
  return then(plan)
}
