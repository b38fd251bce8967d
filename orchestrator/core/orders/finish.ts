// What follows from every step of an order: its state, when it left, arrived or ended, and own states that are over.
// Pure; it is the same for all events.

import type { HistoryEntry, Order, OrderStatus } from './order.ts'
import { rankOf, restOf, stateOfRest, stateOfWork } from './parts.ts'
import { statusOf } from './standing.ts'

/**
 * The order after a step, complete.
 * @param before the order before the step
 * @param next the order with what the step itself changed
 */
export function finished(before: Order, next: Order, type: string, { at, reason }: HistoryEntry): Order {
  const order = withoutPastOwnStates(before, withinStock(next), type)
  const status = statusOf(order)
  const hasEnded = status === 'cancelled' && before.status !== 'cancelled'
  return {
    ...order,
    status,
    shippedAt: timeOf(
      order.shippedAt,
      isLeft(status) && !isLeft(before.status),
      lastOf(order, 'shippedAt', at),
    ),
    deliveredAt: timeOf(
      order.deliveredAt,
      isArrived(status) && !isArrived(before.status),
      lastOf(order, 'deliveredAt', at),
    ),
    cancelledAt: timeOf(order.cancelledAt, hasEnded && order.cancelledAt === null, at),
    cancelReason:
      hasEnded && order.cancelReason === null
        ? type === 'WorkPicked'
          ? 'short_pick'
          : reason
        : order.cancelReason,
  }
}

const timeOf = (known: number | null, isNow: boolean, at: number): number | null => (isNow ? at : known)

function isLeft(status: OrderStatus): boolean {
  return rankOf[status] >= rankOf.ready_for_pickup && status !== 'cancelled'
}

function isArrived(status: OrderStatus): boolean {
  return rankOf[status] >= rankOf.delivered && status !== 'cancelled'
}

/** The latest of the times of its work; `at` where none is known. */
function lastOf(order: Order, field: 'shippedAt' | 'deliveredAt', at: number): number {
  const times = order.work.flatMap((work) => work[field] ?? [])
  return times.length === 0 ? at : Math.max(...times)
}

/** No more units wait for stock than have no work. */
function withinStock(order: Order): Order {
  if (order.lines.every((line) => line.backordered === 0)) return order
  const lines = order.lines.map((line) => {
    const { fresh, backordered, kept } = restOf(order, line)
    const most = fresh + backordered + kept
    return line.backordered <= most ? line : { ...line, backordered: most }
  })
  return { ...order, lines }
}

/** An own state ends with the standard state that it is within. */
function withoutPastOwnStates(before: Order, order: Order, type: string): Order {
  if (type === 'OwnStateSet') return order
  const hasOnLine = order.lines.some((line) => line.ownState !== null)
  const hasOnWork = order.work.some((work) => work.ownState !== null)
  if (!hasOnLine && !hasOnWork) return order
  const lines = order.lines.map((line) => {
    if (line.ownState === null) return line
    const old = before.lines.find((each) => each.lineId === line.lineId)
    const isSame = old !== undefined && stateOfRest(before, old) === stateOfRest(order, line)
    return isSame ? line : { ...line, ownState: null }
  })
  const work = order.work.map((each) => {
    if (each.ownState === null) return each
    const old = before.work.find((other) => other.fulfillmentOrderId === each.fulfillmentOrderId)
    return old !== undefined && stateOfWork(old) === stateOfWork(each) ? each : { ...each, ownState: null }
  })
  return { ...order, lines, work }
}
