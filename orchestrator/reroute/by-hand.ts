// A reroute that a person asks for: one order, to the node they name or to the best one, within the limits unless they
// say why not. The core has the last word.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { type FulfillmentOrder, isMovable, type MoveGuard, type Order } from '#orchestrator/core'
import { assignmentOf, Queues, sourceHere } from '#orchestrator/sourcing'
import type { MoveContext } from './context.ts'

/** What a person asks for. */
export interface ByHand {
  toNodeId?: string
  commandId?: string
  /** Who asks; absent = limits are not looked at. */
  by?: string
  /** Why it goes beyond the limits. */
  override?: string
}

/**
 * Moves the movable work of an order.
 * @returns refused with a reason where it cannot be moved
 * @throws ORDER_UNKNOWN, LOG_UNAVAILABLE
 */
export async function rerouteByHand(
  context: MoveContext,
  orderId: string,
  { toNodeId, commandId, by, override }: ByHand,
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
  const plan = planByHand(order, work, context, toNodeId)
  if (plan.work.length === 0) return answer('refused', plan.decision.reason)
  const { fulfillmentOrderId } = work
  const guard: MoveGuard | null =
    by === undefined ? null : { by, ...(override === undefined ? {} : { override }) }
  const reason = override === undefined ? 'moved by hand' : `moved by hand: ${override}`
  const result = await core.execute(
    'RerouteOrder',
    {
      orderId,
      fulfillmentOrderId,
      assignments: plan.work.map(assignmentOf),
      decision: { ...plan.decision, reason },
      ...(guard === null ? {} : { guard }),
    },
    { at: now, ...(commandId === undefined ? {} : { commandId }) },
  )
  return answer(result.status, result.reason)
}

function planByHand(order: Order, work: FulfillmentOrder, context: MoveContext, toNodeId?: string) {
  const { core, worlds, now } = context
  const state = core.state()
  const here = { worlds, state, now }
  // To stay is to keep its turn at its node, as for moves by themselves.
  return sourceHere(new Queues(here).asked(order, work), here, {
    decisionId: `${order.orderId}/hand/${work.fulfillmentOrderId}`,
    incidentId: null,
    ...(toNodeId === undefined ? {} : { toNodeId }),
  })
}
