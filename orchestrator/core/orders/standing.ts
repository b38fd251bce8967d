// What follows from the parts of an order: its state, and where its open work is. It changes nothing.

import { orderStatuses } from '#data/contracts'
import {
  type FulfillmentOrder,
  isLiveWork,
  isOpenWork,
  type NewWorkLine,
  type Order,
  type OrderLine,
  type OrderStatus,
} from './order.ts'

/** State that work gives to what it holds. */
function statusOf({ status }: FulfillmentOrder): OrderStatus {
  return status === 'open' || status === 'accepted' ? 'released' : (status as OrderStatus)
}

/** State of the least advanced live work, undefined where none is left. */
function leastOf(work: readonly FulfillmentOrder[]): OrderStatus | undefined {
  const ranks = work.filter(isLiveWork).map((each) => orderStatuses.indexOf(statusOf(each)))
  return ranks.length === 0 ? undefined : orderStatuses[Math.min(...ranks)]
}

/** State of an order whose work is under way: that of its least advanced live work; cancelled where none is left. */
export function statusByWork(order: Order): OrderStatus {
  return leastOf(order.work) ?? 'cancelled'
}

/** States of orders that say more than the work of a single line. */
const byOrder: ReadonlySet<OrderStatus> = new Set([
  'created',
  'validated',
  'on_hold',
  'backordered',
  'preordered',
  'sourced',
  'cancelled',
  'return_requested',
  'returned',
])

/** A line is as its least advanced live work, and as its order where no work tells. */
export function statusOfLine(order: Order, line: OrderLine): OrderStatus {
  if (line.cancelled >= line.quantity) return 'cancelled'
  if (byOrder.has(order.status)) return order.status
  return leastOf(order.work.filter((work) => unitsAt(work, line) > 0)) ?? order.status
}

/** Units of a line that work has found or has still to find. */
export function unitsAt(work: FulfillmentOrder, { lineId }: OrderLine): number {
  return work.lines.reduce((units, part) => units + (part.lineId === lineId ? unitsOf(part) : 0), 0)
}

/** Nodes with open work of the order. */
export function openNodes(order: Order): Set<string> {
  return new Set(order.work.filter(isOpenWork).map((work) => work.nodeId))
}

/** Whether the flow still has a step to do for the order. */
export function isWaiting(order: Order): boolean {
  const { status } = order
  return status === 'created' || status === 'validated' || status === 'backordered' || status === 'sourced'
}

/** Units of each line that no live work covers yet. */
export function unassigned(order: Order): Map<string, number> {
  const left = new Map<string, number>()
  for (const line of order.lines) left.set(line.lineId, line.quantity - line.cancelled)
  for (const work of order.work) {
    if (!isLiveWork(work)) continue
    for (const line of work.lines) {
      left.set(line.lineId, (left.get(line.lineId) ?? 0) - (line.quantity - line.short))
    }
  }
  return new Map([...left].filter(([, quantity]) => quantity > 0))
}

/** Units a node found or still has to find for a line of its work, also those that have left. */
export function unitsOf(line: NewWorkLine): number {
  return line.quantity - line.short
}

/** Of these, the units that have not left: what open work holds. */
export function unitsHeld(line: NewWorkLine): number {
  return line.quantity - line.short - (line.shipped ?? 0)
}
