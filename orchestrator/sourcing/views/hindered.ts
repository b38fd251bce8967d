// Whether what is seen now is why an order would come late: its cheapest way as things are is held against the one it
// would have gone as they usually are. It prices nothing and moves nothing.

import { openSession, type SourcingSession } from '../model/session.ts'
import { solveAlone } from '../model/solve-alone.ts'
import type { SourcingOrder, SourcingWorld } from '../world.ts'

/** By so much an order must be more likely to be late than it would have been. */
const riskMore = 0.04

/**
 * Tells of orders whether they are hindered; each world is opened once, with the first that is asked about.
 * @param hindered the world as it is, where no order is worth more than its strategy says
 * @param usual the same without incidents and queues
 */
export function hinderedBy(
  hindered: () => SourcingWorld,
  usual: () => SourcingWorld,
): (order: SourcingOrder) => boolean {
  let now: SourcingSession | null = null
  let then: SourcingSession | null = null
  return (order) => {
    if (order.promisedAt === null) return false
    now ??= openSession(hindered())
    const risk = riskOf(order, now)
    if (risk < riskMore) return false
    then ??= openSession(usual())
    return risk - riskOf(order, then) >= riskMore
  }
}

/** Probability that an order is not complete in time by its cheapest way. */
function riskOf(order: SourcingOrder, session: SourcingSession): number {
  const { plan } = solveAlone(order, session, {})
  if (plan.left.length > 0) return 1
  return 1 - plan.pieces.reduce((kept, { work }) => kept * (1 - (work.lateRisk ?? 0)), 1)
}
