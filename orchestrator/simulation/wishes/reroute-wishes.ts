// What is asked of plans of reroutes: proposed, decided, overdue and finished, also those that are not there or were
// decided before. It decides nothing.

import { type CommandData, type DecisionRecord, isMovable, type PlanState, unitsOf } from '#orchestrator/core'
import { anyWork, chance, nodeIds, oneOf, type View, type WishesOf } from './view.ts'

type RerouteWishes = Pick<
  CommandData,
  'ProposeReroute' | 'ApproveReroute' | 'RejectReroute' | 'ExpireReroute' | 'FinishReroute' | 'DropWorkAsk'
>

/** Makers of the data of commands on plans of reroutes. */
export const rerouteWishes: WishesOf<RerouteWishes> = {
  ProposeReroute: (view) => {
    const found = anyWork(view, isMovable)
    if (found === null) return null
    const { order, work } = found
    const nodeId = view.random.pick(nodeIds)
    const lines = work.lines.map((line) => ({ lineId: line.lineId, quantity: Math.max(1, unitsOf(line)) }))
    const { orderId } = order
    const { fulfillmentOrderId } = work
    const decision: DecisionRecord = {
      ...{ decisionId: `${orderId}/plan/${fulfillmentOrderId}`, kind: 'reroute', incidentId: null },
      ...{ fromNodeId: work.nodeId, toNodeId: nodeId, status: 'done', reason: 'a plan' },
      ...{ costCents: 10, hoursSaved: 1, candidates: [] },
    }
    const assignments = [{ nodeId, carrier: 'SwiftPost', shipBy: null, lines }]
    return {
      plan: {
        ...{
          planId: `plan-${view.fresh()}`,
          kind: 'risk',
          incidentId: null,
          title: 'Move',
          reason: 'a look',
        },
        ...{ orders: 1, extraCents: 10, hoursSaved: 1, lateAvoided: 0.5, currency: order.currency },
        expiresAt: view.now + view.random.int(0, 7_200_000),
        moves: [{ orderId, fulfillmentOrderId, fromNodeId: work.nodeId, assignments, decision }],
      },
    }
  },
  ApproveReroute: (view) => onPlan(view, ({ planId }) => ({ planId, by: 'somebody', note: null })),
  RejectReroute: (view) => onPlan(view, ({ planId }) => ({ planId, by: 'somebody', note: 'no' })),
  ExpireReroute: (view) => onPlan(view, ({ planId }) => ({ planId })),
  FinishReroute: (view) => onPlan(view, ({ planId }) => ({ planId, moved: 1, notMoved: 0 })),
  DropWorkAsk: (view) => {
    const ask = oneOf(view, [...view.state.reroutes.asks.values()])
    return ask === null ? null : { orderId: ask.orderId, key: ask.key, reason: 'nobody is asked there' }
  },
}

function onPlan<R>(view: View, make: (plan: Pick<PlanState, 'planId'>) => R): R | null {
  if (chance(view, 10)) return make({ planId: 'plan-none' })
  const plan = oneOf(view, [...view.state.reroutes.plans.values()])
  return plan === null ? null : make(plan)
}
