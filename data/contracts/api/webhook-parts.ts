// What messages of webhooks are made of: orders, nodes, incidents and plans as they tell of them. Fields are added,
// never renamed.

import { Type } from 'typebox'
import { centsInteger, instantText, type Of, oneOf, open, orNull, text, textOrNull } from './shape.ts'

const share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description })
const numberOrNull = orNull(Type.Number())

const line = open({ lineId: Type.String(), sku: Type.String(), quantity: Type.Number() })
const listed = {
  lineCount: Type.Integer({ description: 'all lines, also those that are not listed' }),
  lines: Type.Array(line, { description: 'at most 100' }),
}

/** An order as messages tell of it. */
export const hookOrder = open({
  orderId: text('id within Detour'),
  externalId: textOrNull('id at the shop'),
  provider: orNull(Type.String()),
  channel: orNull(Type.String()),
  method: textOrNull('delivery, pickup, curbside or ship_to_store'),
  placedAt: orNull(instantText),
  promisedAt: orNull(instantText),
  currency: orNull(Type.String()),
  totalCents: orNull(centsInteger),
  shipTo: orNull(
    open({ country: orNull(Type.String()), region: orNull(Type.String()), city: orNull(Type.String()) }),
  ),
  ...listed,
})
export type HookOrder = Of<typeof hookOrder>

/** A node as messages tell of it. */
export const hookNode = open({
  nodeId: Type.String(),
  name: Type.String(),
  type: orNull(Type.String()),
  region: orNull(Type.String()),
})
export type HookNode = Of<typeof hookNode>

/** Work of one node for an order. */
export const hookWork = open({
  fulfillmentOrderId: Type.String(),
  node: orNull(hookNode),
  carrier: orNull(Type.String()),
  attempt: orNull(Type.Integer({ description: 'how many nodes had the goods before, plus one' })),
  shipBy: orNull(instantText),
  ...listed,
})
export type HookWork = Of<typeof hookWork>

/** A parcel. */
export const hookShipment = open({
  shipmentId: Type.String(),
  carrier: orNull(Type.String()),
  service: orNull(Type.String()),
  trackingNumber: orNull(Type.String()),
  shippedAt: orNull(instantText),
  promisedAt: orNull(instantText),
})
export type HookShipment = Of<typeof hookShipment>

/** What was decided about an order, and why. */
export const hookDecision = open({
  decisionId: Type.String(),
  kind: Type.String(),
  status: Type.String(),
  reason: Type.String(),
  incidentId: orNull(Type.String()),
  fromNode: orNull(hookNode),
  toNode: orNull(hookNode),
  costCents: orNull(centsInteger),
  hoursSaved: numberOrNull,
  candidateCount: Type.Integer({ description: 'nodes that were weighed' }),
})
export type HookDecision = Of<typeof hookDecision>

const named = {
  incidentId: text('the same in every message about it'),
  title: text('one sentence'),
  severity: share('0 to 1'),
  metric: Type.String(),
  dimension: text('node, carrier, ...'),
  dimensionValue: Type.String(),
  dimensionName: text('as people call it'),
}
const cared = {
  owner: textOrNull('who it was given to'),
  acknowledgedBy: textOrNull('who looks after it'),
  isFlapping: Type.Boolean({ description: 'it comes and goes; the next message comes when it stays away' }),
}

/** An incident by name. */
export const hookIncidentName = open(named)
export type HookIncidentName = Of<typeof hookIncidentName>

/** An incident that goes on. */
export const hookIncident = open({
  ...named,
  status: Type.String(),
  beganAt: instantText,
  openedAt: instantText,
  value: numberOrNull,
  expected: numberOrNull,
  expectedLow: numberOrNull,
  expectedHigh: numberOrNull,
  pValue: numberOrNull,
  model: Type.String(),
  ordersAtRisk: Type.Integer(),
  centsAtRisk: centsInteger,
  currency: Type.String(),
  causes: Type.Array(
    open({
      dimension: Type.String(),
      value: Type.String(),
      name: Type.String(),
      share: Type.Number({ description: 'of the deviation' }),
    }),
  ),
  ...cared,
  cutOffAt: Type.Union([instantText, Type.Null()], { description: 'next cut-off of its node' }),
  reasons: Type.Array(Type.String(), {
    description: 'why it is told: severity_up, impact_doubled, cause_changed, stays, not_acknowledged ...',
  }),
})
export type HookIncident = Of<typeof hookIncident>

/** An incident that has ended, or that somebody looks after. */
export const hookIncidentEnd = open({
  ...named,
  status: Type.String(),
  beganAt: instantText,
  openedAt: instantText,
  resolvedAt: orNull(instantText),
  ordersMoved: Type.Integer(),
  ordersNotMoved: Type.Integer(),
  ...cared,
})
export type HookIncidentEnd = Of<typeof hookIncidentEnd>

/** By which rule of alerting a message is sent, and what belongs together. */
export const hookNotice = open({
  noticeId: Type.String(),
  kind: text('opened, changed, flapping, acknowledged, escalated, repeated or recovered'),
  routeId: text('the rule'),
  groupKey: text('the same in all messages about the incidents that are told together'),
  labels: Type.Record(Type.String(), Type.String(), {
    description: 'what they had in common when they were first told',
  }),
  level: orNull(Type.Integer({ description: 'step of the escalation, from 1' })),
  stillOpen: Type.Integer({ description: 'incidents of the group that were told and are not over' }),
  stillUnseen: Type.Integer({ description: 'of these, those that nobody has acknowledged or snoozed' }),
})
export type HookNotice = Of<typeof hookNotice>

/** What a node is to be told of a move. */
export const hookNodeAction = open({
  action: oneOf(['send', 'cancel'] as const),
  nodeId: Type.String(),
  fulfillmentOrderId: Type.String(),
  idempotencyKey: text('the same however often it is sent: do it once'),
})
export type HookNodeAction = Of<typeof hookNodeAction>

/** Addresses of pages that ask once more, then decide a plan; each is good once. */
export const hookPlanLinks = open({ approve: Type.String(), reject: Type.String() })
export type HookPlanLinks = Of<typeof hookPlanLinks>

/** A plan of reroutes. */
export const hookPlan = open({
  planId: Type.String(),
  kind: Type.String(),
  incidentId: orNull(Type.String()),
  status: oneOf(['proposed', 'approved', 'rejected', 'expired', 'done'] as const),
  title: text('one sentence: what is to be moved, what it costs and saves'),
  reason: text('why it waits for a person'),
  orders: Type.Integer(),
  extraCents: centsInteger,
  hoursSaved: Type.Number(),
  lateAvoided: Type.Number(),
  currency: Type.String(),
  expiresAt: instantText,
  decidedBy: orNull(Type.String()),
  note: orNull(Type.String()),
  links: Type.Union([hookPlanLinks, Type.Null()], {
    description: 'for receivers that carry links, while the plan waits',
  }),
})
export type HookPlan = Of<typeof hookPlan>
