// Streams whose events are rows as they are: scores of detection and attempts of webhooks.

import { operations, type RowOf, type TableContract } from '#data/contracts'
import type { StoredEvent } from '#data/log'
import type { BatchHandler } from '#data/warehouse'
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

/** Name of the stream that holds the attempts to deliver a market's messages. */
export function webhooksStream(market: string): string {
  return `webhooks:${market}`
}

/** Takes the streams of detection: anomalies, the later of two with the same id. */
export const detectionHandler: BatchHandler = rowsHandler(
  detectionStream(''),
  operations.anomalies,
  ({ type, data }) => (type === 'ScoresRecorded' ? (data as ScoresRecorded).anomalies : []),
)

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
