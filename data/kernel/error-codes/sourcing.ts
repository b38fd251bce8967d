// Errors of sourcing. Rows of the one error table; it never decides what to do about them.

import type { ErrorKind } from './kind.ts'

/** Code -> status, whether the same call may succeed later, words. */
export const sourcingErrors = {
  SOURCING_PROBLEM_INVALID: {
    status: 400,
    retryable: false,
    message: 'that cannot be sourced: {reason}',
  },
  SOURCING_FILE_INVALID: {
    status: 400,
    retryable: false,
    message: '{file} cannot be used: {reason}',
  },
  STRATEGY_INVALID: {
    status: 400,
    retryable: false,
    message: 'the strategy cannot be used: {reason}',
  },
  STRATEGY_RULE_INVALID: {
    status: 400,
    retryable: false,
    message: 'rule {rule} cannot be used: {reason}',
  },
} as const satisfies Record<string, ErrorKind>
