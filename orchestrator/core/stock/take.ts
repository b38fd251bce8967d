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
  /** Soft reservations that the units replace; one that is over or unknown holds nothing. */
  reservationIds: readonly string[]
}

/**
 * Events that allocate the moves to the order, all or none; or the first that is short. What its reservations hold is
 * free for it: of each SKU so many units of them end as the order takes, those at the same place first.
 * @param givesBack units that the same command lets go of afterwards: they count as free
 */
export function takeStock(
  state: CoreState,
  { orderId, channel, reservationIds }: Taker,
  items: readonly StockMove[],
  at: number,
  givesBack: readonly StockMove[] = [],
): { events: CoreEvent[] } | { short: Shortage } {
  if (items.length === 0) return { events: [] }
  const known = reservationIds.flatMap((id) => state.reservations.get(id)?.lines ?? [])
  const settled = settledAt(state, [...items, ...known], at)
  const events = settled.events
  let now = settled.state
  const own = reservationIds.flatMap((id) => now.reservations.get(id) ?? [])
  for (const [reservationId, lines] of own.length === 0 ? [] : replaced(own, items)) {
    const data = {
      reservationId,
      how: 'consumed' as const,
      reason: 'an order took its place',
      consumedBy: orderId,
      lines,
      at,
    }
    events.push(event('ReservationEnded', data))
    now = ended(now, data)
  }
  const taker = own.find((each) => each.channel !== null)?.channel ?? channel
  const open = givesBack.length === 0 ? now : released(now, { orderId, items: givesBack, at })
  const short = shortageOfOrder(open, items, taker)
  if (short !== null) return { short }
  const moves = items.map((item) => outOfFence(now, item, taker))
  return { events: [...events, event('StockAllocated', { orderId, items: moves, at })] }
}

/** Units of reservations that the order's take the place of, by reservation. */
function replaced(
  reservations: readonly Reservation[],
  items: readonly StockMove[],
): Map<string, { sku: string; nodeId: string; quantity: number }[]> {
  const gone = new Map<string, Map<string, { sku: string; nodeId: string; quantity: number }>>()
  /** Ends so many units at most, everywhere or at a node. @returns how many more are to end */
  const end = (sku: string, most: number, at?: string): number => {
    let open = most
    for (const { reservationId, lines } of reservations) {
      for (const { nodeId, quantity } of lines.filter((line) => line.sku === sku)) {
        const parts = gone.get(reservationId) ?? new Map()
        const key = stockKey(sku, nodeId)
        const before = parts.get(key)?.quantity ?? 0
        const units = at === undefined || at === nodeId ? Math.min(quantity - before, open) : 0
        if (units === 0) continue
        gone.set(reservationId, parts.set(key, { sku, nodeId, quantity: before + units }))
        open -= units
      }
    }
    return open
  }
  const elsewhere = items.map(({ sku, nodeId, quantity }) => ({ sku, open: end(sku, quantity, nodeId) }))
  for (const { sku, open } of elsewhere) end(sku, open)
  return new Map([...gone].map(([reservationId, parts]) => [reservationId, [...parts.values()]]))
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
