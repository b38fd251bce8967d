// The body of each message: what happened, with everything needed to understand it without asking back.
// Field names are kept forever; what is not known is null, never left out.

import type { api } from '#data/contracts'
import type { StoredEvent } from '#data/log'
import {
  type CoreEvent,
  type CoreState,
  coreEvent,
  type DecisionRecord,
  type EventData,
  type Incident,
  type NewWork,
  type Order,
} from '#orchestrator/core'

/** A body as it is sent. */
export interface MessageBody {
  type: api.WebhookEventType
  /** ISO 8601, time of the market. */
  timestamp: string
  data: Record<string, unknown>
}

/** Lines listed in a body; `lineCount` tells of more. */
const linesListed = 100

/**
 * The body of a message.
 * @param type what `Announcer` made of the event
 * @param state of the core at the event or later, for names and what does not change
 */
export function messageBody(type: api.WebhookEventType, stored: StoredEvent, state: CoreState): MessageBody {
  const event = coreEvent(stored)
  return { type, timestamp: instant(event.data.at), data: { market: state.market, ...dataOf(event, state) } }
}

/** The body of a test. */
export function testBody(market: string, webhookId: string, now: number): MessageBody {
  const message = 'This is a test from Detour. Nothing happened.'
  return { type: 'webhook.test', timestamp: instant(now), data: { market, webhookId, message } }
}

function dataOf(event: CoreEvent, state: CoreState): Record<string, unknown> {
  switch (event.type) {
    case 'IncidentOpened':
    case 'IncidentUpdated':
      return { incident: incidentView(event.data, state) }
    case 'IncidentResolved':
      return { incident: resolvedView(event.data, state), reason: event.data.reason }
    case 'OrderRerouted':
      return {
        ...orderAndDecision(event.data, state),
        fulfillmentOrderId: event.data.fulfillmentOrderId,
        newFulfillmentOrders: event.data.work.map((work) => workView(work, state)),
      }
    case 'RerouteDeclined':
      return orderAndDecision(event.data, state)
    case 'OrderBackordered':
      return { ...orderAndDecision(event.data, state), reason: event.data.reason }
    case 'WorkReady':
      return { ...orderAndWork(event.data, state), shipment: null }
    case 'WorkShipped':
      return { ...orderAndWork(event.data, state), shipment: shipmentView(event.data.shipment) }
    case 'WorkCollected':
    case 'WorkDelivered':
      return { ...orderAndWork(event.data, state), deliveredAt: instant(event.data.at) }
    case 'OrderCancelled':
      return { order: orderView(event.data.orderId, state), reason: event.data.reason }
    default:
      return {}
  }
}

function orderAndDecision(data: { orderId: string; decision: DecisionRecord | null }, state: CoreState) {
  const { orderId, decision } = data
  const incident = decision?.incidentId == null ? undefined : state.incidents.get(decision.incidentId)
  return {
    order: orderView(orderId, state),
    decision: decision === null ? null : decisionView(decision, state),
    incident: incident === undefined ? null : incidentName(incident, state),
  }
}

function decisionView(decision: DecisionRecord, state: CoreState) {
  const { decisionId, kind, status, reason, incidentId, fromNodeId, toNodeId, costCents, hoursSaved } =
    decision
  return {
    decisionId,
    kind,
    status,
    reason,
    incidentId,
    fromNode: nodeView(fromNodeId, state),
    toNode: nodeView(toNodeId, state),
    costCents,
    hoursSaved,
    candidateCount: decision.candidates.length,
  }
}

function orderView(orderId: string, state: CoreState): Record<string, unknown> {
  const order = state.orders.get(orderId)
  if (order === undefined) return { orderId, externalId: null }
  return {
    orderId,
    externalId: order.externalId,
    provider: order.provider,
    channel: order.channel,
    method: order.method,
    placedAt: instant(order.placedAt),
    promisedAt: maybe(order.promisedAt),
    currency: order.currency,
    totalCents: order.totalCents ?? goodsCents(order),
    shipTo: { country: order.shipTo.country, region: order.shipTo.region, city: order.shipTo.city },
    lineCount: order.lines.length,
    lines: order.lines.slice(0, linesListed).map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity })),
  }
}

function goodsCents(order: Order): number {
  return order.lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents - line.discountCents, 0)
}

function orderAndWork(data: { orderId: string; fulfillmentOrderId: string }, state: CoreState) {
  const { orderId, fulfillmentOrderId } = data
  const work = state.orders.get(orderId)?.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
  return {
    order: orderView(orderId, state),
    fulfillmentOrder:
      work === undefined ? { fulfillmentOrderId, node: null, carrier: null } : workView(work, state),
  }
}

function workView(work: NewWork, state: CoreState) {
  const { fulfillmentOrderId, nodeId, carrier, attempt, shipBy } = work
  return {
    fulfillmentOrderId,
    node: nodeView(nodeId, state),
    carrier,
    attempt,
    shipBy: maybe(shipBy),
    lineCount: work.lines.length,
    lines: work.lines.slice(0, linesListed).map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity })),
  }
}

function shipmentView(shipment: EventData['WorkShipped']['shipment']) {
  const { shipmentId, carrier, service, trackingNumber, shippedAt, promisedAt } = shipment
  return {
    shipmentId,
    carrier,
    service,
    trackingNumber,
    shippedAt: maybe(shippedAt),
    promisedAt: maybe(promisedAt),
  }
}

function nodeView(nodeId: string | null, state: CoreState) {
  if (nodeId === null) return null
  const node = state.nodes.get(nodeId)
  return { nodeId, name: node?.name ?? nodeId, type: node?.type ?? null, region: node?.region ?? null }
}

function incidentName(incident: Incident, state: CoreState) {
  const { incidentId, title, metric, dimension, dimensionValue, severity } = incident
  const dimensionName = nameOf(dimension, dimensionValue, state)
  return { incidentId, title, severity, metric, dimension, dimensionValue, dimensionName }
}

/** As the event tells it; only what events leave out comes from the state. */
function incidentView(data: EventData['IncidentOpened'] & { at: number }, state: CoreState) {
  const { incidentId, finding, impact, at } = data
  const known = state.incidents.get(incidentId)
  const { title, severity, metric, dimension, dimensionValue, value, expected } = finding
  return {
    incidentId,
    status: 'open',
    title,
    severity,
    metric,
    dimension,
    dimensionValue,
    dimensionName: nameOf(dimension, dimensionValue, state),
    beganAt: instant(known?.beganAt ?? finding.beganAt),
    openedAt: instant(known?.openedAt ?? at),
    value,
    expected,
    expectedLow: finding.expectedLow,
    expectedHigh: finding.expectedHigh,
    pValue: finding.pValue,
    model: finding.model,
    ordersAtRisk: impact.ordersAtRisk,
    centsAtRisk: impact.centsAtRisk,
    currency: impact.currency,
    causes: finding.causes.map(({ dimension: along, value: slice, share }) => ({
      dimension: along,
      value: slice,
      name: nameOf(along, slice, state),
      share,
    })),
  }
}

function resolvedView(data: EventData['IncidentResolved'] & { at: number }, state: CoreState) {
  const incident = state.incidents.get(data.incidentId)
  if (incident === undefined) return { incidentId: data.incidentId, status: 'resolved' }
  return {
    ...incidentName(incident, state),
    status: 'resolved',
    beganAt: instant(incident.beganAt),
    openedAt: instant(incident.openedAt),
    resolvedAt: instant(data.at),
    ordersMoved: incident.ordersMoved,
    ordersNotMoved: incident.ordersNotMoved,
  }
}

function nameOf(dimension: string, value: string, state: CoreState): string {
  return dimension === 'node' ? (state.nodes.get(value)?.name ?? value) : value
}

function instant(at: number): string {
  return new Date(at).toISOString()
}

function maybe(at: number | null): string | null {
  return at === null ? null : instant(at)
}
