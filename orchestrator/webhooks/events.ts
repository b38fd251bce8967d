// What is written in the stream `webhooks:<market>`: which message waits for whom, and every try to deliver one.
// Events are kept forever: fields are added, never renamed. No secret is ever part of one.

import type { api } from '#data/contracts'

/** A message: `seq` is that of the business event in the market's stream. */
export interface Message {
  seq: number
  eventType: api.WebhookEventType
  /**
   * The incident, or the group of those that are told together, that it is about: of one subject messages are sent one
   * after another. Absent where it is about none, or in earlier versions.
   */
  subject?: string
}

/** A message that waits. */
export interface QueuedMessage extends Message {
  webhookIds: readonly string[]
}

/** What was last said of an incident, so that small changes stay unsaid. */
export interface Announced {
  severity: number
  ordersAtRisk: number
}

/**
 * Receivers that were told of an incident, by its id, or by that and the group it was told in; what is not in it may
 * have been told to any.
 */
export type Told = Readonly<Record<string, readonly string[]>>

/** The market's stream was read up to `seq`, and these messages wait from now on. */
export interface WebhookCursorMoved {
  seq: number
  queued: readonly QueuedMessage[]
  /** Incidents that are open, with what was last said of them. */
  announced: Record<string, Announced>
  /** Receivers with too many waiting messages: theirs are looked up later, from the cursor before on. */
  behind: readonly string[]
  /** Receivers that were told of each open incident; absent = as before. */
  told?: Told
}

/** Messages wait for one receiver again: a replay, or one that had fallen behind. */
export interface WebhookQueued {
  webhookId: string
  messages: readonly Message[]
  /** Whether somebody asked for them again, so that they give way to new ones; absent = not known to give way. */
  isReplay?: boolean
  /** Where a receiver that fell behind goes on; null = it is up to date; absent = as before. */
  behindFrom?: number | null
  /** What it was told of by then; absent = nothing is known. */
  behindTold?: Told
  /** What of a replay is still to be looked up; null = nothing; absent = as before. */
  replayLeft?: ReplayLeft | null
}

/** The part of a replay that waits to be looked up: events after `from`, up to `to`, in the market's stream. */
export interface ReplayLeft {
  from: number
  to: number
  /** What the receiver was told of up to `from`; absent = nothing is known. */
  told?: Told
  /** Only what became of that, up to the end: it may have been sent as new before. */
  isRest?: true
}

/** A try to deliver a message, written once its outcome is known. Times are epoch ms, wall time. */
export interface WebhookAttempted {
  /** Unique in the stream, also the event's id without its suffix. */
  deliveryId: string
  messageId: string
  webhookId: string
  eventType: api.WebhookEventType
  /** From 1; counts anew after a replay. */
  attempt: number
  /** Tries up to this one that the schedule does not count; absent = none. */
  uncounted?: number
  status: 'delivered' | 'failed' | 'abandoned'
  /** The receiver had another address by then, of which the try says nothing. */
  isMoved?: true
  httpStatus: number | null
  attemptedAt: number
  durationMs: number
  nextAttemptAt: number | null
  /** Until when the receiver asked to be left alone, a day at most; absent where it did not, or in earlier versions. */
  askedUntil?: number
  notes: readonly string[]
  /** The body that was sent, without keys. */
  payload: unknown
  /** Shape of the body; absent = `detour`. */
  format?: api.WebhookFormat
  /** What was sent and answered, without secrets; absent in events of earlier versions. */
  request?: { url: string; headers: Record<string, string> } | null
  response?: { headers: Record<string, string>; body: string; isCut: boolean } | null
  /** Seq of the business event, null for a test. */
  seq: number | null
  /** Seq in this stream of the event that queued the message, null for a test. */
  round: number | null
}

/** A receiver was turned off because it is gone or failed for too long. */
export interface WebhookDisabled {
  webhookId: string
  /** Epoch ms, wall time. */
  at: number
  reason: string
  /** In a row. */
  failures: number
}

/** A person turned a receiver on again. */
export interface WebhookEnabled {
  webhookId: string
  /** Epoch ms, wall time. */
  at: number
}

/** A receiver got another address: what the one before did and asked for is over. */
export interface WebhookReleased {
  webhookId: string
  /** Epoch ms, wall time. */
  at: number
}

/** A receiver was removed, with all that waited for it. */
export interface WebhookRemoved {
  webhookId: string
}

/** Everything that waits, so that a start needs no older event. */
export interface WebhookSnapshot {
  cursor: number
  announced: Record<string, Announced>
  told?: Told
  receivers: readonly ReceiverSnapshot[]
}

/** One receiver in a snapshot. */
export interface ReceiverSnapshot {
  webhookId: string
  behindFrom: number | null
  /** What it was told of by then; absent or null = nothing is known. */
  behindTold?: Told | null
  /** What of a replay is still to be looked up; absent in snapshots of earlier versions. */
  replayLeft?: ReplayLeft | null
  /** First failure since the last success, epoch ms. */
  failingSince: number | null
  /** Failures in a row; absent in snapshots of earlier versions. */
  failures?: number
  /** Until when it asked to be left alone, epoch ms; absent in snapshots of earlier versions. */
  askedUntil?: number | null
  lastDelivery: { at: number; status: string; httpStatus: number | null } | null
  waiting: readonly WaitingRow[]
  /** Why it was turned off; absent or null where it was not. */
  disabled?: Omit<WebhookDisabled, 'webhookId'> | null
}

/**
 * A waiting message in a snapshot; `payloadAt` = seq in this stream of the attempt that holds its body. What is absent
 * at the end is false, null or 0.
 */
export type WaitingRow = [
  seq: number,
  eventType: api.WebhookEventType,
  round: number,
  attempt: number,
  dueAt: number,
  payloadAt: number | null,
  isReplay?: boolean,
  subject?: string | null,
  uncounted?: number,
]

/** Data of each event of the stream, by its type. */
export interface OutboxEventData {
  WebhookCursorMoved: WebhookCursorMoved
  WebhookQueued: WebhookQueued
  WebhookAttempted: WebhookAttempted
  WebhookDisabled: WebhookDisabled
  WebhookEnabled: WebhookEnabled
  WebhookReleased: WebhookReleased
  WebhookRemoved: WebhookRemoved
  WebhookSnapshot: WebhookSnapshot
}

/** An event of the stream. */
export type OutboxEvent = {
  [T in keyof OutboxEventData]: { type: T; data: OutboxEventData[T] }
}[keyof OutboxEventData]

/** Name of the stream with the deliveries of a market. */
export function webhookStream(market: string): string {
  return `webhooks:${market}`
}

/** Id of the message of a business event, the same in every attempt, also after a rebuild. */
export function messageIdOf(market: string, seq: number): string {
  return `msg_${market}_${seq}`
}
