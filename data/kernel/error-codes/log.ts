// Errors of the event log.
// Rows of the one error table; it never decides what to do about them.

import type { ErrorKind } from './kind.ts'

/** Code -> status, whether the same call may succeed later, words. */
export const logErrors = {
  LOG_FENCED: {
    status: 503,
    retryable: true,
    message: 'stream {stream} moved on: event {seq} was already written by another writer',
  },
  LOG_DAMAGED: {
    status: 500,
    retryable: false,
    message: 'the event log {path} is damaged ({reason}); restore it from a backup, nothing was changed',
  },
  LOG_UNAVAILABLE: {
    status: 503,
    retryable: true,
    message: 'the event log did not accept the write: {reason}',
  },
  LOG_EVENT_EXISTS: {
    status: 409,
    retryable: false,
    message: 'event {eventId} is already in stream {stream}',
  },
  LOG_NEWER: {
    status: 409,
    retryable: false,
    message:
      'the event log {path} has schema version {found}, this Detour knows up to {known}: use the newer one',
  },
  LOG_UNSAFE: {
    status: 400,
    retryable: false,
    message: 'the server of the event log {path} may lose what it acknowledged: {reason}',
  },
  LOG_COMMAND_CONFLICT: {
    status: 422,
    retryable: false,
    message: 'command {commandId} was already used with a different body',
  },
  REBUILD_LOG_BEHIND: {
    status: 409,
    retryable: false,
    message:
      'the log {path} lacks event {seq} of stream {stream}, which the warehouse has; restore it, nothing was deleted',
  },
} as const satisfies Record<string, ErrorKind>
