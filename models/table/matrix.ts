// Rows of numbers side by side, and what views of a table share: ranks, quantiles, draws. It learns nothing.

import type { Random } from '#data/kernel'

/** Rows by columns, row after row; finite numbers only. */
export interface Matrix {
  rows: number
  columns: number
  /** [rows x columns] */
  values: Float32Array
}

/** Some rows of a matrix, in the given order. */
export function rowsOf({ columns, values }: Matrix, at: ArrayLike<number>): Matrix {
  const taken = new Float32Array(at.length * columns)
  for (let i = 0; i < at.length; i++) {
    const from = (at[i] as number) * columns
    taken.set(values.subarray(from, from + columns), i * columns)
  }
  return { rows: at.length, columns, values: taken }
}

/** `count` different numbers below `total`, drawn at random; all of them in order where there are no more. */
export function draw(total: number, count: number, random: Random): Uint32Array {
  const all = Uint32Array.from({ length: total }, (_, i) => i)
  if (count >= total) return all
  for (let i = 0; i < count; i++) {
    const j = random.int(i, total - 1)
    const other = all[i] as number
    all[i] = all[j] as number
    all[j] = other
  }
  return all.slice(0, count)
}

/** The value at a share (0 to 1) of ascending values, between neighbours in proportion; 0 of none. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1)
  const low = Math.floor(place)
  const [below = 0, above = below] = [sorted[low], sorted[low + 1]]
  return below + (above - below) * (place - low)
}

/** How many of the ascending values are below `value`, and how many at most `value`. */
export function placeOf(sorted: ArrayLike<number>, value: number): { below: number; upTo: number } {
  const below = bound(sorted, value, false)
  return { below, upTo: sorted[below] === value ? bound(sorted, value, true) : below }
}

function bound(sorted: ArrayLike<number>, value: number, isUpTo: boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const each = sorted[middle] as number
    if (each < value || (isUpTo && each === value)) low = middle + 1
    else high = middle
  }
  return low
}
