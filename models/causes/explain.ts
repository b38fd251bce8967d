// Root causes of a deviation: the smallest set of slices that explains it, with the share of each, and none where
// nothing stands out. Additive measures by their changes, counts and ratios by how often something happened.

import { leastAmong } from './among.ts'
import { changeEvidence } from './changes.ts'
import { type Counts, countEvidence, inGrains } from './counts.ts'
import { type LeafCube, leafCube } from './cube.ts'
import type { Evidence } from './evidence.ts'
import { type Found, searchCauses } from './search.ts'

/** What is to be explained; arrays by row. */
export interface Deviation {
  dimensions: readonly string[]
  /** Values of each dimension, one text per row. */
  values: readonly (readonly string[])[]
  /** Finite numbers; with `kind` ratio they are ratios, else amounts that add up. */
  actual: ArrayLike<number>
  expected: ArrayLike<number>
  kind: 'additive' | 'ratio'
  /** With ratios: what each is among, above 0. Where it is not known, the least that each can be among. */
  weight?: ArrayLike<number>
}

/** A slice whose leaves deviate alike. */
export interface RootCause {
  /** Value by dimension. */
  slice: Record<string, string>
  /** Part of the deviation, 0 to 1; the rest is other causes and what nothing explains. */
  share: number
  /** Probability that leaves of this slice deviate together, 0 to 1. */
  confidence: number
  /** Sums over its leaves, or with ratios the ratios over them. */
  actual: number
  expected: number
  leaves: number
}

/** What was found. */
export interface Explanation {
  causes: RootCause[]
  /** Why there is no cause; null where there is one. */
  reason: 'NO_LEAVES' | 'NO_DEVIATION' | 'NOTHING_STANDS_OUT' | null
  /** How leaves were compared. */
  measure: 'change' | 'count' | 'ratio'
  /** Sums over all leaves, or the ratios over them. */
  actual: number
  expected: number
  leaves: number
  /** Rows that were added to another one with the same values. */
  repeated: number
}

/** Counts are told from other amounts by whole numbers, of which most are smaller than this. */
const countsBelow = 50
/** Smallest factor that counts: of counts, of ratios among known cases, and of ratios among guessed ones. */
const leastFactor = { count: 1.1, ratio: 1.25, guessed: 1.6 }
/** A ratio's cause holds this part of its deviation at least, in the direction of the largest. */
const leastRatioShare = 0.1
/** Cases that an expected ratio is worth besides those it is among. */
const addedCases = 2
const surest = 0.9999

/** The root causes of a deviation, the surest first. */
export function explainDeviation(deviation: Deviation): Explanation {
  const cube = cubeOf(deviation)
  const measure = deviation.kind === 'ratio' ? 'ratio' : isCounted(cube) ? 'count' : 'change'
  const causes =
    cube.leaves === 0
      ? []
      : causesOf(cube, measure, evidenceOf(cube, measure, deviation.weight !== undefined))
  return {
    causes,
    reason: causes.length > 0 ? null : reasonOf(cube),
    measure,
    ...totalOf(cube, measure, all(cube)),
    repeated: cube.repeated,
  }
}

function cubeOf({ dimensions, values, actual, expected, kind, weight }: Deviation): LeafCube {
  if (kind === 'additive') return leafCube(dimensions, values, actual, expected)
  const among = Float64Array.from(weight ?? leastAmong(actual, expected))
  const times = (ratios: ArrayLike<number>) => among.map((cases, row) => cases * (ratios[row] as number))
  return leafCube(dimensions, values, times(actual), times(expected), among)
}

function causesOf(cube: LeafCube, measure: Explanation['measure'], evidence: Evidence): RootCause[] {
  const found = searchCauses(cube, evidence)
  const told = sharesOf(cube, found).map(({ slice, share, sign }) => ({
    cause: {
      slice: Object.fromEntries(
        slice.dims.map((d, i) => [
          cube.dimensions[d] as string,
          cube.values[d]?.[slice.codes[i] as number] as string,
        ]),
      ),
      share: Math.round(share * 1e4) / 1e4,
      confidence: Math.min(surest, Math.round(1e4 / (1 + Math.exp(-slice.odds))) / 1e4),
      ...totalOf(cube, measure, slice.leaves),
    },
    share,
    sign,
  }))
  if (measure !== 'ratio') return told.map(({ cause }) => cause)
  const largest = told.reduce((best, one) => (one.share > best.share ? one : best), { share: 0, sign: 0 })
  return told
    .filter(({ share, sign }) => share >= leastRatioShare && sign === largest.sign)
    .map(({ cause }) => cause)
}

function evidenceOf(cube: LeafCube, measure: Explanation['measure'], isWeighed: boolean): Evidence {
  if (measure === 'change') return changeEvidence(cube)
  const counts = measure === 'count' ? { happened: cube.actual, expected: cube.expected } : rarer(cube)
  const sum = counts.expected.reduce((all, one) => all + one, 0)
  const least = Math.max(1e-9, (0.02 * sum) / Math.max(1, counts.expected.length))
  const expected = counts.expected.map((one) => Math.max(one, least))
  const factor = leastFactor[measure === 'count' || isWeighed ? measure : 'guessed']
  return countEvidence(inGrains({ happened: counts.happened, expected }), factor)
}

/** Counts of what is rarer, that something happened or that it did not. */
function rarer({ actual, expected, weight }: LeafCube): Counts {
  const total = (values: Float64Array): number => values.reduce((all, one) => all + one, 0)
  const cases = total(weight)
  const isBounded = actual.every((one, leaf) => one >= 0 && one <= (weight[leaf] as number) * (1 + 1e-9))
  const isUsual = isBounded && total(actual) + total(expected) > cases
  const flip = (values: Float64Array) =>
    isUsual ? values.map((one, leaf) => Math.max(0, (weight[leaf] as number) - one)) : values
  const hoped = flip(expected)
  const rate = total(hoped) / Math.max(1e-12, cases)
  return {
    happened: flip(actual),
    expected: hoped.map((one, leaf) => {
      const among = weight[leaf] as number
      return ((one + addedCases * rate) * among) / (among + addedCases)
    }),
  }
}

/** Whole numbers of things, mostly few: what chance does to them is known. */
function isCounted({ actual, expected }: LeafCube): boolean {
  if (!actual.every((one) => Number.isInteger(one) && one >= 0)) return false
  if (!expected.every((one) => one >= 0)) return false
  const sizes = actual
    .map((one, leaf) => Math.max(one, expected[leaf] as number))
    .filter((one) => one > 0)
    .sort()
  return (sizes[sizes.length >> 1] ?? 0) < countsBelow
}

/** The part that each slice has in the deviation; leaves of several belong to the first. */
function sharesOf({ actual, expected, leaves }: LeafCube, found: readonly Found[]) {
  const isTaken = new Uint8Array(leaves)
  let rest = 0
  for (let leaf = 0; leaf < leaves; leaf++) rest += (actual[leaf] as number) - (expected[leaf] as number)
  const parts = found.map((slice) => {
    let part = 0
    for (const leaf of slice.leaves) {
      if (isTaken[leaf] === 1) continue
      isTaken[leaf] = 1
      part += (actual[leaf] as number) - (expected[leaf] as number)
    }
    rest -= part
    return { slice, part }
  })
  const whole = parts.reduce((sum, { part }) => sum + Math.abs(part), Math.abs(rest))
  return parts.map(({ slice, part }) => ({
    slice,
    share: whole > 0 ? Math.abs(part) / whole : 0,
    sign: Math.sign(part),
  }))
}

function totalOf(cube: LeafCube, measure: Explanation['measure'], leaves: Int32Array) {
  let actual = 0
  let expected = 0
  let weight = 0
  for (const leaf of leaves) {
    actual += cube.actual[leaf] as number
    expected += cube.expected[leaf] as number
    weight += cube.weight[leaf] as number
  }
  const over = measure === 'ratio' ? Math.max(1e-12, weight) : 1
  return { actual: actual / over, expected: expected / over, leaves: leaves.length }
}

const all = ({ leaves }: LeafCube): Int32Array => Int32Array.from({ length: leaves }, (_, leaf) => leaf)

function reasonOf({ actual, expected, leaves }: LeafCube): Explanation['reason'] {
  if (leaves === 0) return 'NO_LEAVES'
  return actual.every((one, leaf) => one === expected[leaf]) ? 'NO_DEVIATION' : 'NOTHING_STANDS_OUT'
}
