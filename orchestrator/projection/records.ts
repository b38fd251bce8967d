// Streams whose events are rows as they are: scores of detection and attempts of webhooks.

import { operations, type RowOf, type TableContract } from '#data/contracts'
import type { StoredEvent } from '#data/log'
import type { BatchHandler } from '#data/warehouse'
import type { WebhookAttempted } from '#orchestrator/webhooks'
import { replaceRows } from './write.ts'

/** Data of the event `ScoresRecorded` in the stream of `detectionStream`. */
export interface ScoresRecorded {
  runId: string
  /** Times as ISO 8601 text, `reasons` as JSON text. */
  anomalies: readonly RowOf<typeof operations.anomalies>[]
}

/** Name of the stream that holds the scores of a market's detection runs. */
export function detectionStream(market: string): string {
  return `detection:${market}`
}

/** Takes the streams of detection: anomalies, the later of two with the same id. */
export const detectionHandler: BatchHandler = rowsHandler(
  detectionStream(''),
  operations.anomalies,
  ({ type, data }) => (type === 'ScoresRecorded' ? (data as ScoresRecorded).anomalies : []),
)

/** Takes the streams of webhooks: a row for each attempt; what was sent stays in the log. */
export const webhooksHandler: BatchHandler = rowsHandler(
  'webhooks:',
  operations.webhookDeliveries,
  ({ type, data }) => (type === 'WebhookAttempted' ? [attemptRow(data as WebhookAttempted)] : []),
)

function attemptRow(attempted: WebhookAttempted): RowOf<typeof operations.webhookDeliveries> {
  const { deliveryId, messageId, webhookId, eventType, attempt, status, httpStatus, durationMs } = attempted
  const { attemptedAt, nextAttemptAt, notes } = attempted
  return {
    deliveryId,
    webhookId,
    eventType,
    messageId,
    attempt,
    status,
    httpStatus,
    attemptedAt: new Date(attemptedAt).toISOString(),
    durationMs,
    nextAttemptAt: nextAttemptAt === null ? null : new Date(nextAttemptAt).toISOString(),
    notes: [...notes],
  }
}

function rowsHandler<T extends TableContract>(
  prefix: string,
  contract: T,
  rowsOf: (event: StoredEvent) => readonly RowOf<T>[],
): BatchHandler {
  const [key = ''] = contract.key
  const field = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return {
    matches: (stream) => stream.startsWith(prefix),
    land: async (queries, events) => {
      const rows = new Map<unknown, RowOf<T>>()
      for (const event of events) {
        for (const row of rowsOf(event)) rows.set((row as Record<string, unknown>)[field], row)
      }
      await replaceRows(queries, contract, [...rows.values()], [key])
    },
  }
}
