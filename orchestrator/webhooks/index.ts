// Door of the webhooks: signed messages about a market to its receivers, and the built-in sink.

export {
  messageIdOf,
  type OutboxEvent,
  type WebhookAttempted,
  webhookStream,
} from './events.ts'
export { createSink, type Sink, type SinkHeaders } from './sink.ts'
export type { DeliveryQuery, Replay, WatchedCore, WebhookLimits, WebhookOptions, Webhooks } from './types.ts'
export { openWebhooks } from './webhooks.ts'
