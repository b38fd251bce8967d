// Takes units out of work that nobody began, and whole pieces of work back. Pure; stock follows from what the order
// held before and after.

import { type FulfillmentOrder, isLiveWork, isMovable, type LineUnits, type Order } from './order.ts'
import { isOurs, restOf } from './parts.ts'
import { unitsOf } from './standing.ts'

/** The order without a piece of work: planned work leaves no trace, released work stays as cancelled. */
export function withoutWork(order: Order, fulfillmentOrderId: string, at: number): Order {
  const work = order.work.flatMap((each) => {
    if (each.fulfillmentOrderId !== fulfillmentOrderId) return [each]
    return each.releasedAt === null ? [] : [cancelledWork(each, at)]
  })
  return placedHere({ ...order, work })
}

/** The work as cancelled. */
export function cancelledWork(work: FulfillmentOrder, at: number): FulfillmentOrder {
  return { ...work, status: 'cancelled', isReserved: false, cancelledAt: at }
}

/** Units that lose their node are placed here from now on, also where a file had placed them. */
export function placedHere(order: Order): Order {
  return isOurs(order) ? order : { ...order, stage: 'validated' }
}

/**
 * The order with fewer units in its work: those without work go first, then planned work, then released work, the
 * latest first. The lines themselves stay as they are.
 * @param isFree units of a line that need not come out of work
 */
export function withFewerUnits(
  order: Order,
  lines: readonly LineUnits[],
  isFree: (order: Order, lineId: string) => number,
  at: number,
): Order {
  let next = order
  for (const { lineId, quantity } of lines) {
    let left = Math.max(0, quantity - isFree(order, lineId))
    const sources = next.work
      .filter((work) => isLiveWork(work) && isMovable(work))
      .toReversed()
      .toSorted((a, b) => Number(a.releasedAt !== null) - Number(b.releasedAt !== null))
    for (const { fulfillmentOrderId } of sources) {
      const taken = takenFrom(next, fulfillmentOrderId, lineId, left, at)
      left -= taken.units
      next = taken.order
    }
  }
  return next
}

/** Units of a line that no work has. */
export function unitsWithoutWork(order: Order, lineId: string): number {
  const line = order.lines.find((each) => each.lineId === lineId)
  if (line === undefined) return 0
  const { fresh, backordered, kept } = restOf(order, line)
  return fresh + backordered + kept
}

function takenFrom(order: Order, fulfillmentOrderId: string, lineId: string, most: number, at: number) {
  const work = order.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
  const part = work?.lines.find((line) => line.lineId === lineId)
  const units = part === undefined ? 0 : Math.min(most, unitsOf(part))
  if (work === undefined || units === 0) return { order, units: 0 }
  const isWhole = work.lines.every(
    (line) => (line.lineId === lineId ? unitsOf(line) : unitsOf(line) + units) <= units,
  )
  if (isWhole) return { order: { ...order, work: dropped(order, fulfillmentOrderId, at) }, units }
  const lines = work.lines
    .map((line) => (line.lineId === lineId ? { ...line, quantity: line.quantity - units } : line))
    .filter((line) => line.quantity > 0)
  const shrunk = order.work.map((each) => (each === work ? { ...work, lines } : each))
  return { order: { ...order, work: shrunk }, units }
}

function dropped(order: Order, fulfillmentOrderId: string, at: number): readonly FulfillmentOrder[] {
  return withoutWork(order, fulfillmentOrderId, at).work
}
