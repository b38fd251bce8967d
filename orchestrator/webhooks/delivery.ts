// An attempt in the words of the API. It computes nothing.

import type { api } from '#data/contracts'
import type { WebhookAttempted } from './events.ts'

/** An attempt as the API shows it. */
export function deliveryOf(attempt: WebhookAttempted): api.WebhookDelivery {
  const { seq, round, attemptedAt, nextAttemptAt, askedUntil, notes, format, ...others } = attempt
  const { request, response, uncounted, isMoved, ...rest } = others
  return {
    ...rest,
    isTest: seq === null,
    format: format ?? 'detour',
    request: request ?? null,
    response: response ?? null,
    attemptedAt: new Date(attemptedAt).toISOString(),
    nextAttemptAt: nextAttemptAt === null ? null : new Date(nextAttemptAt).toISOString(),
    notes: [...notes],
  }
}
