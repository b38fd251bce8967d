// Errors of the analysis of files.
// Rows of the one error table; it never decides what to do about them.

import type { ErrorKind } from './kind.ts'

/** Code -> status, whether the same call may succeed later, words. */
export const analysisErrors = {
  ANALYSIS_FILE_UNREADABLE: {
    status: 422,
    retryable: false,
    message: '{path} cannot be read as CSV: {reason}',
  },
  ANALYSIS_FILE_EMPTY: { status: 422, retryable: false, message: '{path} is empty: {reason}' },
  ANALYSIS_COLUMN_UNKNOWN: {
    status: 400,
    retryable: false,
    message: '{path} has no column {column}; its header has {header}',
  },
  ANALYSIS_COLUMN_UNUSABLE: {
    status: 422,
    retryable: false,
    message: '{path}: column {column} cannot be used: {reason}',
  },
  ANALYSIS_OUTPUT_FAILED: { status: 500, retryable: false, message: '{path} could not be written: {reason}' },
} as const satisfies Record<string, ErrorKind>
