// How far a row is from its nearest neighbours among reference rows, near and wide. Distances are products of
// tensors; it knows rows of numbers only.

import * as tf from '@tensorflow/tfjs-core'
import type { Matrix } from './matrix.ts'

/** Numbers in the largest product. */
const cellsMost = 4 * 2 ** 20

/**
 * Distances of each row to its nearest reference rows.
 * @param ranks which neighbours, ascending, 1 = the nearest; fewer references give the farthest of them
 * @param own place of each row among the references, -1 = it is none of them; its own place is passed over
 * @returns [ranks x rows]
 */
export async function nearest(
  rows: Matrix,
  references: Matrix,
  ranks: readonly number[],
  own: Int32Array | null,
): Promise<Float32Array[]> {
  const count = references.rows
  const found = ranks.map(() => new Float32Array(rows.rows))
  const right = tf.tidy(() => tf.transpose(tf.tensor2d(references.values, [count, references.columns])))
  const rightSquares = squaresOf(references)
  const leftSquares = squaresOf(rows)
  const block = Math.max(1, Math.floor(cellsMost / count))
  const line = new Float32Array(count)
  try {
    for (let from = 0; from < rows.rows; from += block) {
      const to = Math.min(rows.rows, from + block)
      const part = rows.values.subarray(from * rows.columns, to * rows.columns)
      const product = tf.tidy(() =>
        tf.matMul(tf.tensor2d(part, [to - from, rows.columns]), right as tf.Tensor2D),
      )
      const products = (await product.data()) as Float32Array
      product.dispose()
      for (let row = from; row < to; row++) {
        const start = (row - from) * count
        for (let i = 0; i < count; i++)
          line[i] = (rightSquares[i] as number) - 2 * (products[start + i] as number)
        const self = own?.[row] ?? -1
        if (self >= 0) line[self] = Number.POSITIVE_INFINITY
        const most = self >= 0 ? count - 1 : count
        select(line, ranks, most, (place, value) => {
          const column = found[place] as Float32Array
          column[row] = Math.sqrt(Math.max(0, value + (leftSquares[row] as number)))
        })
      }
    }
  } finally {
    right.dispose()
  }
  return found
}

function squaresOf({ rows, columns, values }: Matrix): Float32Array {
  return Float32Array.from({ length: rows }, (_, row) => {
    let sum = 0
    for (let i = row * columns; i < (row + 1) * columns; i++) sum += (values[i] as number) ** 2
    return sum
  })
}

/** Gives the values at ascending ranks; puts `values` in another order. */
function select(
  values: Float32Array,
  ranks: readonly number[],
  most: number,
  give: (place: number, value: number) => void,
): void {
  let high = values.length - 1
  for (let place = ranks.length - 1; place >= 0; place--) {
    const at = Math.max(0, Math.min(ranks[place] as number, most) - 1)
    partition(values, at, high)
    give(place, most === 0 ? 0 : (values[at] as number))
    high = at
  }
}

/** Puts the value that belongs at `at` there, smaller ones before it, among the places up to `high`. */
function partition(values: Float32Array, at: number, high: number): void {
  let low = 0
  let top = high
  while (low < top) {
    const pivot = values[(low + top) >>> 1] as number
    let [i, j] = [low, top]
    while (i <= j) {
      while ((values[i] as number) < pivot) i++
      while ((values[j] as number) > pivot) j--
      if (i <= j) {
        const other = values[i] as number
        values[i++] = values[j] as number
        values[j--] = other
      }
    }
    if (at <= j) top = j
    else if (at >= i) low = i
    else return
  }
}
