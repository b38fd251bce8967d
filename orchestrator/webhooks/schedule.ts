// When a message that failed is tried again. It only computes.

import type { Random } from '#data/kernel'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** Waits after each failed try, ms; the first try is made at once. Ten tries in a little more than three days. */
export const defaultDelaysMs: readonly number[] = [
  ...[5 * second, 5 * minute, 30 * minute],
  ...[2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour],
]

/** Longest wait that a receiver can ask for by Retry-After, ms. */
const longestRetryAfterMs = 24 * hour
/** Failures in a row after which a receiver rests between tries. */
const restAfter = 5
const longestRestMs = 5 * minute
/** A receiver that failed this long without one success is disabled, ms. */
export const defaultPatienceMs = 5 * 24 * hour
/** Failures in a row before a receiver is disabled, whatever the time. */
const lostAfter = 5

/** The wait after a failed try, ms, a fifth of it random; null = it was the last. */
export function delayAfter(attempt: number, delaysMs: readonly number[], random: Random): number | null {
  const delay = delaysMs[attempt - 1]
  return delay === undefined ? null : Math.round(delay * (0.9 + 0.2 * random.next()))
}

/**
 * The wait that a receiver asked for, ms, at most a day; null where it did not or not in words that are known.
 * @param header Retry-After: seconds or an HTTP date
 * @param now epoch ms, wall time
 */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null
  const text = header.trim()
  const isDate = /^[A-Z][a-z]{2,8},? /.test(text)
  const wait = /^\d{1,10}$/.test(text) ? Number(text) * second : isDate ? Date.parse(text) - now : Number.NaN
  if (!Number.isFinite(wait)) return null
  return Math.min(Math.max(wait, 0), longestRetryAfterMs)
}

/**
 * Until when a receiver is left alone after a start, epoch ms; at most a day, whatever the clock did.
 * @param askedUntil what it asked for before, epoch ms
 */
export function leftAloneUntil(askedUntil: number | null, now: number): number {
  return Math.min(askedUntil ?? 0, now + longestRetryAfterMs)
}

/** Whether a receiver failed so often and so long that it is disabled. @param failingSince epoch ms */
export function isLost(
  { failures, failingSince }: { failures: number; failingSince: number | null },
  now: number,
  patienceMs: number,
): boolean {
  return failingSince !== null && failures >= lostAfter && now - failingSince >= patienceMs
}

/** Whether a receiver failed so often in a row that it gets one message at a time. */
export function isResting(failures: number): boolean {
  return failures >= restAfter
}

/** The pause before a receiver with so many failures in a row is asked again, ms. */
export function restMs(failures: number, firstDelayMs: number): number {
  if (!isResting(failures)) return 0
  return Math.min(longestRestMs, firstDelayMs * 2 ** Math.min(failures - restAfter, 20))
}
