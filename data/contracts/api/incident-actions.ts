// Shapes of what people do to incidents over the API.

import { Type } from 'typebox'
import { instantText, type Of, oneOf, orNull, shape } from './shape.ts'

const closed = { additionalProperties: false }
const person = Type.String({ minLength: 1, maxLength: 100 })
const reason = Type.String({ minLength: 1, maxLength: 500 })
const hours = Type.Number({ minimum: 0.25, maximum: 720 })

/** Snoozes for some hours or until a time; without both until it changes. */
export const incidentSnooze = Type.Object(
  {
    hours: Type.Optional(hours),
    until: Type.Optional(Type.String({ format: 'date-time', description: 'time of the market' })),
  },
  closed,
)
export type IncidentSnooze = Of<typeof incidentSnooze>

/** Ends or reopens an incident. */
export const incidentReason = Type.Object({ reason }, closed)

/** Says who looks after an incident. */
export const incidentOwner = Type.Object({ owner: orNull(person) }, closed)

/** Sets its severity by hand; null = as detection sees it. */
export const incidentSeverity = Type.Object(
  { severity: orNull(Type.Number({ minimum: 0, maximum: 1 })) },
  closed,
)

/** A remark. */
export const incidentRemark = Type.Object({ text: Type.String({ minLength: 1, maxLength: 2_000 }) }, closed)

/** Tells and shows it with another one. */
export const incidentMerge = Type.Object({ into: Type.String({ minLength: 1, maxLength: 300 }) }, closed)

/** Takes it out of the one it was merged into; with a cause, opens an incident of its own for that. */
export const incidentSplit = Type.Object(
  {
    cause: Type.Optional(
      Type.Object(
        {
          dimension: Type.String({ minLength: 1, maxLength: 300 }),
          value: Type.String({ minLength: 1, maxLength: 300 }),
        },
        closed,
      ),
    ),
  },
  closed,
)
export type IncidentSplit = Of<typeof incidentSplit>

/** The same for many incidents, `POST /api/v1/incidents/actions`. */
export const incidentActions = Type.Object(
  {
    incidentIds: Type.Array(Type.String({ minLength: 1, maxLength: 300 }), {
      minItems: 1,
      maxItems: 200,
      uniqueItems: true,
    }),
    action: oneOf(['acknowledge', 'snooze', 'resolve'] as const),
    hours: Type.Optional(hours),
    reason: Type.Optional(reason),
  },
  closed,
)
export type IncidentActions = Of<typeof incidentActions>

/** How an action ended. */
export const incidentAnswer = shape({
  status: oneOf(['done', 'noop'] as const),
  incidentId: Type.String({ description: 'of a split by cause: the new one' }),
  incident: Type.Object({
    status: Type.String(),
    owner: orNull(Type.String()),
    snoozedUntil: orNull(instantText),
  }),
})
export type IncidentAnswer = Of<typeof incidentAnswer>
