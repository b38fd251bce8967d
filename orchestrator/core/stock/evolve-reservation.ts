// How soft reservations follow from events, and what they hold of each position. Pure.

import type { EventData } from '../events.ts'
import type { CoreState } from '../state.ts'
import { withExpiriesAt, withExpiry, withoutExpiriesAt, withoutExpiry } from './expiries.ts'
import { withFence } from './positions.ts'
import { type Reservation, type ReservationLine, stockKey } from './stock.ts'

type Timed<T> = T & { at: number }

/** Ended reservations of one age that are kept. */
const endedKept = 5_000

/** The state with units held for somebody. */
export function reserved(
  state: CoreState,
  { reservation, at }: Timed<EventData['StockReserved']>,
): CoreState {
  const { reservationId, expiresAt, lines, channel } = reservation
  // Field by field: a second spread costs as much as the rest of it.
  const { stock, untrackedReserved, changes } = held(state, lines, channel, at, 1)
  return {
    ...state,
    stock,
    untrackedReserved,
    changes,
    reservations: state.reservations.set(reservationId, reservation),
    expiries: withExpiry(state.expiries, expiresAt, reservationId),
    expiriesAt: withExpiriesAt(state.expiriesAt, keysOf(lines), expiresAt, reservationId),
  }
}

const keysOf = (lines: readonly ReservationLine[]) => lines.map(({ sku, nodeId }) => stockKey(sku, nodeId))

/** The state with a reservation that holds longer, or shorter. */
export function renewed(
  state: CoreState,
  { reservationId, expiresAt }: Timed<EventData['ReservationRenewed']>,
): CoreState {
  const before = state.reservations.get(reservationId)
  if (before === undefined) return state
  const keys = keysOf(before.lines)
  const expiries = withoutExpiry(state.expiries, before.expiresAt, reservationId)
  const expiriesAt = withoutExpiriesAt(state.expiriesAt, keys, before.expiresAt, reservationId)
  return {
    ...state,
    reservations: state.reservations.set(reservationId, { ...before, expiresAt }),
    expiries: withExpiry(expiries, expiresAt, reservationId),
    expiriesAt: withExpiriesAt(expiriesAt, keys, expiresAt, reservationId),
  }
}

/** The state without a reservation, or without some of its units; what came out of a ring fence is back there. */
export function ended(
  state: CoreState,
  { reservationId, how, lines, at }: Timed<EventData['ReservationEnded']>,
): CoreState {
  const before = state.reservations.get(reservationId)
  if (before === undefined) return state
  const parts = lines === undefined ? before.lines : partsOf(before, lines)
  const left = leftOf(before, parts)
  const kept = new Set(keysOf(left))
  const gone = keysOf(before.lines).filter((key) => !kept.has(key))
  const next = {
    ...state,
    ...held(state, parts, before.channel, at, -1),
    expiriesAt: withoutExpiriesAt(state.expiriesAt, gone, before.expiresAt, reservationId),
  }
  if (left.length > 0) {
    return { ...next, reservations: state.reservations.set(reservationId, { ...before, lines: left }) }
  }
  const { recent, before: older } = state.endedReservations
  const isFull = recent.size >= endedKept
  const young = isFull ? recent.clear() : recent
  return {
    ...next,
    reservations: state.reservations.delete(reservationId),
    expiries: withoutExpiry(state.expiries, before.expiresAt, reservationId),
    endedReservations: {
      recent: young.set(reservationId, { ...before, how, endedAt: at }),
      before: isFull ? recent : older,
    },
  }
}

/** Stock with the units of lines held (sign 1) or free again (-1). */
function held(
  state: CoreState,
  lines: readonly ReservationLine[],
  channel: string | null,
  at: number,
  sign: 1 | -1,
): Pick<CoreState, 'stock' | 'untrackedReserved' | 'changes'> {
  const version = state.changes + 1
  let { stock, untrackedReserved } = state
  for (const { sku, nodeId, quantity, ringFenced } of lines) {
    const key = stockKey(sku, nodeId)
    const before = stock.get(key)
    if (before === undefined) {
      const units = (untrackedReserved.get(key) ?? 0) + sign * quantity
      untrackedReserved = units === 0 ? untrackedReserved.delete(key) : untrackedReserved.set(key, units)
      continue
    }
    const updatedAt = Math.max(before.updatedAt, at)
    const next = { ...before, reserved: before.reserved + sign * quantity, updatedAt, version }
    stock = stock.set(key, withFence(next, channel, -sign * ringFenced))
  }
  return { stock, untrackedReserved, changes: version }
}

/** The units of some lines as parts of the reservation: those out of a ring fence first. */
function partsOf(
  reservation: Reservation,
  lines: readonly { sku: string; nodeId: string; quantity: number }[],
): ReservationLine[] {
  return lines.flatMap(({ sku, nodeId, quantity }) => {
    const line = reservation.lines.find((each) => each.sku === sku && each.nodeId === nodeId)
    if (line === undefined) return []
    const units = Math.min(line.quantity, quantity)
    return [{ ...line, quantity: units, ringFenced: Math.min(line.ringFenced, units) }]
  })
}

function leftOf({ lines }: Reservation, parts: readonly ReservationLine[]): ReservationLine[] {
  return lines.flatMap((line) => {
    const part = parts.find((each) => each.sku === line.sku && each.nodeId === line.nodeId)
    if (part === undefined) return [line]
    const quantity = line.quantity - part.quantity
    return quantity === 0 ? [] : [{ ...line, quantity, ringFenced: line.ringFenced - part.ringFenced }]
  })
}
