// How orders, work, nodes, decisions and incidents look in the body of a message. It reads the state and changes
// nothing.

import type { api } from '#data/contracts'
import type { CoreState, DecisionRecord, EventData, Incident, NewWork, Order } from '#orchestrator/core'

/** Lines listed in a body; `lineCount` tells of more. */
const linesListed = 100

/** A decision without its candidates. */
export function decisionView(decision: DecisionRecord, state: CoreState): api.HookDecision {
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

/** An order; one that has left memory is known by its id alone. */
export function orderView(orderId: string, state: CoreState): api.HookOrder {
  const order = state.orders.get(orderId)
  if (order === undefined) return { ...unknownOrder, orderId, lines: [] }
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

const unknownOrder = {
  externalId: null,
  provider: null,
  channel: null,
  method: null,
  placedAt: null,
  promisedAt: null,
  currency: null,
  totalCents: null,
  shipTo: null,
  lineCount: 0,
}

function goodsCents(order: Order): number {
  return order.lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents - line.discountCents, 0)
}

/** Work of a node. */
export function workView(work: NewWork, state: CoreState): api.HookWork {
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

/** A parcel. */
export function shipmentView(shipment: EventData['WorkShipped']['shipment']): api.HookShipment {
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

function nodeView(nodeId: string | null, state: CoreState): api.HookNode | null {
  if (nodeId === null) return null
  const node = state.nodes.get(nodeId)
  return { nodeId, name: node?.name ?? nodeId, type: node?.type ?? null, region: node?.region ?? null }
}

/** An incident by name. */
export function incidentName(incident: Incident, state: CoreState): api.HookIncidentName {
  const { incidentId, title, metric, dimension, dimensionValue, severity } = incident
  const dimensionName = nameOf(dimension, dimensionValue, state)
  return { incidentId, title, severity, metric, dimension, dimensionValue, dimensionName }
}

/** As the event tells it; only what events leave out comes from the state. */
export function incidentView(
  data: EventData['IncidentOpened'] & { at: number },
  state: CoreState,
): api.HookIncident {
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
    ...caredOf(known),
    cutOffAt: maybe(known?.cutOffAt ?? null),
    reasons: [],
  }
}

function caredOf(incident: Incident | undefined) {
  const { owner = null, acknowledgedBy = null, isFlapping = false } = incident ?? {}
  return { owner, acknowledgedBy, isFlapping }
}

/** An incident that somebody looks after, or that has ended. @param resolvedAt epoch ms of the market */
export function incidentEndView(
  incidentId: string,
  resolvedAt: number | null,
  state: CoreState,
): api.HookIncidentEnd {
  const incident = state.incidents.get(incidentId)
  if (incident === undefined) return { ...unknownIncident, incidentId, resolvedAt: maybe(resolvedAt) }
  return {
    ...incidentName(incident, state),
    status: resolvedAt === null ? 'acknowledged' : 'resolved',
    beganAt: instant(incident.beganAt),
    openedAt: instant(incident.openedAt),
    resolvedAt: maybe(resolvedAt),
    ordersMoved: incident.ordersMoved,
    ordersNotMoved: incident.ordersNotMoved,
    ...caredOf(incident),
  }
}

const unknownIncident = {
  title: '',
  severity: 0,
  metric: '',
  dimension: '',
  dimensionValue: '',
  dimensionName: '',
  status: 'resolved',
  beganAt: instant(0),
  openedAt: instant(0),
  ordersMoved: 0,
  ordersNotMoved: 0,
  ...caredOf(undefined),
}

/** A node by its name, everything else as it is. */
export function nameOf(dimension: string, value: string, state: CoreState): string {
  return dimension === 'node' ? (state.nodes.get(value)?.name ?? value) : value
}

/** ISO 8601 of epoch ms. */
export function instant(at: number): string {
  return new Date(at).toISOString()
}

/** ISO 8601 of epoch ms, null where there is none. */
export function maybe(at: number | null): string | null {
  return at === null ? null : instant(at)
}
