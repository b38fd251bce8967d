// Small sums over measurements. It measures nothing.

/** The value below which the share of the values lies; 0 where there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}

/** The middle value. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Each measurement against the one taken beside it; lists of one length. */
export function pairedRatios(values: readonly number[], baselines: readonly number[]): number[] {
  return values.map((value, i) => value / (baselines[i] ?? Number.NaN))
}

/** Two digits after the point. */
export function round2(value: number): number {
  return Math.round(value * 100) / 100
}
