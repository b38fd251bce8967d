// The expected range of a series, bucket by bucket and for several buckets together. It reads nothing.

import { seasonalBaseline } from '#models'
import { dayMs, hourMs } from './figures.ts'
import type { Series } from './points.ts'

/** What was to be expected. */
export interface Band {
  expected: number
  low: number
  high: number
}

/** How much earlier than the first bucket shown a series has to begin, so that its range is known, ms. */
export const learningMs = { hour: 42 * dayMs, day: 182 * dayMs } as const

/** The expected range of each bucket; null where too little is known. */
export function bandsOf(series: Series, unit: string, timeZone: string): (Band | null)[] {
  const { start, stepMs, values, counts, denominators, kind } = series
  const below = kind === 'ratio' ? denominators : kind === 'quantile' ? counts : undefined
  return seasonalBaseline({
    start,
    stepMs,
    values,
    unit,
    ...(below === undefined ? {} : { denominators: below }),
    ...(stepMs === hourMs ? { timeZone } : {}),
  })
}

/**
 * The expected range of buckets together. A state is what it is in the last; elsewhere surprises of neighbours are
 * half alike: the half-width lies between that of independent and of equal ones.
 */
export function bandOver(
  series: Series,
  bands: readonly (Band | null)[],
  first: number,
  end: number,
): Band | null {
  const parts: { band: Band; weight: number }[] = []
  for (let i = Math.max(0, first); i < end; i++) {
    const band = bands[i] ?? null
    if (band === null) continue
    const weight =
      series.kind === 'ratio' ? series.denominators[i] : series.kind === 'quantile' ? series.counts[i] : 1
    if ((weight ?? 0) > 0) parts.push({ band, weight: weight ?? 0 })
  }
  const last = parts.at(-1)
  if (last === undefined) return null
  if (series.kind === 'state' || parts.length === 1) return last.band
  const whole = parts.reduce((sum, part) => sum + part.weight, 0)
  const share = series.kind === 'sum' ? 1 : 1 / whole
  const added = (pick: (band: Band) => number) =>
    parts.reduce((sum, { band, weight }) => sum + pick(band) * weight, 0) * share
  const expected = added((band) => band.expected)
  const narrowing = (1 / Math.sqrt(parts.length) + 1) / 2
  const spread = (pick: (band: Band) => number) => (added(pick) - expected) * narrowing
  return {
    expected,
    low: expected + spread((band) => band.low),
    high: expected + spread((band) => band.high),
  }
}
