// What the SQLite log and its worker say to each other. Shapes only.

import type { ErrorCode, ErrorDetails } from '#data/kernel'

/**
 * Appends in the order of their calls, as columns: that crosses threads at a fraction of the cost of objects.
 */
export interface AppendBatch {
  kind: 'appends'
  streams: string[]
  expectedSeqs: number[]
  /** Events of each append. */
  counts: number[]
  /** Epoch ms of each append. */
  recordedAt: number[]
  /** Event id, type and JSON text of each event, one after the other. */
  cells: string[]
}

/** Something asked of the tables without changing them. */
export type Question =
  | { kind: 'read'; id: number; stream: string; afterSeq: number; limit: number; without: readonly string[] }
  | { kind: 'tail'; id: number; stream: string }
  | { kind: 'command'; id: number; stream: string; commandId: string }
  | { kind: 'streams'; id: number }

/** What the log sends. */
export type Request = AppendBatch | Question | { kind: 'close'; id: number }

/** Rows with seqs that follow each other; columns apart, because that crosses threads cheaply. */
export interface PackedRows {
  firstSeq: number
  eventIds: string[]
  types: string[]
  recordedAt: Float64Array
  /** One JSON array with the data of all rows. */
  data: string
}

/** A failure that crosses threads. */
export interface Failure {
  code: ErrorCode
  details: ErrorDetails
}

/** What one append of a transaction came to: its last seq, or why it was left out. */
export type Outcome = number | Failure

/** What the worker sends; `committed` answers the oldest appends not yet answered, in their order. */
export type Reply =
  | { kind: 'broken'; failure: Failure }
  | { kind: 'committed'; events: number; outcomes: Outcome[] }
  | { kind: 'answer'; id: number; value: unknown }
  | { kind: 'failed'; id: number; failure: Failure }
