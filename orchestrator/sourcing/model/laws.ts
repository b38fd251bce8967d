// How long things take, as log-normal laws: from a median and a ninth decile, summed by matching moments. It knows no
// nodes and no money.

import type { api } from '#data/contracts'

/** How long something takes, hours. */
export interface Law {
  median: number
  mean: number
  variance: number
  /** Of the logarithm. */
  mu: number
  sigma: number
}

/** 90 % of a standard normal are below. */
const z90 = 1.2815515655446004
const dayHours = 24

/**
 * The log-normal with that median and ninth decile.
 * @param stretch how many times longer it takes now
 */
export function lawOf({ medianHours, p90Hours }: api.Spread, stretch = 1): Law {
  const median = medianHours * stretch
  if (!(median > 0)) return nothing
  const mu = Math.log(median)
  const sigma = p90Hours > medianHours ? Math.log(p90Hours / medianHours) / z90 : 0
  const mean = Math.exp(mu + (sigma * sigma) / 2)
  return { median, mean, variance: mean * mean * Math.expm1(sigma * sigma), mu, sigma }
}

/** What takes no time. */
export const nothing: Law = { median: 0, mean: 0, variance: 0, mu: Number.NEGATIVE_INFINITY, sigma: 0 }

/** Moments of what comes on top of a wait of `floor` hours for work that takes as long as `law`. */
export function excessOver(floor: number, law: Law): { mean: number; variance: number } {
  const { mean, variance, mu, sigma, median } = law
  if (floor <= 0) return { mean: mean - Math.min(floor, 0), variance }
  if (sigma === 0) return { mean: Math.max(0, median - floor), variance: 0 }
  const x = (Math.log(floor) - mu) / sigma
  const below = normalBelow(x)
  const first = mean * normalBelow(sigma - x)
  const second = (variance + mean * mean) * normalBelow(2 * sigma - x)
  const over = floor * below + first - floor
  const square = second - 2 * floor * first + floor * floor * (1 - below)
  const excess = Math.max(0, over)
  return { mean: excess, variance: Math.max(0, square - excess * excess) }
}

/** How likely something misses an end, and by how many days on average (0 where it is in time). */
export interface Lateness {
  risk: number
  days: number
}

/**
 * Of something whose mean and variance are known, taken as log-normal.
 * @param hours left until the end
 */
export function latenessOf(mean: number, variance: number, hours: number): Lateness {
  if (hours <= 0) return { risk: 1, days: (mean - hours) / dayHours }
  if (mean <= 0) return { risk: 0, days: 0 }
  if (variance <= 1e-12 * mean * mean)
    return { risk: mean > hours ? 1 : 0, days: Math.max(0, mean - hours) / dayHours }
  const s2 = Math.log1p(variance / (mean * mean))
  const sigma = Math.sqrt(s2)
  const x = (Math.log(mean) - s2 / 2 - Math.log(hours)) / sigma
  const risk = Math.min(1, Math.max(0, normalBelow(x)))
  return { risk, days: Math.max(0, mean * normalBelow(x + sigma) - hours * risk) / dayHours }
}

/**
 * Share of a standard normal below x; wrong by less than 1e-7.
 * @source Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.17
 */
export function normalBelow(x: number): number {
  if (x < 0) return 1 - normalBelow(-x)
  if (x > 38) return 1
  const t = 1 / (1 + 0.2316419 * x)
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return 1 - 0.3989422804014327 * Math.exp((-x * x) / 2) * series
}
