// What is learned of a table, and how its views become one score. Shapes and sums; it reads no rows.

import type { Encoding } from './encode.ts'
import type { Forest } from './forest.ts'
import type { Gauss } from './gauss.ts'
import { type Matrix, placeOf } from './matrix.ts'

/** One way of looking at a row, and how its numbers are brought to one scale. */
export interface View {
  name: ViewName
  weight: number
  /** Over the rows learned from. */
  mean: number
  spread: number
}

/**
 * `near`, `some`, `wide`: distance to few, several and many neighbours; `middle`: from the middle, given how columns
 * go together; `alone`: cuts until a row is alone. Against clean rows also `closest`, on three scales.
 */
export type ViewName =
  | 'near'
  | 'some'
  | 'wide'
  | 'middleRobust'
  | 'middle'
  | 'aloneSoon'
  | 'alone'
  | 'closest'
  | 'closestInRange'
  | 'closestWhitened'

/** Views of a table without labels. Chosen on tables made for it; all that matters is that they are unlike. */
export const openViews: Partial<Record<ViewName, number>> = {
  near: 0.5,
  some: 1,
  wide: 1,
  middleRobust: 1.5,
  middle: 0.5,
  aloneSoon: 1,
  alone: 0.5,
}

/** Views against clean rows. */
export const cleanViews: Partial<Record<ViewName, number>> = {
  closest: 1,
  closestInRange: 1,
  closestWhitened: 1,
  middleRobust: 1,
}

/** What is learned of a table; plain numbers, so that it can be sent to another thread. */
export interface TableModel {
  encoding: Encoding
  /** Whether it was learned from clean rows. */
  isClean: boolean
  /** Rows learned from. */
  rows: number
  views: View[]
  forests: Forest[]
  gauss: { robust: Gauss; standard: Gauss }
  /** Rows that others are compared with: robust, or standard where clean. */
  references: Matrix
  /** Against clean rows: factor of each feature that brings its range to the same width. */
  ranges: Float32Array
  /** Against clean rows: the references whitened. */
  whitened: Matrix | null
  /** Ranks of `near`, `some` and `wide` among the references. */
  ranks: [number, number, number]
  /** Scores of rows it did not learn from (clean), or of the rows learned from; ascending. */
  scores: Float64Array
}

/** What is needed of a model to look at rows. */
export type Looking = Omit<TableModel, 'views' | 'scores'>

/** Spreads up to which a view counts in full; beyond, by its logarithm. */
const fullUpTo = 4

/** The views of rows as one score each: weighted mean in spreads, far values drawn in. */
export function combine(views: readonly View[], values: readonly ArrayLike<number>[]): Float64Array {
  const weights = views.reduce((sum, { weight }) => sum + weight, 0)
  const sums = new Float64Array(values[0]?.length ?? 0)
  for (const [place, { weight, mean, spread }] of views.entries()) {
    const own = values[place] as ArrayLike<number>
    for (let row = 0; row < sums.length; row++) {
      const far = ((own[row] as number) - mean) / spread
      const drawn = far <= fullUpTo ? far : fullUpTo + Math.log(1 + far - fullUpTo)
      sums[row] = (sums[row] as number) + (weight * drawn) / weights
    }
  }
  return sums
}

/** Views with mean and spread of the rows learned from. */
export function viewsOver(
  weights: Partial<Record<ViewName, number>>,
  values: ReadonlyMap<ViewName, ArrayLike<number>>,
): View[] {
  return [...values].map(([name, own]) => {
    const count = Math.max(1, own.length)
    let mean = 0
    for (let i = 0; i < own.length; i++) mean += (own[i] as number) / count
    let squares = 0
    for (let i = 0; i < own.length; i++) squares += ((own[i] as number) - mean) ** 2 / count
    return { name, weight: weights[name] ?? 0, mean, spread: Math.sqrt(squares) || 1 }
  })
}

/** A score between 0 and 1 of a weighted mean in spreads; it rises with it. */
export function scoreOf(mean: number): number {
  return 1 / (1 + Math.exp(1.5 - mean))
}

/**
 * Share of rows that are at least as odd, the row itself counted; against clean rows it is the chance of a clean row
 * scoring so high (conformal), and 1 / (rows + 1) at least.
 */
export function pValueOf(sorted: ArrayLike<number>, score: number, isOneOfThem: boolean): number {
  const above = sorted.length - placeOf(sorted, score).below
  return isOneOfThem ? above / sorted.length : (1 + above) / (1 + sorted.length)
}
