// What follows from the parts of an order: its state, where its open work is, whether the flow has to do with it. It
// changes nothing.

import type { StockMove } from '../stock/events.ts'
import { stockKey } from '../stock/stock.ts'
import type { DecisionRecord } from './decision-record.ts'
import {
  type FulfillmentOrder,
  isLiveWork,
  isMovable,
  isOpenWork,
  type NewWorkLine,
  type Order,
  type OrderLine,
  type OrderStatus,
} from './order.ts'
import { rankOf, restOf, visitParts } from './parts.ts'

/** State of an order: its least advanced part that was not cancelled; cancelled where none is left. */
export function statusOf(order: Order): OrderStatus {
  let least: OrderStatus | null = null
  for (const line of order.lines) {
    visitParts(order, line, (state) => {
      if (state !== 'cancelled' && (least === null || rankOf[state] < rankOf[least])) least = state
    })
  }
  return least ?? 'cancelled'
}

/** State of a line: its least advanced part that was not cancelled; cancelled where none is left. */
export function statusOfLine(order: Order, line: OrderLine): OrderStatus {
  let least: OrderStatus | null = null
  visitParts(order, line, (state) => {
    if (state !== 'cancelled' && (least === null || rankOf[state] < rankOf[least])) least = state
  })
  return least ?? 'cancelled'
}

/** Units of a line that work has found or has still to find. */
export function unitsAt(work: Pick<FulfillmentOrder, 'lines'>, { lineId }: { lineId: string }): number {
  return work.lines.reduce((units, part) => units + (part.lineId === lineId ? unitsOf(part) : 0), 0)
}

/** Nodes with open work of the order. */
export function openNodes(order: Order): Set<string> {
  const nodes = new Set<string>()
  for (const work of order.work) if (isOpenWork(work)) nodes.add(work.nodeId)
  return nodes
}

const due: ReadonlySet<OrderStatus> = new Set(['created', 'validated', 'backordered', 'sourced'])

/** Whether the flow still has a step to do for a part of the order. */
export function isWaiting(order: Order): boolean {
  // Its source has not let go of it yet.
  if (order.transfer?.state === 'reserved') return false
  let isDue = false
  for (const line of order.lines) {
    visitParts(order, line, (state) => {
      if (due.has(state)) isDue = true
    })
    if (isDue) return true
  }
  return false
}

/** Units of each line that no live work covers yet and nothing holds back: new ones and those that wait for stock. */
export function unassigned(order: Order): Map<string, number> {
  const units = new Map<string, number>()
  for (const line of order.lines) {
    const { fresh, backordered } = restOf(order, line)
    if (fresh + backordered > 0) units.set(line.lineId, fresh + backordered)
  }
  return units
}

/** Units of a line that nobody began to work on: those without work, planned, or released and not begun. */
export function unitsNotBegun(order: Order, line: OrderLine): number {
  const { fresh, backordered, kept } = restOf(order, line)
  return order.work
    .filter((work) => isLiveWork(work) && isMovable(work))
    .reduce((units, work) => units + unitsAt(work, line), fresh + backordered + kept)
}

/** Units a node found or still has to find for a line of its work, also those that have left. */
export function unitsOf(line: NewWorkLine): number {
  return line.quantity - line.short
}

/** Of these, the units that have not left: what open work holds. */
export function unitsHeld(line: NewWorkLine): number {
  return line.quantity - line.short - (line.shipped ?? 0)
}

/** Open work of the order that holds stock. */
export function holding(order: Pick<Order, 'work'>): FulfillmentOrder[] {
  return order.work.filter((work) => work.isReserved && isOpenWork(work))
}

/** Units of work that have not left, as moves of stock, one per SKU and node. */
export function movesOf(work: readonly Pick<FulfillmentOrder, 'nodeId' | 'lines'>[]): StockMove[] {
  const moves = new Map<string, StockMove>()
  for (const each of work) {
    for (const line of each.lines) {
      const units = unitsHeld(line)
      if (units <= 0) continue
      const key = stockKey(line.sku, each.nodeId)
      const quantity = (moves.get(key)?.quantity ?? 0) + units
      moves.set(key, { sku: line.sku, nodeId: each.nodeId, quantity })
    }
  }
  return [...moves.values()]
}

/** What an order held before and no longer holds after. */
export function letGoBetween(before: Pick<Order, 'work'>, after: Pick<Order, 'work'>): StockMove[] {
  const kept = new Map(
    movesOf(holding(after)).map((move) => [stockKey(move.sku, move.nodeId), move.quantity]),
  )
  return movesOf(holding(before)).flatMap((move) => {
    const quantity = move.quantity - (kept.get(stockKey(move.sku, move.nodeId)) ?? 0)
    return quantity > 0 ? [{ ...move, quantity }] : []
  })
}

/** Whether it was told before that it stays. Whom an incident did not move may be held out later, not the reverse. */
export function isStayTold(
  { declinedFor, heldOutFor = [] }: Pick<Order, 'declinedFor' | 'heldOutFor'>,
  { incidentId, status }: Pick<DecisionRecord, 'incidentId' | 'status'>,
): boolean {
  if (heldOutFor.includes(incidentId)) return true
  return status !== 'held_out' && incidentId !== null && declinedFor.includes(incidentId)
}
