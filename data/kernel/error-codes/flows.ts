// Errors of flows. Rows of the one error table; it never decides what to do about them.

import type { ErrorKind } from './kind.ts'

/** Code -> status, whether the same call may succeed later, words. */
export const flowErrors = {
  FLOW_INVALID: { status: 422, retryable: false, message: 'the flow cannot be used: {reason}' },
  FLOW_UNKNOWN: { status: 404, retryable: false, message: 'there is no such flow or version: {flowId}' },
  FLOW_NEEDS_WORD: {
    status: 409,
    retryable: false,
    message: 'the flow is published only where a person says so: {reason}',
  },
  FLOW_RUN_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'there is no run {runId} that has not ended',
  },
  FLOW_NOT_WAITING: { status: 409, retryable: false, message: 'run {runId} does not wait there: {reason}' },
} as const satisfies Record<string, ErrorKind>
