// What each message of a webhook tells: the schema of its body by event type. Fields are added, never renamed; it knows
// no receiver.

import { Type } from 'typebox'
import { instantText, type Of, oneOf, open, orNull, text, textOrNull } from './shape.ts'
import {
  hookDecision,
  hookIncident,
  hookIncidentEnd,
  hookIncidentName,
  hookNodeAction,
  hookNotice,
  hookOrder,
  hookPlan,
  hookShipment,
  hookWork,
} from './webhook-parts.ts'

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
  'incident.updated':
    'An open incident became clearly graver or twice as large, has another cause, comes and goes, stays or goes on.',
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
