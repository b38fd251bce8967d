// Errors of settings and homes, and the one for what nobody expected.
// Rows of the one error table; it never decides what to do about them.

import type { ErrorKind } from './kind.ts'

/** Code -> status, whether the same call may succeed later, words. */
export const kernelErrors = {
  CONFIG_INVALID: { status: 400, retryable: false, message: 'the setting {name} is not usable: {reason}' },
  INTERNAL: { status: 500, retryable: false, message: 'something went wrong inside Detour: {reason}' },
  HOME_SERVED: {
    status: 409,
    retryable: true,
    message: '{home} is being served by pid {pid}; stop "detour serve" first, then run {verb} again',
  },
  HOME_BUSY: {
    status: 409,
    retryable: true,
    message:
      'another Detour process (pid {pid}, {verb}) is working on {home}; wait for it or use another --home',
  },
  HOME_UNWRITABLE: { status: 500, retryable: false, message: 'the home {home} cannot be written: {reason}' },
} as const satisfies Record<string, ErrorKind>
