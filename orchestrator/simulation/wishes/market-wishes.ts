// What files, people and detection tell the core beside orders and stock. It decides nothing.

import { defaultDetection } from '#models'
import {
  type CommandData,
  defaultRouting,
  type Finding,
  type ImportedOrder,
  type Incident,
  type Order,
} from '#orchestrator/core'
import { anyNode, anyOrder, anySku, chance, oneOf, type View, type Wish } from './view.ts'

const impact = { ordersAtRisk: 1, centsAtRisk: 100, currency: 'USD' }

const findingAt = (view: View): Finding => {
  const dimensionValue = anyNode(view)
  return {
    key: `node/${dimensionValue}`,
    metric: 'late_share',
    dimension: 'node',
    dimensionValue,
    severity: 0.5,
    title: 'Late',
    beganAt: view.now,
    value: 1,
    expected: 0,
    expectedLow: 0,
    expectedHigh: 0.5,
    pValue: 0.01,
    model: 'simulated',
    causes: [],
  }
}

function onIncident<R extends object>(more: (view: View, incident: Incident) => R) {
  return (view: View): ({ incidentId: string } & R) | null => {
    const incident = oneOf(view, [...view.state.incidents.values()])
    return incident === null ? null : { incidentId: incident.incidentId, ...more(view, incident) }
  }
}

const person = 'x'

/** An incident that is not over, with another one it may go into. */
function mergeWish(view: View): CommandData['MergeIncident'] | null {
  const ids = [...view.state.openIncidents.values()]
  const [incidentId, into] = [oneOf(view, ids), oneOf(view, ids)]
  return incidentId === null || into === null ? null : { incidentId, into, by: person }
}

const silenceOf = (view: View, why: string): CommandData['ChangeSilence']['draft'] => ({
  kind: 'silence',
  why,
  matchers: [{ label: 'node', op: 'is', value: anyNode(view) }],
  startsAt: new Date(view.now).toISOString(),
  endsAt: new Date(view.now + 3_600_000).toISOString(),
  repeat: null,
  holdsReroutes: chance(view, 50),
})

function onSilence<R extends object>(more: (view: View) => R) {
  return (view: View): ({ silenceId: string; by: string } & R) | null => {
    const silenceId = oneOf(view, [...view.state.alerting.silences.keys()])
    return silenceId === null ? null : { silenceId, by: person, ...more(view) }
  }
}

/** A first word about an incident that nobody was told of, to one receiver. */
function noticeWish(view: View): CommandData['GiveNotice'] | null {
  const incident = oneOf(view, [...view.state.incidents.values()])
  if (incident === null) return null
  const { notices: after } = view.state.alerting
  const groupKey = `wish/${incident.incidentId}`
  const notice = {
    noticeId: `notice-${after + 1}`,
    kind: view.random.pick(['opened', 'changed', 'acknowledged', 'recovered'] as const),
    groupKey,
    routeId: 'everything',
    labels: {},
    receivers: ['wh_1'],
    incidents: [{ ...noticed(incident), reasons: [] }],
    level: null,
    stillOpen: 0,
  }
  return { notice, after }
}

function noticed(incident: Incident) {
  const { incidentId, title, status, severity, metric, dimension, dimensionValue, model, causes } = incident
  const { beganAt, openedAt, resolvedAt, value, expected, expectedLow, expectedHigh, pValue } = incident
  const { ordersAtRisk, centsAtRisk, currency, cutOffAt, owner, acknowledgedBy, isFlapping } = incident
  const { ordersMoved, ordersNotMoved, endedBecause } = incident
  return {
    ...{ incidentId, title, status, severity, metric, dimension, dimensionValue, model, causes },
    ...{ beganAt, openedAt, resolvedAt, value, expected, expectedLow, expectedHigh, pValue },
    ...{ ordersAtRisk, centsAtRisk, currency, cutOffAt, owner, acknowledgedBy, isFlapping },
    ...{ ordersMoved, ordersNotMoved, endedBecause },
  }
}

const statuses = ['validated', 'released', 'shipped', 'delivered', 'cancelled'] as const

/** An order as a file tells it: new, or one that is known, a step further. */
const importOrders: Wish<'ImportOrders'> = (view) => {
  const known = chance(view, 50) ? anyOrder(view, () => true) : null
  const status = view.random.pick(statuses)
  return { orders: [known === null ? newImport(view, status) : again(view, known, status)] }
}

function newImport(view: View, status: ImportedOrder['status']): ImportedOrder {
  const orderId = `f${view.fresh()}`
  const quantity = view.random.int(1, 3)
  const money = { unitPriceCents: 1_000, discountCents: 0, taxCents: 0, freightCents: 0 }
  const line = { lineId: '1', sku: anySku(view), quantity, cancelled: 0, shipped: 0, ...money }
  const header = {
    orderId,
    market: 'main',
    provider: 'fab',
    externalId: orderId,
    channel: 'web',
    method: 'delivery' as const,
    currency: 'USD',
    customerRef: null,
    shipTo: { country: 'US', region: 'CA', city: null, postalCode: null, timeZone: null },
    placedAt: view.now,
    approvedAt: null,
    promisedAt: null,
    totalCents: null,
    freightCents: null,
    taxCents: null,
    discountCents: null,
    flags: [],
  }
  return standing(view, { ...header, lines: [line], shipments: [] }, status)
}

function again(view: View, order: Order, status: ImportedOrder['status']): ImportedOrder {
  const fresh = order.lines.map(({ lineId, sku, quantity, ...line }) => {
    const { unitPriceCents, discountCents, taxCents, freightCents } = line
    return { lineId, sku, quantity, unitPriceCents, discountCents, taxCents, freightCents }
  })
  const { orderId, market, provider, externalId, channel, method, currency, customerRef, shipTo } = order
  const { placedAt, approvedAt, promisedAt, totalCents, freightCents, taxCents, discountCents, flags } = order
  const who = { orderId, market, provider, externalId, channel, method, currency, customerRef, shipTo }
  const rest = { placedAt, approvedAt, promisedAt, totalCents, freightCents, taxCents, discountCents, flags }
  return standing(view, { ...who, ...rest, lines: fresh, shipments: [] }, status)
}

type Bare = Omit<
  ImportedOrder,
  'status' | 'work' | 'shippedAt' | 'deliveredAt' | 'cancelledAt' | 'cancelReason' | 'contentHash'
>

/** The order with lines and work as the status says. */
function standing(view: View, order: Bare, status: ImportedOrder['status']): ImportedOrder {
  const hasLeft = status === 'shipped' || status === 'delivered'
  const lines = order.lines.map((line) => ({
    ...line,
    shipped: hasLeft ? line.quantity : 0,
    cancelled: status === 'cancelled' ? line.quantity : 0,
  }))
  const work = status === 'validated' || status === 'cancelled' ? [] : [workOf(view, order, status)]
  return {
    ...order,
    lines,
    work,
    status,
    shippedAt: hasLeft ? view.now : null,
    deliveredAt: status === 'delivered' ? view.now : null,
    cancelledAt: status === 'cancelled' ? view.now : null,
    cancelReason: status === 'cancelled' ? 'source' : null,
    contentHash: `h${view.fresh()}`,
  }
}

function workOf(view: View, order: Bare, status: ImportedOrder['status']): ImportedOrder['work'][number] {
  const lines = order.lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity, short: 0 }))
  const isOpen = status === 'released'
  return {
    fulfillmentOrderId: `${order.externalId}-F1`,
    nodeId: anyNode(view),
    carrier: null,
    status: isOpen ? 'open' : status === 'shipped' ? 'shipped' : 'delivered',
    attempt: 1,
    replaces: null,
    decisionId: null,
    lines,
    isReserved: isOpen,
    sourcedAt: view.now,
    releasedAt: view.now,
    acceptedAt: null,
    rejectedAt: null,
    rejectReason: null,
    pickingAt: null,
    pickedAt: null,
    packedAt: null,
    shippedAt: isOpen ? null : view.now,
    deliveredAt: status === 'delivered' ? view.now : null,
    cancelledAt: null,
    shipBy: null,
    processingCostCents: null,
  }
}

/** Makers of the commands on the market itself. */
export const marketWishes = {
  ImportOrders: importOrders,
  OpenIncident: (view: View) => ({ incidentId: `i${view.fresh()}`, finding: findingAt(view), impact }),
  UpdateIncident: onIncident((view, { key }) => ({ finding: { ...findingAt(view), key }, impact })),
  ResolveIncident: onIncident(() => ({ reason: 'simulated' })),
  AcknowledgeIncident: onIncident(() => ({ by: person })),
  ReopenIncident: onIncident(() => ({ reason: 'simulated', by: person })),
  AssignIncident: onIncident((view) => ({ owner: chance(view, 50) ? person : null, by: person })),
  SnoozeIncident: onIncident((view) => ({
    until: null,
    forMs: chance(view, 50) ? 3_600_000 : null,
    by: person,
  })),
  WakeIncident: onIncident((view) => ({ by: chance(view, 50) ? person : null })),
  SetIncidentSeverity: onIncident((view) => ({ severity: chance(view, 50) ? 0.9 : null, by: person })),
  CommentIncident: onIncident((view) => ({ commentId: `c${view.fresh()}`, text: 'simulated', by: person })),
  MergeIncident: mergeWish,
  SplitIncident: onIncident(() => ({ cause: null, by: person })),
  SteadyIncident: onIncident(() => ({})),
  NoteRollBack: onIncident(() => ({ returned: 1, stayed: 0, reason: 'simulated', by: person })),
  MarkSilenced: onIncident((view) => ({ silenceId: oneOf(view, [...view.state.alerting.silences.keys()]) })),
  AddSilence: (view: View) => ({
    silenceId: `s${view.fresh()}`,
    draft: silenceOf(view, 'simulated'),
    by: person,
  }),
  ChangeSilence: onSilence((view) => ({ draft: silenceOf(view, 'changed') })),
  EndSilence: onSilence(() => ({})),
  SetAlertRouting: (view: View): CommandData['SetAlertRouting'] => ({
    routing: { ...defaultRouting, flapTurns: view.random.int(2, 5) },
    by: person,
  }),
  GiveNotice: noticeWish,
  SetPolicy: (view: View): CommandData['SetPolicy'] => ({
    policy: {
      ...view.state.policy,
      maxMovesPerOrder: view.random.int(1, 4),
      workActions: [{ nodeId: null, action: 'http', url: 'https://wms.example/work' }],
    },
  }),
  HaltReroutes: (view: View) => ({ isStopped: chance(view, 20), by: person }),
  SetDetection: (view: View): CommandData['SetDetection'] => ({
    settings: { ...defaultDetection, confirmBy: view.random.int(1, 3) },
    by: 'x',
  }),
  GiveFeedback: (view: View): CommandData['GiveFeedback'] | null => {
    const incident = oneOf(view, [...view.state.incidents.values()])
    if (incident === null) return null
    const { incidentId } = incident
    const draft = { incidentId, verdict: 'not_useful', reason: 'noise', note: null } as const
    return { feedbackId: `f${view.fresh()}`, draft, by: 'x' }
  },
  UndoFeedback: (view: View): CommandData['UndoFeedback'] | null => {
    const [first] = view.state.detection.feedback
    return first === undefined ? null : { feedbackId: first.feedbackId, by: 'x' }
  },
  SetClock: (): CommandData['SetClock'] => ({ clock: { isPaused: false } }),
}
