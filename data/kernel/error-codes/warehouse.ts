// Errors of the warehouse, the pipeline and the demo world.
// Rows of the one error table; it never decides what to do about them.

import type { ErrorKind } from './kind.ts'

/** Code -> status, whether the same call may succeed later, words. */
export const warehouseErrors = {
  WORLD_OPTIONS_INVALID: {
    status: 400,
    retryable: false,
    message: 'the option {name} of the demo world is not usable: {reason}',
  },
  WAREHOUSE_DAMAGED: {
    status: 500,
    retryable: false,
    message:
      'the warehouse {path} cannot be opened ({reason}); run "detour rebuild" to make it anew from log and lake',
  },
  WAREHOUSE_ALREADY_OPEN: {
    status: 500,
    retryable: false,
    message: 'the warehouse {path} is already open in this process',
  },
  WAREHOUSE_NEWER: {
    status: 409,
    retryable: false,
    message:
      'the warehouse has schema version {found}, this Detour knows up to {known}: use the newer Detour or rebuild',
  },
  WAREHOUSE_QUERY: { status: 500, retryable: false, message: 'a query failed: {reason}' },
  PIPELINE_MODEL_INVALID: {
    status: 500,
    retryable: false,
    message: 'the SQL model {name} cannot be used: {reason}',
  },
} as const satisfies Record<string, ErrorKind>
