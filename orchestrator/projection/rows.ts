// Orders, stock and incidents of the core as rows of the warehouse. Pure: the same state, the same rows.

import type { logTables, operations, RowOf } from '#data/contracts'
import {
  type FulfillmentOrder,
  type Incident,
  isLiveWork,
  type Order,
  type OrderLine,
  type Stock,
  snoozedUntil,
  statusOfLine,
  unitsAt,
} from '#orchestrator/core'

type OrderRow = RowOf<typeof logTables.rawLogOrders>
type LineRow = RowOf<typeof logTables.rawLogOrderLines>
type WorkRow = RowOf<typeof logTables.rawLogFulfillmentOrders>
type ShipmentRow = RowOf<typeof logTables.rawLogShipments>
type StockRow = RowOf<typeof logTables.rawLogInventory>
type IncidentRow = RowOf<typeof operations.incidents>

/** All rows of an order. */
export interface OrderRows {
  order: OrderRow
  lines: LineRow[]
  work: WorkRow[]
  shipments: ShipmentRow[]
}

const instant = (ms: number) => new Date(ms).toISOString()
const instantOrNull = (ms: number | null) => (ms === null ? null : instant(ms))

/** The rows of an order as it is now. */
export function rowsOfOrder(order: Order): OrderRows {
  const { provider, market, externalId: orderExternalId } = order
  const own = { provider, market, orderExternalId }
  return {
    order: { ...own, ...headerOf(order) },
    lines: order.lines.map((line) => ({ ...own, ...lineOf(order, line), flags: [] })),
    work: order.work.map((work) => ({ ...own, ...workOf(order, work), flags: [] })),
    shipments: order.shipments.map((shipment) => ({
      ...own,
      shipmentExternalId: shipment.shipmentId,
      nodeId: shipment.nodeId,
      carrier: shipment.carrier,
      service: shipment.service,
      trackingNumber: shipment.trackingNumber,
      shippedAt: instantOrNull(shipment.shippedAt),
      promisedAt: instantOrNull(shipment.promisedAt),
      deliveredAt: instantOrNull(shipment.deliveredAt),
      freightCostCents: shipment.freightCostCents,
      insuranceCents: shipment.insuranceCents,
      weightG: shipment.weightG,
      flags: [],
    })),
  }
}

type Own = 'provider' | 'market' | 'orderExternalId'

function headerOf(order: Order): Omit<OrderRow, Own> {
  return {
    placedAt: instant(order.placedAt),
    status: order.status,
    channel: order.channel,
    method: order.method,
    currency: order.currency,
    customerRef: order.customerRef,
    shipToCountry: order.shipTo.country,
    shipToRegion: order.shipTo.region,
    shipToCity: order.shipTo.city,
    shipToPostalCode: order.shipTo.postalCode,
    shipToTimeZone: order.shipTo.timeZone,
    promisedAt: instantOrNull(order.promisedAt),
    approvedAt: instantOrNull(order.approvedAt),
    shippedAt: instantOrNull(order.shippedAt),
    deliveredAt: instantOrNull(order.deliveredAt),
    cancelledAt: instantOrNull(order.cancelledAt),
    cancelReason: order.cancelReason,
    totalCents: order.totalCents,
    freightCents: order.freightCents,
    taxCents: order.taxCents,
    discountCents: order.discountCents,
    flags: [...order.flags],
    origin: order.origin,
    moves: order.moves,
    updatedAt: instant(order.updatedAt),
  }
}

function lineOf(order: Order, line: OrderLine): Omit<LineRow, Own | 'flags'> {
  const work = mainWorkOf(order, line)
  return {
    lineExternalId: line.lineId,
    sku: line.sku,
    quantity: line.quantity,
    unitPriceCents: line.unitPriceCents,
    discountCents: line.discountCents,
    taxCents: line.taxCents,
    freightCents: line.freightCents,
    nodeId: work?.nodeId ?? null,
    status: statusOfLine(order, line),
    shipBy: instantOrNull(work?.shipBy ?? null),
    shippedQuantity: line.shipped,
    cancelledQuantity: line.cancelled,
  }
}

/** The live work that has most of the line, the first of equals; where none lives, the last that had it. */
function mainWorkOf(order: Order, line: OrderLine): FulfillmentOrder | undefined {
  const all = order.work.filter((work) => work.lines.some((part) => part.lineId === line.lineId))
  const live = all.filter(isLiveWork)
  if (live.length === 0) return all.at(-1)
  return live.reduce((best, work) => (unitsAt(work, line) > unitsAt(best, line) ? work : best))
}

function workOf(order: Order, work: FulfillmentOrder): Omit<WorkRow, Own | 'flags'> {
  // where nobody said when the node got the work, staging takes the approval of the order, as it does for files
  const isLater = work.sourcedAt > (order.approvedAt ?? order.placedAt)
  const hasCost = isLiveWork(work) || work.pickingAt !== null
  return {
    fulfillmentOrderExternalId: work.fulfillmentOrderId,
    nodeId: work.nodeId,
    status: work.status,
    attempt: work.attempt,
    releasedAt: instantOrNull(work.releasedAt ?? (isLater ? work.sourcedAt : null)),
    acceptedAt: instantOrNull(work.acceptedAt),
    rejectedAt: instantOrNull(work.rejectedAt),
    rejectReason: work.rejectReason,
    pickedAt: instantOrNull(work.pickedAt),
    packedAt: instantOrNull(work.packedAt),
    shippedAt: instantOrNull(work.shippedAt),
    shipBy: instantOrNull(work.shipBy),
    quantity: work.lines.reduce((units, part) => units + part.quantity, 0),
    shortQuantity: work.lines.reduce((units, part) => units + part.short, 0),
    processingCostCents: hasCost ? work.processingCostCents : null,
    carrier: work.carrier,
    lineIds: [...new Set(work.lines.map((part) => part.lineId))],
    cancelledAt: instantOrNull(work.cancelledAt),
    replaces: work.replaces,
    decisionId: work.decisionId,
  }
}

/** Provider and external id of a node id: "provider:external id", where the external id may have colons. */
export function partsOfNode(nodeId: string): { provider: string; externalId: string } {
  const colon = nodeId.indexOf(':')
  if (colon < 0) return { provider: '', externalId: nodeId }
  return { provider: nodeId.slice(0, colon), externalId: nodeId.slice(colon + 1) }
}

/** The row of a stock position as it is now. */
export function rowOfStock(market: string, stock: Stock): StockRow {
  return {
    sku: stock.sku,
    nodeId: stock.nodeId,
    countedAt: instant(stock.updatedAt),
    onHand: stock.onHand,
    allocated: stock.allocated,
    reserved: stock.reserved,
    ringFenced: stock.ringFenced,
    safetyStock: stock.safetyStock,
    inbound: stock.inbound,
    provider: partsOfNode(stock.nodeId).provider,
    market,
    flags: [],
  }
}

/** The row of an incident as it is now. */
export function rowOfIncident(market: string, incident: Incident): IncidentRow {
  return {
    incidentId: incident.incidentId,
    market,
    status: incident.status,
    severity: incident.severity,
    title: incident.title,
    metric: incident.metric,
    dimension: incident.dimension,
    dimensionValue: incident.dimensionValue,
    openedAt: instant(incident.openedAt),
    resolvedAt: instantOrNull(incident.resolvedAt),
    ordersAtRisk: incident.ordersAtRisk,
    centsAtRisk: incident.centsAtRisk,
    causes: JSON.stringify(incident.causes),
    ordersMoved: incident.ordersMoved,
    ordersNotMoved: incident.ordersNotMoved,
    owner: incident.owner,
    acknowledgedBy: incident.acknowledgedBy,
    snoozedUntil: instantOrNull(snoozedUntil(incident)),
    severityFound: incident.severityFound,
    resolvedBy: incident.resolvedBy,
    reopened: incident.reopened,
    isFlapping: incident.isFlapping,
    flapScore: incident.flapScore,
    mergedInto: incident.mergedInto,
    splitFrom: incident.splitFrom,
    silencedBy: incident.silencedBy,
  }
}
