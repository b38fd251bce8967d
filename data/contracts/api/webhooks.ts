// Shapes of webhooks over the API: receivers, deliveries, and what the built-in sink received.

import { Type } from 'typebox'
import { instantText, type Of, oneOf, orNull, pageOf, shape } from './shape.ts'

/** What receivers can be told. */
export const webhookEventTypes = [
  'incident.opened',
  'incident.updated',
  'incident.resolved',
  'order.rerouted',
  'order.reroute_refused',
  'order.backordered',
  'order.shipped',
  'order.delivered',
  'order.cancelled',
  'webhook.test',
] as const
export type WebhookEventType = (typeof webhookEventTypes)[number]

/** A receiver; its secret is shown once, when it is made. */
export const webhook = shape({
  webhookId: Type.String(),
  url: Type.String(),
  description: Type.String(),
  events: Type.Array(Type.String(), { description: 'event types; empty = all' }),
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
    url: Type.String({ minLength: 1, maxLength: 2000 }),
    description: Type.Optional(Type.String({ maxLength: 500 })),
    events: Type.Optional(Type.Array(oneOf(webhookEventTypes), { maxItems: 50 })),
  },
  { additionalProperties: false },
)
export type NewWebhook = Of<typeof newWebhook>

/** A change of a receiver, `PATCH /api/v1/webhooks/{id}`. */
export const webhookChange = Type.Object(
  {
    url: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })),
    description: Type.Optional(Type.String({ maxLength: 500 })),
    events: Type.Optional(Type.Array(oneOf(webhookEventTypes), { maxItems: 50 })),
    status: Type.Optional(oneOf(['enabled', 'disabled'] as const)),
  },
  { additionalProperties: false },
)
export type WebhookChange = Of<typeof webhookChange>

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
  payload: Type.Unknown(),
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
