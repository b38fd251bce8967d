// Learns a table: what its columns are, how they are scaled, and each view of it. It knows no labels.

import { fail, type Random, seededRandom } from '#data/kernel'
import { type ColumnPlan, planTable, type Table } from './columns.ts'
import { type Encoding, encode, learnEncoding, type Scaled } from './encode.ts'
import { growForest } from './forest.ts'
import { learnGauss, whiten } from './gauss.ts'
import { type Seen, viewsOf } from './look.ts'
import { draw, type Matrix, quantile, rowsOf } from './matrix.ts'
import { combine, type Looking, type TableModel, viewsOver } from './model.ts'
import { reasonsOf } from './reasons.ts'
import { learnTails } from './tails.ts'

/** How to learn. */
export interface LearnOptions {
  /** Whether the rows are clean: examples of what is usual, without odd ones. */
  isClean: boolean
  /** Names of columns that are left out. */
  ignored: readonly string[]
  seed: string
  /** Rows that will be scored; many of them get a smaller model. */
  toScore: number
}

/** What came of it; null where the table has too few rows or no column to learn from. */
export interface Learned {
  model: TableModel | null
  notes: string[]
  /** Row numbers of the references among the rows learned from, ascending. */
  references: Uint32Array
  /** What was seen of all rows on the way, where all of them were learned from. */
  seen: Seen | null
}

/** Rows below which nothing can be compared. */
export const rowsLeast = 5
/** Rows that are learned from, at most. */
export const rowsMost = 20_000
/** Share of clean rows that scores are held against. */
const heldShare = 0.2
/** Pairs of a row to score and a reference, about; more rows get fewer references. */
const pairs = 25_000_000
const forestSample = 256
/** Share of rows that get reasons, and how many at most, about. */
const oddShare = 0.1
const oddMost = 20_000
const treesMost = 200

/** Sizes of a model by the rows that will be scored. */
function sizesFor(toScore: number): { references: number; trees: number; tails: number } {
  const references = Math.round(Math.max(128, Math.min(4096, pairs / toScore)))
  return { references, trees: references >= 512 ? treesMost : treesMost / 4, tails: references * 8 }
}

/** Learns a table. Cost: rows x references x features. */
export async function learnTable(table: Table, options: LearnOptions): Promise<Learned> {
  const { columns, notes } = planTable(table, new Set(options.ignored), options.isClean)
  const random = seededRandom(options.seed)
  const taken = draw(table.rows, rowsMost, random.fork('rows')).sort()
  if (taken.length < table.rows) notes.push(`learned from ${taken.length} rows drawn at random`)
  const nothing = { model: null, notes, references: new Uint32Array(), seen: null }
  if (table.rows < rowsLeast) {
    const few = table.rows === 1 ? '1 row is' : `${table.rows} rows are`
    return { ...nothing, notes: [...notes, `${few} too few to compare: every score is 0.5`] }
  }
  const sample = take(table, taken)
  const encoding = learnEncoding(sample, columns, options.isClean)
  if (encoding.features.length === 0) {
    return { ...nothing, notes: [...notes, 'no column is left to learn from: every score is 0.5'] }
  }
  const scaled = encode(sample, encoding)
  if (options.isClean) {
    return { ...nothing, model: await fromClean(scaled, encoding, random, options) }
  }
  const { looking, own, places } = await fromAll(scaled, encoding, random, options)
  const model: TableModel = { ...looking, scores: own.slice().sort() }
  const references = places.map((place) => taken[place] as number)
  if (taken.length < table.rows) return { ...nothing, model, references }
  const from = reasonsFrom(model, table.rows)
  return {
    model,
    notes,
    references,
    seen: { scores: own, reasons: reasonsOf(model, table, scaled.robust, own, from) },
  }
}

/** Score from which on rows get reasons, among so many. */
export function reasonsFrom({ scores }: TableModel, rows: number): number {
  return quantile(scores, 1 - Math.min(oddShare, oddMost / rows))
}

async function fromAll(scaled: Scaled, encoding: Encoding, random: Random, options: LearnOptions) {
  const rows = scaled.robust.rows
  const sizes = sizesFor(options.toScore)
  const places = draw(rows, sizes.references, random.fork('references')).sort()
  const looking = await learnViews(scaled, encoding, places, random, sizes, false)
  const values = await viewsOf(looking, scaled, placesIn(rows, places))
  const views = viewsOver(values)
  return { looking: { ...looking, views }, own: combine(views, [...values.values()]), places }
}

/** Twice: without some rows, whose scores say what is usual, and with all of them. */
async function fromClean(
  scaled: Scaled,
  encoding: Encoding,
  random: Random,
  options: LearnOptions,
): Promise<TableModel> {
  const rows = scaled.robust.rows
  const sizes = sizesFor(options.toScore)
  const learn = async (at: Uint32Array) => {
    const part = { standard: rowsOf(scaled.standard, at), robust: rowsOf(scaled.robust, at) }
    const places = draw(at.length, sizes.references * 2, random.fork('references')).sort()
    const looking = await learnViews(part, encoding, places, random, sizes, true)
    const values = await viewsOf(looking, part, placesIn(at.length, places))
    return { ...looking, views: viewsOver(values) }
  }
  const rest = draw(rows, Math.max(1, Math.round(rows * heldShare)), random.fork('held'))
  const isHeld = new Set(rest)
  const all = Uint32Array.from({ length: rows }, (_, i) => i)
  const halved = await learn(all.filter((row) => !isHeld.has(row)))
  const values = await viewsOf(
    halved,
    { standard: rowsOf(scaled.standard, rest), robust: rowsOf(scaled.robust, rest) },
    null,
  )
  const whole = await learn(all)
  // on the scale of the model that scores, so that the two can be compared
  return { ...whole, scores: combine(whole.views, [...values.values()]).sort() }
}

async function learnViews(
  { standard, robust }: Scaled,
  encoding: Encoding,
  places: Uint32Array,
  random: Random,
  { trees, tails }: ReturnType<typeof sizesFor>,
  isClean: boolean,
): Promise<Looking> {
  const rows = robust.rows
  const gauss = await learnGauss(robust, isClean)
  const near = rowsOf(robust, places)
  const rank = (count: number) => Math.max(1, Math.round((count * places.length) / rows))
  const [few, some] = [rank(5), Math.max(rank(5), rank(Math.sqrt(rows)))]
  const ranks: Looking['ranks'] = [few, some, Math.max(some, rank(rows / 10))]
  const base = { encoding, isClean, rows, gauss, ranks }
  const isSmall = trees < treesMost && !isClean
  const references = { robust: near, standard: isSmall ? null : rowsOf(standard, places) }
  if (isClean) {
    const whitened = await whiten(gauss, near)
    const none = { forest: null, tails: null }
    return { ...base, ...none, references, ranges: rangesOf(standard), whitened }
  }
  return {
    ...base,
    forest: growForest(standard, { trees, sample: forestSample, width: 1 }, random.fork('alone')),
    tails: learnTails(standard, tails, random.fork('tails')),
    references,
    ranges: new Float32Array(),
    whitened: null,
  }
}

function rangesOf({ rows, columns, values }: Matrix): Float32Array {
  const low = new Float32Array(columns).fill(Number.POSITIVE_INFINITY)
  const high = new Float32Array(columns).fill(Number.NEGATIVE_INFINITY)
  for (let i = 0; i < rows * columns; i++) {
    const [column, value] = [i % columns, values[i] as number]
    low[column] = Math.min(low[column] as number, value)
    high[column] = Math.max(high[column] as number, value)
  }
  return low.map((least, column) => 4 / ((high[column] as number) - least || 4))
}

function placesIn(rows: number, places: Uint32Array): Int32Array {
  const own = new Int32Array(rows).fill(-1)
  for (const [i, place] of places.entries()) own[place] = i
  return own
}

/** Some rows of a table. */
export function take({ columns }: Table, rows: Uint32Array): Table {
  return {
    rows: rows.length,
    columns: columns.map(({ name, values }) => ({
      name,
      values:
        values instanceof Float64Array
          ? Float64Array.from(rows, (row) => values[row] as number)
          : Array.from(rows, (row) => values[row] ?? null),
    })),
  }
}

/** The columns that a model needs. @throws MODELS_TABLE_COLUMN_MISSING */
export function requireColumns({ encoding }: TableModel, { columns }: Table): void {
  const names = new Set(columns.map(({ name }) => name))
  for (const { column } of encoding.features) {
    const { name } = encoding.columns[column] as ColumnPlan
    if (!names.has(name)) throw fail('MODELS_TABLE_COLUMN_MISSING', { column: name })
  }
}
