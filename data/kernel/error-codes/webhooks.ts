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
  WEBHOOK_URL_INVALID: {
    status: 400,
    retryable: false,
    message: 'the address of the webhook is not usable: {reason}',
  },
  WEBHOOK_URL_REFUSED: {
    status: 422,
    retryable: false,
    message: 'webhooks may not go to {host}: {reason}',
  },
  WEBHOOK_SETTINGS_INVALID: {
    status: 422,
    retryable: false,
    message: 'the settings of the webhook do not fit together: {reason}',
  },
  WEBHOOK_TOO_MANY: {
    status: 409,
    retryable: false,
    message: 'there are {limit} webhooks already; remove one first',
  },
  WEBHOOK_MESSAGE_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'there is no message {messageId} to send again',
  },
  WEBHOOK_REPLAY_INVALID: { status: 400, retryable: false, message: 'nothing was sent again: {reason}' },
  WEBHOOK_CURSOR_INVALID: {
    status: 400,
    retryable: false,
    message: 'the cursor "{cursor}" is not one of a page of deliveries; start without one',
  },
} as const satisfies Record<string, ErrorKind>
