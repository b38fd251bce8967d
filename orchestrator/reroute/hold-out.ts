// The share of orders that stays where it is, so that the effect of reroutes can be measured. The same orders every
// time: it draws no lots.

import { createHash } from 'node:crypto'
import type { DecisionRecord, Incident, Order, RerouteLimits } from '#orchestrator/core'

/** Whether an order is in the share that stays: the same answer for every incident, so that it is never moved. */
export function isHeldOut(orderId: string, share: number): boolean {
  const digest = createHash('sha256').update(`held out/${orderId}`).digest()
  return digest.readUInt32BE(0) / 2 ** 32 < share
}

/**
 * Whether an order is left in place for an incident: nobody where safety is at stake, and who was left before stays so.
 * @param incident null = moves without one
 */
export function isLeftInPlace(
  { orderId, heldOutFor = [] }: Pick<Order, 'orderId' | 'heldOutFor'>,
  incident: Pick<Incident, 'incidentId' | 'metric'> | null,
  { safetyMetrics, holdOutShare }: Pick<RerouteLimits, 'safetyMetrics' | 'holdOutShare'>,
): boolean {
  if (incident !== null && safetyMetrics.includes(incident.metric)) return false
  return heldOutFor.includes(incident?.incidentId ?? null) || isHeldOut(orderId, holdOutShare)
}

/** Whether work stays to measure, and for nothing else. */
export function isForMeasure({ decision }: { decision: Pick<DecisionRecord, 'status'> }): boolean {
  return decision.status === 'held_out'
}

/** Something that was weighed. */
interface Weighed {
  decision: Pick<DecisionRecord, 'gainCents'>
}

/** Of work that stays to measure, what would have gone with these moves: it gains as much as the least of them. */
export function leftWith<T extends Weighed>(heldOut: readonly T[], moves: readonly Weighed[]): T[] {
  const least = moves.reduce(
    (less, { decision }) => Math.min(less, decision.gainCents ?? 0),
    Number.POSITIVE_INFINITY,
  )
  return heldOut.filter(({ decision }) => (decision.gainCents ?? 0) >= least)
}
