// Errors of the core and the engine. Rows of the one error table; it never decides what to do about them.

import type { ErrorKind } from './kind.ts'

/** Code -> status, whether the same call may succeed later, words. */
export const orchestratorErrors = {
  CLOCK_CHANGE_INVALID: {
    status: 409,
    retryable: false,
    message: 'the clock cannot be changed so: {reason}',
  },
  ENGINE_CLOSED: {
    status: 503,
    retryable: true,
    message: 'Detour is being stopped; ask again once it serves',
  },
} as const satisfies Record<string, ErrorKind>
