// The state of lines and works at the end of the history, read from their times. It changes nothing.

import { type fulfillmentOrderStatuses, orderStatuses } from '#data/contracts'
import type { Line, Order, Work } from './order.ts'

const rank = Object.fromEntries(orderStatuses.map((status, i) => [status, i])) as Record<
  (typeof orderStatuses)[number],
  number
>

/** Units of a line cancelled by `end`. */
export function cancelledUnits(line: Line, end: number): number {
  return line.cancelledAt < end ? line.cancelled : 0
}

/** Whether a line's state is that of cancelled lines. */
export const isOver = (status: number): boolean => status === rank.cancelled

/** State of a line at `end`, as index into `orderStatuses`. */
export function lineStatus(order: Order, line: Line, end: number): number {
  if (cancelledUnits(line, end) === line.quantity) return rank.cancelled
  if (line.isWaiting) return rank.backordered
  const { work } = line
  if (work === null || work.released >= end) return order.approved < end ? rank.sourced : rank.created
  const { back } = line
  if (back !== null && back.requested < end) {
    return back.received < end ? rank.returned : rank.return_requested
  }
  if (work.collected < end) return rank.collected
  if (work.delivered < end) return order.store >= 0 ? rank.ready_for_pickup : rank.delivered
  if (work.shipped < end) return work.ships ? rank.shipped : rank.ready_for_pickup
  if (work.packed < end) return rank.packed
  return work.begun < end ? rank.picking : rank.released
}

/** State of a work at `end`. */
export function workStatus(work: Work, end: number): (typeof fulfillmentOrderStatuses)[number] {
  if (work.cancelledAt < end) return 'cancelled'
  if (work.rejected < end) return 'rejected'
  if (work.collected < end) return 'collected'
  if (work.delivered < end) return 'delivered'
  if (work.shipped < end) return work.ships ? 'shipped' : 'ready_for_pickup'
  if (work.packed < end) return 'packed'
  if (work.begun < end) return 'picking'
  return work.accepted < end ? 'accepted' : 'open'
}
