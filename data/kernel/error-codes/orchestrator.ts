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
  REROUTE_ACTION_INVALID: {
    status: 422,
    retryable: false,
    message: 'nobody can be asked about moved work so: {reason}',
  },
  REROUTE_LIMITS_CHANGED: {
    status: 409,
    retryable: false,
    message: 'the limits of reroutes were changed meanwhile: they are version {version}, not {asked}',
  },
  REROUTE_PLAN_UNKNOWN: { status: 404, retryable: false, message: 'there is no plan {planId}' },
  REROUTE_PLAN_DECIDED: {
    status: 409,
    retryable: false,
    message: 'the plan {planId} was decided before: it is {status}',
  },
  REROUTE_PLAN_EXPIRED: {
    status: 410,
    retryable: false,
    message: 'the plan {planId} is over, by its time or with its incident; what still pays is proposed again',
  },
  REROUTE_LINK_INVALID: {
    status: 403,
    retryable: false,
    message: 'this link was not made here, or it was changed on its way',
  },
  REROUTE_LINK_USED: {
    status: 409,
    retryable: false,
    message: 'this link was used before, or the plan was decided elsewhere: it is {status}',
  },
  RESERVATION_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'there is no reservation {reservationId}, nor is it one of those that ended last',
  },
  SCENARIO_INVALID: {
    status: 400,
    retryable: false,
    message: 'the scenario cannot be used: {where} {reason}',
  },
  SCENARIO_UNREADABLE: { status: 400, retryable: false, message: '{path} is no scenario: {reason}' },
  SIMULATION_FAILED: {
    status: 500,
    retryable: true,
    message: 'the simulation ended before its end: {reason}',
  },
  SIMULATION_FOLDER_UNUSABLE: {
    status: 400,
    retryable: false,
    message: 'nothing can be kept in {path}: {reason}',
  },
} as const satisfies Record<string, ErrorKind>
