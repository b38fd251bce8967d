// Finding what is odd in the rows of an own model: the table detector learns on the older rows, the newer ones say how
// odd is how rare. It reads no file.

import { type BackTest, backTest, lastStretches, unevenness } from '../registry/index.ts'
import { pack, stopIf, type TaskContext, unpack } from '../runtime/index.ts'
import { conformal } from '../series/calibrate.ts'
import type { Table, TableColumn } from '../table/columns.ts'
import { learnTable } from '../table/learn.ts'
import { look } from '../table/look.ts'
import { scoreOf, type TableModel } from '../table/model.ts'
import type { RowScore } from './ask.ts'
import { numberAt } from './encode.ts'
import type { Frame, FrameColumn } from './frame.ts'
import { type OwnModel, type OwnTrained, type OwnTrainInput, oddKind } from './meta.ts'
import { unusable } from './roles.ts'

/** What is learned from. */
export interface OddLesson {
  frame: Frame
  features: readonly string[]
  timeColumn: string
}

/** What a training gives, beside what every training gives. */
export type OddLearned = Omit<OwnTrained, 'from' | 'to' | 'features' | 'profile' | 'fingerprint' | 'backend'>

interface Odd {
  model: TableModel
  /** Oddness of rows that were held back, ascending. */
  held: Float64Array
  features: readonly string[]
  timeColumn: string
}

type Wanting = Pick<OddLesson, 'features' | 'timeColumn'>

const heldShare = 0.25
const learnedLeast = 100
const measuredLeast = 20
const rowsAtOnce = 8_192
/** Rows with a p-value up to this get reasons. */
const reasonsP = 0.1
const keptMost = 5_000

/** @throws MODELS_DATA_UNUSABLE, MODELS_CANCELED */
export async function learnOdd(
  lesson: OddLesson,
  input: OwnTrainInput,
  { progress, signal }: TaskContext,
): Promise<OddLearned> {
  const all = Array.from({ length: lesson.frame.rows }, (_, row) => row)
  const options = { seed: input.seed, signal }
  const current = input.current === null ? null : oddFrom(input.current.model)
  const test = await testOdd(lesson, all, {
    ...options,
    current: current === null ? null : { model: current, learnedTo: input.current?.learnedTo ?? 0 },
    onProgress: (share) => progress({ step: 'testing on the past', share: 0.75 * share }),
  })
  progress({ step: 'learning', share: 0.75 })
  const { odd, notes, rows } = await learn(lesson, all, options)
  const { json, numbers } = pack(odd)
  const last = test?.folds.at(-1)?.candidate
  return {
    ...oddKind,
    own: json,
    nets: {},
    numbers,
    rows,
    metrics: last === undefined ? {} : { unevenness: last },
    thresholds: {},
    backTest: test,
    notes: test === null ? [...notes, 'there is too little history for a test on the past'] : notes,
  }
}

interface LearnOptions {
  seed: string
  signal: AbortSignal
}

async function learn(
  { frame, features, timeColumn }: OddLesson,
  rows: readonly number[],
  { seed, signal }: LearnOptions,
) {
  stopIf(signal)
  const first = Math.ceil(rows.length * (1 - heldShare))
  const [older, newer] = [rows.slice(0, first), rows.slice(first)]
  const how = { isClean: false, ignored: [], seed, toScore: rows.length }
  const { model, notes } = await learnTable(tableOf(frame, { features, timeColumn }, older), how)
  if (model === null) throw unusable(notes.at(-1) ?? 'no column is left to learn from')
  const step = Math.max(1, newer.length / keptMost)
  const some = newer.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step))
  const { means } = await meansOf({ model, features, timeColumn }, frame, some, Number.POSITIVE_INFINITY)
  const odd: Odd = { model, held: means.sort(), features: [...features], timeColumn }
  return { odd, notes, rows: { trained: older.length, held: newer.length } }
}

/** How even the p-values of later rows were, stretch by stretch; null where there is too little history. */
async function testOdd(
  lesson: OddLesson,
  rows: readonly number[],
  options: LearnOptions & {
    current: { model: Odd; learnedTo: number } | null
    onProgress: (share: number) => void
  },
): Promise<BackTest | null> {
  const times = (lesson.frame.columns.get(lesson.timeColumn)?.values ?? []) as number[]
  const inTime = (from: number, to: number) =>
    rows.filter((row) => (times[row] as number) >= from && (times[row] as number) < to)
  const span = { from: times[0] as number, to: (times.at(-1) as number) + 1 }
  const stretches = lastStretches(span, { count: 3 }).filter(({ from, to }) => {
    return inTime(span.from, from).length >= learnedLeast && inTime(from, to).length >= measuredLeast
  })
  if (stretches.length === 0) return null
  return backTest<Odd>({
    measure: 'unevenness of p-values, 0 = as rare as they say',
    lowerIsBetter: true,
    stretches,
    teach: async (until) => (await learn(lesson, inTime(span.from, until), options)).odd,
    measureOn: async (odd, { from, to }) => {
      const some = inTime(from, to)
      if (some.length === 0 || !odd.features.every((name) => lesson.frame.columns.has(name))) return null
      const { means } = await meansOf(odd, lesson.frame, some, Number.POSITIVE_INFINITY)
      return { value: unevenness(Array.from(means, conformal(odd.held))), rows: some.length }
    },
    current: options.current,
    onProgress: (done, of) => options.onProgress(done / of),
  })
}

/** The scores of rows, with the cells that make them odd. */
export async function askOdd(
  model: OwnModel,
  frame: Frame,
  rows: readonly number[],
  { signal }: Pick<TaskContext, 'signal'>,
): Promise<RowScore[]> {
  const odd = oddFrom(model)
  const missing = odd.features.filter((name) => !frame.columns.has(name))
  if (missing.length > 0) throw unusable(`the query does not give ${missing.join(', ')} any more`)
  const pValueOf = conformal(odd.held)
  const from = odd.held[Math.floor(odd.held.length * (1 - reasonsP))] ?? 0
  stopIf(signal)
  const { means, reasons } = await meansOf(odd, frame, rows, from)
  return rows.map((_, i) => ({
    score: scoreOf(means[i] as number),
    pValue: pValueOf(means[i] as number),
    prediction: null,
    predictionValue: null,
    lower: null,
    upper: null,
    reasons: (reasons.get(i) ?? []).map(({ column, observed, expected, deviation }) => ({
      feature: column,
      value: observed,
      expected,
      effect: Number(deviation.toPrecision(4)),
    })),
  }))
}

async function meansOf(
  { model, ...wanting }: Pick<Odd, 'model'> & Wanting,
  frame: Frame,
  rows: readonly number[],
  reasonsFrom: number,
) {
  const means = new Float64Array(rows.length)
  const reasons = new Map<number, Awaited<ReturnType<typeof look>>['reasons'][number]['reasons']>()
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    const some = rows.slice(at, at + rowsAtOnce)
    const seen = await look(model, tableOf(frame, wanting, some), null, reasonsFrom)
    means.set(seen.scores, at)
    for (const each of seen.reasons) reasons.set(at + each.row, each.reasons)
  }
  return { means, reasons }
}

function tableOf(frame: Frame, { features, timeColumn }: Wanting, rows: readonly number[]): Table {
  const taken = features.flatMap((name): TableColumn[] => {
    const column = frame.columns.get(name)
    return column === undefined ? [] : [{ name, values: valuesOf(frame, column, timeColumn, rows) }]
  })
  return { rows: rows.length, columns: taken }
}

/** Instants become hours from the time of the row: what is later is not odd for that alone. */
function valuesOf(
  frame: Frame,
  column: FrameColumn,
  timeColumn: string,
  rows: readonly number[],
): TableColumn['values'] {
  if (column.kind !== 'word')
    return Float64Array.from(rows, (row) => numberAt(frame, column, timeColumn, row))
  return rows.map((row) => {
    const value = column.values[row] ?? null
    return value === null ? null : String(value)
  })
}

function oddFrom({ own, numbers }: OwnModel): Odd {
  return unpack({ json: own, numbers }) as Odd
}
