// A reroute that a person asks for: one order, to the node they name or to the best one. The core has the last word.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { isMovable } from '#orchestrator/core'
import { type MoveContext, planMove } from '#orchestrator/incidents'

/**
 * Moves the movable work of an order.
 * @returns refused with a reason where it cannot be moved
 * @throws ORDER_UNKNOWN, LOG_UNAVAILABLE
 */
export async function rerouteByHand(
  context: MoveContext,
  orderId: string,
  { toNodeId, commandId }: { toNodeId?: string; commandId?: string },
): Promise<api.CommandAnswer> {
  const { core, now } = context
  const order = core.state().orders.get(orderId)
  if (order === undefined) throw fail('ORDER_UNKNOWN', { orderId })
  const work = order.work.find((each) => isMovable(each) && each.nodeId !== toNodeId)
  const answer = (status: api.CommandAnswer['status'], reason: string | null): api.CommandAnswer => ({
    status,
    reason,
    orderId,
    orderStatus: core.state().orders.get(orderId)?.status ?? order.status,
  })
  const before = commandId === undefined ? null : await core.recall(commandId)
  if (before !== null) return answer(before.status, before.reason)
  if (toNodeId !== undefined && !core.state().nodes.has(toNodeId)) return answer('refused', 'node_unknown')
  if (work === undefined)
    return answer('refused', order.work.some(isMovable) ? 'same_place' : 'nothing_to_move')
  const plan = planMove(order, work, context, {
    decisionId: `${orderId}/hand/${work.fulfillmentOrderId}`,
    incidentId: null,
    maxExtraCents: Number.MAX_SAFE_INTEGER,
    ...(toNodeId === undefined ? {} : { toNodeId }),
  })
  if (plan.assignments === null) return answer('refused', plan.decision.reason)
  const { assignments, decision } = plan
  const { fulfillmentOrderId } = work
  const result = await core.execute(
    'RerouteOrder',
    { orderId, fulfillmentOrderId, assignments, decision: { ...decision, reason: 'moved by hand' } },
    { at: now, ...(commandId === undefined ? {} : { commandId }) },
  )
  return answer(result.status, result.reason)
}
