// Errors of policies and their replays. Only the rows.

import type { ErrorKind } from './kind.ts'

/** Codes of policies. */
export const policyErrors = {
  POLICY_INVALID: {
    status: 400,
    retryable: false,
    message: 'the policy {policyId} cannot be used: {reason}',
  },
  POLICY_UNKNOWN: { status: 404, retryable: false, message: 'there is no policy {policyId} {version}' },
  POLICY_NEEDS_WORD: {
    status: 409,
    retryable: false,
    message: '{policyId} is published only with a word for it: {reason}',
  },
  REPLAY_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'there is no replay {replayId}; the last 20 are kept',
  },
  REPLAY_OF_ORDERS_ONLY: {
    status: 400,
    retryable: false,
    message: 'replays take past orders through flows; {flowId} is about {kind}',
  },
  REPLAY_REFUSED: { status: 409, retryable: true, message: 'the replay cannot be started: {reason}' },
} as const satisfies Record<string, ErrorKind>
