// The share of orders that stays where it is, so that the effect of reroutes can be measured. The same orders every
// time: it draws no lots.

import { createHash } from 'node:crypto'
import type { Incident, RerouteLimits } from '#orchestrator/core'

/** Whether an order is in the share that stays: the same answer for every incident, so that it is never moved. */
export function isHeldOut(orderId: string, share: number): boolean {
  const digest = createHash('sha256').update(`held out/${orderId}`).digest()
  return digest.readUInt32BE(0) / 2 ** 32 < share
}

/** The share for an incident: none where safety is at stake. */
export function holdOutOf(limits: RerouteLimits, incident: Pick<Incident, 'metric'> | null): number {
  return incident !== null && limits.safetyMetrics.includes(incident.metric) ? 0 : limits.holdOutShare
}
