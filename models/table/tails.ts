// How far out in its columns a row lies: the sum of how rare values as far out as its own are. It knows rows of
// numbers only.

import type { Random } from '#data/kernel'
import { draw, type Matrix, placeOf } from './matrix.ts'

/** Ascending values of each column. */
export interface Tails {
  columns: Float32Array[]
}

/** Learns them from at most so many rows. */
export function learnTails({ rows, columns, values }: Matrix, most: number, random: Random): Tails {
  const taken = draw(rows, most, random)
  const sorted = Array.from({ length: columns }, (_, column) =>
    Float32Array.from(taken, (row) => values[row * columns + column] as number).sort(),
  )
  return { columns: sorted }
}

/**
 * Sum over columns of the -log share of values as far out, on the side that is rarer.
 * @source Li et al.: ECOD, unsupervised outlier detection using empirical cumulative distribution functions (2022)
 */
export function tailSums({ columns: sorted }: Tails, { rows, columns, values }: Matrix): Float64Array {
  const sums = new Float64Array(rows)
  for (const [column, own] of sorted.entries()) {
    const count = own.length
    const rarity = Float64Array.from({ length: count + 1 }, (_, i) => -Math.log(Math.max(i, 0.5) / count))
    const least = own[0] as number
    const perBin = binsOf(own) / ((own[count - 1] as number) - least || 1)
    const bins = startsOf(own, least, perBin)
    for (let row = 0; row < rows; row++) {
      const value = values[row * columns + column] as number
      const bin = Math.max(0, Math.min(bins.length - 2, Math.floor((value - least) * perBin)))
      const below = countBelow(own, value, bins[bin] as number, bins[bin + 1] as number)
      const upTo = own[below] === value ? placeOf(own, value).upTo : below
      sums[row] = (sums[row] as number) + (rarity[Math.min(upTo, count - below)] as number)
    }
  }
  return sums
}

function binsOf(sorted: Float32Array): number {
  return Math.min(1024, sorted.length)
}

/** Where the values of each of the even bins between least and most begin, and where all end: a search starts there. */
function startsOf(sorted: Float32Array, least: number, perBin: number): Uint32Array {
  const starts = new Uint32Array(binsOf(sorted) + 1).fill(sorted.length)
  let bin = 0
  for (const [i, value] of sorted.entries()) {
    const own = Math.floor((value - least) * perBin)
    while (bin <= own && bin < starts.length) starts[bin++] = i
  }
  return starts
}

function countBelow(sorted: Float32Array, value: number, from: number, to: number): number {
  let [low, left] = [from, to - from]
  while (left > 0) {
    const half = left >>> 1
    if ((sorted[low + half] as number) < value) {
      low += half + 1
      left -= half + 1
    } else left = half
  }
  return low
}
