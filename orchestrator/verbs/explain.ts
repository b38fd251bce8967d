// `detour explain`: root causes of a deviation in CSV files of leaf rows. It needs no home and touches none.

import { asDetourError, fail } from '#data/kernel'
import { type Explanation, explainDeviation } from '#models'
import {
  amongUnknown,
  type CsvTable,
  csvFiles,
  kindOf,
  leavesOf,
  openCsv,
  repeatedNotes,
} from '#orchestrator/analysis'
import { showNumber, showTable } from './table.ts'
import type { Progress } from './verb.ts'

/** Arguments of the verb. */
export interface ExplainArgs {
  paths: string[]
  actual: string
  expected: string
  dimensions: string[]
  /** Column with what each ratio is among. */
  weight?: string
  /** Default: ratio where all values lie from 0 to 1 and not all are whole, else additive. */
  measure?: 'additive' | 'ratio'
}

/** What was found in one file. */
export interface ExplainedFile extends Explanation {
  file: string
  rows: number
  /** What was done to the rows, in words. */
  notes: string[]
}

/** A file that could not be read. */
export interface UnexplainedFile {
  file: string
  error: { code: string; message: string }
}

/** What was found in all of them. */
export interface ExplainResult {
  files: (ExplainedFile | UnexplainedFile)[]
}

const dimensionsAtMost = 32

/**
 * Explains each file by itself.
 * @throws ANALYSIS_FILE_UNREADABLE, ANALYSIS_FILE_EMPTY, ANALYSIS_COLUMN_UNKNOWN, ANALYSIS_COLUMN_UNUSABLE where it is
 * the only one; among several its error is told in its place
 */
export async function explainFiles(
  args: ExplainArgs,
  onProgress: (progress: Progress) => void,
): Promise<ExplainResult> {
  checkColumns(args)
  const paths = await csvFiles(args.paths)
  const files: ExplainResult['files'] = []
  for (const [i, path] of paths.entries()) {
    onProgress({ step: 'explaining', done: i, total: paths.length })
    try {
      const table = await openCsv(path)
      try {
        files.push(await explainTable(table, args))
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

function checkColumns({ actual, expected, dimensions, weight }: ExplainArgs): void {
  const named = [actual, expected, ...dimensions, ...(weight === undefined ? [] : [weight])]
  const twice = named.find((name, i) => named.indexOf(name) !== i)
  if (twice !== undefined) throw fail('CLI_USAGE', { reason: `the column ${twice} is named twice` })
  if (dimensions.length === 0 || dimensions.length > dimensionsAtMost) {
    throw fail('CLI_USAGE', { reason: `there may be 1 to ${dimensionsAtMost} dimensions` })
  }
}

async function explainTable(table: CsvTable, args: ExplainArgs): Promise<ExplainedFile> {
  const { dimensions } = args
  const values = await table.texts(dimensions)
  const [actual, expected] = (await table.numbers([args.actual, args.expected])) as [
    Float64Array,
    Float64Array,
  ]
  const notes: string[] = []
  const kind = args.measure ?? (args.weight === undefined ? kindOf(actual, expected) : 'ratio')
  const weight = kind === 'ratio' ? await weightsOf(table, args, actual, notes) : null
  const leaves = leavesOf({ dimensions, values, actual, expected, kind, weight })
  if (leaves === null) {
    const reason = 'no row has numbers in all of the columns that are compared'
    throw fail('ANALYSIS_COLUMN_UNUSABLE', { path: table.path, column: args.actual, reason })
  }
  const explanation = explainDeviation(leaves.deviation)
  notes.push(...leaves.notes, ...repeatedNotes(explanation))
  return { file: table.path, rows: table.rows, ...explanation, notes }
}

/** What the ratios are among: the named column, else another one of whole numbers that makes them whole. */
async function weightsOf(
  table: CsvTable,
  args: ExplainArgs,
  actual: Float64Array,
  notes: string[],
): Promise<Float64Array | null> {
  if (args.weight !== undefined) return (await table.numbers([args.weight]))[0] ?? null
  const named = new Set([args.actual, args.expected, ...args.dimensions])
  const others = table.header.filter((name) => !named.has(name)).slice(0, 50)
  for (const [i, column] of (await table.numbers(others)).entries()) {
    if (!makesWhole(actual, column)) continue
    notes.push(`ratios are taken to be among ${others[i]}`)
    return column
  }
  notes.push(amongUnknown)
  return null
}

function makesWhole(ratios: Float64Array, among: Float64Array): boolean {
  let told = 0
  for (const [row, ratio] of ratios.entries()) {
    if (Number.isNaN(ratio)) continue
    const cases = among[row] as number
    if (!Number.isInteger(cases) || cases < 0) return false
    const count = ratio * cases
    if (Math.abs(count - Math.round(count)) > 1e-6 * Math.max(1, count)) return false
    if (ratio > 0 && ratio < 1 && cases > 1) told++
  }
  return told > 0
}

/** The causes of each file, for people. */
export function showExplain({ files }: ExplainResult): string {
  return files.map(showFile).join('\n\n')
}

const reasons: Record<NonNullable<Explanation['reason']>, string> = {
  NO_LEAVES: 'there are no leaves',
  NO_DEVIATION: 'everything is as expected',
  NOTHING_STANDS_OUT: 'nothing stands out',
}

function showFile(found: ExplainedFile | UnexplainedFile): string {
  if ('error' in found) return `${found.file}: ${found.error.message} (${found.error.code})`
  const { file, causes, reason, leaves, actual, expected, notes } = found
  const sums = `${figure(actual)} where ${figure(expected)} was expected`
  const told = `${file}: ${showNumber(leaves, 'leaf', 'leaves')}, ${sums}`
  const tail = notes.map((note) => `\nNote: ${note}.`).join('')
  if (reason !== null) return `${told}. No cause: ${reasons[reason]}.${tail}`
  const table = showTable(
    ['cause', 'share', 'confidence', 'actual', 'expected', 'leaves'],
    causes.map((cause) => [
      Object.entries(cause.slice)
        .map(([name, value]) => `${name}=${value}`)
        .join(' & '),
      `${Math.round(cause.share * 100)} %`,
      cause.confidence.toFixed(2),
      figure(cause.actual),
      figure(cause.expected),
      String(cause.leaves),
    ]),
  )
  return `${told}.\n${table}${tail}`
}

const figure = (value: number): string => String(Number(value.toPrecision(4)))

/** Whether a file could not be explained. */
export function hasUnexplained({ files }: ExplainResult): boolean {
  return files.some((file) => 'error' in file)
}
