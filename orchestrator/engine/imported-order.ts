// An order of the core from the rows of files: state and node as the source says, no step done again. Pure.

import { createHash } from 'node:crypto'
import { nodeIdOf, orderIdOf } from '#data/contracts'
import {
  type ImportedOrder,
  isOpenWork,
  type NewLine,
  type NewWork,
  type NewWorkLine,
  type Node,
  type OrderStatus,
  type Shipment,
  untouchedWork,
} from '#orchestrator/core'
import type { OrderRows } from './import-rows.ts'

type Row = Record<string, unknown>

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
const whole = (value: unknown): number | null => (typeof value === 'number' ? value : null)

/** Epoch ms of a time as DuckDB writes it in JSON, e.g. "2026-11-20 15:00:00+00". */
function time(value: unknown): number | null {
  if (typeof value !== 'string') return null
  const iso = value.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')
  const ms = Date.parse(iso)
  return Number.isNaN(ms) ? null : ms
}

/**
 * The order, with a hash of everything that was said of it.
 * @param nodeOf a node by its id, for the carrier that work is planned with where the source names none
 */
export function importedOrder(rows: OrderRows, nodeOf: (nodeId: string) => Node | undefined): ImportedOrder {
  const { order } = rows
  const [market, provider] = [String(order.market), String(order.provider)]
  const externalId = String(order.orderExternalId)
  const status = order.status as OrderStatus
  const lines = rows.lines.map((line) => lineOf(line, status))
  const work = rows.work.length > 0 ? workOf(rows, provider) : derivedWork(rows, provider, externalId, status)
  const isCollected = order.method === 'pickup' || order.method === 'curbside'
  const planned = work.map((each) =>
    isOpenWork(each) && each.carrier === null && !isCollected
      ? { ...each, carrier: nodeOf(each.nodeId)?.carriers[0] ?? null }
      : each,
  )
  return {
    orderId: orderIdOf(market, provider, externalId),
    market,
    provider,
    externalId,
    channel: text(order.channel),
    method: order.method as ImportedOrder['method'],
    currency: String(order.currency),
    customerRef: text(order.customerRef),
    shipTo: {
      country: text(order.shipToCountry),
      region: text(order.shipToRegion),
      city: text(order.shipToCity),
      postalCode: text(order.shipToPostalCode),
      timeZone: text(order.shipToTimeZone),
    },
    placedAt: time(order.placedAt) ?? 0,
    approvedAt: time(order.approvedAt),
    promisedAt: time(order.promisedAt),
    totalCents: whole(order.totalCents),
    freightCents: whole(order.freightCents),
    taxCents: whole(order.taxCents),
    discountCents: whole(order.discountCents),
    flags: Array.isArray(order.flags) ? order.flags.map(String) : [],
    status,
    lines,
    work: planned,
    shipments: rows.shipments.map((shipment) => shipmentOf(shipment, provider)),
    shippedAt: time(order.shippedAt),
    deliveredAt: time(order.deliveredAt),
    cancelledAt: time(order.cancelledAt),
    cancelReason: text(order.cancelReason),
    contentHash: hashOf(rows),
  }
}

/** What was said, without where it stood in which file. */
function hashOf(rows: OrderRows): string {
  const said = (row: Row) => ({ ...row, fileNo: 0, rowNumber: 0 })
  const all = [rows.order, ...rows.lines, ...rows.work, ...rows.shipments].map(said)
  return createHash('sha256').update(JSON.stringify(all)).digest('base64url')
}

const left: readonly OrderStatus[] = ['shipped', 'delivered', 'collected', 'return_requested', 'returned']

function lineOf(row: Row, orderStatus: OrderStatus): NewLine {
  const status = (text(row.status) ?? orderStatus) as OrderStatus
  const quantity = whole(row.quantity) ?? 0
  const cancelled = whole(row.cancelledQuantity) ?? (status === 'cancelled' ? quantity : 0)
  const shipped = whole(row.shippedQuantity) ?? (left.includes(status) ? quantity - cancelled : 0)
  return {
    lineId: String(row.lineExternalId),
    sku: String(row.sku),
    quantity,
    cancelled: Math.min(cancelled, quantity),
    shipped: Math.min(shipped, quantity - Math.min(cancelled, quantity)),
    unitPriceCents: whole(row.unitPriceCents) ?? 0,
    discountCents: whole(row.discountCents) ?? 0,
    taxCents: whole(row.taxCents) ?? 0,
    freightCents: whole(row.freightCents) ?? 0,
  }
}

/**
 * Work as the source lists it; the lines of a node go to its live work, in order, up to the units asked. Ended work
 * keeps what it was asked for.
 */
function workOf({ lines, work }: OrderRows, provider: string): NewWork[] {
  const rest = lines.map((line) => ({
    line,
    units: unitsLeft(line),
    short: whole(line.cancelledQuantity) ?? 0,
  }))
  return work.map((row) => {
    const node = String(row.nodeExternalId)
    const status = row.status as NewWork['status']
    return {
      ...timesOf(row),
      fulfillmentOrderId: String(row.fulfillmentOrderExternalId),
      nodeId: nodeIdOf(provider, node),
      carrier: null,
      status,
      attempt: whole(row.attempt) ?? 1,
      replaces: null,
      decisionId: null,
      lines: status === 'rejected' || status === 'cancelled' ? asked(lines, row) : taken(rest, row, node),
      isReserved: ['open', 'accepted', 'picking', 'packed'].includes(status),
      rejectReason: text(row.rejectReason),
      processingCostCents: whole(row.processingCostCents),
    }
  })
}

/** Units of the node's lines that no earlier work took, and those it could not find. */
function taken(rest: { line: Row; units: number; short: number }[], row: Row, node: string): NewWorkLine[] {
  let missing = whole(row.shortQuantity) ?? 0
  let room = Math.max(0, (whole(row.quantity) ?? Number.MAX_SAFE_INTEGER) - missing)
  return rest.flatMap((entry) => {
    if (text(entry.line.nodeExternalId) !== node) return []
    const units = Math.min(entry.units, room)
    const short = Math.min(entry.short, missing)
    if (units + short === 0) return []
    entry.units -= units
    entry.short -= short
    room -= units
    missing -= short
    return [{ ...nameOf(entry.line), quantity: units + short, short }]
  })
}

/** The order's lines up to the units that ended work was asked for. */
function asked(lines: readonly Row[], row: Row): NewWorkLine[] {
  let room = whole(row.quantity) ?? 0
  return lines.flatMap((line) => {
    const quantity = Math.min(whole(line.quantity) ?? 0, room)
    room -= quantity
    return quantity === 0 ? [] : [{ ...nameOf(line), quantity, short: 0 }]
  })
}

function nameOf(line: Row): { lineId: string; sku: string } {
  return { lineId: String(line.lineExternalId), sku: String(line.sku) }
}

function unitsLeft(line: Row): number {
  return Math.max(0, (whole(line.quantity) ?? 0) - (whole(line.cancelledQuantity) ?? 0))
}

function timesOf(row: Row) {
  const releasedAt = time(row.releasedAt)
  return {
    sourcedAt: releasedAt ?? 0,
    releasedAt,
    acceptedAt: time(row.acceptedAt),
    rejectedAt: time(row.rejectedAt),
    pickingAt: null,
    pickedAt: time(row.pickedAt),
    packedAt: time(row.packedAt),
    shippedAt: time(row.shippedAt),
    deliveredAt: null,
    cancelledAt: null,
    shipBy: time(row.shipBy),
  }
}

const statusOfOrder: Partial<Record<OrderStatus, NewWork['status']>> = {
  created: 'open',
  validated: 'open',
  sourced: 'open',
  released: 'open',
  picking: 'picking',
  packed: 'packed',
  ready_for_pickup: 'ready_for_pickup',
  shipped: 'shipped',
  delivered: 'delivered',
  collected: 'collected',
}

/** One piece of work per node that the lines name, where the source lists none. */
function derivedWork(
  { order, lines }: OrderRows,
  provider: string,
  externalId: string,
  orderStatus: OrderStatus,
): NewWork[] {
  const status = statusOfOrder[orderStatus]
  if (status === undefined) return []
  const nodes = [...new Set(lines.map((line) => text(line.nodeExternalId)).filter((node) => node !== null))]
  const isReleased = !['created', 'validated', 'sourced'].includes(orderStatus)
  const began = time(order.approvedAt) ?? time(order.placedAt) ?? 0
  return nodes.map((node, i) => {
    const own = lines.filter((line) => text(line.nodeExternalId) === node && unitsLeft(line) > 0)
    const shipBy = own.map((line) => time(line.shipBy)).filter((at) => at !== null)
    return {
      ...untouchedWork,
      fulfillmentOrderId: `${externalId}-F${i + 1}`,
      nodeId: nodeIdOf(provider, node),
      carrier: null,
      status,
      lines: own.map((line) => ({ ...nameOf(line), quantity: unitsLeft(line), short: 0 })),
      isReserved: ['open', 'picking', 'packed'].includes(status),
      sourcedAt: began,
      releasedAt: isReleased ? began : null,
      shippedAt: status === 'shipped' ? time(order.shippedAt) : null,
      shipBy: shipBy.length === 0 ? null : Math.min(...shipBy),
    }
  })
}

function shipmentOf(row: Row, provider: string): Shipment {
  const node = text(row.nodeExternalId)
  return {
    shipmentId: String(row.shipmentExternalId),
    nodeId: node === null ? null : nodeIdOf(provider, node),
    carrier: text(row.carrier),
    service: text(row.service),
    trackingNumber: text(row.trackingNumber),
    shippedAt: time(row.shippedAt),
    promisedAt: time(row.promisedAt),
    deliveredAt: time(row.deliveredAt),
    freightCostCents: whole(row.freightCostCents),
    insuranceCents: whole(row.insuranceCents),
    weightG: whole(row.weightG),
  }
}
