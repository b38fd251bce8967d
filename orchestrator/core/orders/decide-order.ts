// What commands on whole orders lead to: create, import, validate, source, reserve, release, cancel. Pure.

import { isCurrency } from '#data/kernel'
import type { CommandData } from '../commands.ts'
import { done, event, refused, type Verdict } from '../decision.ts'
import type { CoreEvent } from '../events.ts'
import type { CoreState } from '../state.ts'
import { holding, movesOf, shortage } from '../stock/decide-stock.ts'
import type { StockMove } from '../stock/events.ts'
import { stockKey } from '../stock/stock.ts'
import type { Assignment } from './commands.ts'
import { filledWork } from './filled.ts'
import type { ImportedOrder } from './order.ts'
import {
  type FulfillmentOrder,
  isEnded,
  isLiveWork,
  isMovable,
  isOpenWork,
  type NewWork,
  type Order,
  untouchedWork,
  type WorkLine,
} from './order.ts'
import { unassigned } from './standing.ts'

/** A new order; its id must be new. */
export function createOrder(state: CoreState, data: CommandData['CreateOrder'], at: number): Verdict {
  const { order, lines } = data
  const known = state.orders.get(order.orderId)
  if (known !== undefined) return refused('order_exists', undefined, known)
  if (lines.length === 0) return refused('no_lines')
  if (new Set(lines.map((line) => line.lineId)).size < lines.length) return refused('line_twice')
  const about = { orderId: order.orderId, status: 'created' as const }
  return done([event('OrderCreated', { order, lines, at })], about)
}

/** Orders of a file; those whose content is known change nothing. */
export function importOrders(state: CoreState, data: CommandData['ImportOrders'], at: number): Verdict {
  return done(data.orders.flatMap((order) => importOne(state, order, at)))
}

/** Once a step was done here, the source may end the order but no longer places it. */
function importOne(state: CoreState, order: ImportedOrder, at: number): CoreEvent[] {
  const { orderId } = order
  const before = state.orders.get(orderId)
  if (before?.contentHash === order.contentHash) return []
  const isOurs = before !== undefined && (before.origin === 'api' || before.hasOwnSteps)
  if (isOurs && (!isEnded(order) || isBehind(order, before))) return []
  const merged = isOurs ? endedBy(order, before, at) : order
  const kept = movesOf(merged.work.map(filledWork).filter((work) => work.isReserved && isOpenWork(work)))
  return [
    ...(before === undefined ? [] : letGo(state, before, merged, at)),
    event('OrderImported', { order: merged, at }),
    ...(kept.length === 0 ? [] : [event('StockAllocated', { orderId, items: kept, at })]),
  ]
}

const ends = ['shipped', 'delivered', 'collected', 'return_requested', 'returned']

/** Whether the order is as far here as its source says, or ended in another way. */
function isBehind(order: ImportedOrder, before: Order): boolean {
  if (before.status === 'cancelled') return true
  return ends.includes(before.status) && ends.indexOf(order.status) <= ends.indexOf(before.status)
}

/** Our own work, ended as the source says. */
function endedBy(order: ImportedOrder, before: Order, at: number): ImportedOrder {
  const isCancelled = order.status === 'cancelled'
  const shippedAt = order.shippedAt ?? at
  const end = (work: FulfillmentOrder): NewWork => {
    if (!isOpenWork(work)) return work
    return isCancelled
      ? { ...work, status: 'cancelled', isReserved: false, cancelledAt: at }
      : { ...work, status: 'shipped', isReserved: false, shippedAt, lines: work.lines.map(allGone) }
  }
  const known = new Set(before.shipments.map((shipment) => shipment.shipmentId))
  const news = order.shipments.filter((shipment) => !known.has(shipment.shipmentId))
  const lines = before.lines.map((line) => {
    const left = line.quantity - line.cancelled - line.shipped
    const [cancelled, shipped] = isCancelled ? [left, 0] : [0, left]
    return { ...line, cancelled: line.cancelled + cancelled, shipped: line.shipped + shipped }
  })
  return { ...order, lines, work: before.work.map(end), shipments: [...before.shipments, ...news] }
}

function allGone(line: WorkLine): WorkLine {
  return { ...line, shipped: line.quantity - line.short }
}

/** Units that the order held: gone from the shelf where it has left since the last count, else free again. */
function letGo(state: CoreState, before: Order, after: ImportedOrder, at: number): CoreEvent[] {
  const { orderId } = before
  const held = movesOf(holding(before))
  const leftAt = ends.includes(after.status) ? (after.shippedAt ?? at) : null
  const hasLeft = ({ sku, nodeId }: StockMove) =>
    leftAt !== null && leftAt > (state.stock.get(stockKey(sku, nodeId))?.countedAt ?? leftAt)
  const gone = held.filter(hasLeft)
  const free = held.filter((move) => !hasLeft(move))
  return [
    ...(gone.length === 0 ? [] : [event('StockShipped', { orderId, items: gone, at })]),
    ...(free.length === 0 ? [] : [event('StockReleased', { orderId, items: free, at })]),
  ]
}

/** The checks of a new order: what is wrong holds it. */
export function validateOrder(order: Order, at: number): Verdict {
  const { orderId } = order
  if (order.status !== 'created') return done([], order)
  const problem = problemOf(order)
  if (problem !== null) return done([event('OrderHeld', { orderId, reason: problem, at })], order, 'on_hold')
  return done([event('OrderValidated', { orderId, at })], order, 'validated')
}

function problemOf(order: Order): string | null {
  if (!isCurrency(order.currency)) return 'currency_unknown'
  if (order.lines.some((line) => line.quantity < 1)) return 'quantity_invalid'
  if (order.lines.some((line) => line.unitPriceCents < 0)) return 'price_negative'
  return null
}

/** Work planned at nodes, for every unit that has none. */
export function sourceOrder(
  state: CoreState,
  order: Order,
  data: CommandData['SourceOrder'],
  at: number,
): Verdict {
  const { orderId } = order
  if (order.status !== 'validated' && order.status !== 'backordered') {
    return refused('wrong_state', { status: order.status }, order)
  }
  const problem = problemOfPlan(state, data.assignments, unassigned(order))
  if (problem !== null) return refused(problem, undefined, order)
  const work = newWork(order, data.assignments, at, { decisionId: data.decision.decisionId })
  return done([event('OrderSourced', { orderId, work, decision: data.decision, at })], order, 'sourced')
}

/** Why a plan cannot be: unknown or closed nodes, or units that do not match. */
export function problemOfPlan(
  state: CoreState,
  assignments: readonly Assignment[],
  wanted: ReadonlyMap<string, number>,
): string | null {
  const left = new Map(wanted)
  for (const { nodeId, lines } of assignments) {
    const node = state.nodes.get(nodeId)
    if (node === undefined) return 'node_unknown'
    if (!node.isActive) return 'node_closed'
    for (const { lineId, quantity } of lines) {
      if (quantity < 1) return 'quantity_invalid'
      left.set(lineId, (left.get(lineId) ?? 0) - quantity)
    }
  }
  return [...left.values()].every((units) => units === 0) ? null : 'units_do_not_match'
}

/** Work for assignments, numbered after what the order has. */
export function newWork(
  order: Order,
  assignments: readonly Assignment[],
  at: number,
  more: Partial<FulfillmentOrder>,
): FulfillmentOrder[] {
  const taken = new Set(order.work.map((work) => work.fulfillmentOrderId))
  const skus = new Map(order.lines.map((line) => [line.lineId, line.sku]))
  let number = order.work.length
  return assignments.map((assignment) => {
    do number++
    while (taken.has(`${order.externalId}-F${number}`))
    const lines = assignment.lines.map(({ lineId, quantity }) => ({
      lineId,
      sku: skus.get(lineId) ?? '',
      quantity,
      short: 0,
      shipped: 0,
      delivered: 0,
    }))
    return {
      ...untouchedWork,
      fulfillmentOrderId: `${order.externalId}-F${number}`,
      nodeId: assignment.nodeId,
      carrier: assignment.carrier,
      shipBy: assignment.shipBy,
      lines,
      sourcedAt: at,
      ...more,
    }
  })
}

/** The order waits for stock. */
export function backorder(order: Order, data: CommandData['BackorderOrder'], at: number): Verdict {
  const { orderId } = order
  if (order.status === 'backordered') return done([], order)
  if (order.status !== 'validated') return refused('wrong_state', { status: order.status }, order)
  const { reason, decision } = data
  return done([event('OrderBackordered', { orderId, reason, decision, at })], order, 'backordered')
}

/** Units of planned work allocated, all or nothing. */
export function reserveOrder(state: CoreState, order: Order, at: number): Verdict {
  const { orderId } = order
  if (order.status !== 'sourced') return refused('wrong_state', { status: order.status }, order)
  const planned = order.work.filter((work) => isOpenWork(work) && !work.isReserved)
  if (planned.length === 0) return done([], order)
  const items = movesOf(planned)
  const short = shortage(state, items)
  if (short !== null) return refused('stock_short', short, order)
  return done(
    [event('StockAllocated', { orderId, items, at }), event('OrderReserved', { orderId, at })],
    order,
  )
}

/** Back to validated: planned work dropped, its stock let go. */
export function unsourceOrder(order: Order, data: CommandData['UnsourceOrder'], at: number): Verdict {
  const { orderId } = order
  if (order.status === 'validated') return done([], order)
  if (order.status !== 'sourced') return refused('wrong_state', { status: order.status }, order)
  const items = movesOf(holding(order))
  return done(
    [
      ...(items.length === 0 ? [] : [event('StockReleased', { orderId, items, at })]),
      event('OrderUnsourced', { orderId, reason: data.reason, at }),
    ],
    order,
    'validated',
  )
}

/** Work handed to its nodes; what is not reserved cannot be. */
export function releaseOrder(order: Order, at: number): Verdict {
  const { orderId } = order
  if (order.status === 'released') return done([], order)
  if (order.status !== 'sourced') return refused('wrong_state', { status: order.status }, order)
  if (order.work.some((work) => isOpenWork(work) && !work.isReserved))
    return refused('not_reserved', undefined, order)
  return done([event('OrderReleased', { orderId, at })], order, 'released')
}

/** The end of an order that no node began to pick. */
export function cancelOrder(order: Order, data: CommandData['CancelOrder'], at: number): Verdict {
  const { orderId } = order
  if (order.status === 'cancelled') return done([], order)
  if (isEnded(order)) return refused('wrong_state', { status: order.status }, order)
  if (order.work.some((work) => isLiveWork(work) && !isMovable(work))) {
    return refused('picking_began', { status: order.status }, order)
  }
  const items = movesOf(holding(order))
  return done(
    [
      ...(items.length === 0 ? [] : [event('StockReleased', { orderId, items, at })]),
      event('OrderCancelled', { orderId, reason: data.reason, at }),
    ],
    order,
    'cancelled',
  )
}
