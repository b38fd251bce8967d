// Whether policies would have moved planned work of the past while incidents touched it. It plans no move.

import type { CoreState, FulfillmentOrder, Order } from '#orchestrator/core'
import { untouchedWork } from '#orchestrator/core'
import { type FactsContext, judge, rerouteRefused, reroutesWanted } from '#orchestrator/policies'
import type { SourcingPlan } from '#orchestrator/sourcing'
import type { Course, Policies } from './course.ts'
import { incidentsBetween } from './past-orders.ts'

/** How long after it was placed work counts as movable, ms. */
const movableMs = 3 * 86_400_000

/** The order with the work that was planned for it on a side. */
export function withPlannedWork(order: Order, { work }: SourcingPlan): Order {
  return {
    ...order,
    stage: 'sourced',
    status: 'sourced',
    work: work.map((piece, i): FulfillmentOrder => {
      const { nodeId, carrierId, serviceId, dispatchAt, lines } = piece
      return {
        ...untouchedWork,
        fulfillmentOrderId: `${order.orderId}/replay/${i}`,
        nodeId,
        carrier: carrierId,
        ...(serviceId === null ? {} : { service: serviceId }),
        isReserved: true,
        sourcedAt: order.placedAt,
        releasedAt: order.placedAt,
        shipBy: dispatchAt,
        lines: lines.map(({ lineId, quantity }) => ({
          ...{ lineId, quantity, short: 0, shipped: 0, delivered: 0 },
          sku: order.lines.find((line) => line.lineId === lineId)?.sku ?? '',
        })),
      }
    }),
  }
}

/** Facts where the risk of planned work is that of its plan. */
export function withPlannedRisk(context: FactsContext, { work }: SourcingPlan): FactsContext {
  return {
    ...context,
    riskOf: (_, { fulfillmentOrderId }) => {
      const at = Number(fulfillmentOrderId.slice(fulfillmentOrderId.lastIndexOf('/') + 1))
      return work[at]?.lateRisk ?? 0
    },
  }
}

/** Why a policy would have moved work of the order, null where none would. */
export function rerouteOf(
  course: Course,
  policies: Policies,
  { state, contextAt }: { state: CoreState; contextAt(at: number): FactsContext },
): string | null {
  const asked = policies('reroute')
  if (asked.length === 0) return null
  const { order } = course
  const times = new Set(
    incidentsBetween(state, order.placedAt, order.placedAt + movableMs).map(({ openedAt }) =>
      Math.max(order.placedAt, openedAt),
    ),
  )
  times.add(order.placedAt)
  for (const at of [...times].sort((a, b) => a - b)) {
    const said = judge(asked, order, contextAt(at))
    for (const { policy } of said) course.speakers.add(policy.policyId)
    const against = rerouteRefused(said)
    if (against !== null) continue
    const [wanted] = reroutesWanted(said, order).values()
    if (wanted !== undefined) return wanted.why
  }
  return null
}
