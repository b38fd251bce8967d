// How orders take units of stock, give them back and send them off. Pure; what is promised is never promised twice.

import { event } from '../decision.ts'
import type { CoreEvent } from '../events.ts'
import type { CoreState } from '../state.ts'
import { shortage } from './decide-stock.ts'
import type { StockMove } from './events.ts'

/** Who takes units. */
export interface Taker {
  orderId: string
  /** Its ring fence is used first. */
  channel: string | null
  /** Soft reservation that the units replace. */
  reservationId: string | null
}

/** What was missing. */
export interface Shortage {
  sku: string
  nodeId: string
  available: number
  asked: number
}

/** Events that allocate the moves to the order, all or none; or the first that is short. */
export function takeStock(
  state: CoreState,
  { orderId }: Taker,
  items: readonly StockMove[],
  at: number,
): { events: CoreEvent[] } | { short: Shortage } {
  const short = shortage(state, items)
  if (short !== null) return { short }
  return { events: items.length === 0 ? [] : [event('StockAllocated', { orderId, items, at })] }
}

/** Events that let go of allocated units. */
export function giveBack(orderId: string, items: readonly StockMove[], at: number): CoreEvent[] {
  return items.length === 0 ? [] : [event('StockReleased', { orderId, items, at })]
}

/** Events of allocated units that left the shelf for good. */
export function sendOff(orderId: string, items: readonly StockMove[], at: number): CoreEvent[] {
  return items.length === 0 ? [] : [event('StockShipped', { orderId, items, at })]
}
