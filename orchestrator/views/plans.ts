// Plans that wait for a person, and those that were decided, as the API shows them. It changes nothing.

import type { api } from '#data/contracts'
import type { PlanState } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'

/** Which plans. */
export interface PlanQuery {
  status?: api.ReroutePlan['status']
  incident?: string
}

/** Plans, those that wait first, then the newest. */
export function listPlans(engine: Engine, { status, incident }: PlanQuery): api.ReroutePlan[] {
  const plans = [...engine.core.state().reroutes.plans.values()].filter(
    (plan) =>
      (status === undefined || plan.status === status) &&
      (incident === undefined || plan.incidentId === incident),
  )
  const waits = (plan: PlanState) => (plan.status === 'proposed' ? 0 : 1)
  plans.sort((a, b) => waits(a) - waits(b) || b.proposedAt - a.proposedAt || (a.planId < b.planId ? -1 : 1))
  return plans.map((plan) => planView(engine, plan))
}

/** A plan with its moves; null where there is none. */
export function getPlan(engine: Engine, planId: string): api.ReroutePlanDetail | null {
  const state = engine.core.state()
  const plan = state.reroutes.plans.get(planId)
  if (plan === undefined) return null
  const name = (nodeId: string) => state.nodes.get(nodeId)?.name ?? nodeId
  const moves = plan.moves.map(({ orderId, fulfillmentOrderId, fromNodeId, assignments, decision }) => {
    const [{ nodeId: toNodeId = '', carrier = null } = {}] = assignments
    return {
      ...{ orderId, fulfillmentOrderId, fromNodeId, toNodeId, carrier },
      orderExternalId: state.orders.get(orderId)?.externalId ?? orderId,
      fromNodeName: name(fromNodeId),
      toNodeName: name(toNodeId),
      moreNodes: Math.max(0, assignments.length - 1),
      extraCents: decision.costCents ?? 0,
      hoursSaved: decision.hoursSaved ?? 0,
      riskBefore: decision.riskBefore ?? null,
      riskAfter: decision.riskAfter ?? null,
    }
  })
  return { ...planView(engine, plan), moves }
}

/** A plan without its moves. */
export function planView(engine: Engine, plan: PlanState): api.ReroutePlan {
  const { planId, kind, incidentId, status, title, reason, orders, extraCents, hoursSaved } = plan
  const { lateAvoided, currency, decidedBy, note, moved, notMoved } = plan
  return {
    ...{ planId, kind, incidentId, status, title, reason, orders, extraCents, hoursSaved, lateAvoided },
    ...{ currency, decidedBy, note, moved, notMoved },
    market: engine.market,
    haltedBy: haltOf(plan, engine.core.state().policy),
    proposedAt: isoOf(plan.proposedAt),
    expiresAt: isoOf(plan.expiresAt),
    decidedAt: plan.decidedAt === null ? null : isoOf(plan.decidedAt),
  }
}

/** Why nothing of a plan that has not ended is done for now, null where it is. */
function haltOf({ status }: PlanState, { isStopped, mode }: api.ReroutePolicy): api.ReroutePlan['haltedBy'] {
  if (status !== 'proposed' && status !== 'approved') return null
  if (isStopped === true) return 'stopped'
  return mode === 'off' || mode === 'shadow' ? mode : null
}

function isoOf(at: number): string {
  return new Date(at).toISOString()
}
