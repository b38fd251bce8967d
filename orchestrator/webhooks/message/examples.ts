// An example of each message, for the reference, previews and tests. Made up, and always the same.

import type { api } from '#data/contracts'
import type { MessageBody } from './body.ts'

const market = 'main'

const order: api.HookOrder = {
  orderId: 'main:webshop:100482',
  externalId: '100482',
  provider: 'webshop',
  channel: 'web',
  method: 'delivery',
  placedAt: '2026-03-02T07:12:00.000Z',
  promisedAt: '2026-03-05T20:00:00.000Z',
  currency: 'USD',
  totalCents: 8_450,
  shipTo: { country: 'US', region: 'CA', city: 'Fresno' },
  lineCount: 1,
  lines: [{ lineId: '1', sku: 'MUG-BLUE', quantity: 2 }],
}

const reno: api.HookNode = { nodeId: 'webshop:reno', name: 'Reno', type: 'warehouse', region: 'NV' }
const dallas: api.HookNode = { nodeId: 'webshop:dallas', name: 'Dallas', type: 'warehouse', region: 'TX' }

const name: api.HookIncidentName = {
  incidentId: 'inc_20260302T0800_node-webshop-reno',
  title: 'Reno takes 31 h from pick to ship, expected 6 to 11',
  severity: 0.84,
  metric: 'pick_to_ship_hours',
  dimension: 'node',
  dimensionValue: 'webshop:reno',
  dimensionName: 'Reno',
}

const cared = { owner: null, acknowledgedBy: null, isFlapping: false }

const incident: api.HookIncident = {
  ...name,
  status: 'open',
  beganAt: '2026-03-02T05:00:00.000Z',
  openedAt: '2026-03-02T08:00:00.000Z',
  value: 31,
  expected: 8.2,
  expectedLow: 6,
  expectedHigh: 11,
  pValue: 0.0004,
  model: 'series/12',
  ordersAtRisk: 340,
  centsAtRisk: 2_873_000,
  currency: 'USD',
  causes: [{ dimension: 'carrier', value: 'ups', name: 'ups', share: 0.78 }],
  ...cared,
  cutOffAt: '2026-03-03T00:00:00.000Z',
  reasons: [],
}

const ended: api.HookIncidentEnd = {
  ...name,
  status: 'resolved',
  beganAt: incident.beganAt,
  openedAt: incident.openedAt,
  resolvedAt: '2026-03-02T15:00:00.000Z',
  ordersMoved: 118,
  ordersNotMoved: 9,
  ...cared,
}

const changed = { ...incident, severity: 0.95, ordersAtRisk: 512, reasons: ['severity_up'] }
const ignored = { ...incident, reasons: ['not_acknowledged'] }
const taken = { ...ended, status: 'acknowledged', resolvedAt: null, ordersMoved: 40, acknowledgedBy: 'Mia' }

function notice(number: number, kind: string, level: number | null = null): api.HookNotice {
  const routeId = 'everything'
  const groupKey = `${routeId}/incident=${name.incidentId}`
  const labels = { incident: name.incidentId }
  const stillOpen = kind === 'recovered' ? 0 : 1
  const stillUnseen = kind === 'acknowledged' ? 0 : stillOpen
  const noticeId = `notice-main-${number}`
  return { noticeId, kind, routeId, groupKey, labels, level, stillOpen, stillUnseen }
}

const work: api.HookWork = {
  fulfillmentOrderId: '100482-F2',
  node: dallas,
  carrier: 'ups',
  attempt: 2,
  shipBy: '2026-03-03T00:00:00.000Z',
  lineCount: 1,
  lines: order.lines,
}

const decision: api.HookDecision = {
  decisionId: 'dec_100482_2',
  kind: 'reroute',
  status: 'done',
  reason: 'Dallas has the goods and is 9 h faster',
  incidentId: name.incidentId,
  fromNode: reno,
  toNode: dallas,
  costCents: 412,
  hoursSaved: 9.5,
  candidateCount: 4,
}

const refused: api.HookDecision = {
  ...decision,
  decisionId: 'dec_100482_3',
  status: 'refused',
  reason: 'no_candidate',
  toNode: null,
  costCents: null,
  hoursSaved: null,
}

const action = (name: 'send' | 'cancel', fulfillmentOrderId: string) => ({
  action: name,
  nodeId: name === 'send' ? 'fab:DAL' : 'fab:RNO',
  fulfillmentOrderId,
  idempotencyKey: `main/${order.orderId}/inc_1/${fulfillmentOrderId}/${name}`,
})

const plan: api.HookPlan = {
  ...{ planId: 'plan_incident_inc_1_m8', kind: 'incident', incidentId: 'inc_1', status: 'proposed' },
  title: 'Reno is falling behind: move 120 orders from Reno to Dallas, +412.00 USD, saves 118 late orders',
  ...{ reason: '120 orders are more than 100', orders: 120, extraCents: 41_200, hoursSaved: 2_640 },
  ...{ lateAvoided: 118, currency: 'USD', expiresAt: '2026-03-02T12:00:00.000Z' },
  ...{ decidedBy: null, note: null, links: null },
}

const datas: api.WebhookData = {
  'incident.opened': { market, incident, incidents: [incident], notice: notice(1, 'opened') },
  'incident.updated': { market, incident: changed, incidents: [changed], notice: notice(2, 'changed') },
  'incident.acknowledged': {
    ...{ market, incident: taken, incidents: [taken], notice: notice(4, 'acknowledged') },
    by: 'Mia',
  },
  'incident.escalated': {
    ...{ market, incident: ignored, incidents: [ignored], notice: notice(3, 'escalated', 1) },
  },
  'incident.resolved': {
    ...{ market, incident: ended, incidents: [ended], notice: notice(5, 'recovered') },
    reason: 'values are back in the expected range',
  },
  'order.rerouted': {
    ...{ market, order, decision, incident: name },
    fulfillmentOrderId: '100482-F1',
    newFulfillmentOrders: [work],
    actions: [action('send', '100482-F2'), action('cancel', '100482-F1')],
  },
  'order.reroute_refused': { market, order, decision: refused, incident: name },
  'order.reroute_undone': {
    ...{ market, order, decisionId: decision.decisionId, reason: 'undone by hand' },
    newFulfillmentOrders: [{ ...work, fulfillmentOrderId: '100482-F3' }],
    actions: [action('send', '100482-F3'), action('cancel', '100482-F2')],
  },
  'reroute.plan_proposed': { market, plan },
  'reroute.plan_decided': { market, plan: { ...plan, status: 'approved', decidedBy: 'Mia' } },
  'order.backordered': { market, order, decision: null, incident: null, reason: 'no_stock' },
  'order.shipped': {
    ...{ market, order, fulfillmentOrder: work },
    shipment: {
      shipmentId: '100482-F2-1',
      carrier: 'ups',
      service: 'ground',
      trackingNumber: '1Z999AA10123456784',
      shippedAt: '2026-03-02T21:40:00.000Z',
      promisedAt: order.promisedAt,
    },
  },
  'order.delivered': { market, order, fulfillmentOrder: work, deliveredAt: '2026-03-04T16:20:00.000Z' },
  'order.cancelled': { market, order, reason: 'customer_asked' },
  'flow.message': {
    ...{ market, order, runId: `${order.orderId}/run/1`, tileId: 'tell', name: 'order.large' },
    ...{ text: 'Somebody should look at it', data: { team: 'west' } },
  },
  'webhook.test': {
    market,
    webhookId: 'wh_0123456789abcdef01234567',
    message: 'This is a test from Detour. Nothing happened.',
  },
}

/** The example of a type, as it would be sent. */
export function exampleOf<T extends api.WebhookEventType>(type: T): MessageBody<T> {
  return { type, timestamp: '2026-03-02T08:00:00.000Z', data: datas[type] }
}

/** The body of a test: the example, in this market and at this time (epoch ms), marked as one. */
export function testBody(
  type: api.WebhookEventType,
  where: { market: string; webhookId: string; now: number },
): MessageBody {
  const { market: place, webhookId, now } = where
  const own = type === 'webhook.test' ? { webhookId } : {}
  const data = { ...datas[type], market: place, ...own } as api.WebhookData[typeof type]
  return { type, timestamp: new Date(now).toISOString(), data, isTest: true }
}
