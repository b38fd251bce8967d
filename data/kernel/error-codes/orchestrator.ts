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
  INVENTORY_QUERY_INVALID: {
    status: 400,
    retryable: false,
    message: 'that cannot be asked of inventory: {reason}',
  },
  RESERVATION_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'there is no reservation {reservationId}, nor is it one of those that ended last',
  },
} as const satisfies Record<string, ErrorKind>
