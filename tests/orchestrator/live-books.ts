// Reads the state of a core as books: who holds what, what left when, and what does not add up. It asserts nothing.

import { type CoreState, isOpenWork, type Order, stockKey } from '#orchestrator/core'

/** Orders that the demo made, by external id. */
export function madeOrders(state: CoreState): Map<string, Order> {
  const made = new Map<string, Order>()
  for (const order of state.orders.values()) if (order.origin === 'api') made.set(order.externalId, order)
  return made
}

/** Everything that does not add up: units of lines, work at two nodes, stock against open work, times out of order. */
export function faultsInBooks(state: CoreState): string[] {
  const held = new Map<string, number>()
  const found: string[] = []
  for (const order of state.orders.values()) {
    found.push(...faultsIn(order))
    for (const work of order.work) {
      if (!work.isReserved || !isOpenWork(work)) continue
      for (const line of work.lines) {
        const key = stockKey(line.sku, work.nodeId)
        held.set(key, (held.get(key) ?? 0) + line.quantity - line.short)
      }
    }
  }
  for (const [key, stock] of state.stock) {
    const units = held.get(key) ?? 0
    if (stock.allocated !== units) found.push(`${key}: ${stock.allocated} allocated, ${units} in open work`)
    if (stock.onHand < stock.allocated)
      found.push(`${key}: ${stock.onHand} on hand, ${stock.allocated} allocated`)
  }
  return found
}

function faultsIn(order: Order): string[] {
  const found: string[] = []
  const live = order.work.filter((work) => work.status !== 'cancelled' && work.status !== 'rejected')
  for (const line of order.lines) {
    const units = live.flatMap((work) => work.lines).filter((each) => each.lineId === line.lineId)
    const assigned = units.reduce((sum, each) => sum + each.quantity - each.short, 0)
    if (assigned > line.quantity - line.cancelled)
      found.push(`${order.externalId}/${line.lineId}: at two nodes`)
    const isOver = line.cancelled + line.shipped > line.quantity
    if (isOver) found.push(`${order.externalId}/${line.lineId}: more than was ordered`)
  }
  if (order.origin === 'file') return found
  for (const work of live) {
    const times = [
      work.releasedAt,
      work.pickingAt,
      work.pickedAt,
      work.packedAt,
      work.shippedAt,
      work.deliveredAt,
    ]
    const known = times.filter((at) => at !== null)
    const sorted = [...known].sort((a, b) => a - b)
    if (known.some((at, i) => at !== sorted[i])) found.push(`${work.fulfillmentOrderId}: ${known.join()}`)
  }
  return found
}

/** Work that left nodes between two instants. */
export function shippedBetween(state: CoreState, from: number, to: number, nodeId?: string): number {
  let count = 0
  for (const order of state.orders.values()) {
    for (const { shippedAt, nodeId: at } of order.work) {
      if (shippedAt !== null && shippedAt >= from && shippedAt < to && (nodeId ?? at) === at) count++
    }
  }
  return count
}

/** Work that is open at nodes. */
export function openWork(state: CoreState, nodeId?: string): number {
  let count = 0
  for (const order of state.orders.values()) {
    for (const work of order.work) {
      if (isOpenWork(work) && work.releasedAt !== null && (nodeId ?? work.nodeId) === work.nodeId) count++
    }
  }
  return count
}
