// Which orders and positions events are about, whatever their type: it looks for the names of orders, reservations and
// places anywhere in their data.

import type { StoredEvent } from '#data/log'
import { type CoreState, stockKey } from '#orchestrator/core'

/** Orders by id, positions by `stockKey`. */
export interface Touched {
  orders: Set<string>
  positions: Set<string>
}

/** What events name, with the positions of the reservations among it. */
export function namesIn(events: Iterable<StoredEvent>, before: CoreState, after: CoreState): Touched {
  const touched: Touched = { orders: new Set(), positions: new Set() }
  const reservations = new Set<string>()
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if (Array.isArray(value)) {
      for (const each of value) walk(each)
      return
    }
    const { orderId, sku, nodeId, reservationId } = value as Record<string, unknown>
    if (typeof orderId === 'string') touched.orders.add(orderId)
    if (typeof sku === 'string' && typeof nodeId === 'string') touched.positions.add(stockKey(sku, nodeId))
    if (typeof reservationId === 'string') reservations.add(reservationId)
    for (const name in value) {
      // What was answered and weighed changes nothing.
      if (name !== '_command' && name !== 'decision') walk((value as Record<string, unknown>)[name])
    }
  }
  for (const { data } of events) walk(data)
  for (const reservationId of reservations) {
    for (const state of [before, after]) {
      const lines = state.reservations.get(reservationId)?.lines ?? []
      for (const { sku, nodeId } of lines) touched.positions.add(stockKey(sku, nodeId))
    }
  }
  return touched
}
