// Errors of the vault and of webhooks.
// Rows of the one error table; it never decides what to do about them.

import type { ErrorKind } from './kind.ts'

/** Code -> status, whether the same call may succeed later, words. */
export const webhookErrors = {
  VAULT_NEWER: {
    status: 409,
    retryable: false,
    message: 'the vault in {path} has version {found}, this Detour knows up to {known}: use the newer one',
  },
  VAULT_UNAVAILABLE: {
    status: 503,
    retryable: true,
    message: 'keys and webhook receivers cannot be read or written now: {reason}',
  },
  WEBHOOK_UNKNOWN: { status: 404, retryable: false, message: 'there is no webhook {webhookId}' },
} as const satisfies Record<string, ErrorKind>
