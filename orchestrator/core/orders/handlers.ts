// How the state of a market follows from events of orders: the table from event to handler. Pure.

import type { HandlersOf } from '../handlers.ts'
import { tallied } from '../incidents/evolve-incident.ts'
import { withMove } from '../reroute/ledger.ts'
import { withAsks, withoutAsks } from '../reroute/work-asks.ts'
import type { CoreState } from '../state.ts'
import type { OrderEvents } from './events.ts'
import { created, imported, stepped } from './evolve-order.ts'
import { type OrderStepType, orderSteps } from './steps.ts'

/** The same step, counted in the tally of the incident that asked for it. */
function withTally<D extends { orderId: string; decision: { incidentId: string | null }; isBack?: true }>(
  isMoved: boolean,
  step: (state: CoreState, data: D) => CoreState,
) {
  return (state: CoreState, data: D): CoreState => {
    const incidentId = data.isBack === true ? null : data.decision.incidentId
    const told = state.orders.get(data.orderId)?.declinedFor ?? []
    const wasTold = incidentId !== null && told.includes(incidentId)
    return tallied(step(state, data), incidentId, { isMoved, wasTold })
  }
}

const steps = Object.fromEntries(
  (Object.keys(orderSteps) as OrderStepType[]).map((type) => [type, stepped(type)]),
) as unknown as HandlersOf<Omit<OrderEvents, 'OrderCreated' | 'OrderImported' | 'OwnStatesDefined'>>

/** The order at its new node, and the move in the ledger of moves. */
function rerouted(state: CoreState, data: OrderEvents['OrderRerouted'] & { at: number }): CoreState {
  const { orderId, fulfillmentOrderId, work, decision, at } = data
  const old = state.orders.get(orderId)?.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
  const next = stepped('OrderRerouted')(state, data)
  const { incidentId, costCents } = decision
  const asking = withAsks(next.reroutes, { ...data, decisionId: decision.decisionId })
  return {
    ...next,
    reroutes: withMove(asking, {
      at,
      fromNodeId: old?.nodeId ?? decision.fromNodeId ?? '',
      toNodeIds: work.map(({ nodeId }) => nodeId),
      incidentId,
      extraCents: Math.max(0, costCents ?? 0),
      isByPerson: data.by !== undefined || data.planId !== undefined,
    }),
  }
}

/** The order at the node it came from, and what providers are to be asked for that. */
function undone(state: CoreState, data: OrderEvents['RerouteUndone'] & { at: number }): CoreState {
  const next = stepped('RerouteUndone')(state, data)
  return { ...next, reroutes: withAsks(withoutAsks(next.reroutes, data.dropped ?? []), data) }
}

/** What events of orders do. */
export const orderHandlers: HandlersOf<OrderEvents> = {
  ...steps,
  OrderCreated: created,
  OrderImported: imported,
  OwnStatesDefined: (state, { states }) => ({ ...state, ownStates: states }),
  OrderRerouted: withTally(true, rerouted),
  RerouteUndone: undone,
  RerouteDeclined: withTally(false, stepped('RerouteDeclined')),
}
