// How orders follow from their events: the table from event to step. Pure.

import type { EventData } from '../events.ts'
import type { HandlersOf } from '../handlers.ts'
import { tallied } from '../incidents/evolve-incident.ts'
import type { CoreState } from '../state.ts'
import type { OrderEvents } from './events.ts'
import { created, imported, reviewed, stepped, withWork } from './evolve-order.ts'
import { filledWork } from './filled.ts'
import { isOpenWork, type Order } from './order.ts'
import { isWaiting, unitsOf } from './standing.ts'

const reasoned = ({ reason }: { reason: string }) => ({ reason, nodeId: null })
const decided = ({ decision }: { decision: { reason: string; toNodeId: string | null } | null }) => ({
  reason: decision?.reason ?? null,
  nodeId: decision?.toNodeId ?? null,
})
const atNode = ({ fulfillmentOrderId }: { fulfillmentOrderId: string }, order: Order) => ({
  reason: null,
  nodeId: order.work.find((work) => work.fulfillmentOrderId === fulfillmentOrderId)?.nodeId ?? null,
})
const isPickup = (order: Order) => order.method === 'pickup' || order.method === 'curbside'

/** The same step, counted in the tally of the incident that asked for it. */
function withTally<D extends { orderId: string; decision: { incidentId: string | null } }>(
  isMoved: boolean,
  step: (state: CoreState, data: D) => CoreState,
) {
  return (state: CoreState, data: D): CoreState => {
    const { incidentId } = data.decision
    const told = state.orders.get(data.orderId)?.declinedFor ?? []
    const wasTold = incidentId !== null && told.includes(incidentId)
    return tallied(step(state, data), incidentId, { isMoved, wasTold })
  }
}

/** What events of orders do. */
export const orderHandlers: Partial<HandlersOf<OrderEvents>> = {
  OrderCreated: created,
  OrderImported: imported,
  OrderValidated: stepped('OrderValidated', (order) => ({ ...order, status: 'validated' })),
  OrderHeld: stepped('OrderHeld', (order) => ({ ...order, status: 'on_hold' }), reasoned),
  OrderSourced: stepped(
    'OrderSourced',
    (order, { work }) => ({ ...order, status: 'sourced', work: [...order.work, ...work.map(filledWork)] }),
    decided,
  ),
  OrderBackordered: stepped(
    'OrderBackordered',
    (order, _, { changes }) => ({ ...order, status: 'backordered', waitingSince: changes }),
    reasoned,
  ),
  OrderReserved: stepped('OrderReserved', (order) => ({
    ...order,
    work: order.work.map((work) => (isOpenWork(work) ? { ...work, isReserved: true } : work)),
  })),
  OrderUnsourced: stepped(
    'OrderUnsourced',
    // Work that no node ever got leaves no trace.
    (order) => ({
      ...order,
      status: 'validated',
      work: order.work.filter((work) => !isOpenWork(work) || work.releasedAt !== null),
    }),
    reasoned,
  ),
  OrderReleased: stepped('OrderReleased', (order, { at }) =>
    reviewed({
      ...order,
      work: order.work.map((work) =>
        isOpenWork(work) && work.releasedAt === null ? { ...work, releasedAt: at } : work,
      ),
    }),
  ),
  OrderRerouted: withTally(
    true,
    stepped(
      'OrderRerouted',
      (order, { fulfillmentOrderId, work, decision, at }) => {
        const left = withWork(order, fulfillmentOrderId, (each) => ({
          ...each,
          status: 'cancelled',
          isReserved: false,
          cancelledAt: at,
        }))
        const declinedFor = order.declinedFor.filter((incidentId) => incidentId !== decision.incidentId)
        const moved = {
          status: order.status,
          work: [...left.work, ...work.map(filledWork)],
          moves: order.moves + 1,
        }
        const next = { ...left, ...moved, declinedFor }
        return isWaiting(order) ? next : reviewed(next)
      },
      decided,
    ),
  ),
  RerouteDeclined: withTally(
    false,
    stepped(
      'RerouteDeclined',
      (order, { decision: { incidentId } }) =>
        incidentId === null || order.declinedFor.includes(incidentId)
          ? order
          : { ...order, declinedFor: [...order.declinedFor, incidentId] },
      decided,
    ),
  ),
  RerouteUndone: stepped(
    'RerouteUndone',
    (order, { decisionId, work, at }) => {
      const left = order.work.map((each) =>
        each.decisionId === decisionId && isOpenWork(each)
          ? { ...each, status: 'cancelled' as const, isReserved: false, cancelledAt: at }
          : each,
      )
      const next = { ...order, work: [...left, ...work.map(filledWork)], isPinned: true }
      return isWaiting(order) ? next : reviewed(next)
    },
    reasoned,
  ),
  OrderCancelled: stepped(
    'OrderCancelled',
    (order, { reason, at }) => ({
      ...order,
      status: 'cancelled',
      cancelledAt: at,
      cancelReason: reason,
      lines: order.lines.map((line) => ({ ...line, cancelled: line.quantity - line.shipped })),
      work: order.work.map((work) =>
        isOpenWork(work) ? { ...work, status: 'cancelled', isReserved: false, cancelledAt: at } : work,
      ),
    }),
    reasoned,
  ),

  PickingStarted: stepped(
    'PickingStarted',
    (order, { fulfillmentOrderId, at }) =>
      withWork(order, fulfillmentOrderId, (work) => ({
        ...work,
        status: 'picking',
        acceptedAt: work.acceptedAt ?? at,
        pickingAt: at,
      })),
    atNode,
  ),
  WorkPicked: stepped('WorkPicked', picked, atNode),
  WorkPacked: stepped(
    'WorkPacked',
    (order, { fulfillmentOrderId, at }) =>
      withWork(order, fulfillmentOrderId, (work) => ({ ...work, status: 'packed', packedAt: at })),
    atNode,
  ),
  WorkShipped: stepped('WorkShipped', shipped, atNode),
  WorkDelivered: stepped('WorkDelivered', delivered, atNode),
}

function picked(
  order: Order,
  { fulfillmentOrderId, short, at }: EventData['WorkPicked'] & { at: number },
): Order {
  const missing = new Map(short.map(({ lineId, quantity }) => [lineId, quantity]))
  const lines = order.lines.map((line) => {
    const units = missing.get(line.lineId) ?? 0
    return units === 0 ? line : { ...line, cancelled: line.cancelled + units }
  })
  const next = withWork({ ...order, lines }, fulfillmentOrderId, (work) => {
    const found = work.lines.map((line) => ({ ...line, short: line.short + (missing.get(line.lineId) ?? 0) }))
    const isEmpty = found.every((line) => unitsOf(line) === 0)
    const end = isEmpty ? { status: 'cancelled' as const, isReserved: false, cancelledAt: at } : {}
    return { ...work, lines: found, pickedAt: at, ...end }
  })
  return next.status === 'cancelled' ? { ...next, cancelledAt: at, cancelReason: 'short_pick' } : next
}

function shipped(order: Order, data: EventData['WorkShipped'] & { at: number }): Order {
  const { fulfillmentOrderId, shipment, at } = data
  const work = order.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
  const sent = new Map(work?.lines.map((line) => [line.lineId, unitsOf(line)]))
  const lines = order.lines.map((line) => ({ ...line, shipped: line.shipped + (sent.get(line.lineId) ?? 0) }))
  const next = withWork({ ...order, lines }, fulfillmentOrderId, (each) => ({
    ...each,
    status: isPickup(order) ? 'ready_for_pickup' : 'shipped',
    isReserved: false,
    carrier: shipment.carrier ?? each.carrier,
    packedAt: each.packedAt ?? at,
    shippedAt: at,
  }))
  const isLast = !next.work.some(isOpenWork)
  const shipments = isPickup(order)
    ? order.shipments
    : [...order.shipments, { ...shipment, fulfillmentOrderId, shippedAt: shipment.shippedAt ?? at }]
  return { ...next, shipments, shippedAt: isLast ? at : order.shippedAt }
}

function delivered(order: Order, data: EventData['WorkDelivered'] & { at: number }): Order {
  const { fulfillmentOrderId, at } = data
  const done = isPickup(order) ? 'collected' : 'delivered'
  const next = withWork(order, fulfillmentOrderId, (work) => ({ ...work, status: done, deliveredAt: at }))
  const node = next.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)?.nodeId
  const shipments = order.shipments.map((shipment) => {
    const isOwn = shipment.fulfillmentOrderId === undefined && shipment.nodeId === node
    const isIt = isOwn || shipment.fulfillmentOrderId === fulfillmentOrderId
    return isIt && shipment.deliveredAt === null ? { ...shipment, deliveredAt: at } : shipment
  })
  const isLast = next.status === 'delivered' || next.status === 'collected'
  return { ...next, shipments, deliveredAt: isLast ? at : order.deliveredAt }
}
