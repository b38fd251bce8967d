// An attempt in the words of the API. It computes nothing.

import type { api } from '#data/contracts'
import type { WebhookAttempted } from './events.ts'

/** An attempt as the API shows it. */
export function deliveryOf(attempt: WebhookAttempted): api.WebhookDelivery {
  const { seq, round, attemptedAt, nextAttemptAt, notes, ...rest } = attempt
  return {
    ...rest,
    attemptedAt: new Date(attemptedAt).toISOString(),
    nextAttemptAt: nextAttemptAt === null ? null : new Date(nextAttemptAt).toISOString(),
    notes: [...notes],
  }
}
