// An incident as a notice tells it. It decides nothing.

import type { Incident, NoticedIncident } from '#orchestrator/core'

/**
 * What a notice says of an incident: as it stands now, so that the message needs nothing else.
 * @param cutOffAt next cut-off of its node, epoch ms
 */
export function noticed(
  incident: Incident,
  cutOffAt: number | null,
  reasons: readonly string[],
): NoticedIncident {
  const { incidentId, title, status, severity, metric, dimension, dimensionValue, model } = incident
  const { beganAt, openedAt, resolvedAt, value, expected, expectedLow, expectedHigh, pValue } = incident
  const { ordersAtRisk, centsAtRisk, currency, owner, acknowledgedBy, isFlapping } = incident
  const { ordersMoved, ordersNotMoved, endedBecause } = incident
  return {
    ...{ incidentId, title, status, severity, metric, dimension, dimensionValue, model },
    ...{ beganAt, openedAt, resolvedAt, value, expected, expectedLow, expectedHigh, pValue },
    ...{ ordersAtRisk, centsAtRisk, currency, cutOffAt, owner, acknowledgedBy, isFlapping },
    ...{ ordersMoved, ordersNotMoved, endedBecause, reasons },
    causes: incident.causes.slice(0, 10).map(({ dimension: along, value: slice, share }) => ({
      dimension: along,
      value: slice,
      share,
    })),
  }
}
