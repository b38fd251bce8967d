// Looks for rules of invariants.ts that do not hold in a state, in parts of it, or between two. It never repairs.

import {
  backorderLimitOf,
  type CoreState,
  isOpenWork,
  type Order,
  type Stock,
  stockKey,
  unitsHeld,
} from '#orchestrator/core'
import { orderRules, stateRules } from './invariants.ts'
import type { Violation } from './shapes.ts'
import { positionName, positionRules, stepRules } from './stock-invariants.ts'

/** Some orders and positions of a state. */
export interface Scope {
  orderIds: Iterable<string>
  /** Keys of positions, see `stockKey`. */
  positions: Iterable<string>
}

/** Rules that do not hold in the state, of orders, positions and the whole. Cost: every order and position. */
export function violationsOf(state: CoreState): Violation[] {
  const held = heldUnits(state.orders.values())
  const out: Violation[] = []
  for (const order of state.orders.values()) out.push(...ofOrder(order, state))
  for (const [key, stock] of state.stock) out.push(...ofPosition(stock, held.get(key) ?? 0))
  for (const rule of stateRules) {
    for (const { subject, found } of rule.find(state)) out.push({ invariant: rule.id, subject, found })
  }
  return out
}

/** Rules that do not hold for some orders and positions; trusts that nodes list their open work. */
export function violationsAround(state: CoreState, { orderIds, positions }: Scope): Violation[] {
  const out: Violation[] = []
  for (const orderId of orderIds) {
    const order = state.orders.get(orderId)
    if (order !== undefined) out.push(...ofOrder(order, state))
  }
  for (const key of positions) {
    const stock = state.stock.get(key)
    if (stock !== undefined) out.push(...ofPosition(stock, heldAt(state, stock)))
  }
  return out
}

/** Rules that one command broke at a position. Commands that tell what a file says are not judged by them. */
export function violationsOfStep(
  before: CoreState,
  after: CoreState,
  positions: Iterable<string>,
): Violation[] {
  const out: Violation[] = []
  for (const key of positions) {
    const stock = after.stock.get(key)
    if (stock === undefined) continue
    for (const rule of stepRules) {
      const limit = backorderLimitOf(after, stock.sku, stock.nodeId)
      const found = rule.find(before.stock.get(key), stock, limit)
      const subject = positionName(stock.sku, stock.nodeId)
      if (found !== null) out.push({ invariant: rule.id, subject, found })
    }
  }
  return out
}

/** The rules of one order that do not hold. */
export function ofOrder(order: Order, state: CoreState): Violation[] {
  return orderRules.flatMap(({ id, find }) => {
    const found = find(order, state)
    return found === null ? [] : [{ invariant: id, subject: `order ${order.orderId}`, found }]
  })
}

/** The rules of one position that do not hold. @param held units that reserved open work holds there */
export function ofPosition(stock: Stock, held: number): Violation[] {
  return positionRules.flatMap(({ id, find }) => {
    const found = find(stock, held)
    return found === null ? [] : [{ invariant: id, subject: positionName(stock.sku, stock.nodeId), found }]
  })
}

/** Units that reserved open work of the orders holds, by position. */
export function heldUnits(orders: Iterable<Order>): Map<string, number> {
  const held = new Map<string, number>()
  for (const order of orders) {
    for (const [key, units] of heldBy(order)) held.set(key, (held.get(key) ?? 0) + units)
  }
  return held
}

/** Units that reserved open work of one order holds: position and units, a position may come twice. */
export function heldBy(order: Order): [key: string, units: number][] {
  const holding = order.work.filter((work) => work.isReserved && isOpenWork(work))
  return holding.flatMap((work) =>
    work.lines.map((line): [string, number] => [stockKey(line.sku, work.nodeId), unitsHeld(line)]),
  )
}

function heldAt(state: CoreState, { sku, nodeId }: Stock): number {
  const key = stockKey(sku, nodeId)
  let units = 0
  for (const orderId of state.openByNode.get(nodeId) ?? []) {
    const order = state.orders.get(orderId)
    for (const [at, each] of order === undefined ? [] : heldBy(order)) if (at === key) units += each
  }
  return units
}
