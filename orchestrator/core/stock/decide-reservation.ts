// What commands on soft reservations lead to: reserve, renew, release, expire. Pure; the clock is that of the command.

import type { CommandData } from '../commands.ts'
import { answered, event, refused, type Verdict } from '../decision.ts'
import type { CoreState } from '../state.ts'
import { isUntracked, knowsSku, shortage } from './available.ts'
import { badNode, badQuantity, badSku } from './checks.ts'
import { dueBy } from './expiries.ts'
import { expiry, isAnyDue, settledAt } from './settle.ts'
import {
  type EndedReservation,
  type Reservation,
  type ReservationLine,
  ringFenceOf,
  stockKey,
} from './stock.ts'

/** How long a reservation holds: least and most, ms. */
export const ttlBounds = { least: 1_000, most: 30 * 86_400_000 }

/** Lines of a reservation at most. */
const linesMost = 1_000
/** Reservations that end by one command at most. */
const expiredMost = 1_000

interface Wish {
  sku: string
  nodeId: string
  quantity: number
}

/** Units held for somebody, all lines or none. */
export function reserveStock(state: CoreState, data: CommandData['ReserveStock'], at: number): Verdict {
  const { reservationId, ttlMs } = data
  const bad = badTtl(ttlMs) ?? badCount(data.lines) ?? badQuantity(data.lines)
  if (bad !== null) return bad
  const wishes = data.lines.length === 1 ? data.lines : summed(data.lines)
  const known = reservationOf(state, reservationId)
  if (known !== undefined) return asked(known, wishes, data, at)
  const odd = badQuantity(wishes) ?? badNode(state, wishes) ?? badSku(wishes, (sku) => !knowsSku(state, sku))
  if (odd !== null) return odd
  const { state: now, events } = settledAt(state, wishes, at)
  const short = shortage(now, wishes, data.channel)
  if (short !== null) return refused('stock_short', { reservationId, ...short })
  const lines = wishes.map((wish) => lineOf(now, wish, data.channel))
  const { channel, reference } = data
  const reservation = { reservationId, lines, createdAt: at, expiresAt: at + ttlMs, channel, reference }
  return answered([...events, event('StockReserved', { reservation, at })], told(reservation, at))
}

function badTtl(ttlMs: number): Verdict | null {
  const isFine = Number.isSafeInteger(ttlMs) && ttlMs >= ttlBounds.least && ttlMs <= ttlBounds.most
  return isFine ? null : refused('ttl_invalid', { ttlMs, ...ttlBounds })
}

function badCount(lines: readonly Wish[]): Verdict | null {
  return lines.length === 0 || lines.length > linesMost ? refused('lines_invalid') : null
}

/** Wishes for one position together. */
function summed(lines: readonly Wish[]): Wish[] {
  const wishes = new Map<string, Wish>()
  for (const { sku, nodeId, quantity } of lines) {
    const key = stockKey(sku, nodeId)
    wishes.set(key, { sku, nodeId, quantity: quantity + (wishes.get(key)?.quantity ?? 0) })
  }
  return [...wishes.values()]
}

function lineOf(state: CoreState, { sku, nodeId, quantity }: Wish, channel: string | null): ReservationLine {
  const stock = state.stock.getPair(sku, nodeId)
  const ringFenced = stock === undefined ? 0 : Math.min(quantity, ringFenceOf(stock, channel))
  return { sku, nodeId, quantity, ringFenced, isTracked: !isUntracked(state, sku, nodeId) }
}

/** A reservation by its id, also one of those that ended last. */
export function reservationOf(
  { reservations, endedReservations }: CoreState,
  reservationId: string,
): Reservation | EndedReservation | undefined {
  return (
    reservations.get(reservationId) ??
    endedReservations.recent.get(reservationId) ??
    endedReservations.before.get(reservationId)
  )
}

/** How a reservation stands at a time. */
export function reservationStatus(
  reservation: Reservation | EndedReservation,
  at: number,
): 'active' | 'released' | 'expired' | 'consumed' {
  if ('how' in reservation) return reservation.how
  return reservation.expiresAt <= at ? 'expired' : 'active'
}

/** An id that is known: the same wish is answered again, another is refused. */
function asked(
  known: Reservation | EndedReservation,
  wishes: readonly Wish[],
  { reservationId, channel, reference }: CommandData['ReserveStock'],
  at: number,
): Verdict {
  const units = new Map(known.lines.map((line) => [stockKey(line.sku, line.nodeId), line.quantity]))
  const isSame =
    known.channel === channel &&
    known.reference === reference &&
    units.size === wishes.length &&
    wishes.every(({ sku, nodeId, quantity }) => units.get(stockKey(sku, nodeId)) === quantity)
  return isSame ? answered([], told(known, at)) : refused('reservation_exists', { reservationId })
}

function told(reservation: Reservation | EndedReservation, at: number) {
  const { reservationId, createdAt, expiresAt, lines } = reservation
  const answer = { reservationId, status: reservationStatus(reservation, at), createdAt, expiresAt }
  if (lines.every((line) => line.isTracked)) return answer
  const untracked = lines.filter((line) => !line.isTracked).map(({ sku, nodeId }) => ({ sku, nodeId }))
  return { ...answer, untracked }
}

/** A reservation that holds for another while, never one whose time was over. */
export function renewReservation(
  state: CoreState,
  { reservationId, ttlMs }: CommandData['RenewReservation'],
  at: number,
): Verdict {
  const bad = badTtl(ttlMs)
  if (bad !== null) return bad
  const known = reservationOf(state, reservationId)
  if (known === undefined) return refused('reservation_unknown', { reservationId })
  const status = reservationStatus(known, at)
  if (status !== 'active')
    return refused(`reservation_${status}`, { reservationId, expiresAt: known.expiresAt })
  const expiresAt = at + ttlMs
  const answer = told({ ...known, expiresAt }, at)
  if (expiresAt === known.expiresAt) return answered([], answer)
  return answered([event('ReservationRenewed', { reservationId, expiresAt, at })], answer)
}

/** The units of a reservation free again; one that is over stays over. */
export function releaseReservation(
  state: CoreState,
  { reservationId, reason }: CommandData['ReleaseReservation'],
  at: number,
): Verdict {
  const known = reservationOf(state, reservationId)
  if (known === undefined) return refused('reservation_unknown', { reservationId })
  const answer = { reservationId, expiresAt: known.expiresAt, createdAt: known.createdAt }
  const status = reservationStatus(known, at)
  if ('how' in known) return answered([], { ...answer, status })
  if (status === 'expired')
    return answered([event('ReservationEnded', expiry(known, at))], { ...answer, status })
  const { lines } = expiry(known, at)
  const released = { reservationId, how: 'released' as const, reason, ...(lines && { lines }), at }
  return answered([event('ReservationEnded', released)], { ...answer, status: 'released' })
}

/** The end of those whose time has come, the earliest first, at most 1,000. */
export function expireReservations(state: CoreState, at: number): Verdict {
  if (!isAnyDue(state, at)) return answered([], { ended: 0 })
  const events = []
  for (const reservationId of dueBy(state.expiries, at)) {
    const reservation = state.reservations.get(reservationId)
    if (reservation !== undefined) events.push(event('ReservationEnded', expiry(reservation, at)))
    if (events.length >= expiredMost) break
  }
  return answered(events, { ended: events.length })
}
