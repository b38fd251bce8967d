// The table detector: finds odd rows of any table, with or without clean rows to learn from, and says why. The
// arithmetic is done in threads; here rows are only handed over and scores put together.

import { type Effects, fail } from '#data/kernel'
import { type Backend, TaskThread } from '../runtime/index.ts'
import type { Table } from './columns.ts'
import { labelNotes } from './labels.ts'
import { type Learned, type LearnOptions, reasonsFrom, requireColumns, rowsLeast } from './learn.ts'
import { rowsAtOnce, type Seen } from './look.ts'
import { pValueOf, scoreOf, type TableModel } from './model.ts'
import type { CellReason } from './reasons.ts'
import type { Stretch } from './tasks.ts'

/** How to score a table. */
export interface TableOptions {
  /** Names of columns that are left out. */
  ignored?: readonly string[]
  /** Rows that are known to be usual; without them the table is held against itself. */
  clean?: Table
  /** The same seed gives the same scores. */
  seed?: string
  /** Told how far it is, 0 to 1. */
  onProgress?: (share: number) => void
  signal?: AbortSignal | undefined
}

/** Scores of a table, in the order of its rows. */
export interface TableScores {
  /** Between 0 and 1; higher = odder. */
  scores: Float64Array
  /**
   * With clean rows: chance of a clean row scoring so high. Without: share of the table's rows that score so high.
   */
  pValues: Float64Array
  /** Of the oddest rows (p up to 0.1, and 20,000 at most, about): row -> which cells, strongest first. */
  reasons: Map<number, CellReason[]>
  /** Columns that were learned from. */
  columns: string[]
  /** What was left out or looks strange. */
  notes: string[]
}

/** The detector; its threads start with the first table. */
export interface TableDetector {
  /**
   * Scores every row of a table.
   * @throws MODELS_TABLE_UNUSABLE where there are too few clean rows, MODELS_TABLE_COLUMN_MISSING,
   *   MODELS_WORKER_DIED, MODELS_CANCELED
   */
  score(table: Table, options?: TableOptions): Promise<TableScores>
  close(): Promise<void>
}

/** Settings of the detector. */
export interface TableSettings {
  /** Threads that look at rows. Default 2. */
  threads?: number
  backends?: readonly Backend[]
}

/** Rows up to which one thread is enough. */
const fewRows = rowsAtOnce

/** A table detector; `close` it in the end. */
export function openTableDetector(
  { clock }: Pick<Effects, 'clock'>,
  { threads = 2, backends }: TableSettings = {},
): TableDetector {
  const pool = Array.from(
    { length: threads },
    () => new TaskThread({ module: new URL('./tasks.ts', import.meta.url), clock, backends }),
  )
  let lastId = 0
  return {
    score: (table, options = {}) => scoreTable(pool, `table-${++lastId}`, table, options),
    close: async () => {
      await Promise.all(pool.map((thread) => thread.close()))
    },
  }
}

async function scoreTable(
  pool: TaskThread[],
  id: string,
  table: Table,
  options: TableOptions,
): Promise<TableScores> {
  const { clean, ignored = [], seed = 'table', signal, onProgress } = options
  if (clean !== undefined && clean.rows < rowsLeast) {
    throw fail('MODELS_TABLE_UNUSABLE', {
      reason: `${clean.rows} clean rows are too few, ${rowsLeast} are the least`,
    })
  }
  const [first] = pool as [TaskThread]
  const how: LearnOptions = { isClean: clean !== undefined, ignored, seed, toScore: table.rows }
  const {
    model,
    notes,
    references,
    seen: known,
  } = await first.run<Learned>('learn', { table: clean ?? table, options: how }, { signal })
  if (model === null) return blank(table, notes)
  requireColumns(model, table)
  onProgress?.(0.3)
  const way = { notes, ignored: new Set(ignored), isClean: how.isClean }
  if (known !== null) return together(table, model, [{ ...known, from: 0 }], way)
  const threads = table.rows > fewRows ? pool : [first]
  await Promise.all(threads.map((thread) => thread.run('keep', { id, model }, { signal })))
  const own = clean === undefined ? placesIn(table.rows, references) : null
  const seen = await lookAtAll(threads, id, table, own, model, options)
  await Promise.all(threads.map((thread) => thread.run('forget', { id })))
  return together(table, model, seen, way)
}

function blank({ rows }: Table, notes: string[]): TableScores {
  const [scores, pValues] = [new Float64Array(rows).fill(0.5), new Float64Array(rows).fill(1)]
  return { scores, pValues, reasons: new Map(), columns: [], notes }
}

function placesIn(rows: number, references: Uint32Array): Int32Array {
  const own = new Int32Array(rows).fill(-1)
  for (const [i, row] of references.entries()) own[row] = i
  return own
}

interface SeenAt extends Seen {
  from: number
}

/** Each thread takes the next stretch when it is done with one. */
async function lookAtAll(
  threads: TaskThread[],
  id: string,
  table: Table,
  own: Int32Array | null,
  model: TableModel,
  { signal, onProgress }: TableOptions,
): Promise<SeenAt[]> {
  const least = reasonsFrom(model, table.rows)
  const seen: SeenAt[] = []
  let next = 0
  const work = async (thread: TaskThread): Promise<void> => {
    while (next < table.rows) {
      const from = next
      const to = Math.min(table.rows, from + rowsAtOnce)
      next = to
      const stretch: Stretch = {
        model: id,
        table: slice(table, from, to),
        own: own?.slice(from, to) ?? null,
        reasonsFrom: least,
      }
      const found = await thread.run<Seen>('look', stretch, { signal })
      seen.push({ ...found, from })
      onProgress?.(0.3 + (0.7 * seen.length * rowsAtOnce) / Math.max(table.rows, rowsAtOnce))
    }
  }
  await Promise.all(threads.map(work))
  return seen
}

function slice({ columns }: Table, from: number, to: number): Table {
  return {
    rows: to - from,
    columns: columns.map(({ name, values, unreadable }) => {
      const part = { name, values: values.slice(from, to) }
      if (unreadable === undefined) return part
      const own = [...unreadable].filter(([row]) => row >= from && row < to)
      return { ...part, unreadable: new Map(own.map(([row, text]) => [row - from, text])) }
    }),
  }
}

function together(
  table: Table,
  model: TableModel,
  seen: SeenAt[],
  { notes, ignored, isClean }: { notes: string[]; ignored: ReadonlySet<string>; isClean: boolean },
): TableScores {
  const means = new Float64Array(table.rows)
  const reasons = new Map<number, CellReason[]>()
  for (const { from, scores, reasons: found } of seen) {
    means.set(scores, from)
    for (const each of found) reasons.set(from + each.row, each.reasons)
  }
  const compared = isClean ? model.scores : means.slice().sort()
  const learned = new Set(
    model.encoding.features.map(({ column }) => model.encoding.columns[column]?.name ?? ''),
  )
  return {
    scores: means.map(scoreOf),
    pValues: means.map((mean) => pValueOf(compared, mean, !isClean)),
    reasons,
    columns: [...learned],
    notes: [...notes, ...labelNotes(table, learned, ignored, means)],
  }
}
