// Plans of reroutes, and what nodes are to be told of a move, as messages show them. It decides nothing.

import type { api } from '#data/contracts'
import type { CoreState, EventData, PlanRecord } from '#orchestrator/core'

type Action = api.HookNodeAction

/** What the nodes of a move are to be told, in this order: each once, by its key. */
export function nodeActions(
  { orderId, fulfillmentOrderId, work, decision }: EventData['OrderRerouted'],
  state: CoreState,
): Action[] {
  const known = state.orders.get(orderId)?.work ?? []
  const old = known.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
  const from = { fulfillmentOrderId, nodeId: old?.nodeId ?? decision.fromNodeId ?? '' }
  return actionsOf(`${state.market}/${decision.decisionId}`, work, [from])
}

/** The same where a move is taken back. */
export function undoneActions(
  { orderId, decisionId, work }: EventData['RerouteUndone'],
  state: CoreState,
): Action[] {
  const known = state.orders.get(orderId)?.work ?? []
  const moved = known.filter((each) => each.decisionId === decisionId && each.replaces !== null)
  return actionsOf(`${state.market}/${decisionId}/undo`, work, moved)
}

type Work = { nodeId: string; fulfillmentOrderId: string }

function actionsOf(key: string, sent: readonly Work[], cancelled: readonly Work[]): Action[] {
  const toldOf =
    (action: Action['action']) =>
    ({ nodeId, fulfillmentOrderId }: Work): Action => {
      const idempotencyKey = `${key}/${action}/${fulfillmentOrderId}`
      return { action, nodeId, fulfillmentOrderId, idempotencyKey }
    }
  return [...sent.map(toldOf('send')), ...cancelled.map(toldOf('cancel'))]
}

/** A plan that waits, as its event tells it. */
export function proposedPlan(plan: PlanRecord): { plan: api.HookPlan } {
  return { plan: viewOf(plan, 'proposed', { decidedBy: null, note: null }) }
}

/** A plan that was decided, of which the event tells the id alone; null where it is not at hand any more. */
export function decidedPlan(
  planId: string,
  status: api.HookPlan['status'],
  state: CoreState,
): { plan: api.HookPlan } | null {
  const plan = state.reroutes.plans.get(planId)
  return plan === undefined ? null : { plan: viewOf(plan, status, plan) }
}

function viewOf(
  plan: PlanRecord,
  status: api.HookPlan['status'],
  { decidedBy, note }: Pick<api.HookPlan, 'decidedBy' | 'note'>,
): api.HookPlan {
  const { planId, kind, incidentId, title, reason, orders, extraCents, hoursSaved, lateAvoided } = plan
  return {
    ...{ planId, kind, incidentId, status, title, reason, orders, extraCents, hoursSaved, lateAvoided },
    currency: plan.currency,
    expiresAt: new Date(plan.expiresAt).toISOString(),
    ...{ decidedBy, note },
    links: null,
  }
}
