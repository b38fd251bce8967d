// Made-up cases of root causes whose answer is known: leaves over several dimensions, noisy forecasts, and slices in
// which all leaves deviate alike. Own worlds of several kinds; it takes nothing from anybody's data.

import { type Random, seededRandom } from '#data/kernel'

/** What kind of world a case is drawn from. Ranges are [least, most], drawn once per case. */
export interface CauseRegime {
  name: string
  /** Number of values of each dimension. */
  sizes: readonly number[]
  /** Causes at once, slices per cause, dimensions per slice. */
  causes: readonly [number, number]
  slices: readonly [number, number]
  depth: readonly [number, number]
  /** Shape of the Weibull distribution of leaf values; null for counts with a gamma-like spread of means. */
  shape: readonly [number, number] | null
  /** Part of the leaves without any value, and part of the leaves that have no row at all. */
  zeros: readonly [number, number]
  absent: readonly [number, number]
  /** Relative error of the forecasts, and how far it is added to the size of each cause. */
  noise: readonly [number, number]
  severityAboveNoise: boolean
  /** Relative change within a cause, and its spread over the leaves. */
  severity: readonly [number, number]
  spread: readonly [number, number]
  /** Whether leaves of a cause keep their forecast error. */
  keepsNoise: boolean
  /** Relative bias of the forecasts by the values of one dimension. */
  bias: number
  /** Whether causes may point in different directions, and may overlap. */
  isMixed: boolean
  mayOverlap: boolean
}

/** A slice: value by dimension. */
export type Slice = Readonly<Record<string, string>>

/** A case with its answer. */
export interface CauseCase {
  dimensions: string[]
  /** Values per dimension, one per leaf. */
  values: string[][]
  actual: Float64Array
  expected: Float64Array
  truth: Slice[]
}

const base: CauseRegime = {
  name: 'noisy forecasts',
  sizes: [10, 12, 10, 8],
  causes: [1, 3],
  slices: [1, 1],
  depth: [1, 3],
  shape: [0.5, 1],
  zeros: [0, 0.25],
  absent: [0, 0],
  noise: [0, 0.25],
  severityAboveNoise: true,
  severity: [0.2, 1],
  spread: [0, 0.1],
  keepsNoise: false,
  bias: 0,
  isMixed: false,
  mayOverlap: false,
}

/** The kinds of worlds that quality is told for. */
export const causeRegimes: readonly CauseRegime[] = [
  base,
  { ...base, name: 'several slices per cause', slices: [1, 3] },
  { ...base, name: 'very noisy forecasts', noise: [0.2, 0.5] },
  { ...base, name: 'noise stays in causes', keepsNoise: true, severityAboveNoise: false, severity: [0.3, 1] },
  { ...base, name: 'biased forecasts', bias: 0.05, keepsNoise: true },
  {
    ...base,
    name: 'faint causes',
    keepsNoise: true,
    severityAboveNoise: false,
    noise: [0.1, 0.3],
    severity: [0.15, 0.5],
  },
  { ...base, name: 'both directions', isMixed: true },
  { ...base, name: 'overlapping', mayOverlap: true },
  { ...base, name: 'mostly zeros', zeros: [0.5, 0.8] },
  { ...base, name: 'rows missing', absent: [0.4, 0.7] },
  { ...base, name: 'small counts', shape: null, severityAboveNoise: false, severity: [0.5, 1] },
  { ...base, name: 'five dimensions', sizes: [6, 12, 8, 5, 4], depth: [1, 4] },
  { ...base, name: 'three dimensions', sizes: [20, 15, 12] },
]

/** A case of a regime; the same seed gives the same case. */
export function causeCase(regime: CauseRegime, seed: string): CauseCase {
  const random = seededRandom(`${regime.name}/${seed}`)
  const dimensions = regime.sizes.map((_, d) => String.fromCharCode(97 + d))
  const codes = leavesOf(regime, random)
  const noise = between(random, regime.noise)
  const actual = new Float64Array(codes.length)
  const expected = new Float64Array(codes.length)
  fillLeaves(regime, random, noise, codes, actual, expected)
  const truth: number[][] = []
  const isDown = random.next() < 0.5
  for (let c = random.int(...regime.causes); c > 0; c--) {
    const change = Math.min(1, between(random, regime.severity) + (regime.severityAboveNoise ? noise : 0))
    const spread = between(random, regime.spread)
    const goesDown = regime.isMixed ? random.next() < 0.5 : isDown
    const dims = pickDimensions(random, regime)
    for (let s = random.int(...regime.slices); s > 0; s--) {
      const slice = pickSlice(regime, random, codes, truth, dims, actual, expected)
      if (slice === null) continue
      truth.push(slice)
      strike(regime, random, codes, slice, { change, spread, goesDown }, actual, expected)
    }
  }
  return {
    dimensions,
    values: dimensions.map((name, d) => codes.map((code) => `${name}${(code[d] as number) + 1}`)),
    actual,
    expected,
    truth: truth.map((slice) =>
      Object.fromEntries(
        slice.flatMap((code, d) => (code < 0 ? [] : [[dimensions[d], `${dimensions[d]}${code + 1}`]])),
      ),
    ),
  }
}

function leavesOf(regime: CauseRegime, random: Random): number[][] {
  const absent = between(random, regime.absent)
  let leaves: number[][] = [[]]
  for (const size of regime.sizes) {
    leaves = leaves.flatMap((leaf) => Array.from({ length: size }, (_, value) => [...leaf, value]))
  }
  return absent === 0 ? leaves : leaves.filter(() => random.next() >= absent)
}

function fillLeaves(
  regime: CauseRegime,
  random: Random,
  noise: number,
  codes: number[][],
  actual: Float64Array,
  expected: Float64Array,
): void {
  const shape = regime.shape === null ? 1 : between(random, regime.shape)
  const zeros = between(random, regime.zeros)
  const level = regime.shape === null ? between(random, [2, 20]) : 100
  const biases = Array.from({ length: regime.sizes[0] ?? 1 }, () => random.normal(0, regime.bias))
  for (const [i, code] of codes.entries()) {
    const size = level * (-Math.log(1 - random.next())) ** (1 / shape)
    if (random.next() < zeros) continue
    if (regime.shape === null) {
      expected[i] = size
      actual[i] = random.poisson(size)
      continue
    }
    const other = Math.max(0, size * (1 + random.normal(0, noise)))
    const isSwapped = random.next() < 0.5
    actual[i] = isSwapped ? other : size
    expected[i] = (isSwapped ? size : other) * (1 + (biases[code[0] as number] as number))
  }
}

function pickDimensions(random: Random, regime: CauseRegime): number[] {
  const all = regime.sizes.map((_, d) => d)
  const depth = random.int(...regime.depth)
  const dims: number[] = []
  while (dims.length < Math.min(depth, all.length)) {
    dims.push(...all.splice(random.int(0, all.length - 1), 1))
  }
  return dims.sort((a, b) => a - b)
}

/** A slice that holds something, new, and apart from the others where they must not overlap. */
function pickSlice(
  regime: CauseRegime,
  random: Random,
  codes: number[][],
  truth: number[][],
  dims: number[],
  actual: Float64Array,
  expected: Float64Array,
): number[] | null {
  for (let attempt = 0; attempt < 200; attempt++) {
    const slice = regime.sizes.map((size, d) => (dims.includes(d) ? random.int(0, size - 1) : -1))
    const holds = (wide: number[], code: number[]) => wide.every((value, d) => value < 0 || value === code[d])
    const isKnown = truth.some((other) => holds(other, slice) || holds(slice, other))
    const meets = (other: number[]) =>
      other.every((value, d) => value < 0 || (slice[d] as number) < 0 || value === slice[d])
    if (isKnown || (!regime.mayOverlap && truth.some(meets))) continue
    const leaves = codes.filter(
      (code, i) => holds(slice, code) && (actual[i] as number) + (expected[i] as number) > 0,
    )
    if (leaves.length >= 3) return slice
  }
  return null
}

function strike(
  regime: CauseRegime,
  random: Random,
  codes: number[][],
  slice: number[],
  { change, spread, goesDown }: { change: number; spread: number; goesDown: boolean },
  actual: Float64Array,
  expected: Float64Array,
): void {
  for (const [i, code] of codes.entries()) {
    if (!slice.every((value, d) => value < 0 || value === code[d])) continue
    const factor = Math.max(0, 1 - random.normal(change, spread))
    if (regime.shape === null) {
      const mean = (expected[i] as number) * (goesDown ? factor : 1 + change)
      actual[i] = random.poisson(mean)
      continue
    }
    const [from, to] = goesDown ? [expected, actual] : [actual, expected]
    to[i] = (regime.keepsNoise ? (to[i] as number) : (from[i] as number)) * factor
  }
}

function between(random: Random, [low, high]: readonly [number, number]): number {
  return low + random.next() * (high - low)
}
