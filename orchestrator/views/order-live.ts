// An order of the core with its lines, work, parcels and what happened to it, in words. It changes nothing.

import type { api } from '#data/contracts'
import {
  type FulfillmentOrder,
  isLiveWork,
  isOpenWork,
  type Order,
  type OrderLine,
  partsOf,
  type Shipment,
  statusOfLine,
} from '#orchestrator/core'
import { isoOrNull } from './figures.ts'
import type { Allowed } from './order-allowed.ts'
import { flagText, type OrderBody } from './order-history.ts'
import type { Places } from './places.ts'
import { timelineOfOrder } from './timeline.ts'

/**
 * What an order of the core says beside its summary.
 * @param names of products by SKU
 * @param can what can be asked of the order and its work now
 */
export function bodyOfOrder(
  order: Order,
  places: Places,
  names: ReadonlyMap<string, string>,
  can: Allowed,
): OrderBody {
  const { country, region, city, postalCode } = order.shipTo
  const sumOf = (pick: (line: OrderLine) => number) => order.lines.reduce((sum, line) => sum + pick(line), 0)
  return {
    customerRef: order.customerRef,
    shipTo: { country, region, city, postalCode },
    freightCents: order.freightCents ?? sumOf((line) => line.freightCents),
    taxCents: order.taxCents ?? sumOf((line) => line.taxCents),
    discountCents: order.discountCents ?? sumOf((line) => line.discountCents),
    carrier: carrierOf(order),
    cancelledAt: isoOrNull(order.cancelledAt),
    cancelReason: order.cancelReason,
    flags: order.flags.map(flagText),
    lines: order.lines.map((line) => lineView(line, order, places, names)),
    fulfillmentOrders: order.work.map((work) => workView(work, places, names, can)),
    version: order.version,
    hold: order.hold,
    parentOrderId: order.parentOrderId,
    actions: can.order(),
    shipments: order.shipments.map(shipmentViewOf),
    timeline: timelineOfOrder(order, places),
  }
}

/** The carrier, "multiple" where several, "unknown" where not known. */
function carrierOf(order: Order): string {
  const carried = order.shipments.map((shipment) => shipment.carrier)
  const planned = order.work.filter(isOpenWork).map((work) => work.carrier)
  const carriers = [...new Set([...carried, ...planned].filter((carrier) => carrier !== null))]
  return carriers.length > 1 ? 'multiple' : (carriers[0] ?? 'unknown')
}

/** A parcel of the core. */
export function shipmentViewOf(shipment: Shipment): api.OrderDetail['shipments'][number] {
  const { lines } = shipment
  return {
    shipmentId: shipment.shipmentId,
    nodeId: shipment.nodeId,
    carrier: shipment.carrier ?? 'unknown',
    service: shipment.service,
    trackingNumber: shipment.trackingNumber,
    shippedAt: isoOrNull(shipment.shippedAt),
    deliveredAt: isoOrNull(shipment.deliveredAt),
    fulfillmentOrderId: shipment.fulfillmentOrderId ?? null,
    quantity: lines === undefined ? null : lines.reduce((sum, line) => sum + line.quantity, 0),
    lines: (lines ?? []).map(({ lineId, quantity }) => ({ lineId, quantity })),
  }
}

/** Lines of work. @param names of products by SKU */
export function workLinesOf(work: FulfillmentOrder, names: ReadonlyMap<string, string>) {
  return work.lines.map((line) => ({
    lineId: line.lineId,
    sku: line.sku,
    name: names.get(line.sku) ?? null,
    quantity: line.quantity,
    shortQuantity: line.short,
    shippedQuantity: line.shipped,
    deliveredQuantity: line.delivered,
  }))
}

function workView(
  work: FulfillmentOrder,
  places: Places,
  names: ReadonlyMap<string, string>,
  can: Allowed,
): api.OrderDetail['fulfillmentOrders'][number] {
  return {
    fulfillmentOrderId: work.fulfillmentOrderId,
    nodeId: work.nodeId,
    nodeName: places.nodeName(work.nodeId),
    carrier: work.carrier,
    status: work.status,
    attempt: work.attempt,
    quantity: work.lines.reduce((sum, line) => sum + line.quantity, 0),
    releasedAt: isoOrNull(work.releasedAt),
    pickedAt: isoOrNull(work.pickedAt),
    packedAt: isoOrNull(work.packedAt),
    shippedAt: isoOrNull(work.shippedAt),
    deliveredAt: isoOrNull(work.deliveredAt),
    shipBy: isoOrNull(work.shipBy),
    ownState: work.ownState,
    isReleased: work.releasedAt !== null,
    acceptedAt: isoOrNull(work.acceptedAt),
    pickingAt: isoOrNull(work.pickingAt),
    rejectedAt: isoOrNull(work.rejectedAt),
    rejectReason: work.rejectReason,
    lines: workLinesOf(work, names),
    actions: can.work(work),
  }
}

function lineView(
  line: OrderLine,
  order: Order,
  places: Places,
  names: ReadonlyMap<string, string>,
): api.OrderDetail['lines'][number] {
  const work = order.work.filter(
    (each) => isLiveWork(each) && each.lines.some((part) => part.lineId === line.lineId),
  )
  const nodes = [...new Set(work.map((each) => each.nodeId))]
  const nodeId = nodes.length === 1 ? (nodes[0] ?? null) : null
  return {
    lineId: line.lineId,
    sku: line.sku,
    name: names.get(line.sku) ?? null,
    quantity: line.quantity,
    shippedQuantity: line.shipped,
    cancelledQuantity: line.cancelled,
    unitPriceCents: line.unitPriceCents,
    totalCents: line.unitPriceCents * line.quantity - line.discountCents,
    status: statusOfLine(order, line),
    nodeId,
    nodeName: nodeId === null ? null : places.nodeName(nodeId),
    deliveredQuantity: line.delivered,
    returnRequestedQuantity: line.returnRequested,
    returnedQuantity: line.returned,
    backorderedQuantity: line.backordered,
    launchAt: isoOrNull(line.launchAt),
    hold: line.hold,
    parts: partsOf(order, line),
  }
}
