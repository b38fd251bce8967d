// The end of a decision about one order: where its events lead, and the stock that they let go of. Pure.

import { done, refused, type Verdict } from '../decision.ts'
import type { CoreEvent } from '../events.ts'
import type { CoreState } from '../state.ts'
import { giveBack } from '../stock/take.ts'
import { evolveOrder, type StepEvent } from './evolve-order.ts'
import { type FulfillmentOrder, isLiveWork, isMovable, type LineUnits, type Order } from './order.ts'
import { isBlocking } from './own-states.ts'
import { letGoBetween, unitsAt } from './standing.ts'

/** The order after events of its own. */
export function after(state: CoreState, order: Order, events: readonly CoreEvent[]): Order {
  return events.reduce((next, { type, data }) => {
    const step = { type, data } as StepEvent
    return evolveOrder(next, step.type, step.data as never, state.changes)
  }, order)
}

/**
 * A verdict of events of one order: stock that the order no longer needs is given back with them.
 * @param events of this order alone
 * @param more events that belong to the same decision, of stock or of other orders
 */
export function settled(
  state: CoreState,
  order: Order,
  events: readonly CoreEvent[],
  at: number,
  more: readonly CoreEvent[] = [],
): Verdict {
  const next = after(state, order, events)
  const back = giveBack(order.orderId, letGoBetween(order, next), at)
  return done([...events, ...more, ...back], next)
}

/** Work that can still be called back: planned, or at a node that did not begin. */
export function movableWork(order: Order, lineIds: readonly string[] | null = null): FulfillmentOrder[] {
  return order.work.filter(
    (work) =>
      isLiveWork(work) &&
      isMovable(work) &&
      (lineIds === null || lineIds.some((lineId) => unitsAt(work, { lineId }) > 0)),
  )
}

/** Why the units cannot be, null where they can: whole, positive, of lines that are there. */
export function problemOfUnits(order: Order, lines: readonly LineUnits[]): Verdict | null {
  if (lines.length === 0) return refused('no_lines', undefined, order)
  const known = new Set(order.lines.map((line) => line.lineId))
  for (const { lineId, quantity } of lines) {
    if (!known.has(lineId)) return refused('line_unknown', { lineId }, order)
    if (!isUnits(quantity)) return refused('quantity_invalid', { lineId, quantity }, order)
  }
  return null
}

/** Why the lines cannot be meant, null where they can. */
export function problemOfLineIds(order: Order, lineIds: readonly string[] | null): Verdict | null {
  if (lineIds === null) return null
  if (lineIds.length === 0) return refused('no_lines', undefined, order)
  const unknown = lineIds.find((lineId) => !order.lines.some((line) => line.lineId === lineId))
  return unknown === undefined ? null : refused('line_unknown', { lineId: unknown }, order)
}

/** Whether it is a number of units: whole and positive. */
export function isUnits(quantity: number): boolean {
  return Number.isSafeInteger(quantity) && quantity > 0
}

/** Own state that holds back lines without work, null where none does. */
export function blockOfLines({ ownStates }: CoreState, lines: Order['lines']): string | null {
  return lines.find((line) => isBlocking(ownStates, line.ownState))?.ownState ?? null
}

/** Own state that holds back work, null where none does. */
export function blockOfWork({ ownStates }: CoreState, work: FulfillmentOrder): string | null {
  return isBlocking(ownStates, work.ownState) ? work.ownState : null
}
