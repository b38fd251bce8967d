// What follows from the parts of an order: its state, and where its open work is. It changes nothing.

import { type FulfillmentOrder, isOpenWork, type Order, type OrderStatus, type WorkLine } from './order.ts'

const statusOfWork: Partial<Record<FulfillmentOrder['status'], OrderStatus>> = {
  open: 'released',
  accepted: 'released',
  picking: 'picking',
  packed: 'packed',
  ready_for_pickup: 'ready_for_pickup',
  shipped: 'shipped',
  delivered: 'delivered',
  collected: 'collected',
}

const ranks: readonly OrderStatus[] = [
  'released',
  'picking',
  'packed',
  'ready_for_pickup',
  'shipped',
  'delivered',
  'collected',
]

/** State of an order whose work is under way: that of its least advanced live work; cancelled where none is left. */
export function statusByWork(order: Order): OrderStatus {
  let least = ranks.length
  for (const work of order.work) {
    const status = statusOfWork[work.status]
    if (status !== undefined) least = Math.min(least, ranks.indexOf(status))
  }
  return ranks[least] ?? 'cancelled'
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
    if (work.status === 'rejected' || work.status === 'cancelled') continue
    for (const line of work.lines) {
      left.set(line.lineId, (left.get(line.lineId) ?? 0) - (line.quantity - line.short))
    }
  }
  return new Map([...left].filter(([, quantity]) => quantity > 0))
}

/** Units a node still has to find for a line of its work. */
export function unitsOf(line: WorkLine): number {
  return line.quantity - line.short
}
