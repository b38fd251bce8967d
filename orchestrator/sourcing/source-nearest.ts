// The baseline that sourcing is measured by: each order in turn from the nearest node that has all of it, on its
// cheapest way; where there is none, each line from the nearest nodes that have some. It explains nothing.

import { buildProblem } from './model/build.ts'
import { readPlan } from './model/plans.ts'
import type { SourcingSession } from './model/session.ts'
import { greedyNearest } from './solve/greedy.ts'
import type { SourcingOrder, SourcingPlan, SourcingWorld } from './world.ts'

/** How orders would go by distance alone. */
export interface NearestPlan {
  /** As the orders; what has no node is not explained. */
  plans: readonly (Pick<SourcingPlan, 'orderId' | 'work' | 'costCents'> & { unservedUnits: number })[]
  /** With the price of what has no node. */
  costCents: number
}

/** Each order in turn from the nearest node, under the same constraints and at the same prices as `sourceBatch`. */
export function sourceNearest(
  orders: readonly SourcingOrder[],
  world: SourcingWorld | SourcingSession,
): NearestPlan {
  const model = buildProblem(orders, world, { isEveryDay: true })
  const answers = greedyNearest(model.problem).orders
  let costCents = 0
  const plans = model.orders.map((order, i) => {
    const answer = answers[i]
    if (answer === undefined) throw new Error(`order ${order.order.orderId} has no answer`)
    const { pieces, costCents: paid } = readPlan(order, answer)
    const unservedUnits = answer.unserved.reduce((sum, units) => sum + units, 0)
    costCents += paid + (unservedUnits === 0 ? 0 : unservedUnits * order.solver.unservedCost)
    return {
      orderId: order.order.orderId,
      work: pieces.map(({ work }) => work),
      costCents: paid,
      unservedUnits,
    }
  })
  return { plans, costCents }
}
