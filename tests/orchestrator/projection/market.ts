// Random lives of a market for tests of the projection: commands that the core takes or refuses, and their events.

import fc from 'fast-check'
import type { NewEvent } from '#data/log'
import type { CoreEvent, FulfillmentOrder, Order } from '#orchestrator/core'
import { plan, record, type Sandbox } from '../core/setting.ts'

const deeds = ['next', 'reroute', 'undo', 'decline', 'cancel', 'short', 'backorder', 'incident'] as const

/** One thing that happens to an order, with the node it is about. */
export interface Step {
  id: string
  deed: (typeof deeds)[number]
  node: string
}

/** Steps over a handful of orders at three nodes; most take an order further on its way. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    id: fc.constantFrom('o1', 'o2', 'o3', 'o4'),
    deed: fc.oneof(
      { weight: 12, arbitrary: fc.constant('next' as const) },
      { weight: 8, arbitrary: fc.constantFrom(...deeds) },
    ),
    node: fc.constantFrom('A', 'B', 'C'),
  }),
  { minLength: 10, maxLength: 60 },
)

/** The event as an actor would append it. */
export function appended({ type, data }: CoreEvent, seq: number): NewEvent {
  return { eventId: `test${seq}/0`, type, data }
}

/** Does a step; what the core refuses leaves no event. */
export function act(box: Sandbox, { id, deed, node }: Step): void {
  const order = box.state.orders.get(id)
  if (order === undefined) {
    box.create(id, node === 'A' ? { x: 3, y: 1 } : { x: 2 })
    return
  }
  const work = order.work.findLast((each) => each.status !== 'cancelled')
  const acts: Record<Step['deed'], () => unknown> = {
    next: () => next(box, order, work, node),
    reroute: () => reroute(box, order, work, node, 'RerouteOrder'),
    decline: () => reroute(box, order, work, node, 'DeclineReroute'),
    undo: () =>
      box.run('UndoReroute', { orderId: id, decisionId: work?.decisionId ?? '', reason: 'wrong way' }),
    cancel: () => (node === 'A' ? box.run('CancelOrder', { orderId: id, reason: 'changed mind' }) : null),
    short: () => work !== undefined && box.run('PickWork', { ...refOf(order, work), short: [oneOf(work)] }),
    backorder: () => {
      const decision = record(`${id}/back/${box.at}`, 'source', null, { status: 'refused' })
      box.run('BackorderOrder', { orderId: id, reason: 'nothing left', decision })
    },
    incident: () => incident(box, node),
  }
  acts[deed]()
}

const refOf = (order: Order, work: FulfillmentOrder) => ({
  orderId: order.orderId,
  fulfillmentOrderId: work.fulfillmentOrderId,
})
const oneOf = (work: FulfillmentOrder) => ({ lineId: work.lines[0]?.lineId ?? '', quantity: 1 })

/** The step that an order waits for. */
function next(box: Sandbox, order: Order, work: FulfillmentOrder | undefined, node: string): void {
  const { orderId, status } = order
  if (status === 'created') box.run('ValidateOrder', { orderId })
  else if (status === 'validated' || status === 'backordered') {
    const assignments = order.lines.map((line, i) => ({
      nodeId: `fab:${i === 0 ? node : 'C'}`,
      carrier: 'SwiftPost',
      shipBy: null,
      lines: [{ lineId: line.lineId, quantity: line.quantity }],
    }))
    const decision = record(`${orderId}/source/${box.at}`, 'source', node, { costCents: 900 })
    box.run('SourceOrder', { ...plan(orderId, {}, node), orderId, assignments, decision })
  } else if (status === 'sourced' && work?.isReserved !== true) box.run('ReserveOrder', { orderId })
  else if (status === 'sourced') box.run('ReleaseOrder', { orderId })
  else if (work !== undefined) nextAtNode(box, order, work)
}

function nextAtNode(box: Sandbox, order: Order, work: FulfillmentOrder): void {
  const ref = refOf(order, work)
  if (work.status === 'open') box.run('StartPicking', ref)
  else if (work.status === 'picking' && work.pickedAt === null) box.run('PickWork', { ...ref, short: [] })
  else if (work.status === 'picking') box.run('PackWork', ref)
  else if (work.status === 'packed') box.run('ShipWork', { ...ref, shipment: parcel(order, work, box.at) })
  else box.run('DeliverWork', ref)
}

function reroute(
  box: Sandbox,
  order: Order,
  work: FulfillmentOrder | undefined,
  node: string,
  how: 'RerouteOrder' | 'DeclineReroute',
): void {
  if (work === undefined) return
  const decision = record(`${work.fulfillmentOrderId}/${box.at}`, 'reroute', node, {
    incidentId: [...box.state.openIncidents.values()][0] ?? null,
    fromNodeId: work.nodeId,
    status: how === 'RerouteOrder' ? 'done' : 'held_out',
    hoursSaved: 12.5,
    candidates: [],
  })
  if (how === 'DeclineReroute') {
    box.run('DeclineReroute', { orderId: order.orderId, decision })
    return
  }
  const lines = work.lines.map(({ lineId, quantity }) => ({ lineId, quantity }))
  const assignment = { nodeId: `fab:${node}`, carrier: 'Northline', shipBy: box.at + 3_600_000, lines }
  box.run('RerouteOrder', { ...refOf(order, work), assignments: [assignment], decision })
}

const finding = {
  key: 'node/fab:A',
  metric: 'backlog',
  dimension: 'node',
  dimensionValue: 'fab:A',
  severity: 0.5,
  title: 'A ships too little',
  beganAt: 0,
  value: 9,
  expected: 2,
  expectedLow: 1,
  expectedHigh: 4,
  pValue: 0.001,
  model: 'test',
  causes: [{ dimension: 'carrier', value: 'SwiftPost', share: 0.8 }],
}

function incident(box: Sandbox, node: string): void {
  const open = box.state.openIncidents.get(finding.key)
  const impact = { ordersAtRisk: node.charCodeAt(0), centsAtRisk: 100, currency: 'USD' }
  if (open === undefined) box.run('OpenIncident', { incidentId: `inc${box.at}`, finding, impact })
  else if (node === 'A') box.run('ResolveIncident', { incidentId: open, reason: 'over' })
  else box.run('UpdateIncident', { incidentId: open, finding: { ...finding, severity: 0.7 }, impact })
}

function parcel(order: Order, work: FulfillmentOrder, at: number) {
  return {
    shipmentId: `${work.fulfillmentOrderId}-P`,
    nodeId: work.nodeId,
    carrier: work.carrier,
    service: null,
    trackingNumber: `T${order.externalId}`,
    shippedAt: at,
    promisedAt: null,
    deliveredAt: null,
    freightCostCents: 500,
    insuranceCents: null,
    weightG: 12.5,
  }
}
