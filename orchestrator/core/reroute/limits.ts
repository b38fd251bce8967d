// The limits of reroutes with what a person left out filled in. It counts nothing.

import type { api } from '#data/contracts'

/** Limits; Infinity = none, 0 = nothing at all. Times are ms. */
export interface RerouteLimits {
  mode: api.ReroutePolicy['mode']
  /** Nothing moves by itself. */
  isStopped: boolean
  minSeverity: number
  maxMovesPerOrder: number
  maxOrdersPerIncident: number
  /** Of one order. */
  maxExtraCostCents: number
  holdOutShare: number
  maxMovesPerHour: number
  maxMovesPerNodeHour: number
  maxIncidentCostCents: number
  maxDayCostCents: number
  coolDownMs: number
  pairCoolDownMs: number
  minGainCents: number
  /** Null = what Detour holds for sure. */
  minLateRisk: number | null
  approveAboveOrders: number
  approveAboveCents: number
  approvalMs: number
  safetyMetrics: readonly string[]
  movesBack: boolean
  looksAhead: boolean
}

const minuteMs = 60_000
const approvalMinutes = 240

/** The limits of a policy; policies of earlier versions had fewer. */
export function limitsOf(policy: api.ReroutePolicy): RerouteLimits {
  const most = (limit: number | null | undefined) => limit ?? Number.POSITIVE_INFINITY
  return {
    mode: policy.mode,
    isStopped: policy.isStopped ?? false,
    minSeverity: policy.minSeverity,
    maxMovesPerOrder: policy.maxMovesPerOrder,
    maxOrdersPerIncident: policy.maxOrdersPerIncident,
    maxExtraCostCents: policy.maxExtraCostCents,
    holdOutShare: policy.holdOutShare,
    maxMovesPerHour: most(policy.maxMovesPerHour),
    maxMovesPerNodeHour: most(policy.maxMovesPerNodeHour),
    maxIncidentCostCents: most(policy.maxIncidentCostCents),
    maxDayCostCents: most(policy.maxDayCostCents),
    coolDownMs: (policy.coolDownMinutes ?? 0) * minuteMs,
    pairCoolDownMs: (policy.pairCoolDownMinutes ?? 0) * minuteMs,
    minGainCents: policy.minGainCents ?? 0,
    minLateRisk: policy.minLateRisk ?? null,
    approveAboveOrders: most(policy.approveAboveOrders),
    approveAboveCents: most(policy.approveAboveCents),
    approvalMs: (policy.approvalMinutes ?? approvalMinutes) * minuteMs,
    safetyMetrics: policy.safetyMetrics ?? [],
    movesBack: policy.movesBack ?? false,
    looksAhead: policy.looksAhead ?? true,
  }
}
