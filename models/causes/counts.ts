// Judges slices of counts, and of ratios as counts among many, by how often something happened against how often it
// was expected: small leaves speak together. Negative binomial, so that forecasts may be off by more than chance.

import type { Cuboid } from './cuboid.ts'
import { type Evidence, type Judge, perSibling, restlessness, type Shift, stray } from './evidence.ts'

/** Part of the ordinary leaves that may be off by anything, and how far they then scatter, relative. */
const offMass = 0.002
const offSpread = 1.5
const rounds = 3
/** Leaves by which ordinary ones are known, how far their factor may be from 1, and the spreads that are tried. */
const leavesForOrdinary = 500
const factorWidth = 0.25
const spreads = [0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.45]
const nearSpread = 0.1
/** Part of the larger leaves that may be something else than ordinary. */
const elsewhere = 0.2

/** Counts by leaf. */
export interface Counts {
  /** How often it happened, not negative; need not be whole. */
  happened: Float64Array
  /** How often it was expected to, above 0. */
  expected: Float64Array
}

/**
 * Sums as counts of what one thing weighs in them: counts stay as they are; other sums, such as hours, are divided so
 * that they scatter around what is expected as counts would.
 */
export function inGrains({ happened, expected }: Counts): Counts {
  if (happened.every((one) => Math.abs(one - Math.round(one)) <= 1e-6 * Math.max(1, one)))
    return { happened, expected }
  const order = Array.from(happened, (one, leaf) => {
    const mean = expected[leaf] as number
    return { mean, off: (one - mean) ** 2 }
  }).sort((a, b) => a.off / a.mean - b.off / b.mean)
  // Without the oddest few, which may be what is looked for.
  const kept = order.slice(0, Math.max(1, Math.ceil(0.98 * order.length)))
  const off = kept.reduce((sum, one) => sum + one.off, 0)
  const mean = kept.reduce((sum, one) => sum + one.mean, 0)
  const grain = Math.max(1e-9, off / mean)
  return { happened: happened.map((one) => one / grain), expected: expected.map((one) => one / grain) }
}

/**
 * Evidence from counts.
 * @param leastFactor smallest common change that counts, in either direction; above 1
 */
export function countEvidence(counts: Counts, leastFactor: number): Evidence {
  return {
    telling: Int32Array.from(counts.happened, (_, leaf) => leaf),
    judge: (open) => new CountJudge(counts, open, Math.log(leastFactor)),
  }
}

class CountJudge implements Judge {
  readonly #counts: Counts
  readonly #leastChange: number
  readonly #usual: number
  readonly #spread: number
  readonly #base: Float64Array
  /** The part of a leaf's log likelihood that does not depend on what is expected of it. */
  readonly #constant: Float64Array

  constructor(counts: Counts, open: Int32Array, leastChange: number) {
    this.#counts = counts
    this.#leastChange = leastChange
    const { happened, expected } = counts
    const { factor, spread } = ordinaryOf(counts, open)
    this.#usual = factor
    this.#spread = spread
    this.#base = new Float64Array(happened.length)
    this.#constant = new Float64Array(happened.length)
    for (const leaf of open) {
      const count = happened[leaf] as number
      const mean = this.#usual * (expected[leaf] as number)
      this.#constant[leaf] = constantOf(count, this.#spread)
      const near = (this.#constant[leaf] as number) + variableOf(count, mean, this.#spread)
      const far = constantOf(count, offSpread) + variableOf(count, mean, offSpread)
      this.#base[leaf] = logSum(Math.log(1 - offMass) + near, Math.log(offMass) + far)
    }
  }

  leastShift({ groups, starts, members }: Cuboid): number {
    const middles = new Float64Array(groups)
    let chance = 0
    for (let group = 0; group < groups; group++) {
      const { happened, expected, leaves } = this.#sums(
        members,
        starts[group] as number,
        starts[group + 1] as number,
      )
      middles[group] = Math.log((happened + 0.5) / (this.#usual * expected + 0.5))
      chance += Math.min(1, 1 / (this.#usual * expected + 0.5) + this.#spread ** 2 / leaves)
    }
    return Math.max(this.#leastChange, perSibling * restlessness(middles, chance / groups))
  }

  fit(members: Int32Array, from: number, to: number, leastShift: number): Shift | null {
    const sums = this.#sums(members, from, to)
    let factor = (sums.happened + 0.25) / (this.#usual * sums.expected + 0.25)
    if (Math.abs(Math.log(factor)) < leastShift) return null
    const logStray = Math.log(stray)
    const logFollow = Math.log(1 - stray)
    let evidence = 0
    let weight = 0
    for (let round = 0; ; round++) {
      evidence = 0
      weight = 0
      let top = 0.25
      let bottom = 0.25
      for (let i = from; i < to; i++) {
        const leaf = members[i] as number
        const count = this.#counts.happened[leaf] as number
        const mean = this.#usual * (this.#counts.expected[leaf] as number)
        const own = (this.#constant[leaf] as number) + variableOf(count, factor * mean, this.#spread)
        const follow = logFollow + own - (this.#base[leaf] as number)
        evidence += logSum(follow, logStray)
        const part = 1 / (1 + Math.exp(Math.min(500, logStray - follow)))
        const weighed = part / (1 + this.#spread ** 2 * factor * mean)
        weight += weighed * factor * mean
        top += weighed * count
        bottom += weighed * mean
      }
      if (round === rounds) break
      factor = top / bottom
    }
    const centre = Math.log(factor)
    if (Math.abs(centre) < leastShift) return null
    return {
      centre,
      spread: this.#spread,
      evidence: evidence - Math.max(0, Math.log(3) + 0.5 * Math.log(weight + 1)),
    }
  }

  #sums(members: Int32Array, from: number, to: number) {
    let happened = 0
    let expected = 0
    for (let i = from; i < to; i++) {
      happened += this.#counts.happened[members[i] as number] as number
      expected += this.#counts.expected[members[i] as number] as number
    }
    return { happened, expected, leaves: to - from }
  }
}

/**
 * How ordinary leaves are: the factor between what was expected of them and what happened, and how far forecasts are
 * off beyond chance, relative. Causes that hold less than half of the larger leaves do not bend it.
 */
function ordinaryOf({ happened, expected }: Counts, open: Int32Array): { factor: number; spread: number } {
  const larger = Int32Array.from(open)
    .sort((a, b) => (expected[b] as number) - (expected[a] as number) || a - b)
    .subarray(0, leavesForOrdinary)
  const scoreOf = (log: number, spread: number): number => {
    let score = -0.5 * (log / factorWidth) ** 2
    for (const leaf of larger) {
      const count = happened[leaf] as number
      const mean = Math.exp(log) * (expected[leaf] as number)
      const near = Math.log(1 - elsewhere) + constantOf(count, spread) + variableOf(count, mean, spread)
      const far = Math.log(elsewhere) + constantOf(count, offSpread) + variableOf(count, mean, offSpread)
      score += logSum(near, far)
    }
    return score
  }
  const best = { log: 0, spread: nearSpread, score: scoreOf(0, nearSpread) }
  const attempt = (log: number, spread: number): void => {
    const score = scoreOf(log, spread)
    if (score > best.score) Object.assign(best, { log, spread, score })
  }
  for (const step of [0.2, 0.04]) {
    const { log } = best
    for (let i = -7; i <= 7; i++) attempt(log + i * step, best.spread)
    for (const spread of spreads) attempt(best.log, spread)
  }
  return { factor: Math.exp(best.log), spread: best.spread }
}

/** Log of a negative binomial probability in two parts; the second is the one that depends on the mean. */
function constantOf(count: number, spread: number): number {
  const size = spread ** -2
  return logGamma(count + size) - logGamma(size) - logGamma(count + 1)
}

function variableOf(count: number, mean: number, spread: number): number {
  const size = spread ** -2
  return -size * Math.log1p(mean / size) + (count === 0 ? 0 : count * Math.log(mean / (size + mean)))
}

function logSum(a: number, b: number): number {
  const most = Math.max(a, b)
  return most + Math.log1p(Math.exp(Math.min(a, b) - most))
}

/** Log of the gamma function for x > 0. @source Stirling's series, moved up where x is small */
function logGamma(x: number): number {
  let shift = 0
  let at = x
  while (at < 8) {
    shift += Math.log(at)
    at++
  }
  const inverse = 1 / (at * at)
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / at
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - shift
}
