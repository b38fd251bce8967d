// What each message of a webhook tells: the schema of its body by event type. Fields are added, never renamed; it knows
// no receiver.

import { type TProperties, Type } from 'typebox'
import { centsInteger, instantText, type Of, oneOf, orNull } from './shape.ts'

/** An object of which all fields are there; later versions may add more. */
const open = <P extends TProperties>(fields: P, description?: string) =>
  Type.Object(fields, description === undefined ? {} : { description })
const text = (description: string) => Type.String({ description })
const textOrNull = (description: string) => Type.Union([Type.String(), Type.Null()], { description })
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
    description: 'why it is told: severity_up, impact_doubled, cause_changed, not_acknowledged ...',
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
  groupKey: text('the same in all messages about the incidents that are told together'),
  labels: Type.Record(Type.String(), Type.String(), { description: 'what they have in common' }),
  level: orNull(Type.Integer({ description: 'step of the escalation, from 1' })),
  stillOpen: Type.Integer({ description: 'incidents of the group that were told and are not over' }),
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
})
export type HookPlan = Of<typeof hookPlan>

const market = text('market it happened in')
const reason = text('why')
const noticed = {
  notice: Type.Union([hookNotice, Type.Null()], { description: 'null before there were rules' }),
}
const going = {
  ...{ market, incident: hookIncident },
  incidents: Type.Array(hookIncident, { description: 'all of the message; `incident` is the first' }),
  ...noticed,
}
const course = {
  ...{ market, incident: hookIncidentEnd },
  incidents: Type.Array(hookIncidentEnd, { description: 'all of the message; `incident` is the first' }),
  ...noticed,
}
const decided = {
  market,
  order: hookOrder,
  decision: orNull(hookDecision),
  incident: orNull(hookIncidentName),
}
const delivered = open({ market, order: hookOrder, fulfillmentOrder: hookWork, deliveredAt: instantText })
const shipped = open({
  market,
  order: hookOrder,
  fulfillmentOrder: hookWork,
  shipment: Type.Union([hookShipment, Type.Null()], { description: 'null where the customer collects' }),
})

/** `data` of each message, by its type. */
export const webhookData = {
  'incident.opened': open(going),
  'incident.updated': open(going),
  'incident.acknowledged': open({ ...course, by: text('who looks after it') }),
  'incident.escalated': open(going),
  'incident.resolved': open({ ...course, reason }),
  'order.rerouted': open({
    ...decided,
    fulfillmentOrderId: text('work that was taken back'),
    newFulfillmentOrders: Type.Array(hookWork),
    actions: Type.Array(hookNodeAction, { description: 'what the nodes are to be told, in this order' }),
  }),
  'order.reroute_refused': open(decided),
  'order.reroute_undone': open({
    ...{ market, order: hookOrder, decisionId: text('decision that was taken back'), reason },
    newFulfillmentOrders: Type.Array(hookWork),
    actions: Type.Array(hookNodeAction, { description: 'what the nodes are to be told, in this order' }),
  }),
  'reroute.plan_proposed': open({ market, plan: hookPlan }),
  'reroute.plan_decided': open({ market, plan: hookPlan }),
  'order.backordered': open({ ...decided, reason }),
  'order.shipped': shipped,
  'order.delivered': delivered,
  'order.cancelled': open({ market, order: hookOrder, reason }),
  'flow.message': open({
    market,
    order: orNull(hookOrder),
    runId: text('run of the flow that sent it'),
    tileId: text('tile of the flow that sent it'),
    name: text('what it is about, e.g. stock.low or provider.invoice'),
    text: textOrNull('for people'),
    data: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
      description: 'what the flow says with it; of provider actions with an idempotencyKey',
    }),
  }),
  'webhook.test': open({ market, webhookId: Type.String(), message: Type.String() }),
} as const

/** Name of a message. */
export type WebhookEventType = keyof typeof webhookData

/** What receivers can be told. */
export const webhookEventTypes = Object.keys(webhookData) as WebhookEventType[]

/** What a type of message is for, in a sentence. */
export const webhookEventWords: Record<WebhookEventType, string> = {
  'incident.opened': 'A constraint was confirmed and an incident opened.',
  'incident.updated': 'An open incident became graver, milder, or touches clearly more or fewer orders.',
  'incident.acknowledged': 'Somebody looks after an incident.',
  'incident.escalated': 'Nobody took note of an incident in time: the next step of its rule is told.',
  'incident.resolved': 'An incident has ended.',
  'order.rerouted': 'Work of an order was moved to another node.',
  'order.reroute_undone': 'Work that was moved went back to where it came from.',
  'order.reroute_refused': 'An order at risk was left where it is, and why.',
  'reroute.plan_proposed': 'Moves of orders wait for a person to approve them.',
  'reroute.plan_decided': 'A plan was approved, rejected, carried out, or its time is over.',
  'order.backordered': 'Goods of an order are nowhere to be had now.',
  'order.shipped': 'Goods of an order have left, or wait for the customer to collect them.',
  'order.delivered': 'Goods of an order reached the customer.',
  'order.cancelled': 'An order was cancelled.',
  'flow.message': 'A flow tells something, or asks a provider for something.',
  'webhook.test': 'A test that somebody asked for. Nothing happened.',
}

/** The whole body of a message of a type, as JSON Schema. */
export function webhookBodySchema(type: WebhookEventType) {
  return Type.Object(
    {
      type: oneOf([type]),
      timestamp: Type.String({ format: 'date-time', description: 'time of the market' }),
      data: webhookData[type],
      isTest: Type.Optional(
        Type.Boolean({ description: 'true on an example that was asked for: nothing happened' }),
      ),
    },
    { title: type, description: webhookEventWords[type] },
  )
}

/** Data of each message, by its type. */
export type WebhookData = { [T in WebhookEventType]: Of<(typeof webhookData)[T]> }
