// What the query process and its parent say to each other. Types only.

import type { ErrorCode, ErrorDetails } from '#data/kernel'

/** What the child is asked to do, once. */
export interface SqlJob {
  /** Snapshot file, opened read-only. */
  snapshot: string
  query: string
  /** Folder for spilling, only for this query. */
  temporary: string
  memoryMb: number
  threads: number
  timeoutMs: number
  /** Rows given back at most. */
  limit: number
  /** Where the whole result goes instead, as a file. */
  file?: { path: string; format: 'csv' | 'parquet' }
}

/** A column of the answer, with its DuckDB type. */
export interface SqlColumn {
  name: string
  type: string
}

/** What the query gave. */
export interface SqlResult {
  columns: SqlColumn[]
  /** Empty where the result went to a file. */
  rows: Record<string, unknown>[]
  /** Rows given back, or written to the file. */
  rowCount: number
  /** Whether there are more rows than were given back. */
  truncated: boolean
}

/** The one message of the child. */
export type SqlReply = { result: SqlResult } | { error: { code: ErrorCode; details: ErrorDetails } }
