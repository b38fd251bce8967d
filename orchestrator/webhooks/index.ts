// Door of the webhooks: signed messages about a market to its receivers, and the built-in sink.

export { coreAlarm, type LostReceiver, type ReceiverAlarm } from './alarm.ts'
export {
  messageIdOf,
  type OutboxEvent,
  type WebhookAttempted,
  webhookStream,
} from './events.ts'
export { formats } from './formats/formats.ts'
export { exampleOf } from './message/examples.ts'
export { labelNames } from './message/labels.ts'
export { createSink, type Sink, type SinkHeaders } from './sink.ts'
export type { DeliveryQuery, Replay, WatchedCore, WebhookLimits, WebhookOptions, Webhooks } from './types.ts'
export { UrlPolicy } from './url-policy.ts'
export { openWebhooks } from './webhooks.ts'
