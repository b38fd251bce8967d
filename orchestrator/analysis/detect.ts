// Runs the streaming detector over columns of rows: one series per id and column, in the order of time. It never
// changes the order of rows, and a row's result depends on earlier times alone.

import { setImmediate } from 'node:timers/promises'
import { isUsable, StreamDetector, type StreamReason } from '#models'

/** Rows to judge: arrays of one length. */
export interface RowsToJudge {
  /** Epoch ms; NaN = not known. */
  times: Float64Array
  /** Which series a row belongs to; null = all to one. */
  ids: readonly (string | null)[] | null
  /** Values by column; NaN = missing. */
  columns: readonly { name: string; values: Float64Array }[]
}

/** Something about the rows that is worth knowing, with a code. */
export interface RowsWarning {
  code:
    | 'TIMES_UNREADABLE'
    | 'TIMES_UNORDERED'
    | 'TIMES_REPEATED'
    | 'GAPS_IN_TIME'
    | 'VALUES_MISSING'
    | 'VALUES_INFINITE'
    | 'SERIES_CONSTANT'
    | 'SERIES_SHORT'
  /** Column it is about; null = the times. */
  column: string | null
  /** Rows or, for series, series that it is true of. */
  count: number
  text: string
}

/** What is said about a column; one entry a row. Numbers are finite; NaN in the first three = nothing was expected. */
export interface JudgedColumn {
  name: string
  expected: Float64Array
  lower: Float64Array
  upper: Float64Array
  score: Float64Array
  pValue: Float64Array
  anomaly: boolean[]
  reason: (StreamReason | null)[]
}

/** The same as JSON holds it: null where nothing was expected. */
export interface ToldColumn {
  name: string
  expected: (number | null)[]
  lower: (number | null)[]
  upper: (number | null)[]
  score: number[]
  pValue: number[]
  anomaly: boolean[]
  reason: (StreamReason | null)[]
}

/** All columns, how many series that were, and what is worth knowing. */
export interface JudgedRows {
  columns: JudgedColumn[]
  series: number
  warnings: RowsWarning[]
}

/** Points that a series needs before anything is said about it. */
const learning = 30
/** Rows that are judged before other work may run. */
const rowsBetween = 1_000
/** A step this many times the usual one is a gap. */
const gapFactor = 10

/** Judges each row of each column by itself and the rows before it in time. Lets other work run between rows. */
export async function judgeRows({ times, ids, columns }: RowsToJudge): Promise<JudgedRows> {
  const series = orderedSeries(times, ids)
  const warnings = timeWarnings(times, series)
  const judged: JudgedColumn[] = []
  for (const { name, values } of columns) {
    warnings.push(...valueWarnings(name, values, series))
    judged.push(await judgeColumn(name, values, times, series))
  }
  return { columns: judged, series: series.length, warnings }
}

/** A column as JSON holds it. */
export function tellColumn({
  name,
  expected,
  lower,
  upper,
  score,
  pValue,
  ...rest
}: JudgedColumn): ToldColumn {
  const known = (value: number) => (Number.isNaN(value) ? null : value)
  return {
    name,
    expected: Array.from(expected, known),
    lower: Array.from(lower, known),
    upper: Array.from(upper, known),
    score: [...score],
    pValue: [...pValue],
    ...rest,
  }
}

/** Rows of each series in the order of time, those of one time as they stand; unreadable times are left out. */
function orderedSeries(times: Float64Array, ids: readonly (string | null)[] | null): number[][] {
  const bySeries = new Map<string | null, number[]>()
  for (let row = 0; row < times.length; row++) {
    if (Number.isNaN(times[row])) continue
    const id = ids === null ? null : (ids[row] ?? null)
    const rows = bySeries.get(id)
    if (rows === undefined) bySeries.set(id, [row])
    else rows.push(row)
  }
  for (const rows of bySeries.values()) rows.sort((a, b) => (times[a] as number) - (times[b] as number))
  return [...bySeries.values()]
}

async function judgeColumn(
  name: string,
  values: Float64Array,
  times: Float64Array,
  series: number[][],
): Promise<JudgedColumn> {
  const count = values.length
  const judged: JudgedColumn = {
    name,
    expected: new Float64Array(count).fill(Number.NaN),
    lower: new Float64Array(count).fill(Number.NaN),
    upper: new Float64Array(count).fill(Number.NaN),
    score: new Float64Array(count),
    pValue: new Float64Array(count).fill(1),
    anomaly: new Array<boolean>(count).fill(false),
    reason: new Array<StreamReason | null>(count).fill(null),
  }
  let done = 0
  for (const rows of series) {
    const detector = new StreamDetector()
    for (const row of rows) {
      if (++done % rowsBetween === 0) await setImmediate()
      const value = values[row] as number
      const verdict = detector.update(times[row] as number, value)
      // The first value of all is what is expected of it.
      const first = isUsable(value) ? value : Number.NaN
      judged.expected[row] = verdict.expected ?? first
      judged.lower[row] = verdict.lower ?? first
      judged.upper[row] = verdict.upper ?? first
      judged.score[row] = verdict.score
      judged.pValue[row] = verdict.pValue
      judged.anomaly[row] = verdict.anomaly
      judged.reason[row] = verdict.reason
    }
  }
  return judged
}

function timeWarnings(times: Float64Array, series: number[][]): RowsWarning[] {
  const count = { unreadable: 0, unordered: 0, repeated: 0, gaps: 0 }
  for (const time of times) if (Number.isNaN(time)) count.unreadable++
  for (const rows of series) {
    const steps: number[] = []
    for (let i = 1; i < rows.length; i++) {
      const [before, row] = [rows[i - 1] as number, rows[i] as number]
      const step = (times[row] as number) - (times[before] as number)
      if (row < before) count.unordered++
      if (step === 0) count.repeated++
      else steps.push(step)
    }
    const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? Infinity
    count.gaps += steps.filter((step) => step > gapFactor * usual).length
  }
  const short = series.filter((rows) => rows.length <= learning).length
  return told(null, [
    ['TIMES_UNREADABLE', count.unreadable, 'rows have a time that cannot be read; they are not judged'],
    ['TIMES_UNORDERED', count.unordered, 'rows are out of order; each is judged by those before it in time'],
    ['TIMES_REPEATED', count.repeated, 'rows have the time of another one; they are judged as they stand'],
    ['GAPS_IN_TIME', count.gaps, `steps in time are over ${gapFactor} times the usual one`],
    ['SERIES_SHORT', short, `series have ${learning} points or fewer: too few for any alarm`],
  ])
}

function valueWarnings(name: string, values: Float64Array, series: number[][]): RowsWarning[] {
  const count = { missing: 0, infinite: 0, constant: 0 }
  for (const value of values) {
    if (Number.isNaN(value)) count.missing++
    else if (!isUsable(value)) count.infinite++
  }
  for (const rows of series) {
    const usable = rows.map((row) => values[row] as number).filter(isUsable)
    if (usable.length > 1 && usable.every((value) => value === usable[0])) count.constant++
  }
  return told(name, [
    ['VALUES_MISSING', count.missing, 'rows have no number; they score 0'],
    ['VALUES_INFINITE', count.infinite, 'rows have an infinite or far too large number; they score 0'],
    ['SERIES_CONSTANT', count.constant, 'series never change'],
  ])
}

function told(column: string | null, found: [RowsWarning['code'], number, string][]): RowsWarning[] {
  return found
    .filter(([, count]) => count > 0)
    .map(([code, count, words]) => ({ code, column, count, text: `${count} ${words}` }))
}
