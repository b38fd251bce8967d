// How values become facts: whole numbers as bigint, times as hours.

const hourMs = 3_600_000

/** Hours where there is no time: later than anything. */
export const never = 1_000_000

/** Hours of ms. */
export function hours(ms: number): number {
  return ms / hourMs
}

/** A whole number as CEL wants it; what is no number is 0. */
export function whole(value: number): bigint {
  return BigInt(Number.isFinite(value) ? Math.round(value) : 0)
}
