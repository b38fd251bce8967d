// Soft reservations as they are shown: one by its id, and those that hold in the order of their ends. It changes none.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import {
  type CoreState,
  type EndedReservation,
  expiringAfter,
  type Reservation,
  reservationOf,
  reservationStatus,
} from '#orchestrator/core'
import { pageFrom, placeIn } from './page.ts'

/** Reservations that are looked at for a page at most; then the page ends early. */
const visitsMost = 50_000

/** A reservation, also one of the last that ended. @throws RESERVATION_UNKNOWN */
export function reservationById(state: CoreState, reservationId: string, at: number): api.ReservationView {
  const known = reservationOf(state, reservationId)
  if (known === undefined) throw fail('RESERVATION_UNKNOWN', { reservationId })
  return viewOf(known, at)
}

function viewOf(known: Reservation | EndedReservation, at: number): api.ReservationView {
  const { reservationId, channel, reference, lines } = known
  const status = reservationStatus(known, at)
  const endedAt = 'how' in known ? known.endedAt : status === 'expired' ? known.expiresAt : null
  return {
    reservationId,
    reservationStatus: status,
    createdAt: new Date(known.createdAt).toISOString(),
    expiresAt: new Date(known.expiresAt).toISOString(),
    endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
    channel,
    reference,
    lines: [...lines],
  }
}

/** What a list of reservations is narrowed by. */
export interface ReservationFilter {
  sku?: string | undefined
  node?: string | undefined
  channel?: string | undefined
  reference?: string | undefined
  cursor?: string | undefined
  limit?: number | undefined
}

/** A page of the reservations that hold, the first to end first. @throws HTTP_CURSOR_INVALID */
export function listReservations(
  state: CoreState,
  filter: ReservationFilter,
  at: number,
): api.Page<api.ReservationView> {
  const { limit = 50 } = filter
  const place = placeIn(filter.cursor, 'reservations')
  const from = place === null ? at : Math.max(at, Number(place[0]))
  const after = place !== null && Number(place[0]) >= at ? place[1] : null
  const items: api.ReservationView[] = []
  let visits = 0
  let last: Reservation | null = null
  for (const reservationId of expiringAfter(state.expiries, from, after)) {
    const reservation = state.reservations.get(reservationId)
    if (reservation === undefined) continue
    if (items.length >= limit || visits >= visitsMost) {
      const nextCursor = last === null ? null : pageFrom('reservations', last.expiresAt, last.reservationId)
      return { items, nextCursor, total: null }
    }
    visits++
    last = reservation
    if (isMatch(reservation, filter)) items.push(viewOf(reservation, at))
  }
  return { items, nextCursor: null, total: null }
}

function isMatch(reservation: Reservation, { sku, node, channel, reference }: ReservationFilter): boolean {
  if (channel !== undefined && reservation.channel !== channel) return false
  if (reference !== undefined && reservation.reference !== reference) return false
  if (sku === undefined && node === undefined) return true
  return reservation.lines.some(
    (line) => (sku === undefined || line.sku === sku) && (node === undefined || line.nodeId === node),
  )
}
