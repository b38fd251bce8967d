// A person's answer to a plan: approve or reject, at the dashboard, over the API or by a link. What follows on an
// approval is done at once and by later rounds.

import { fail } from '#data/kernel'
import type { Core, PlanState } from '#orchestrator/core'
import { type LinkClaim, readLink } from './links.ts'

/** An answer. */
export interface PlanAnswer {
  planId: string
  answer: LinkClaim['answer']
  by: string
  note: string | null
  /** Epoch ms of the market. */
  at: number
  commandId: string
}

/**
 * Decides a plan.
 * @returns the plan after that
 * @throws REROUTE_PLAN_UNKNOWN, REROUTE_PLAN_DECIDED, REROUTE_PLAN_EXPIRED, LOG_UNAVAILABLE
 */
export async function decidePlan(core: Core, asked: PlanAnswer): Promise<PlanState> {
  const { planId, answer, by, note, at, commandId } = asked
  const type = answer === 'approve' ? 'ApproveReroute' : 'RejectReroute'
  const result = await core.execute(type, { planId, by, note }, { at, commandId })
  const plan = core.state().reroutes.plans.get(planId)
  if (plan === undefined || result.reason === 'plan_unknown') throw fail('REROUTE_PLAN_UNKNOWN', { planId })
  if (result.reason === 'plan_expired' || (result.status === 'refused' && plan.status === 'expired')) {
    throw fail('REROUTE_PLAN_EXPIRED', { planId })
  }
  if (result.status === 'refused') throw fail('REROUTE_PLAN_DECIDED', { planId, status: plan.status })
  return plan
}

/**
 * Decides a plan by a link.
 * @throws REROUTE_LINK_INVALID, REROUTE_LINK_USED, REROUTE_PLAN_EXPIRED, REROUTE_PLAN_UNKNOWN, LOG_UNAVAILABLE
 */
export async function decideByLink(
  core: Core,
  { secret, token, at, commandId: asked }: { secret: string; token: string; at: number; commandId: string },
): Promise<PlanState> {
  const claim = readLink(secret, token)
  const { planId, answer, expiresAt, by } = claim
  const commandId = `${asked}/${planId}/${answer}`
  if (claim.market !== core.market) throw fail('REROUTE_PLAN_UNKNOWN', { planId })
  const plan = core.state().reroutes.plans.get(planId)
  // The same request again gets the same answer.
  const before = await core.recall(commandId)
  if (before !== null && before.status !== 'refused' && plan !== undefined) return plan
  if (plan !== undefined && plan.status !== 'proposed' && plan.status !== 'expired') {
    throw fail('REROUTE_LINK_USED', { planId, status: plan.status })
  }
  if (at >= expiresAt) throw fail('REROUTE_PLAN_EXPIRED', { planId })
  return decidePlan(core, { planId, answer, by, note: 'by a link', at, commandId })
}
