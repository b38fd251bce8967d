// Learns a table: what its columns are, how they are scaled, and each view of it. It knows no labels.

import { fail, type Random, seededRandom } from '#data/kernel'
import { type ColumnPlan, planTable, type Table } from './columns.ts'
import { type Encoding, encode, learnEncoding, type Scaled } from './encode.ts'
import { growForest } from './forest.ts'
import { learnGauss, whiten } from './gauss.ts'
import { viewsOf, weightsOf } from './look.ts'
import { draw, type Matrix, rowsOf } from './matrix.ts'
import { combine, type Looking, type TableModel, viewsOver } from './model.ts'

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
}

/** Rows below which nothing can be compared. */
export const rowsLeast = 5
/** Rows that are learned from, at most. */
export const rowsMost = 20_000
/** Share of clean rows that scores are held against. */
const heldShare = 0.2
/** Rows to score from which on speed counts. */
const many = 100_000

/** Sizes of a model by the rows that will be scored. */
function sizesFor(toScore: number): { references: number; trees: number } {
  return toScore > many ? { references: 256, trees: 50 } : { references: 4096, trees: 200 }
}

/** Learns a table. Cost: rows x references x features. */
export async function learnTable(table: Table, options: LearnOptions): Promise<Learned> {
  const { columns, notes } = planTable(table, new Set(options.ignored), options.isClean)
  const random = seededRandom(options.seed)
  const taken = draw(table.rows, rowsMost, random.fork('rows')).sort()
  if (taken.length < table.rows) notes.push(`learned from ${taken.length} rows drawn at random`)
  const nothing = { model: null, notes, references: new Uint32Array() }
  if (table.rows < rowsLeast) {
    return { ...nothing, notes: [...notes, `${table.rows} rows are too few to compare: every score is 0.5`] }
  }
  const sample = take(table, taken)
  const encoding = learnEncoding(sample, columns, options.isClean)
  if (encoding.features.length === 0) {
    return { ...nothing, notes: [...notes, 'no column is left to learn from: every score is 0.5'] }
  }
  const scaled = encode(sample, encoding)
  if (options.isClean)
    return { model: await fromClean(scaled, encoding, random, options), notes, references: taken }
  const { model, own, places } = await fromAll(scaled, encoding, random, options)
  const references = places.map((place) => taken[place] as number)
  return { model: { ...model, scores: own.sort() }, notes, references }
}

async function fromAll(scaled: Scaled, encoding: Encoding, random: Random, options: LearnOptions) {
  const rows = scaled.robust.rows
  const { references, trees } = sizesFor(options.toScore)
  const places = draw(rows, references, random.fork('references')).sort()
  const looking = learnViews(scaled, encoding, places, random, trees, false)
  const values = await viewsOf(looking, scaled, placesIn(rows, places))
  const views = viewsOver(weightsOf(false), values)
  return { model: { ...looking, views }, own: combine(views, [...values.values()]), places }
}

/** Twice: without some rows, whose scores say what is usual, and with all of them. */
async function fromClean(
  scaled: Scaled,
  encoding: Encoding,
  random: Random,
  options: LearnOptions,
): Promise<TableModel> {
  const rows = scaled.robust.rows
  const { references, trees } = sizesFor(options.toScore)
  const learn = async (at: Uint32Array) => {
    const part = { standard: rowsOf(scaled.standard, at), robust: rowsOf(scaled.robust, at) }
    const places = draw(at.length, references * 2, random.fork('references')).sort()
    const looking = learnViews(part, encoding, places, random, trees, true)
    const values = await viewsOf(looking, part, placesIn(at.length, places))
    return { ...looking, views: viewsOver(weightsOf(true), values) }
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
  const scores = combine(halved.views, [...values.values()]).sort()
  return { ...(await learn(all)), scores }
}

function learnViews(
  { standard, robust }: Scaled,
  encoding: Encoding,
  places: Uint32Array,
  random: Random,
  trees: number,
  isClean: boolean,
): Looking {
  const rows = robust.rows
  const gauss = { robust: learnGauss(robust, isClean), standard: learnGauss(standard, isClean) }
  const forests = isClean
    ? []
    : [
        growForest(standard, { trees, sample: 64, width: 1 }, random.fork('soon')),
        growForest(standard, { trees: Math.ceil(trees / 2), sample: 256, width: 1 }, random.fork('alone')),
      ]
  const rank = (share: number) => Math.max(1, Math.round((share * places.length) / rows))
  const references = rowsOf(isClean ? standard : robust, places)
  return {
    encoding,
    isClean,
    rows,
    forests,
    gauss,
    references,
    ranges: isClean ? rangesOf(standard) : new Float32Array(),
    whitened: isClean ? whiten(gauss.robust, rowsOf(robust, places)) : null,
    ranks: [rank(5), rank(Math.sqrt(rows)), rank(rows / 10)],
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
