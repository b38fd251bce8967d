// Which orders are worth more in time than their strategy says: those that what is seen now makes late, up to what a
// person lets a move cost. It prices nothing but lateness, and moves nothing.

import { type CoreState, limitsOf } from '#orchestrator/core'
import type { SourcingOrder, Urgency } from '../world.ts'

/**
 * The urgency of orders; null where a move may cost nothing or anything.
 * @param isUrgent whether what is seen now is why an order would be late
 */
export function urgencyOf(
  { policy }: Pick<CoreState, 'policy'>,
  isUrgent: (order: SourcingOrder) => boolean,
): Urgency | null {
  const lateOrderCents = limitsOf(policy).maxExtraCostCents
  return Number.isFinite(lateOrderCents) && lateOrderCents > 0 ? { lateOrderCents, isUrgent } : null
}
