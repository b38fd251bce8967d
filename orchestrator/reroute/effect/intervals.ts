// Intervals of 95 %: by resampling, of sums, and of the difference of two shares. Pure.

/** A figure with its interval. */
export interface Figure {
  value: number
  low: number
  high: number
}

const z = 1.96

/** The sum of values, with the interval that their scatter gives. */
export function normalInterval(values: readonly number[]): Figure {
  const sum = values.reduce((all, value) => all + value, 0)
  if (values.length < 2) return { value: sum, low: sum, high: sum }
  const mean = sum / values.length
  const variance = values.reduce((all, value) => all + (value - mean) ** 2, 0) / (values.length - 1)
  const half = z * Math.sqrt(variance * values.length)
  return { value: sum, low: sum - half, high: sum + half }
}

/**
 * A statistic of groups with its percentile interval.
 * @param groups resampled with replacement, each by itself
 * @param next uniform in [0, 1)
 * @source Efron and Tibshirani, An Introduction to the Bootstrap, 1993
 */
export function bootstrapInterval<T>(
  groups: readonly (readonly T[])[],
  statistic: (groups: readonly (readonly T[])[]) => number,
  rounds: number,
  next: () => number,
): Figure {
  const found = Array.from({ length: rounds }, () =>
    statistic(groups.map((group) => group.map(() => group[Math.floor(next() * group.length)] as T))),
  ).sort((a, b) => a - b)
  const at = (share: number) =>
    found[Math.min(rounds - 1, Math.max(0, Math.round(share * (rounds - 1))))] ?? 0
  return { value: statistic(groups), low: at(0.025), high: at(0.975) }
}

/** A share, as counts. */
export interface Share {
  ones: number
  of: number
}

/**
 * First share minus second, with an interval that holds where a share is almost 0 or 1, too.
 * @source Newcombe, Interval estimation for the difference between independent proportions, 1998, method 10
 */
export function proportionInterval(first: Share, second: Share): Figure {
  const [p, q] = [first.ones / first.of, second.ones / second.of]
  const [a, b] = [wilson(first), wilson(second)]
  return {
    value: p - q,
    low: p - q - Math.hypot(p - a.low, b.high - q),
    high: p - q + Math.hypot(a.high - p, q - b.low),
  }
}

function wilson({ ones, of }: Share): { low: number; high: number } {
  const p = ones / of
  const middle = (p + (z * z) / (2 * of)) / (1 + (z * z) / of)
  const half = (z * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of))) / (1 + (z * z) / of)
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}
