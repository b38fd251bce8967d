// Shapes of webhooks over the API: receivers, deliveries, and what the built-in sink received.

import { Type } from 'typebox'
import { instantText, type Of, oneOf, orNull, pageOf, shape } from './shape.ts'
import { webhookEventTypes } from './webhook-events.ts'

/** Shapes of bodies that receivers can ask for. */
export const webhookFormats = [
  'detour',
  'cloudevents',
  'alertmanager',
  'slack',
  'teams',
  'pagerduty',
  'email',
] as const
export type WebhookFormat = (typeof webhookFormats)[number]

/** What a label of a message must be. */
export const labelRule = shape({
  label: Type.String({ minLength: 1, maxLength: 60, pattern: '^[a-zA-Z_][a-zA-Z0-9_.]*$' }),
  is: oneOf(['one_of', 'none_of'] as const),
  values: Type.Array(Type.String({ minLength: 1, maxLength: 300 }), {
    minItems: 1,
    maxItems: 50,
    description: 'a value that ends with * stands for all that begin like it',
  }),
})
export type LabelRule = Of<typeof labelRule>

const labelRules = Type.Array(labelRule, { maxItems: 20, description: 'all must hold; none = no matter' })
const url = Type.String({
  minLength: 1,
  maxLength: 2000,
  description: 'https address, or mailto:name@example.com for mail',
})
const chosen = Type.Array(oneOf(webhookEventTypes), { maxItems: 50, description: 'none = all' })
const concurrency = Type.Integer({ minimum: 1, maximum: 20, description: 'tries at the same time' })
const credential = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'routing key of PagerDuty; never shown again',
})

const carriesLinks = Type.Boolean({
  description:
    'messages about plans that wait carry links by which whoever reads them decides, without signing in',
})

/** A receiver; its secret is shown once, when it is made. */
export const webhook = shape({
  webhookId: Type.String(),
  url: Type.String(),
  description: Type.String(),
  events: Type.Array(Type.String(), { description: 'event types; empty = all' }),
  labels: labelRules,
  format: oneOf(webhookFormats),
  concurrency,
  hasCredential: Type.Boolean(),
  carriesLinks,
  previousSecretUntil: orNull(
    Type.String({ format: 'date-time', description: 'until when the secret before signs too' }),
  ),
  health: oneOf(['unused', 'healthy', 'failing', 'resting', 'off'] as const),
  failures: Type.Integer({ description: 'in a row' }),
  failingSince: orNull(instantText),
  nextAttemptAt: orNull(instantText),
  status: oneOf(['enabled', 'disabled'] as const),
  disabledReason: orNull(Type.String()),
  createdAt: instantText,
  lastDelivery: orNull(shape({ at: instantText, status: Type.String(), httpStatus: orNull(Type.Integer()) })),
  pending: Type.Integer({ description: 'messages that still wait for this receiver' }),
})
export type Webhook = Of<typeof webhook>

/** A receiver just made, with its secret. */
export const webhookWithSecret = shape({ ...webhook.properties, secret: Type.String() })
export type WebhookWithSecret = Of<typeof webhookWithSecret>

/** A new receiver, `POST /api/v1/webhooks`. */
export const newWebhook = Type.Object(
  {
    url,
    description: Type.Optional(Type.String({ maxLength: 500 })),
    events: Type.Optional(chosen),
    labels: Type.Optional(labelRules),
    format: Type.Optional(oneOf(webhookFormats)),
    concurrency: Type.Optional(concurrency),
    credential: Type.Optional(credential),
    carriesLinks: Type.Optional(carriesLinks),
  },
  { additionalProperties: false },
)
export type NewWebhook = Of<typeof newWebhook>

/** A change of a receiver, `PATCH /api/v1/webhooks/{id}`. */
export const webhookChange = Type.Object(
  { ...Type.Partial(newWebhook).properties, status: Type.Optional(oneOf(['enabled', 'disabled'] as const)) },
  { additionalProperties: false },
)
export type WebhookChange = Of<typeof webhookChange>

/** What a test sends: an example of the type, by default `webhook.test`. */
export const webhookTest = Type.Object(
  { type: Type.Optional(oneOf(webhookEventTypes)) },
  { additionalProperties: false },
)
export type WebhookTest = Of<typeof webhookTest>

/** A kind of message: what it is for, its schema and an example. */
export const webhookEvent = shape({
  type: Type.String(),
  description: Type.String(),
  labels: Type.Array(Type.String(), { description: 'labels to filter by that such a message may have' }),
  formats: Type.Array(oneOf(webhookFormats)),
  schema: Type.Unknown({ description: 'JSON Schema of the body in the format detour' }),
  example: Type.Unknown(),
})
export type WebhookEvent = Of<typeof webhookEvent>

/** An example as a format has it. */
export const webhookPreview = shape({
  format: oneOf(webhookFormats),
  type: Type.String(),
  contentType: Type.String(),
  body: Type.Unknown(),
})
export type WebhookPreview = Of<typeof webhookPreview>

/** An attempt to deliver a message. */
export const webhookDelivery = shape({
  deliveryId: Type.String(),
  messageId: Type.String(),
  webhookId: Type.String(),
  eventType: Type.String(),
  attempt: Type.Integer(),
  status: oneOf(['delivered', 'failed', 'abandoned'] as const),
  httpStatus: orNull(Type.Integer()),
  attemptedAt: instantText,
  durationMs: orNull(Type.Integer()),
  nextAttemptAt: orNull(instantText),
  notes: Type.Array(Type.String()),
  isTest: Type.Boolean(),
  format: oneOf(webhookFormats),
  payload: Type.Unknown({ description: 'the body as it was sent, without keys' }),
  request: orNull(shape({ url: Type.String(), headers: Type.Record(Type.String(), Type.String()) })),
  response: orNull(
    shape({
      headers: Type.Record(Type.String(), Type.String()),
      body: Type.String({ description: 'its beginning' }),
      isCut: Type.Boolean(),
    }),
  ),
})
export type WebhookDelivery = Of<typeof webhookDelivery>
/** A page of deliveries. */
export const deliveryPage = pageOf(webhookDelivery)

/** A message the built-in sink received. */
export const sinkMessage = shape({
  messageId: Type.String(),
  receivedAt: instantText,
  isVerified: Type.Boolean(),
  reason: orNull(Type.String({ description: 'why the signature did not hold' })),
  eventType: orNull(Type.String()),
  headers: Type.Record(Type.String(), Type.String()),
  body: Type.String({ description: 'as received, at most 64 kB' }),
})
export type SinkMessage = Of<typeof sinkMessage>
