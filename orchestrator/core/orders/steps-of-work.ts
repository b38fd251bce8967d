// What events of fulfillment orders change of their order. Pure.

import type { EventData } from '../events.ts'
import type { FulfillmentOrder, LineUnits, Order, Shipment, WorkLine } from './order.ts'
import { cancelledWork, placedHere } from './shrink.ts'
import { unitsHeld, unitsOf } from './standing.ts'

type Data<T extends keyof EventData> = EventData[T] & { at: number }

/** Whether the customer comes for it where it is packed. */
export function isCollected({ method }: Pick<Order, 'method'>): boolean {
  return method === 'pickup' || method === 'curbside'
}

/** Order with one piece of work changed. */
export function withWork(
  order: Order,
  fulfillmentOrderId: string,
  change: (work: FulfillmentOrder) => FulfillmentOrder,
): Order {
  const work = order.work.map((each) =>
    each.fulfillmentOrderId === fulfillmentOrderId ? change(each) : each,
  )
  return { ...order, work }
}

/** The node took it on. */
export function accepted(order: Order, { fulfillmentOrderId, at }: Data<'WorkAccepted'>): Order {
  return withWork(order, fulfillmentOrderId, (work) => ({ ...work, status: 'accepted', acceptedAt: at }))
}

/** The node will not do it. */
export function rejected(order: Order, { fulfillmentOrderId, reason, at }: Data<'WorkRejected'>): Order {
  return withWork(placedHere(order), fulfillmentOrderId, (work) => ({
    ...work,
    status: 'rejected',
    isReserved: false,
    rejectedAt: at,
    rejectReason: reason,
  }))
}

/** The node began. */
export function begun(order: Order, { fulfillmentOrderId, at }: Data<'PickingStarted'>): Order {
  return withWork(order, fulfillmentOrderId, (work) => ({
    ...work,
    status: 'picking',
    acceptedAt: work.acceptedAt ?? at,
    pickingAt: at,
  }))
}

/** Units not found are cancelled, or look for another node; work of which nothing was found ends. */
export function picked(order: Order, data: Data<'WorkPicked'>): Order {
  const { fulfillmentOrderId, short, shortTo = 'cancel', at } = data
  const missing = unitsByLine(short)
  const isSourced = shortTo === 'source' && short.length > 0
  const lines = isSourced
    ? order.lines
    : order.lines.map((line) => {
        const units = missing.get(line.lineId) ?? 0
        return units === 0 ? line : { ...line, cancelled: line.cancelled + units }
      })
  const next = { ...(isSourced ? placedHere(order) : order), lines }
  return withWork(next, fulfillmentOrderId, (work) => {
    const found = work.lines.map((line) => ({ ...line, short: line.short + (missing.get(line.lineId) ?? 0) }))
    const picked = { ...work, lines: found, pickedAt: at }
    return found.every((line) => unitsOf(line) === 0) ? cancelledWork(picked, at) : picked
  })
}

/** The parcel is closed. */
export function packed(order: Order, { fulfillmentOrderId, at }: Data<'WorkPacked'>): Order {
  return withWork(order, fulfillmentOrderId, (work) => ({ ...work, status: 'packed', packedAt: at }))
}

/** The goods wait for their customer. */
export function ready(order: Order, { fulfillmentOrderId, at }: Data<'WorkReady'>): Order {
  return sent(order, fulfillmentOrderId, null, { status: 'ready_for_pickup', at, carrier: null })
}

/** A parcel left; on a pick-up order, as earlier versions said it, the goods wait for their customer. */
export function shipped(order: Order, data: Data<'WorkShipped'>): Order {
  const { fulfillmentOrderId, shipment, lines, at } = data
  if (isCollected(order)) {
    return sent(order, fulfillmentOrderId, null, {
      status: 'ready_for_pickup',
      at,
      carrier: shipment.carrier,
    })
  }
  const parcel: Shipment = { ...shipment, fulfillmentOrderId, shippedAt: shipment.shippedAt ?? at }
  const shipments = order.shipments.concat(lines === undefined ? parcel : { ...parcel, lines })
  const how = { status: 'shipped' as const, at, carrier: shipment.carrier }
  return sent({ ...order, shipments }, fulfillmentOrderId, lines ?? null, how)
}

/** Units that left their node; null = all that had not. */
function sent(
  order: Order,
  fulfillmentOrderId: string,
  parcel: readonly LineUnits[] | null,
  { status, at, carrier }: { status: FulfillmentOrder['status']; at: number; carrier: string | null },
): Order {
  const work = order.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
  if (work === undefined) return order
  const units = parcel === null ? null : unitsByLine(parcel)
  const leaving = (line: WorkLine) => (units === null ? unitsHeld(line) : (units.get(line.lineId) ?? 0))
  const left = new Map<string, number>()
  for (const line of work.lines) left.set(line.lineId, (left.get(line.lineId) ?? 0) + leaving(line))
  const parts = work.lines.map((line) => ({ ...line, shipped: line.shipped + leaving(line) }))
  const isAll = parts.every((line) => unitsHeld(line) === 0)
  const lines = order.lines.map((line) => {
    const gone = left.get(line.lineId) ?? 0
    return gone === 0 ? line : { ...line, shipped: line.shipped + gone }
  })
  return withWork({ ...order, lines }, fulfillmentOrderId, (each) => ({
    ...each,
    lines: parts,
    carrier: carrier ?? each.carrier,
    packedAt: each.packedAt ?? at,
    ...(isAll ? { status, isReserved: false, shippedAt: at } : {}),
  }))
}

/** One parcel, or all of them, arrived. */
export function delivered(order: Order, data: Data<'WorkDelivered'>): Order {
  const { fulfillmentOrderId, shipmentId = null, at } = data
  const work = order.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
  if (work === undefined) return order
  if (shipmentId === null)
    return arrived(
      withParcels(order, work, () => true, at),
      work,
      null,
      at,
    )
  const parcel = order.shipments.find((each) => each.shipmentId === shipmentId)
  const units = parcel?.lines === undefined ? null : unitsByLine(parcel.lines)
  return arrived(
    withParcels(order, work, (each) => each.shipmentId === shipmentId, at),
    work,
    units,
    at,
  )
}

/** The customer has what waited for them. */
export function collected(order: Order, { fulfillmentOrderId, at }: Data<'WorkCollected'>): Order {
  const work = order.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
  return work === undefined ? order : arrived(order, work, null, at)
}

/** @param units that arrived, by line; null = all that have left */
function arrived(
  order: Order,
  work: FulfillmentOrder,
  units: ReadonlyMap<string, number> | null,
  at: number,
): Order {
  const arriving = (line: WorkLine) =>
    Math.min(line.shipped - line.delivered, units === null ? line.shipped : (units.get(line.lineId) ?? 0))
  const came = new Map<string, number>()
  for (const line of work.lines) came.set(line.lineId, (came.get(line.lineId) ?? 0) + arriving(line))
  const parts = work.lines.map((line) => ({ ...line, delivered: line.delivered + arriving(line) }))
  const isAll = parts.every((line) => line.delivered === unitsOf(line))
  const lines = order.lines.map((line) => {
    const here = came.get(line.lineId) ?? 0
    return here === 0 ? line : { ...line, delivered: line.delivered + here }
  })
  const end = isCollected(order) ? ('collected' as const) : ('delivered' as const)
  return withWork({ ...order, lines }, work.fulfillmentOrderId, (each) => ({
    ...each,
    lines: parts,
    ...(isAll ? { status: end, deliveredAt: at } : {}),
  }))
}

/** Parcels of the work with the time of their arrival; a file tells parcels by their node alone. */
function withParcels(
  order: Order,
  work: FulfillmentOrder,
  isMeant: (shipment: Shipment) => boolean,
  at: number,
): Order {
  const shipments = order.shipments.map((shipment) => {
    const isOwn = shipment.fulfillmentOrderId === undefined && shipment.nodeId === work.nodeId
    const isIt = isOwn || shipment.fulfillmentOrderId === work.fulfillmentOrderId
    return isIt && isMeant(shipment) && shipment.deliveredAt === null
      ? { ...shipment, deliveredAt: at }
      : shipment
  })
  return { ...order, shipments }
}

/** Units by line, those of the same line summed. */
export function unitsByLine(lines: readonly LineUnits[]): Map<string, number> {
  const units = new Map<string, number>()
  for (const { lineId, quantity } of lines) units.set(lineId, (units.get(lineId) ?? 0) + quantity)
  return units
}
