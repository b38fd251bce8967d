// What it means that a file tells of an order: new ones, changed ones, and those that are ours by now. Pure.

import type { CommandData } from '../commands.ts'
import { done, event, type Verdict } from '../decision.ts'
import type { CoreEvent } from '../events.ts'
import type { CoreState } from '../state.ts'
import type { StockMove } from '../stock/events.ts'
import { stockKey } from '../stock/stock.ts'
import { giveBack, sendOff } from '../stock/take.ts'
import { filledWork } from './filled.ts'
import {
  type FulfillmentOrder,
  type ImportedOrder,
  isEnded,
  isOpenWork,
  type NewWork,
  type Order,
} from './order.ts'
import { holding, movesOf, unitsOf } from './standing.ts'

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
  const open = merged.work.map(filledWork).filter((work) => work.isReserved && isOpenWork(work))
  const kept = movesOf(open)
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
    if (isCancelled) return { ...work, status: 'cancelled', isReserved: false, cancelledAt: at }
    const lines = work.lines.map((line) => ({ ...line, shipped: unitsOf(line) }))
    return { ...work, status: 'shipped', isReserved: false, shippedAt, lines }
  }
  const known = new Set(before.shipments.map((shipment) => shipment.shipmentId))
  const news = order.shipments.filter((shipment) => !known.has(shipment.shipmentId))
  const lines = before.lines.map((line) => {
    const left = line.quantity - line.cancelled - line.shipped
    const [cancelled, shipped] = isCancelled ? [left, 0] : [0, left]
    return { ...line, cancelled: line.cancelled + cancelled, shipped: line.shipped + shipped, backordered: 0 }
  })
  return { ...order, lines, work: before.work.map(end), shipments: [...before.shipments, ...news] }
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
  return [...sendOff(orderId, gone, at), ...giveBack(orderId, free, at)]
}
