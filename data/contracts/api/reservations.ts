// Shapes of soft reservations over the API: wishes, answers, lists.

import { Type } from 'typebox'
import { itemResult, place, units } from './inventory.ts'
import { instantText, type Of, oneOf, orNull, pageOf, shape } from './shape.ts'

const closed = { additionalProperties: false }
const id = (description: string) => Type.String({ minLength: 1, maxLength: 200, description })
const words = Type.String({ maxLength: 200 })
const channel = Type.String({ minLength: 1, maxLength: 100 })

/** A wish to hold units, `POST /api/v1/inventory/reservations`. */
export const newReservation = Type.Object(
  {
    reservationId: Type.Optional(id('the same id with the same lines gets the same answer')),
    lines: Type.Array(Type.Object({ ...place, quantity: units() }, closed), { minItems: 1, maxItems: 1_000 }),
    ttlSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_592_000, description: 'default 900' })),
    channel: Type.Optional(channel),
    reference: Type.Optional(words),
  },
  closed,
)
export type NewReservation = Of<typeof newReservation>
/** Several wishes, each by itself. */
export const newReservations = Type.Object(
  { items: Type.Array(newReservation, { minItems: 1, maxItems: 1_000 }) },
  closed,
)

const reservationStatuses = ['active', 'released', 'expired', 'consumed'] as const
const held = {
  reservationId: Type.String(),
  reservationStatus: oneOf(reservationStatuses),
  createdAt: instantText,
  expiresAt: instantText,
}
const untracked = Type.Optional(
  Type.Array(shape({ sku: Type.String(), nodeId: Type.String() }), {
    description: 'positions without a stock feed: treated as available',
  }),
)

/** What a command on a reservation answers. */
export const reservationAnswer = shape({ status: oneOf(['done', 'noop'] as const), ...held, untracked })
export type ReservationAnswer = Of<typeof reservationAnswer>
/** What several wishes answer, each in its place. */
export const reservationsAnswer = shape({
  items: Type.Array(
    shape({
      reservationId: Type.String(),
      ...itemResult,
      reservationStatus: orNull(oneOf(reservationStatuses)),
      expiresAt: orNull(instantText),
      details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    }),
  ),
})
/** A reservation. */
export const reservation = shape({
  ...held,
  endedAt: orNull(instantText),
  channel: orNull(Type.String()),
  reference: orNull(Type.String()),
  lines: Type.Array(
    shape({
      sku: Type.String(),
      nodeId: Type.String(),
      quantity: Type.Integer(),
      ringFenced: Type.Integer(),
      isTracked: Type.Boolean(),
    }),
  ),
})
export type ReservationView = Of<typeof reservation>
/** Reservations that hold, the first to end first. */
export const reservationPage = pageOf(reservation)
