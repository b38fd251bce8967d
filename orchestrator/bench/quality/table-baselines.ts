// Three well-known detectors, written plainly, to hold the table detector against: isolation forest, ECOD, distance to
// the fifth neighbour. They take numbers only.

import { seededRandom } from '#data/kernel'
import { growForest, isolation } from '#models'

/** Rows of numbers, row after row. */
export interface Numbers {
  rows: number
  columns: number
  values: Float32Array
}

/** Scores of one detector: learned from `clean`, or from the rows themselves where it is null. */
export type Baseline = (rows: Numbers, clean: Numbers | null) => ArrayLike<number>

/** Name -> detector. */
export const tableBaselines: Record<string, Baseline> = {
  'isolation forest': (rows, clean) => {
    const forest = growForest(clean ?? rows, { trees: 200, sample: 256, width: 1 }, seededRandom('baseline'))
    return isolation(forest, rows)
  },
  ECOD: ecod,
  kNN: fifthNeighbour,
}

/**
 * Sum over columns of the largest -log tail: left, right, and on the side where the column is skewed.
 * @source Li et al.: ECOD (2022)
 */
function ecod(rows: Numbers, clean: Numbers | null): Float64Array {
  const learned = clean ?? rows
  const sums = new Float64Array(rows.rows)
  for (let column = 0; column < rows.columns; column++) {
    const sorted = columnOf(learned, column).sort()
    const isLeft = skewOf(sorted) < 0
    for (const [row, value] of columnOf(rows, column).entries()) {
      const upTo = countUpTo(sorted, value, true)
      const below = countUpTo(sorted, value, false)
      const left = -Math.log(Math.max(upTo, 0.5) / sorted.length)
      const right = -Math.log(Math.max(sorted.length - below, 0.5) / sorted.length)
      sums[row] = (sums[row] as number) + Math.max(left, right, isLeft ? left : right)
    }
  }
  return sums
}

function columnOf({ rows, columns, values }: Numbers, column: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => values[row * columns + column] as number)
}

function skewOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) ** 3, 0)
}

function countUpTo(sorted: Float64Array, value: number, isUpTo: boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const each = sorted[middle] as number
    if (each < value || (isUpTo && each === value)) low = middle + 1
    else high = middle
  }
  return low
}

/** Distance to the fifth nearest row, columns on one scale. */
function fifthNeighbour(rows: Numbers, clean: Numbers | null): Float64Array {
  const learned = clean ?? rows
  const [left, right] = [scaled(rows, learned), scaled(learned, learned)]
  const { columns } = rows
  return Float64Array.from({ length: rows.rows }, (_, row) => {
    const nearest = new Float64Array(5).fill(Number.POSITIVE_INFINITY)
    for (let other = 0; other < learned.rows; other++) {
      if (clean === null && other === row) continue
      const most = nearest[4] as number
      let sum = 0
      for (let j = 0; j < columns && sum < most; j++) {
        sum += ((left[row * columns + j] as number) - (right[other * columns + j] as number)) ** 2
      }
      if (sum >= most) continue
      nearest[4] = sum
      nearest.sort()
    }
    return nearest.findLast(Number.isFinite) ?? 0
  })
}

function scaled({ columns, values }: Numbers, learned: Numbers): Float32Array {
  const scales = Array.from({ length: columns }, (_, column) => {
    const own = columnOf(learned, column)
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length
    const squares = own.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    return { mean, spread: Math.sqrt(squares / own.length) || 1 }
  })
  return values.map((value, i) => {
    const { mean, spread } = scales[i % columns] as { mean: number; spread: number }
    return (value - mean) / spread
  })
}
