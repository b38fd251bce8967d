// What commands that end or hold back units lead to: cancel, hold, lift, retry. Pure.

import type { CommandData } from '../commands.ts'
import { done, event, refused, type Verdict } from '../decision.ts'
import type { CoreEvent } from '../events.ts'
import type { CoreState } from '../state.ts'
import { type FulfillmentOrder, isEnded, isLiveWork, isMovable, isOpenWork, type Order } from './order.ts'
import { rankOf, restOf, visitParts } from './parts.ts'
import { movableWork, problemOfLineIds, problemOfUnits, settled } from './settle.ts'
import { unitsNotBegun } from './standing.ts'
import { isHeldByChecks, isLiftedBy } from './steps-of-lines.ts'
import { unitsByLine } from './steps-of-work.ts'

/** The end of everything that has not left, where no node has begun it. */
export function cancelOrder(
  order: Order,
  data: CommandData['CancelOrder'],
  at: number,
  state: CoreState,
): Verdict {
  const { orderId } = order
  if (order.status === 'cancelled') return done([], order)
  if (isEnded(order)) return refused('wrong_state', { status: order.status }, order)
  const begun = order.work.find(
    (work) =>
      isLiveWork(work) && !isMovable(work) && (isOpenWork(work) || work.status === 'ready_for_pickup'),
  )
  if (begun !== undefined) return refused('picking_began', { status: begun.status }, order)
  return settled(state, order, [event('OrderCancelled', { orderId, reason: data.reason, at })], at)
}

/** Why units that nobody began cannot be taken, null where they can. */
export function problemOfTaking(order: Order, lines: CommandData['CancelLines']['lines']): Verdict | null {
  const problem = problemOfUnits(order, lines)
  if (problem !== null) return problem
  const units = unitsByLine(lines)
  for (const line of order.lines) {
    const asked = units.get(line.lineId)
    if (asked === undefined) continue
    const left = line.quantity - line.cancelled
    const details = { lineId: line.lineId, quantity: asked, ordered: left }
    if (asked > left) return refused('more_than_ordered', details, order)
    if (asked > unitsNotBegun(order, line)) return refused('picking_began', details, order)
  }
  return null
}

/** Units that nobody will send: those without work first, then planned, then released ones. */
export function cancelLines(
  order: Order,
  data: CommandData['CancelLines'],
  at: number,
  state: CoreState,
): Verdict {
  const { orderId } = order
  const { lines, reason } = data
  const isOver = (lineId: string) => {
    const line = order.lines.find((each) => each.lineId === lineId)
    return line !== undefined && line.cancelled === line.quantity
  }
  const isSane = lines.every(({ quantity }) => Number.isSafeInteger(quantity) && quantity > 0)
  if (isSane && lines.length > 0 && lines.every(({ lineId }) => isOver(lineId))) return done([], order)
  const problem = problemOfTaking(order, lines)
  if (problem !== null) return problem
  return settled(state, order, [event('LinesCancelled', { orderId, lines: summed(lines), reason, at })], at)
}

/** Units of the same line as one entry. */
export function summed(lines: CommandData['CancelLines']['lines']): CommandData['CancelLines']['lines'] {
  return [...unitsByLine(lines)].map(([lineId, quantity]) => ({ lineId, quantity }))
}

/** Work called back, each piece with an event. */
export function withdrawals(
  order: Order,
  work: readonly FulfillmentOrder[],
  reason: string,
  at: number,
): CoreEvent[] {
  return work.map(({ fulfillmentOrderId }) =>
    event('WorkWithdrawn', { orderId: order.orderId, fulfillmentOrderId, reason, at }),
  )
}

/** Nothing that nobody began moves on until the hold is lifted; work is called back for it. */
export function holdOrder(
  order: Order,
  data: CommandData['HoldOrder'],
  at: number,
  state: CoreState,
): Verdict {
  const events = eventsOfHold(order, data, at)
  return Array.isArray(events) ? settled(state, order, events, at) : (events as Verdict)
}

/** The events that hold an order or some of its lines, none where it is held already; else why it cannot be. */
export function eventsOfHold(
  order: Order,
  { lineIds, reason }: CommandData['HoldOrder'],
  at: number,
): CoreEvent[] | Verdict {
  const { orderId } = order
  const problem = problemOfLineIds(order, lineIds)
  if (problem !== null) return problem
  if (isEnded(order)) return refused('wrong_state', { status: order.status }, order)
  const meant = order.lines.filter((line) => lineIds === null || lineIds.includes(line.lineId))
  const isHeld = lineIds === null ? order.hold !== null : meant.every((line) => line.hold !== null)
  if (isHeld) return []
  if (meant.every((line) => unitsNotBegun(order, line) === 0)) {
    return refused('picking_began', { status: order.status }, order)
  }
  const back = withdrawals(order, movableWork(order, lineIds), reason, at)
  const held = event('OrderHeld', { orderId, reason, ...(lineIds === null ? {} : { lineIds }), at })
  return [...back, held]
}

/** What was held goes on from where it stood. */
export function liftHold(order: Order, data: CommandData['LiftHold'], at: number, state: CoreState): Verdict {
  const { orderId } = order
  const { lineIds, reason, only } = data
  const problem = problemOfLineIds(order, lineIds)
  if (problem !== null) return problem
  const isMeant = (lineId: string) => lineIds === null || lineIds.includes(lineId)
  const isHeld =
    (lineIds === null && isLiftedBy(data, order.hold)) ||
    order.lines.some((line) => isMeant(line.lineId) && isLiftedBy(data, line.hold))
  if (!isHeld) return done([], order)
  const which = only === undefined ? {} : { only }
  return settled(state, order, [event('HoldLifted', { orderId, lineIds, reason, ...which, at })], at)
}

/** The checks, the search for a node and nodes that refused get another try. */
export function retryOrder(
  order: Order,
  data: CommandData['RetryOrder'],
  at: number,
  state: CoreState,
): Verdict {
  const { orderId } = order
  if (isEnded(order)) return refused('wrong_state', { status: order.status }, order)
  const isStuck =
    isHeldByChecks(order.hold) ||
    order.lines.some((line) => isHeldByChecks(line.hold) || restOf(order, line).backordered > 0)
  if (isStuck) {
    const retried = [event('OrderRetried', { orderId, reason: data.reason, at })]
    return settled(state, order, retried, at)
  }
  if (order.hold !== null) return refused('on_hold', { hold: order.hold }, order)
  return isBeforeWork(order) ? done([], order) : refused('nothing_to_retry', { status: order.status }, order)
}

/** Whether some of it is still on its way to a node. */
function isBeforeWork(order: Order): boolean {
  let isBefore = false
  for (const line of order.lines) {
    visitParts(order, line, (state) => {
      if (rankOf[state] <= rankOf.validated) isBefore = true
    })
  }
  return isBefore
}
