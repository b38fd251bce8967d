// What a series would show if nothing were wrong: its season in local time over a slow level, with a robust
// spread. Strictly causal: what is said of a bucket comes from earlier buckets alone.

import { layoutOf, Memory, type Outlook, weekPlaceOf } from './memory.ts'
import { type Scale, scaleOf } from './scales.ts'

/** A series in equal steps. */
export interface SeriesInput {
  /** Start of the first bucket, epoch ms. */
  start: number
  /** Length of a bucket, ms: an hour or a day has a season, other steps have none. */
  stepMs: number
  /** null = nothing measured. */
  values: readonly (number | null)[]
  /** Records below the line of a ratio, for its spread. */
  denominators?: readonly (number | null)[]
  /** Unit of the metric catalogue: orders, lines, units, cents, hours, share, ... */
  unit: string
  /** IANA zone whose clock the season follows. Default UTC. */
  timeZone?: string
}

/** What was to be expected of a bucket, in the unit of the series. */
export interface BandPoint {
  expected: number
  low: number
  high: number
  /** Standard deviation, the same to both sides, for showing. */
  sigma: number
}

/** Width of a band to each side, in standard deviations: about 1 of 100 ordinary buckets lies outside. */
export const bandWidth = 2.6

/**
 * The expected band of every bucket, from the buckets before it; null where fewer than 8 values came before.
 * Season = hour of the week where it differs from the hour of the day by more than chance, level = the last week,
 * spread = residuals at that hour, never below what counting alone gives. About 0.3 ms for 8 weeks of hours.
 */
export function seasonalBaseline(series: SeriesInput): (BandPoint | null)[] {
  const scale = scaleOf(series.unit)
  return outlooks(series).map((outlook) => (outlook === null ? null : bandOf(outlook, scale)))
}

/** An outlook as a band in the unit of the series. */
export function bandOf({ expected, sigma }: Outlook, scale: Scale): BandPoint {
  const low = scale.back(expected - bandWidth * sigma)
  const high = scale.back(expected + bandWidth * sigma)
  return { expected: scale.back(expected), low, high, sigma: (high - low) / (2 * bandWidth) }
}

/** The expectation of every bucket on the scale of its unit; null where fewer than 8 values came before. */
export function outlooks(series: SeriesInput): (Outlook | null)[] {
  const { start, stepMs, values, denominators, timeZone = 'UTC' } = series
  const scale = scaleOf(series.unit)
  const memory = new Memory(scale, layoutOf(stepMs))
  return values.map((value, i) => {
    const thinness = scale.thinness(denominators?.[i] ?? null)
    memory.turnTo(weekPlaceOf(stepMs, start + i * stepMs, timeZone))
    const outlook = memory.expect(thinness)
    if (value !== null && Number.isFinite(value)) memory.learn(scale.forth(value), thinness, outlook)
    return outlook
  })
}
