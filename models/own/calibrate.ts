// Calibration on rows that were held back: probabilities that come true as often as they say, intervals that hold as
// often as they say. It knows no net.

import { quantileSorted } from 'simple-statistics'

/** A rising step function: from what a net says to what came true; plain JSON. */
export interface Steps {
  /** Ascending. */
  at: number[]
  /** Ascending, between 0 and 1. */
  values: number[]
}

/** Rows below which nothing is mended: the steps would be noise. */
const isotonicLeast = 100

/**
 * The rising function that fits outcomes best (isotonic regression, pool adjacent violators), drawn a little to the
 * middle so that nothing is ever certain; null where there are too few rows.
 * @param told what was foretold, any scale
 * @param came 0 or 1
 * @source Zadrozny, Elkan: Transforming classifier scores into accurate multiclass probability estimates
 */
export function isotonic(told: ArrayLike<number>, came: ArrayLike<number>): Steps | null {
  if (told.length < isotonicLeast) return null
  const order = Array.from({ length: told.length }, (_, i) => i)
  order.sort((a, b) => (told[a] as number) - (told[b] as number))
  const pools: { sum: number; rows: number; low: number; high: number }[] = []
  for (const i of order) {
    const value = told[i] as number
    pools.push({ sum: came[i] as number, rows: 1, low: value, high: value })
    for (let last = pools.at(-1), before = pools.at(-2); last && before; ) {
      if (before.sum / before.rows < last.sum / last.rows && before.high < last.low) break
      pools.splice(-2, 2, {
        sum: before.sum + last.sum,
        rows: before.rows + last.rows,
        low: before.low,
        high: last.high,
      })
      last = pools.at(-1)
      before = pools.at(-2)
    }
  }
  const base = Array.from(came).reduce((sum, each) => sum + each, 0) / came.length
  const mended = pools.map(({ sum, rows }) => (sum + base) / (rows + 1))
  // the pull to the middle may turn neighbours round
  let highest = 0
  const values = mended.map((value) => {
    highest = Math.max(highest, value)
    return highest
  })
  return { at: pools.map(({ low, high }) => (low + high) / 2), values }
}

/** The step function at a value: straight between its points. */
export function stepAt({ at, values }: Steps, value: number): number {
  let [low, high] = [0, at.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((at[middle] as number) <= value) low = middle + 1
    else high = middle
  }
  if (low === 0) return values[0] ?? 0.5
  if (low === at.length) return values.at(-1) ?? 0.5
  const [from, to] = [at[low - 1] as number, at[low] as number]
  const share = to > from ? (value - from) / (to - from) : 1
  return (values[low - 1] as number) + share * ((values[low] as number) - (values[low - 1] as number))
}

/**
 * What to add to a foretold number so that the outcome lies between with the given share.
 * @param residuals outcome - foretold, on held-back rows
 * @source Romano, Patterson, Candes: Conformalized quantile regression (the split variant with two sides)
 */
export function conformalInterval(residuals: readonly number[], share = 0.9): [number, number] {
  const sorted = residuals.toSorted((a, b) => a - b)
  if (sorted.length === 0) return [0, 0]
  const tail = (1 - share) / 2
  const reach = Math.min(1, (1 - tail) * (1 + 1 / sorted.length))
  return [quantileSorted(sorted, Math.max(0, 1 - reach)), quantileSorted(sorted, reach)]
}
