// `detour detect`: oddness of each row of time series in CSV files. It needs no home and touches none.

import { asDetourError, fail } from '#data/kernel'
import {
  type AddedColumn,
  type CsvTable,
  csvFiles,
  type JudgedColumn,
  judgeRows,
  openCsv,
  outputsFor,
  type RowsWarning,
  type ToldColumn,
  tellColumn,
} from '#orchestrator/analysis'
import { showNumber, showTable } from './table.ts'
import type { Progress } from './verb.ts'

/** Arguments of the verb. */
export interface DetectArgs {
  paths: string[]
  time: string
  value: string[]
  /** Column that says which series a row belongs to. */
  id?: string
  /** File, or folder where there are several files. */
  out?: string
}

/** A row that alarms. */
export interface DetectedPoint {
  /** Number of the row, 1 = the first under the header. */
  row: number
  time: string
  id: string | null
  column: string
  value: number
  expected: number
  score: number
  pValue: number
  reason: string | null
}

/** What was found in one file. */
export interface DetectedFile {
  file: string
  rows: number
  series: number
  /** Rows that alarm. */
  anomalies: number
  /** The oddest of them, first in time first. */
  oddest: DetectedPoint[]
  warnings: RowsWarning[]
  /** What is said about each row, by column. */
  columns: ToldColumn[]
  /** Where the rows were written with what was found; null where nowhere. */
  out: string | null
}

/** A file that could not be judged. */
export interface UndetectedFile {
  file: string
  error: { code: string; message: string }
}

/** What was found in all of them. */
export interface DetectResult {
  files: (DetectedFile | UndetectedFile)[]
}

const oddestCount = 100
/** Numbers from here on are seconds since 1970, from there on milliseconds; smaller ones are steps. */
const [fromSeconds, fromMs] = [1e8, 1e11]

/**
 * Judges each file by itself.
 * @throws ANALYSIS_FILE_UNREADABLE, ANALYSIS_FILE_EMPTY, ANALYSIS_COLUMN_UNKNOWN, ANALYSIS_COLUMN_UNUSABLE where it is
 * the only one; among several its error is told in its place; ANALYSIS_OUTPUT_FAILED, CLI_USAGE
 */
export async function detectFiles(
  args: DetectArgs,
  onProgress: (progress: Progress) => void,
): Promise<DetectResult> {
  const twice = args.value.find((name, i) => args.value.indexOf(name) !== i)
  if (twice !== undefined) throw fail('CLI_USAGE', { reason: `the column ${twice} is named twice` })
  const paths = await csvFiles(args.paths)
  const outs = args.out === undefined ? [] : await outputsFor(paths, args.out)
  const files: DetectResult['files'] = []
  for (const [i, path] of paths.entries()) {
    onProgress({ step: 'detecting', done: i, total: paths.length })
    try {
      const table = await openCsv(path)
      try {
        files.push(await detectTable(table, args, outs[i] ?? null))
      } finally {
        table.close()
      }
    } catch (error) {
      if (paths.length === 1) throw error
      const { code, message } = asDetourError(error)
      files.push({ file: path, error: { code, message } })
    }
  }
  return { files }
}

async function detectTable(table: CsvTable, args: DetectArgs, out: string | null): Promise<DetectedFile> {
  const times = await timesOf(table, args.time)
  const ids = args.id === undefined ? null : ((await table.texts([args.id]))[0] ?? null)
  const numbers = await table.numbers(args.value)
  const columns = args.value.map((name, i) => ({ name, values: numbers[i] as Float64Array }))
  for (const { name, values } of columns) {
    if (values.some(Number.isFinite)) continue
    throw fail('ANALYSIS_COLUMN_UNUSABLE', { path: table.path, column: name, reason: 'it has no number' })
  }
  const judged = await judgeRows({ times, ids, columns })
  if (out !== null) await table.write(out, addedBy(judged.columns))
  const all = judged.columns.flatMap((column, i) => alarmsOf(column, columns[i]?.values, times, ids))
  const oddest = all.toSorted((a, b) => b.score - a.score).slice(0, oddestCount)
  return {
    file: table.path,
    rows: table.rows,
    series: judged.series * columns.length,
    anomalies: new Set(all.map(({ row }) => row)).size,
    oddest: oddest.sort((a, b) => a.row - b.row),
    warnings: judged.warnings,
    columns: judged.columns.map(tellColumn),
    out,
  }
}

/** Times as written; where none is one, numbers: seconds or milliseconds since 1970, or steps. */
async function timesOf(table: CsvTable, column: string): Promise<Float64Array> {
  const [written] = (await table.instants([column])) as [Float64Array]
  const [numbers] = (await table.numbers([column])) as [Float64Array]
  const isKnown = (value: number) => Number.isFinite(value)
  if (numbers.filter(isKnown).length <= written.filter(isKnown).length) {
    if (written.some(isKnown)) return written
    const reason = 'none of its times can be read'
    throw fail('ANALYSIS_COLUMN_UNUSABLE', { path: table.path, column, reason })
  }
  const largest = numbers.reduce(
    (most, value) => (isKnown(value) ? Math.max(most, Math.abs(value)) : most),
    0,
  )
  const unit = largest >= fromSeconds && largest < fromMs ? 1_000 : 1
  return numbers.map((value) => (isKnown(value) ? value * unit : Number.NaN))
}

/** The columns that are written: of one value by their plain names, of several by value, with what holds for all. */
function addedBy(columns: readonly JudgedColumn[]): AddedColumn[] {
  const [first] = columns
  if (first !== undefined && columns.length === 1) return addedOf(first, '')
  const rows = first?.score.length ?? 0
  const most = (pick: (column: JudgedColumn) => Float64Array, better: (a: number, b: number) => number) =>
    Float64Array.from({ length: rows }, (_, row) =>
      columns.map((column) => pick(column)[row] as number).reduce((a, b) => better(a, b)),
    )
  const least = most(({ pValue }) => pValue, Math.min)
  return [
    ...columns.flatMap((column) => addedOf(column, `${column.name}_`)),
    { name: 'score', values: most(({ score }) => score, Math.max) },
    { name: 'p_value', values: least.map((pValue) => Math.min(1, pValue * columns.length)) },
    {
      name: 'anomaly',
      values: Array.from({ length: rows }, (_, row) => flag(columns.some(({ anomaly }) => anomaly[row]))),
    },
  ]
}

function addedOf(column: JudgedColumn, before: string): AddedColumn[] {
  return [
    { name: `${before}expected`, values: column.expected },
    { name: `${before}lower`, values: column.lower },
    { name: `${before}upper`, values: column.upper },
    { name: `${before}score`, values: column.score },
    { name: `${before}p_value`, values: column.pValue },
    { name: `${before}anomaly`, values: column.anomaly.map(flag) },
  ]
}

function flag(isTrue: boolean): string {
  return isTrue ? '1' : '0'
}

function alarmsOf(
  { name, expected, score, pValue, anomaly, reason }: JudgedColumn,
  values: Float64Array | undefined,
  times: Float64Array,
  ids: readonly (string | null)[] | null,
): DetectedPoint[] {
  return anomaly.flatMap((alarms, row) =>
    alarms
      ? [
          {
            row: row + 1,
            time: instantText(times[row] as number),
            id: ids?.[row] ?? null,
            column: name,
            value: values?.[row] as number,
            expected: expected[row] as number,
            score: score[row] as number,
            pValue: pValue[row] as number,
            reason: reason[row] ?? null,
          },
        ]
      : [],
  )
}

/** ISO 8601; a number that is no date stays one. */
function instantText(time: number): string {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString()
}

/** What was found in each file, for people. */
export function showDetect({ files }: DetectResult): string {
  return files.map((found) => ('error' in found ? showError(found) : showFile(found))).join('\n\n')
}

function showError({ file, error }: UndetectedFile): string {
  return `${file}: ${error.message} (${error.code})`
}

const shownAtMost = 20

function showFile({ file, rows, series, anomalies, oddest, warnings, out }: DetectedFile): string {
  const shown = oddest.toSorted((a, b) => b.score - a.score).slice(0, shownAtMost)
  const hasIds = shown.some(({ id }) => id !== null)
  const hasColumns = new Set(shown.map(({ column }) => column)).size > 1
  const table = showTable(
    [
      'row',
      'time',
      ...(hasIds ? ['id'] : []),
      ...(hasColumns ? ['column'] : []),
      'value',
      'expected',
      'score',
      'why',
    ],
    shown
      .sort((a, b) => a.row - b.row)
      .map((point) => [
        point.row,
        point.time.replace('T', ' ').replace('.000Z', ''),
        ...(hasIds ? [point.id] : []),
        ...(hasColumns ? [point.column] : []),
        ...[point.value, point.expected, point.score, point.reason],
      ]),
  )
  const found = anomalies === 0 ? 'no anomaly' : showNumber(anomalies, 'anomaly', 'anomalies')
  return [
    `${file}: ${found} in ${showNumber(rows, 'row')} of ${showNumber(series, 'series', 'series')}.`,
    ...(shown.length === 0
      ? []
      : [anomalies > shown.length ? `The ${shown.length} oddest:\n${table}` : table]),
    ...warnings.map(
      ({ code, column, text }) => `Note: ${column === null ? '' : `${column}: `}${text} (${code}).`,
    ),
    ...(out === null ? [] : [`Written: ${out}.`]),
  ].join('\n')
}

/** Whether a file could not be judged. */
export function hasUndetected({ files }: DetectResult): boolean {
  return files.some((file) => 'error' in file)
}
