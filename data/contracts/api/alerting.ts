// Shapes of alerting over the API: silences and maintenance windows, and which messages go to whom.

import { Type } from 'typebox'
import { instantText, type Of, oneOf, orNull, shape } from './shape.ts'

const closed = { additionalProperties: false }
const word = (most: number) => Type.String({ minLength: 1, maxLength: most })

/** One condition on the labels of an incident; those beside each other all have to hold. */
export const labelMatcher = Type.Object(
  {
    label: Type.String({
      minLength: 1,
      maxLength: 60,
      description:
        'incident, kind (its metric), dimension, value, severity, or a dimension: node, carrier ...',
    }),
    op: oneOf(['is', 'is_not', 'like', 'at_least', 'below'] as const),
    value: Type.String({
      maxLength: 300,
      description: 'like: * stands for any text; at_least and below: a severity from 0 to 1',
    }),
  },
  closed,
)
export type LabelMatcher = Of<typeof labelMatcher>

/** When a silence comes back: a start on days of the week, and how long it lasts. */
export const silenceRepeat = Type.Object(
  {
    weekdays: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
      minItems: 1,
      maxItems: 7,
      uniqueItems: true,
      description: '1 = Monday',
    }),
    at: Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description: 'local time of its start' }),
    minutes: Type.Integer({ minimum: 1, maximum: 10_080 }),
    timeZone: word(60),
  },
  closed,
)
export type SilenceRepeat = Of<typeof silenceRepeat>

/** A silence or a maintenance window, `POST /api/v1/silences`: incidents are recorded, but nobody is told. */
export const silenceDraft = Type.Object(
  {
    kind: oneOf(['silence', 'maintenance'] as const),
    why: Type.String({ minLength: 1, maxLength: 500 }),
    matchers: Type.Array(labelMatcher, { minItems: 1, maxItems: 20 }),
    startsAt: instantText,
    endsAt: orNull(
      Type.String({ format: 'date-time', description: 'null = until it is ended; only where it repeats' }),
    ),
    repeat: orNull(silenceRepeat),
    holdsReroutes: Type.Boolean({ description: 'nothing is rerouted for these incidents meanwhile' }),
  },
  closed,
)
export type SilenceDraft = Of<typeof silenceDraft>

/** A silence as it is asked for: one without a start begins when it arrives, whatever the clock of its caller says. */
export const silenceRequest = Type.Object(
  { ...silenceDraft.properties, startsAt: Type.Optional(instantText) },
  closed,
)
export type SilenceRequest = Of<typeof silenceRequest>

/** A silence as it is kept. */
export const silence = shape({
  silenceId: Type.String(),
  ...silenceDraft.properties,
  by: Type.String(),
  createdAt: instantText,
  endedAt: orNull(instantText),
  endedBy: orNull(Type.String()),
  state: oneOf(['active', 'upcoming', 'ended'] as const),
  activeUntil: orNull(instantText),
  nextStart: orNull(instantText),
  openIncidents: Type.Integer({ description: 'incidents that are not over and match' }),
})
export type Silence = Of<typeof silence>

/** Silences, those that hold first. */
export const silencesAnswer = shape({ silences: Type.Array(silence) })
export type SilencesAnswer = Of<typeof silencesAnswer>

/** Who is told: ids of webhooks, or `all`. */
const receivers = Type.Array(word(200), { maxItems: 50, uniqueItems: true })

/** Which incidents go where: the first rule whose conditions hold counts, and the next ones where it goes on. */
export const alertRoute = Type.Object(
  {
    routeId: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,59}$' }),
    name: word(100),
    matchers: Type.Array(labelMatcher, { maxItems: 20, description: 'empty = every incident' }),
    receivers,
    groupBy: Type.Array(word(60), {
      maxItems: 10,
      description:
        'labels; incidents that agree in them when they are first told are told together; empty = all together',
    }),
    groupWaitSeconds: Type.Integer({ minimum: 0, maximum: 86_400, description: 'before the first message' }),
    groupIntervalSeconds: Type.Integer({ minimum: 0, maximum: 86_400, description: 'between messages' }),
    repeatMinutes: orNull(
      Type.Integer({ minimum: 5, maximum: 43_200, description: 'told again while nobody acknowledged' }),
    ),
    goesOn: Type.Boolean({ description: 'later rules are looked at as well' }),
    escalation: Type.Array(
      Type.Object({ afterMinutes: Type.Integer({ minimum: 1, maximum: 43_200 }), receivers }, closed),
      { maxItems: 5, description: 'who is told beside when nobody acknowledged, soonest first' },
    ),
  },
  closed,
)
export type AlertRoute = Of<typeof alertRoute>

/** Who is told of what, and when an incident flaps, `PUT /api/v1/alerting/routing`; the whole of it. */
export const alertRouting = Type.Object(
  {
    routes: Type.Array(alertRoute, { maxItems: 100 }),
    flapTurns: Type.Integer({ minimum: 2, maximum: 100, description: 'ends and returns that make it flap' }),
    flapMinutes: Type.Integer({ minimum: 1, maximum: 10_080, description: 'within this time' }),
    flapRecoveryMinutes: Type.Integer({
      minimum: 1,
      maximum: 10_080,
      description: 'how long values have to be back before an incident that flaps ends',
    }),
    reopenMinutes: Type.Integer({
      minimum: 0,
      maximum: 43_200,
      description: 'a constraint that comes back within this time reopens its incident',
    }),
  },
  closed,
)
export type AlertRouting = Of<typeof alertRouting>

/** The rules that hold now. */
export const alertRoutingAnswer = shape({
  routing: alertRouting,
  isDefault: Type.Boolean({ description: 'nobody has set any yet' }),
})
export type AlertRoutingAnswer = Of<typeof alertRoutingAnswer>

/** Who would be told of the incidents that are not over, `POST /api/v1/alerting/preview`; nothing is changed. */
export const alertPreview = shape({
  incidents: Type.Array(
    shape({
      incidentId: Type.String(),
      title: Type.String(),
      routes: Type.Array(
        shape({
          routeId: Type.String(),
          receivers: Type.Array(Type.String(), { description: 'webhook ids' }),
        }),
      ),
    }),
  ),
})
export type AlertPreview = Of<typeof alertPreview>
