// Shapes of incidents and decisions over the API, and of the limits a person sets for reroutes.

import { Type } from 'typebox'
import { metricSeries } from './series.ts'
import { centsInteger, instantText, type Of, oneOf, orNull, pageOf, shape } from './shape.ts'

/** A node that was weighed. */
export const candidate = shape({
  nodeId: Type.String(),
  nodeName: Type.String(),
  carrier: orNull(Type.String()),
  isChosen: Type.Boolean(),
  isFeasible: Type.Boolean(),
  failed: Type.Array(Type.String(), { description: 'constraints it does not meet, in words' }),
  available: orNull(Type.Integer({ description: 'least available units over the lines; null = untracked' })),
  hours: Type.Number({ description: 'expected hours until the customer has it' }),
  terms: Type.Array(shape({ name: Type.String(), cents: centsInteger })),
  totalCents: centsInteger,
})
export type Candidate = Of<typeof candidate>

/** A decision and what it was weighed on. */
export const decision = shape({
  decisionId: Type.String(),
  orderId: Type.String(),
  orderExternalId: Type.String(),
  kind: oneOf(['source', 'reroute'] as const),
  incidentId: orNull(Type.String()),
  fromNodeId: orNull(Type.String()),
  fromNodeName: orNull(Type.String()),
  toNodeId: orNull(Type.String()),
  toNodeName: orNull(Type.String()),
  status: oneOf(['done', 'refused', 'undone', 'held_out'] as const),
  reason: Type.String(),
  decidedAt: instantText,
  costCents: orNull(centsInteger),
  hoursSaved: orNull(Type.Number()),
  currency: Type.String(),
  candidates: Type.Array(candidate),
})
export type Decision = Of<typeof decision>
/** A page of decisions. */
export const decisionPage = pageOf(decision)

const incidentFields = {
  incidentId: Type.String(),
  market: Type.String(),
  status: oneOf(['open', 'acknowledged', 'resolved'] as const),
  severity: Type.Number({ description: '0 to 1' }),
  title: Type.String({ description: 'one sentence' }),
  metric: Type.String(),
  metricTitle: Type.String(),
  unit: Type.String(),
  dimension: Type.String(),
  dimensionValue: Type.String(),
  dimensionTitle: Type.String(),
  openedAt: instantText,
  beganAt: instantText,
  updatedAt: instantText,
  resolvedAt: orNull(instantText),
  acknowledgedBy: orNull(Type.String()),
  value: orNull(Type.Number()),
  expected: orNull(Type.Number()),
  expectedLow: orNull(Type.Number()),
  expectedHigh: orNull(Type.Number()),
  pValue: orNull(Type.Number()),
  model: Type.String(),
  ordersAtRisk: Type.Integer(),
  centsAtRisk: centsInteger,
  currency: Type.String(),
  ordersMoved: Type.Integer(),
  ordersNotMoved: Type.Integer({ description: 'no node could take them, or a limit was reached' }),
  minutesToCutOff: orNull(Type.Integer()),
  causes: Type.Array(shape({ dimension: Type.String(), value: Type.String(), share: Type.Number() })),
}

/** An incident. */
export const incident = shape(incidentFields)
export type Incident = Of<typeof incident>
/** A page of incidents. */
export const incidentPage = pageOf(incident)

/** An incident with its evidence. */
export const incidentDetail = shape({
  ...incidentFields,
  series: orNull(metricSeries),
  decisions: Type.Array(decision),
  timeline: Type.Array(shape({ at: instantText, text: Type.String() })),
})
export type IncidentDetail = Of<typeof incidentDetail>

/** The limits of automatic reroutes. */
export const reroutePolicy = shape({
  mode: oneOf(['on', 'shadow', 'off'] as const),
  minSeverity: Type.Number({ minimum: 0, maximum: 1 }),
  maxMovesPerOrder: Type.Integer({ minimum: 0, maximum: 100 }),
  maxOrdersPerIncident: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  maxExtraCostCents: Type.Integer({ minimum: 0, maximum: 1_000_000_000, description: 'for one order' }),
  holdOutShare: Type.Number({ minimum: 0, maximum: 1, description: 'left in place to measure the effect' }),
})
export type ReroutePolicy = Of<typeof reroutePolicy>
