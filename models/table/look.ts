// Looks at rows with what was learned of a table: every view of every row. It learns nothing.

import type { Table } from './columns.ts'
import { encode, type Scaled } from './encode.ts'
import { isolation } from './forest.ts'
import { distances, whiten } from './gauss.ts'
import type { Matrix } from './matrix.ts'
import { combine, type Looking, type TableModel, type ViewName } from './model.ts'
import { nearest } from './neighbours.ts'
import { type RowReasons, reasonsOf } from './reasons.ts'
import { tailSums } from './tails.ts'

/** Rows that are encoded at once. */
export const rowsAtOnce = 16_384

/** What was seen of a stretch of rows. */
export interface Seen {
  /** Weighted mean of the views, in spreads. */
  scores: Float64Array
  /** Of the rows that scored `reasonsFrom` or more; places within the stretch. */
  reasons: RowReasons[]
}

/** Every view of rows; `own` tells which of them are references, -1 = none. */
export async function viewsOf(
  model: Looking,
  { standard, robust }: Scaled,
  own: Int32Array | null,
): Promise<Map<ViewName, ArrayLike<number>>> {
  const { gauss, forest, tails, references, ranges, whitened, ranks } = model
  const views = new Map<ViewName, ArrayLike<number>>()
  const keep = (names: ViewName[], values: ArrayLike<number>[]) => {
    for (const [i, name] of names.entries()) views.set(name, values[i] as ArrayLike<number>)
  }
  const plain = references.standard
  if (whitened !== null && plain !== null) {
    keep(['closest'], await nearest(standard, plain, [1], own))
    keep(['closestInRange'], await nearest(times(standard, ranges), times(plain, ranges), [1], own))
    keep(['closestWhitened'], await nearest(await whiten(gauss, robust), whitened, [5], own))
  } else {
    keep(['near', 'some', 'wide'], await nearest(robust, references.robust, ranks, own))
    if (plain !== null) keep(['nearPlain'], await nearest(standard, plain, [ranks[0]], own))
  }
  keep(['middle'], [await distances(gauss, robust)])
  if (forest !== null) keep(['alone'], [isolation(forest, standard)])
  if (tails !== null) keep(['tails'], [tailSums(tails, standard)])
  return views
}

function times({ rows, columns, values }: Matrix, factors: Float32Array): Matrix {
  return { rows, columns, values: values.map((value, i) => value * (factors[i % columns] as number)) }
}

/** Scores of a stretch of rows, and reasons of those from `reasonsFrom` on. */
export async function look(
  model: TableModel,
  table: Table,
  own: Int32Array | null,
  reasonsFrom: number,
): Promise<Seen> {
  const scaled = encode(table, model.encoding)
  const views = await viewsOf(model, scaled, own)
  const scores = combine(
    model.views,
    model.views.map(({ name }) => views.get(name) as ArrayLike<number>),
  )
  return { scores, reasons: reasonsOf(model, table, scaled.robust, scores, reasonsFrom) }
}
