// Errors of the models.
// Rows of the one error table; it never decides what to do about them.

import type { ErrorKind } from './kind.ts'

/** Code -> status, whether the same call may succeed later, words. */
export const modelErrors = {
  MODELS_WORKER_DIED: {
    status: 503,
    retryable: true,
    message: 'the thread of the models stopped: {reason}; the next call starts it again',
  },
  MODELS_FAILED: {
    status: 500,
    retryable: false,
    message: 'the model could not do its work: {reason}',
  },
} as const satisfies Record<string, ErrorKind>
