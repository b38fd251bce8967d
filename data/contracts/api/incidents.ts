// Shapes of incidents and decisions over the API, and of the limits a person sets for reroutes.

import { Type } from 'typebox'
import { guardrailFields } from './reroute.ts'
import { metricSeries } from './series.ts'
import { centsInteger, instantText, type Of, oneOf, orNull, pageOf, shape } from './shape.ts'

/** A constraint as it stood for a node that was weighed. */
export const candidateConstraint = shape({
  name: Type.String({ description: 'e.g. max_distance, capacity, promise' }),
  kind: oneOf(['hard', 'soft'] as const),
  isMet: Type.Boolean(),
  value: orNull(Type.Number({ description: 'what was seen, in `unit`' })),
  limit: orNull(Type.Number({ description: 'what was asked, in `unit`' })),
  slack: orNull(Type.Number({ description: 'how far it is from failing; below 0 = by how much it fails' })),
  unit: orNull(Type.String()),
})
export type CandidateConstraint = Of<typeof candidateConstraint>

const latitude = () => orNull(Type.Number({ minimum: -90, maximum: 90 }))
const longitude = () => orNull(Type.Number({ minimum: -180, maximum: 180 }))

/** A node that was weighed; what decisions before sourcing by strategies did not note is null. */
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
  serviceId: orNull(Type.String()),
  dispatchAt: orNull(instantText),
  arrivesAt: orNull(instantText),
  lateRisk: orNull(Type.Number({ description: 'probability of missing the promise, null without one' })),
  distanceKm: orNull(Type.Number()),
  co2Grams: orNull(Type.Integer()),
  constraints: orNull(Type.Array(candidateConstraint)),
  lineIds: orNull(Type.Array(Type.String(), { description: 'lines it was weighed for; null = all' })),
  latitude: latitude(),
  longitude: longitude(),
})
export type Candidate = Of<typeof candidate>

/** Where units of a line went, and why. */
export const decisionLine = shape({
  lineId: Type.String(),
  quantity: Type.Integer(),
  nodeId: orNull(Type.String({ description: 'null = nowhere' })),
  nodeName: orNull(Type.String()),
  reason: Type.String(),
})
export type DecisionLine = Of<typeof decisionLine>

/** What would have to be different for another node to win. */
export const counterfactual = shape({
  nodeId: Type.String(),
  nodeName: Type.String(),
  kind: Type.String({ description: 'cut_off, stock, cost, distance or capacity' }),
  amount: Type.Number({ description: 'by how much, in `unit`' }),
  unit: Type.String(),
  text: Type.String({ description: 'one sentence' }),
})
export type Counterfactual = Of<typeof counterfactual>

/** A decision and what it was weighed on; what was not noted before sourcing by strategies is null. */
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
  strategyId: orNull(Type.String()),
  strategyVersion: orNull(Type.Integer()),
  /** exact = best for this order alone, batch = together with others. */
  method: orNull(oneOf(['exact', 'batch'] as const)),
  gap: orNull(Type.Number({ description: 'of a batch: how far it may be from its optimum, 0 to 1' })),
  otherCount: orNull(Type.Integer({ description: 'nodes weighed that are not among the candidates' })),
  lines: orNull(Type.Array(decisionLine)),
  runnerUpNodeId: orNull(Type.String()),
  runnerUpNodeName: orNull(Type.String()),
  counterfactuals: orNull(Type.Array(counterfactual)),
  /** Where the order goes, as near as it is known. */
  destinationLatitude: latitude(),
  destinationLongitude: longitude(),
})
export type Decision = Of<typeof decision>
/** A page of decisions. */
export const decisionPage = pageOf(decision)

const incidentFields = {
  incidentId: Type.String(),
  market: Type.String(),
  status: oneOf(['open', 'acknowledged', 'snoozed', 'merged', 'resolved'] as const),
  severity: Type.Number({ description: '0 to 1' }),
  severityFound: Type.Number({ description: 'as detection sees it, where a person set another' }),
  severitySetBy: orNull(Type.String()),
  owner: orNull(Type.String({ description: 'who looks after it' })),
  snoozedUntil: orNull(instantText),
  isSnoozed: Type.Boolean({ description: 'without `snoozedUntil` until it changes' }),
  resolvedBy: orNull(Type.String({ description: 'the person who ended it; null = values are back' })),
  reopened: Type.Integer({ description: 'how often it came back' }),
  isFlapping: Type.Boolean({ description: 'it comes and goes: told once, ended only when values stay' }),
  flapScore: Type.Number({ description: '0 to 1' }),
  isRecovering: Type.Boolean({ description: 'values are back, but it flaps' }),
  mergedInto: orNull(Type.String({ description: 'incident it is told and shown with' })),
  splitFrom: orNull(Type.String({ description: 'incident it was a cause of' })),
  isSilenced: Type.Boolean(),
  silencedBy: orNull(Type.String({ description: 'id of the silence' })),
  isRerouteHeld: Type.Boolean({ description: 'nothing is rerouted for it while it is silenced' }),
  commentCount: Type.Integer(),
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
  causes: Type.Array(
    shape({
      dimension: Type.String({ description: 'its dimensions, joined by " x "' }),
      value: Type.String({ description: 'their values, joined by " x "' }),
      share: Type.Number(),
      slice: Type.Optional(Type.Array(shape({ dimension: Type.String(), value: Type.String() }))),
    }),
  ),
}

/** An incident. */
export const incident = shape(incidentFields)
export type Incident = Of<typeof incident>
/** A page of incidents. */
export const incidentPage = pageOf(incident)

/** Who was told of an incident, and why nobody is told more now. */
export const incidentTelling = shape({
  told: Type.Array(
    shape({
      route: Type.String(),
      receivers: Type.Array(Type.String(), { description: 'ids of webhooks' }),
      firstAt: instantText,
      lastAt: instantText,
    }),
  ),
  why: oneOf([
    'told',
    'due',
    'waiting',
    'no_rule',
    'no_receiver',
    'silenced',
    'snoozed',
    'merged',
    'flapping',
    'over',
    'before_notices',
  ] as const),
  sentence: Type.String({ description: 'in words: why nobody is told more now' }),
  nextAt: orNull(Type.String({ format: 'date-time', description: 'when a message is due' })),
})
export type IncidentTelling = Of<typeof incidentTelling>

/** An incident with its evidence. */
export const incidentDetail = shape({
  ...incidentFields,
  series: orNull(metricSeries),
  decisions: Type.Array(decision),
  timeline: Type.Array(shape({ at: instantText, text: Type.String(), by: Type.Optional(Type.String()) })),
  comments: Type.Array(
    shape({ commentId: Type.String(), at: instantText, by: Type.String(), text: Type.String() }),
  ),
  parts: Type.Array(shape({ incidentId: Type.String(), title: Type.String(), status: Type.String() }), {
    description: 'incidents that were merged into it and are not over',
  }),
  telling: incidentTelling,
})
export type IncidentDetail = Of<typeof incidentDetail>

const reroutePolicyFields = {
  /** on = by itself, approve = every plan waits for a person, shadow = only noted. */
  mode: oneOf(['on', 'approve', 'shadow', 'off'] as const),
  minSeverity: Type.Number({ minimum: 0, maximum: 1 }),
  maxMovesPerOrder: Type.Integer({ minimum: 0, maximum: 100 }),
  maxOrdersPerIncident: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  maxExtraCostCents: Type.Integer({ minimum: 0, maximum: 1_000_000_000, description: 'for one order' }),
  holdOutShare: Type.Number({ minimum: 0, maximum: 1, description: 'left in place to measure the effect' }),
  ...guardrailFields,
}

/** The limits of automatic reroutes. */
export const reroutePolicy = shape(reroutePolicyFields)
export type ReroutePolicy = Of<typeof reroutePolicy>

const versionFields = {
  version: Type.Integer({ minimum: 0, description: 'one more with every change; 0 = nobody changed them' }),
  changedAt: orNull(instantText),
  changedBy: orNull(Type.String({ description: 'who set them last, the switch included' })),
}

/** The limits as they are kept. */
export const keptReroutePolicy = shape({ ...reroutePolicyFields, ...versionFields })
export type KeptReroutePolicy = Of<typeof keptReroutePolicy>

/** Limits to be set: what was read can be sent back as it is. */
export const newReroutePolicy = shape({
  ...reroutePolicyFields,
  version: Type.Optional(
    Type.Integer({
      ...{ minimum: 0 },
      description:
        'that was read; refused where it is not the newest, as by If-Match; left out = not looked at',
    }),
  ),
  changedAt: Type.Optional(orNull(Type.String({ description: 'as it was read; not looked at' }))),
  changedBy: Type.Optional(orNull(Type.String({ description: 'as it was read; not looked at' }))),
})
