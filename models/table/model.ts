// What is learned of a table, and how its views become one score. Shapes and sums; it reads no rows.

import type { Encoding } from './encode.ts'
import type { Forest } from './forest.ts'
import type { Gauss } from './gauss.ts'
import { type Matrix, placeOf } from './matrix.ts'
import type { Tails } from './tails.ts'

/** One way of looking at a row, and how its numbers are brought to one scale. */
export interface View {
  name: ViewName
  /** Over the rows learned from. */
  mean: number
  spread: number
}

/**
 * `near`, `some`, `wide`: distance to few, several and many neighbours; `middle`: from the middle, given how columns
 * go together; `alone`: cuts until a row is alone; `tails`: how far out in each column. `closest...` on three scales.
 */
export type ViewName =
  | 'near'
  | 'some'
  | 'wide'
  | 'nearPlain'
  | 'middle'
  | 'alone'
  | 'tails'
  | 'closest'
  | 'closestInRange'
  | 'closestWhitened'

/** What is learned of a table; plain numbers, so that it can be sent to another thread. */
export interface TableModel {
  encoding: Encoding
  /** Whether it was learned from clean rows. */
  isClean: boolean
  /** Rows learned from. */
  rows: number
  views: View[]
  forest: Forest | null
  tails: Tails | null
  gauss: Gauss
  /** Rows that others are compared with; on the standard scale too, but where very many rows are to be scored. */
  references: { robust: Matrix; standard: Matrix | null }
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
/** Views that count: a row is odd when these many say so, whichever they are. */
const strongest = 4

/** The views of rows as one score each: mean of the strongest in spreads, far values drawn in. [views][rows] */
export function combine(views: readonly View[], values: readonly ArrayLike<number>[]): Float64Array {
  const rows = values[0]?.length ?? 0
  const top = new Float64Array(Math.min(strongest, views.length))
  const last = top.length - 1
  return Float64Array.from({ length: rows }, (_, row) => {
    top.fill(Number.NEGATIVE_INFINITY)
    for (let i = 0; i < views.length; i++) {
      const { mean, spread } = views[i] as View
      const far = (((values[i] as ArrayLike<number>)[row] as number) - mean) / spread
      const drawn = far <= fullUpTo ? far : fullUpTo + Math.log(1 + far - fullUpTo)
      if (drawn <= (top[last] as number)) continue
      let place = last
      for (; place > 0 && (top[place - 1] as number) < drawn; place--) top[place] = top[place - 1] as number
      top[place] = drawn
    }
    let sum = 0
    for (let i = 0; i <= last; i++) sum += top[i] as number
    return sum / (last + 1)
  })
}

/** Views with mean and spread of the rows learned from. */
export function viewsOver(values: ReadonlyMap<ViewName, ArrayLike<number>>): View[] {
  return [...values].map(([name, own]) => {
    const count = Math.max(1, own.length)
    let mean = 0
    for (let i = 0; i < own.length; i++) mean += (own[i] as number) / count
    let squares = 0
    for (let i = 0; i < own.length; i++) squares += ((own[i] as number) - mean) ** 2 / count
    return { name, mean, spread: Math.sqrt(squares) || 1 }
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
