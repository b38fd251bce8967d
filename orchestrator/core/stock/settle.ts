// Soft reservations whose time has come: which they are, and how stock is without them. Exact by the clock, whether or
// not anybody ended them in the log yet. Pure.

import { event } from '../decision.ts'
import type { CoreEvent, EventData } from '../events.ts'
import type { CoreState } from '../state.ts'
import { ended } from './evolve-reservation.ts'
import { dueBy, nextExpiry } from './expiries.ts'
import { type Reservation, type Stock, stockKey } from './stock.ts'

type Ended = EventData['ReservationEnded'] & { at: number }

/** Whether the time of any reservation has come. Cost: a few steps. */
export function isAnyDue(state: CoreState, at: number): boolean {
  const next = nextExpiry(state.expiries)
  return next !== null && next <= at
}

/** What ends a reservation whose time has come. */
export function expiry({ reservationId, lines }: Reservation, at: number): Ended {
  const parts = lines.map(({ sku, nodeId, quantity }) => ({ sku, nodeId, quantity }))
  return { reservationId, how: 'expired', reason: 'its time was over', lines: parts, at }
}

/**
 * The state that a decision about some positions is made on: what has expired there is ended.
 * @returns the events that end it, to be part of the decision
 */
export function settledAt(
  state: CoreState,
  positions: Iterable<{ sku: string; nodeId: string }>,
  at: number,
): { state: CoreState; events: CoreEvent[] } {
  if (!isAnyDue(state, at)) return { state, events: [] }
  const events: CoreEvent[] = []
  let next = state
  for (const { sku, nodeId } of positions) {
    for (const reservationId of dueBy(state.expiriesAt.get(stockKey(sku, nodeId)) ?? null, at)) {
      const reservation = next.reservations.get(reservationId)
      if (reservation === undefined) continue
      const data = expiry(reservation, at)
      events.push(event('ReservationEnded', data))
      next = ended(next, data)
    }
  }
  return { state: next, events }
}

/** The stock of a position as it reads at a time: without what has expired there. Cost: log n and what expired. */
export function stockReadAt(state: CoreState, sku: string, nodeId: string, at: number): Stock | undefined {
  if (!isAnyDue(state, at)) return state.stock.getPair(sku, nodeId)
  const key = stockKey(sku, nodeId)
  const next = nextExpiry(state.expiriesAt.get(key) ?? null)
  const isDue = next !== null && next <= at
  return (isDue ? settledAt(state, [{ sku, nodeId }], at).state : state).stock.get(key)
}

const readings = new WeakMap<CoreState, { at: number; state: CoreState }>()

/**
 * The state as it reads at a time: without what has expired by then. Nothing is written; it is made once per state
 * and time while nothing more expires.
 */
export function settled(state: CoreState, at: number): CoreState {
  if (!isAnyDue(state, at)) return state
  const known = readings.get(state)
  const isNear = known !== undefined && known.at <= at
  let next = isNear ? known.state : state
  if (!isNear || isAnyDue(next, at)) {
    for (const reservationId of dueBy(next.expiries, at)) {
      const reservation = state.reservations.get(reservationId)
      if (reservation !== undefined) next = ended(next, expiry(reservation, at))
    }
  }
  readings.set(state, { at, state: next })
  return next
}
