// Which slices hold an excess over what is usual, for sparse sums such as those of single hours. It is told in which
// direction the excess goes and looks at nothing else.

import { countEvidence, inGrains } from './counts.ts'
import { leafCube } from './cube.ts'
import { searchCauses } from './search.ts'

/** Sums by row: what happened and what is usual, not negative, need not be whole. */
export interface Sums {
  dimensions: readonly string[]
  /** Values of each dimension, one text per row. */
  values: readonly (readonly string[])[]
  happened: ArrayLike<number>
  usual: ArrayLike<number>
  /** 1 where more is the concern, -1 where less is. */
  sign: 1 | -1
}

/** A slice that holds a part of an excess. */
export interface ExcessSlice {
  /** Value by dimension, in the order of the dimensions. */
  slice: Record<string, string>
  /** Part of the excess, 0 to 1. */
  share: number
}

/** Smallest factor that counts, and smallest part of the excess. */
const leastFactor = 1.2
const leastShare = 0.05
/** Slices at most, and dimensions of one at most: more of them nobody reads. */
const bounds = { causesAtMost: 8, deepest: 3 }

/** The smallest set of slices that explains an excess, the largest share first; empty where none stands out. */
export function explainExcess({ dimensions, values, happened, usual, sign }: Sums): ExcessSlice[] {
  const cube = leafCube(dimensions, values, happened, usual)
  const excess = sign * (total(cube.actual) - total(cube.expected))
  if (cube.leaves === 0 || excess <= 0) return []
  const least = (0.02 * Math.max(total(cube.expected), 1e-9)) / cube.leaves
  const expected = cube.expected.map((one) => Math.max(one, least))
  const isTaken = new Uint8Array(cube.leaves)
  const slices = searchCauses(
    cube,
    countEvidence(inGrains({ happened: cube.actual, expected }), leastFactor),
    bounds,
  )
    .filter(({ centre }) => Math.sign(centre) === sign)
    .map(({ dims, codes, leaves }) => {
      let part = 0
      for (const leaf of leaves) {
        if (isTaken[leaf] === 1) continue
        isTaken[leaf] = 1
        part += sign * ((cube.actual[leaf] as number) - (cube.expected[leaf] as number))
      }
      const named = dims.map((d, i) => [dimensions[d], cube.values[d]?.[codes[i] as number]])
      return { slice: Object.fromEntries(named) as Record<string, string>, part }
    })
  const whole = Math.max(excess, total(slices.map(({ part }) => Math.max(0, part))))
  return slices
    .map(({ slice, part }) => ({ slice, share: Math.round((1000 * part) / whole) / 1000 }))
    .filter(({ share }) => share >= leastShare)
    .sort((a, b) => b.share - a.share)
}

const total = (values: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] as number
  return sum
}
