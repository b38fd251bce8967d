// Trying again, with back-off and jitter, only what is worth trying again.

import type { Clock } from './clock.ts'
import { DetourError } from './errors.ts'
import type { Random } from './random.ts'

/** How often and how long to wait between tries. */
export interface RetryPolicy {
  /** Tries in all, >= 1. */
  attempts: number
  /** Wait before the second try, ms; doubles each time. */
  baseMs: number
  /** Longest wait, ms. */
  capMs: number
  /** Whether this failure may pass; default: retryable codes of the error table. */
  retryable?: (error: unknown) => boolean
}

/**
 * What `run` returned at the first try that succeeded.
 * @param run the try, given its number from 1
 * @throws the last failure, when tries are used up or it is not retryable
 */
export async function retry<T>(
  run: (attempt: number) => Promise<T>,
  policy: RetryPolicy,
  effects: { clock: Clock; random: Random },
): Promise<T> {
  const retryable = policy.retryable ?? ((error) => error instanceof DetourError && error.retryable)
  for (let attempt = 1; ; attempt++) {
    try {
      return await run(attempt)
    } catch (error) {
      if (attempt >= policy.attempts || !retryable(error)) throw error
      await effects.clock.sleep(backoffMs(attempt, policy, effects.random))
    }
  }
}

/** Wait after try number `attempt`, ms: half fixed, half random, so that callers do not march in step. */
export function backoffMs(attempt: number, policy: RetryPolicy, random: Random): number {
  const full = Math.min(policy.capMs, policy.baseMs * 2 ** (attempt - 1))
  return full / 2 + (full / 2) * random.next()
}
