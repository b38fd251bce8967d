// Errors of loading files and of the lake.
// Rows of the one error table; it never decides what to do about them.

import type { ErrorKind } from './kind.ts'

/** Code -> status, whether the same call may succeed later, words. */
export const ingestErrors = {
  INGEST_PROVIDER_UNKNOWN: {
    status: 404,
    retryable: false,
    message:
      'there is no provider "{provider}"; shipped are {known}, or give the path of a mapping file (.yaml)',
  },
  INGEST_PROVIDER_MARKET: {
    status: 409,
    retryable: false,
    message: 'provider {provider} belongs to market {market}; it cannot be loaded into {asked} as well',
  },
  INGEST_MAPPING_INVALID: { status: 400, retryable: false, message: '{path}:{line}:{column}: {reason}' },
  INGEST_PATH_UNREADABLE: { status: 400, retryable: false, message: '{path} cannot be read: {reason}' },
  INGEST_NO_FILES: {
    status: 400,
    retryable: false,
    message: 'no file to load: {reason}; the mapping {mapping} looks for {patterns}',
  },
  INGEST_FILE_EMPTY: { status: 422, retryable: false, message: '{path} is empty' },
  INGEST_FILE_BINARY: {
    status: 422,
    retryable: false,
    message: '{path} is not a text file ({reason}); export it as CSV, JSON or Parquet',
  },
  INGEST_FILE_UNREADABLE: {
    status: 422,
    retryable: false,
    message: '{path} is not readable as {format}: {reason}',
  },
  INGEST_COLUMN_MISSING: {
    status: 422,
    retryable: false,
    message: '{path} lacks the column {column}; its header has {header}',
  },
  INGEST_FILE_MISSING: {
    status: 422,
    retryable: false,
    message: '{entity} needs the file "{role}" of mapping {mapping}, and it was never loaded',
  },
  INGEST_COUNT_MISMATCH: {
    status: 500,
    retryable: false,
    message: '{path}: {counted} records were counted but {read} were read; nothing of the file was loaded',
  },
  INGEST_DISK_FULL: {
    status: 507,
    retryable: true,
    message: 'the disk is full at {path}; make room and load again, nothing accepted before is lost',
  },
  LAKE_FILE_MISSING: {
    status: 500,
    retryable: false,
    message: 'the lake lacks {path}: put it back from a backup, or load the file it was made of again',
  },
  LAKE_FILE_DAMAGED: {
    status: 500,
    retryable: false,
    message: '{path} in the lake is damaged ({reason}): put it back from a backup',
  },
  INGEST_QUARANTINE_EMPTY: { status: 404, retryable: false, message: 'no open quarantined record matches' },
} as const satisfies Record<string, ErrorKind>
