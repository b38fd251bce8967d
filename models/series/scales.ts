// The scale on which a unit is judged: counts by their square root, hours by their logarithm, shares as they are,
// so that one spread fits small and large values. It knows no series.

/** How values of a unit become comparable. */
export interface Scale {
  /** Whether seasons multiply the level (counts) or add to it. */
  isRatio: boolean
  forth(value: number): number
  back(scaled: number): number
  /** Least standard deviation of one bucket on the scale, from what is expected there. */
  floor(expected: number): number
  /** Part of the spread of a bucket that comes from having few records: variance grows as 1 + this. */
  thinness(denominator: number | null): number
}

const counts: Scale = {
  isRatio: true,
  forth: (value) => 2 * Math.sqrt(Math.max(0, value) + 0.375),
  back: (scaled) => Math.max(0, (Math.max(0, scaled) / 2) ** 2 - 0.375),
  floor: () => 1,
  thinness: () => 0,
}

const amounts: Scale = {
  ...counts,
  floor: (expected) => Math.max(1, 0.03 * expected),
}

const hours: Scale = {
  isRatio: false,
  forth: (value) => Math.log(Math.max(0, value) + 0.5),
  back: (scaled) => Math.max(0, Math.exp(scaled) - 0.5),
  floor: () => 0.05,
  thinness: (denominator) => (denominator === null ? 0 : usualRecords / Math.max(1, denominator)),
}

const shares: Scale = {
  isRatio: false,
  forth: (value) => value,
  back: (scaled) => Math.min(1, Math.max(0, scaled)),
  floor: (expected) => {
    const share = Math.min(0.98, Math.max(0.02, expected))
    return Math.sqrt((share * (1 - share)) / usualRecords)
  },
  thinness: (denominator) => (denominator === null ? 0 : usualRecords / Math.max(1, denominator)),
}

/** Records at which half of a ratio's spread comes from their number. */
const usualRecords = 25

/** The scale of a unit of the metric catalogue; unknown units count as counts. */
export function scaleOf(unit: string): Scale {
  if (unit === 'share') return shares
  if (unit === 'hours' || unit === 'attempts') return hours
  return unit === 'cents' ? amounts : counts
}
