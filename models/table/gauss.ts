// The middle of a table and how its columns go together: distance of a row from it, and what each cell should be
// given the others. Far rows are left out when it is learned. It knows rows of numbers only.

import * as tf from '@tensorflow/tfjs-core'
import { type Matrix, quantile } from './matrix.ts'

/** A learned middle. */
export interface Gauss {
  /** Columns it looks at. */
  at: Uint32Array
  mean: Float64Array
  /** Lower triangle, row by row; distance = length of its product with what differs from the mean. */
  whitening: Float64Array
  /** Inverse covariance, row by row. */
  precision: Float64Array
}

/** Columns that are looked at together, at most. */
const widthMost = 200
const rounds = 3
/** Share of rows that the middle is learned from. */
const nearShare = 0.75
/** Added to each variance, as a share of the mean variance. */
const ridge = 0.05

/**
 * Learns the middle of rows.
 * @param isClean whether every row counts; else the farthest quarter is left out, twice
 * @source Rousseeuw: Least median of squares (1984), its concentration steps; a ridge keeps it invertible
 */
export async function learnGauss(matrix: Matrix, isClean: boolean): Promise<Gauss> {
  const at = everyNth(matrix.columns, widthMost)
  let near = Uint32Array.from({ length: matrix.rows }, (_, i) => i)
  let gauss = fromRows(matrix, at, near)
  for (let round = 1; round < rounds && !isClean; round++) {
    const far = await distances(gauss, matrix)
    const limit = quantile(far.slice().sort(), nearShare)
    near = Uint32Array.from({ length: matrix.rows }, (_, i) => i).filter(
      (row) => (far[row] as number) <= limit,
    )
    gauss = fromRows(matrix, at, near)
  }
  return gauss
}

function everyNth(count: number, most: number): Uint32Array {
  const taken = Math.min(count, most)
  return Uint32Array.from({ length: taken }, (_, i) => Math.floor((i * count) / taken))
}

function fromRows({ columns, values }: Matrix, at: Uint32Array, rows: Uint32Array): Gauss {
  const width = at.length
  const mean = new Float64Array(width)
  for (const row of rows) {
    for (let j = 0; j < width; j++)
      mean[j] = (mean[j] as number) + of(values, row * columns + of(at, j)) / rows.length
  }
  const spread = new Float64Array(width * width)
  const gap = new Float64Array(width)
  for (const row of rows) {
    for (let j = 0; j < width; j++) gap[j] = of(values, row * columns + of(at, j)) - of(mean, j)
    for (let j = 0; j < width; j++) {
      const scaled = of(gap, j) / rows.length
      for (let k = 0; k <= j; k++) spread[j * width + k] = of(spread, j * width + k) + scaled * of(gap, k)
    }
  }
  let trace = 0
  for (let j = 0; j < width; j++) trace += of(spread, j * width + j) / width
  for (let j = 0; j < width; j++) spread[j * width + j] = of(spread, j * width + j) + ridge * trace + 1e-6
  const whitening = inverseRoot(spread, width)
  return { at, mean, whitening, precision: gram(whitening, width) }
}

function of(values: ArrayLike<number>, i: number): number {
  return values[i] as number
}

/** Inverse of the Cholesky factor of a symmetric matrix given by its lower triangle. */
function inverseRoot(matrix: Float64Array, width: number): Float64Array {
  const root = new Float64Array(width * width)
  for (let j = 0; j < width; j++) {
    for (let k = 0; k <= j; k++) {
      let sum = of(matrix, j * width + k)
      for (let l = 0; l < k; l++) sum -= of(root, j * width + l) * of(root, k * width + l)
      root[j * width + k] = j === k ? Math.sqrt(Math.max(sum, 1e-9)) : sum / of(root, k * width + k)
    }
  }
  const inverse = new Float64Array(width * width)
  for (let k = 0; k < width; k++) {
    inverse[k * width + k] = 1 / of(root, k * width + k)
    for (let j = k + 1; j < width; j++) {
      let sum = 0
      for (let l = k; l < j; l++) sum -= of(root, j * width + l) * of(inverse, l * width + k)
      inverse[j * width + k] = sum / of(root, j * width + j)
    }
  }
  return inverse
}

/** Transposed times itself. */
function gram(lower: Float64Array, width: number): Float64Array {
  const product = new Float64Array(width * width)
  for (let l = 0; l < width; l++) {
    for (let j = 0; j <= l; j++) {
      const left = of(lower, l * width + j)
      if (left === 0) continue
      for (let k = 0; k <= l; k++) {
        product[j * width + k] = of(product, j * width + k) + left * of(lower, l * width + k)
      }
    }
  }
  return product
}

/** Distance of each row from the middle, in spreads. */
export async function distances(gauss: Gauss, matrix: Matrix): Promise<Float32Array> {
  const { rows, columns: width, values } = await whiten(gauss, matrix)
  const found = new Float32Array(rows)
  for (let row = 0, at = 0; row < rows; row++) {
    let squares = 0
    for (const end = at + width; at < end; at++) squares += (values[at] as number) ** 2
    found[row] = Math.sqrt(squares)
  }
  return found
}

/** Rows in which the columns are independent and of one spread, as far as the middle knows; [rows x looked at]. */
export async function whiten({ at, mean, whitening }: Gauss, matrix: Matrix): Promise<Matrix> {
  const width = at.length
  const weights = new Float32Array(matrix.columns * width)
  const offsets = new Float32Array(width)
  for (let j = 0; j < width; j++) {
    for (let k = 0; k <= j; k++) {
      const weight = of(whitening, j * width + k)
      weights[of(at, k) * width + j] = weight
      offsets[j] = of(offsets, j) - weight * of(mean, k)
    }
  }
  const product = tf.tidy(() => {
    const left = tf.tensor2d(matrix.values, [matrix.rows, matrix.columns])
    return tf.add(tf.matMul(left, tf.tensor2d(weights, [matrix.columns, width])), tf.tensor1d(offsets))
  })
  const values = (await product.data()) as Float32Array
  product.dispose()
  return { rows: matrix.rows, columns: width, values }
}

/** A cell beside what the others of its row let expect. */
export interface CellGap {
  /** Column of the matrix. */
  column: number
  expected: number
  /** Difference over its usual size. */
  deviation: number
}

/** What each cell of a row should be given the others. @param row [columns] */
export function gapsOf({ at, mean, precision }: Gauss, row: ArrayLike<number>): CellGap[] {
  const width = at.length
  const gap = Float64Array.from({ length: width }, (_, j) => of(row, of(at, j)) - of(mean, j))
  return Array.from({ length: width }, (_, j) => {
    let sum = 0
    for (let k = 0; k < width; k++) sum += of(precision, j * width + k) * of(gap, k)
    const own = of(precision, j * width + j)
    return { column: of(at, j), expected: of(row, of(at, j)) - sum / own, deviation: sum / Math.sqrt(own) }
  })
}
