// Made-up cases of ratios whose root causes are known: cases among very uneven numbers, forecasts from a few periods
// before, and slices in which something goes wrong more often. It takes nothing from anybody's data.

import { type Random, seededRandom } from '#data/kernel'
import type { CauseCase, Slice } from './cases.ts'

/** What kind of world a case of ratios is drawn from. Ranges are [least, most], drawn once per case. */
export interface RatioRegime {
  name: string
  sizes: readonly number[]
  causes: readonly [number, number]
  depth: readonly [number, number]
  /** Cases in all. */
  cases: readonly [number, number]
  /** How often it goes wrong ordinarily, and by what factor more often within a cause. */
  rate: readonly [number, number]
  factor: readonly [number, number]
  /** How far rates wander between periods, relative, by leaf and by value of each dimension. */
  wander: number
  /** Whether the ratio is that of what went well. */
  isGood: boolean
}

/** A case with what the ratios are among. */
export interface RatioCase extends CauseCase {
  weight: Float64Array
}

const base: RatioRegime = {
  name: 'ratios',
  sizes: [6, 5, 8, 2],
  causes: [1, 2],
  depth: [1, 2],
  cases: [20_000, 200_000],
  rate: [0.01, 0.05],
  factor: [2.5, 15],
  wander: 0.08,
  isGood: true,
}

/** The kinds of worlds that quality on ratios is told for. */
export const ratioRegimes: readonly RatioRegime[] = [
  base,
  { ...base, name: 'ratios of few cases', cases: [1000, 10_000] },
  { ...base, name: 'restless ratios', wander: 0.2 },
  {
    ...base,
    name: 'ratios over many leaves',
    sizes: [12, 15, 10, 6],
    depth: [1, 3],
    cases: [50_000, 500_000],
  },
  { ...base, name: 'ratios of what goes wrong', isGood: false },
]

const periods = 4

/** A case of a regime; the same seed gives the same case. */
export function ratioCase(regime: RatioRegime, seed: string): RatioCase {
  const random = seededRandom(`${regime.name}/${seed}`)
  const dimensions = regime.sizes.map((_, d) => String.fromCharCode(97 + d))
  const { codes, cases } = leavesOf(regime, random)
  const usual = ratesOf(regime, random, codes)
  const truth = pickTruth(regime, random, codes, cases)
  const now = usual.map((rate) => rate * Math.exp(random.normal(0, regime.wander)))
  for (const slice of truth) {
    const factor = between(random, regime.factor)
    for (const [i, code] of codes.entries()) {
      const isIn = slice.every((value, d) => value < 0 || value === code[d])
      if (isIn)
        now[i] = Math.min(
          0.9,
          Math.max(0.05, (usual[i] as number) * factor) * Math.exp(random.normal(0, 0.1)),
        )
    }
  }
  const told = codes.map((_, i) => observe(random, cases[i] as number, usual[i] as number, now[i] as number))
  const kept = told.flatMap((one, i) => (one === null ? [] : [i]))
  const pick = (field: 'actual' | 'expected' | 'weight') =>
    Float64Array.from(kept, (i) => {
      const value = told[i]?.[field] as number
      return field === 'weight' || !regime.isGood ? value : 1 - value
    })
  return {
    dimensions,
    values: dimensions.map((name, d) => kept.map((i) => `${name}${(codes[i]?.[d] as number) + 1}`)),
    actual: pick('actual'),
    expected: pick('expected'),
    weight: pick('weight'),
    truth: truth.map((slice) => named(dimensions, slice)),
  }
}

function named(dimensions: readonly string[], slice: readonly number[]): Slice {
  return Object.fromEntries(
    slice.flatMap((code, d) => (code < 0 ? [] : [[dimensions[d], `${dimensions[d]}${code + 1}`]])),
  )
}

/** Every combination of values, with the mean number of cases of each: few have most. */
function leavesOf(regime: RatioRegime, random: Random): { codes: number[][]; cases: number[] } {
  let leaves: { code: number[]; part: number }[] = [{ code: [], part: 1 }]
  for (const size of regime.sizes) {
    const parts = Array.from({ length: size }, () => Math.exp(random.normal(0, 1.5)))
    const sum = parts.reduce((all, part) => all + part, 0)
    leaves = leaves.flatMap(({ code, part }) =>
      parts.map((own, value) => ({ code: [...code, value], part: (part * own) / sum })),
    )
  }
  const total = between(random, regime.cases)
  return {
    codes: leaves.map(({ code }) => code),
    cases: leaves.map(({ part }) => total * part * Math.exp(random.normal(0, 0.7))),
  }
}

function ratesOf(regime: RatioRegime, random: Random, codes: readonly number[][]): number[] {
  const level = between(random, regime.rate)
  const effects = regime.sizes.map((size) => Array.from({ length: size }, () => random.normal(0, 0.4)))
  return codes.map((code) => {
    const effect = code.reduce(
      (sum, value, d) => sum + (effects[d]?.[value] as number),
      random.normal(0, 0.4),
    )
    return Math.min(0.5, level * Math.exp(effect))
  })
}

/** Slices apart from each other that hold a part of the cases, but not most. */
function pickTruth(
  regime: RatioRegime,
  random: Random,
  codes: readonly number[][],
  cases: readonly number[],
): number[][] {
  const total = cases.reduce((sum, one) => sum + one, 0)
  const truth: number[][] = []
  const wanted = random.int(...regime.causes)
  for (let attempt = 0; attempt < 500 && truth.length < wanted; attempt++) {
    const depth = random.int(...regime.depth)
    const slice = regime.sizes.map((size) => random.int(0, size - 1))
    for (let drop = slice.length - depth; drop > 0; ) {
      const d = random.int(0, slice.length - 1)
      if (slice[d] === -1) continue
      slice[d] = -1
      drop--
    }
    const held = cases.reduce(
      (sum, one, i) => (slice.every((value, d) => value < 0 || value === codes[i]?.[d]) ? sum + one : sum),
      0,
    )
    const meets = truth.some((other) =>
      other.every((value, d) => value < 0 || (slice[d] as number) < 0 || value === slice[d]),
    )
    if (held > 0.01 * total && held > 100 && held < 0.5 * total && !meets) truth.push(slice)
  }
  return truth
}

/** What a leaf shows now, and the mean of its ratios in the periods before; null where it has no case. */
function observe(random: Random, cases: number, usual: number, now: number) {
  const draw = (rate: number): { wrong: number; among: number } => {
    const among = random.poisson(cases)
    return { among, wrong: Math.min(among, random.poisson(among * rate)) }
  }
  const before = Array.from({ length: periods }, () => draw(usual)).filter(({ among }) => among > 0)
  const seen = draw(now)
  if (seen.among === 0) return null
  const mean = before.reduce((sum, { wrong, among }) => sum + wrong / among / before.length, 0)
  return { actual: seen.wrong / seen.among, expected: mean, weight: seen.among }
}

function between(random: Random, [low, high]: readonly [number, number]): number {
  return low + random.next() * (high - low)
}
