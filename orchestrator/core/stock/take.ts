// How orders take units of stock, give them back and send them off. Pure; what is promised is never promised twice.

import { event } from '../decision.ts'
import type { CoreEvent } from '../events.ts'
import type { CoreState } from '../state.ts'
import { type Shortage, shortageOfOrder } from './available.ts'
import type { StockMove } from './events.ts'
import { ended } from './evolve-reservation.ts'
import { released } from './evolve-stock.ts'
import { settledAt } from './settle.ts'
import { type Reservation, ringFenceOf, stockKey } from './stock.ts'

/** Who takes units. */
export interface Taker {
  orderId: string
  /** Its ring fence is used first. */
  channel: string | null
  /** Soft reservation that the units replace; one that is over or unknown holds nothing. */
  reservationId: string | null
}

/**
 * Events that allocate the moves to the order, all or none; or the first that is short. What its reservation holds is
 * free for it: of each SKU so many units of the reservation end as the order takes, those at the same place first.
 * @param givesBack units that the same command lets go of afterwards: they count as free
 */
export function takeStock(
  state: CoreState,
  { orderId, channel, reservationId }: Taker,
  items: readonly StockMove[],
  at: number,
  givesBack: readonly StockMove[] = [],
): { events: CoreEvent[] } | { short: Shortage } {
  if (items.length === 0) return { events: [] }
  const known = reservationId === null ? undefined : state.reservations.get(reservationId)
  const settled = settledAt(state, [...items, ...(known?.lines ?? [])], at)
  const events = settled.events
  let now = settled.state
  const own = reservationId === null ? undefined : now.reservations.get(reservationId)
  const lines = own === undefined ? [] : replaced(own, items)
  if (own !== undefined && lines.length > 0) {
    const data = {
      reservationId: own.reservationId,
      how: 'consumed' as const,
      reason: 'an order took its place',
      consumedBy: orderId,
      lines,
      at,
    }
    events.push(event('ReservationEnded', data))
    now = ended(now, data)
  }
  const taker = own?.channel ?? channel
  const open = givesBack.length === 0 ? now : released(now, { orderId, items: givesBack, at })
  const short = shortageOfOrder(open, items, taker)
  if (short !== null) return { short }
  const moves = items.map((item) => outOfFence(now, item, taker))
  return { events: [...events, event('StockAllocated', { orderId, items: moves, at })] }
}

/** Units of the reservation that the order's take the place of. */
function replaced(reservation: Reservation, items: readonly StockMove[]) {
  const left = new Map(reservation.lines.map((line) => [stockKey(line.sku, line.nodeId), line.quantity]))
  const gone = new Map<string, { sku: string; nodeId: string; quantity: number }>()
  const end = (sku: string, nodeId: string, most: number): number => {
    const key = stockKey(sku, nodeId)
    const units = Math.min(left.get(key) ?? 0, most)
    if (units === 0) return 0
    left.set(key, (left.get(key) ?? 0) - units)
    gone.set(key, { sku, nodeId, quantity: (gone.get(key)?.quantity ?? 0) + units })
    return units
  }
  const elsewhere = items.map(({ sku, nodeId, quantity }) => ({
    sku,
    quantity: quantity - end(sku, nodeId, quantity),
  }))
  for (const { sku, quantity } of elsewhere) {
    let open = quantity
    for (const line of reservation.lines) if (line.sku === sku) open -= end(sku, line.nodeId, open)
  }
  return [...gone.values()]
}

function outOfFence(
  state: CoreState,
  { sku, nodeId, quantity }: StockMove,
  channel: string | null,
): StockMove {
  const stock = channel === null ? undefined : state.stock.get(stockKey(sku, nodeId))
  const ringFenced = stock === undefined ? 0 : Math.min(quantity, ringFenceOf(stock, channel))
  if (ringFenced === 0 || channel === null) return { sku, nodeId, quantity }
  return { sku, nodeId, quantity, ringFenced, channel }
}

/** Events that let go of allocated units. */
export function giveBack(orderId: string, items: readonly StockMove[], at: number): CoreEvent[] {
  return items.length === 0 ? [] : [event('StockReleased', { orderId, items, at })]
}

/** Events of allocated units that left the shelf for good. */
export function sendOff(orderId: string, items: readonly StockMove[], at: number): CoreEvent[] {
  return items.length === 0 ? [] : [event('StockShipped', { orderId, items, at })]
}
