// An order as a row of the list, from the core and from the tables. It chooses no orders.

import type { api } from '#data/contracts'
import { isEnded, type Order } from '#orchestrator/core'
import { type Outlook, riskOfOrder } from '#orchestrator/sourcing'
import { isoOf, isoOrNull } from './figures.ts'
import type { Places } from './places.ts'
import { isAtRisk, type Risk, worthOf } from './risk.ts'
import type { FulfillmentMethod, OrderStatus } from './words.ts'

/** A row of the table `orders` as the list reads it; times in epoch ms. */
export interface OrderRow extends Record<string, unknown> {
  order_id: string
  external_id: string
  provider: string
  market: string
  channel: string
  status: OrderStatus
  method: FulfillmentMethod
  placed_at: number
  promised_at: number | null
  shipped_at: number | null
  delivered_at: number | null
  is_late: boolean | null
  is_open: boolean
  total_cents: number
  currency: string
  region: string
  city: string | null
  node_id: string | null
  line_count: number
  unit_count: number
  sort_key: number
}

/** Columns of an OrderRow; `sort_key` is for the caller to add. */
export const orderColumns = `order_id::VARCHAR AS order_id, external_id, provider, market, channel, status, method,
  epoch_ms(placed_at) AS placed_at, epoch_ms(promised_at) AS promised_at, epoch_ms(shipped_at) AS shipped_at,
  epoch_ms(delivered_at) AS delivered_at, is_late, is_open, total_cents, currency, region, city, node_id,
  line_count, unit_count`

/** A row of the tables as a row of the list. */
export function summaryOfRow(
  row: OrderRow,
  places: Places,
  { moves, outlook }: { moves: number; outlook: Outlook | null },
): api.OrderSummary {
  return {
    orderId: row.order_id,
    externalId: row.external_id,
    provider: row.provider,
    market: row.market,
    channel: row.channel,
    status: row.status,
    method: row.method,
    placedAt: isoOf(row.placed_at),
    promisedAt: isoOrNull(row.promised_at),
    shippedAt: isoOrNull(row.shipped_at),
    deliveredAt: isoOrNull(row.delivered_at),
    isLate: row.is_late,
    isOpen: row.is_open,
    isAtRisk: false,
    lateRisk:
      row.delivered_at === null && row.status !== 'cancelled' ? riskOfOrder(outlook, row.order_id) : null,
    totalCents: row.total_cents,
    currency: row.currency,
    region: row.region,
    city: row.city,
    nodeId: row.node_id,
    nodeName: row.node_id === null ? null : places.nodeName(row.node_id),
    lineCount: row.line_count,
    unitCount: row.unit_count,
    moves,
  }
}

/** An order of the core as a row of the list. */
export function summaryOfOrder(order: Order, places: Places, risk: Risk): api.OrderSummary {
  const nodeId = nodeOf(order)
  return {
    orderId: order.orderId,
    externalId: order.externalId,
    provider: order.provider,
    market: order.market,
    channel: channelOf(order),
    status: order.status,
    method: order.method,
    placedAt: isoOf(order.placedAt),
    promisedAt: isoOrNull(order.promisedAt),
    shippedAt: isoOrNull(order.shippedAt),
    deliveredAt: isoOrNull(order.deliveredAt),
    isLate: lateOf(order),
    isOpen: !isEnded(order),
    isAtRisk: isAtRisk(order, risk),
    lateRisk: lateRiskOf(order, risk.outlook),
    totalCents: worthOf(order),
    currency: order.currency,
    region: regionOf(order),
    city: order.shipTo.city,
    nodeId,
    nodeName: nodeId === null ? null : places.nodeName(nodeId),
    lineCount: order.lines.length,
    unitCount: order.lines.reduce((sum, line) => sum + line.quantity, 0),
    moves: order.moves,
  }
}

/** How likely it comes late; null where it has come, or nobody says. */
export function lateRiskOf(order: Order, outlook: Outlook | null): number | null {
  if (order.deliveredAt !== null || order.status === 'cancelled') return null
  return riskOfOrder(outlook, order.orderId)
}

/** Delivered after the promise; null where either is unknown. */
export function lateOf(order: Order): boolean | null {
  if (order.deliveredAt === null || order.promisedAt === null) return null
  return order.deliveredAt > order.promisedAt
}

/** The sales channel. */
export function channelOf(order: Order): string {
  return order.channel ?? 'unknown'
}

/** Region of the destination. */
export function regionOf(order: Order): string {
  return order.shipTo.region ?? 'unknown'
}

/** Nodes whose work counts: what was neither rejected nor cancelled. */
export function nodesOf(order: Order): string[] {
  const live = order.work.filter((work) => work.status !== 'cancelled' && work.status !== 'rejected')
  return [...new Set(live.map((work) => work.nodeId))]
}

/** The node, where it is a single one. */
export function nodeOf(order: Order): string | null {
  const nodes = nodesOf(order)
  return nodes.length === 1 ? (nodes[0] ?? null) : null
}
