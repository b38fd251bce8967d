// What policies before reroutes would have said of planned work of the past while incidents touched it, and whether
// they would have moved it. It plans no move.

import type { CoreState, FulfillmentOrder, Order } from '#orchestrator/core'
import { untouchedWork } from '#orchestrator/core'
import { type FactsContext, judge, rerouteRefused, reroutesWanted } from '#orchestrator/policies'
import type { SourcingPlan } from '#orchestrator/sourcing'
import { type Course, hear, type Policies } from './course.ts'
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

/** Why a policy would have moved work of the order, null where none would; what they note and tag is on its course. */
export function rerouteOf(
  course: Course,
  policies: Policies,
  { state, contextAt }: { state: CoreState; contextAt(at: number): FactsContext },
): string | null {
  const asked = policies('reroute')
  if (asked.length === 0) return null
  const { placedAt } = course.order
  const times = new Set(
    incidentsBetween(state, placedAt, placedAt + movableMs).map(({ openedAt }) =>
      Math.max(placedAt, openedAt),
    ),
  )
  times.add(placedAt)
  for (const at of [...times].sort((a, b) => a - b)) {
    const context = contextAt(at)
    const { order } = course
    const said = judge(asked, order, context)
    // A filter that fails keeps work where it is, and holds nothing.
    hear(course, said, context)
    const against = rerouteRefused(said)
    if (against !== null) continue
    const [wanted] = reroutesWanted(said, order).values()
    if (wanted !== undefined) return wanted.why
  }
  return null
}
