// `detour score`: how odd each row of CSV files is, and why. It needs no home and touches none.

import { asDetourError, type Effects, type ErrorDetails, fail } from '#data/kernel'
import { type CellReason, openTableDetector, sayReasons, type Table, type TableDetector } from '#models'
import {
  type CsvTable,
  csvFiles,
  openCsv,
  outputsFor,
  readTable,
  type TableKinds,
} from '#orchestrator/analysis'
import { showNumber, showSeconds, showTable } from './table.ts'
import type { Progress } from './verb.ts'

/** Arguments of the command. */
export interface ScoreArgs {
  /** CSV files and folders of them. */
  paths: string[]
  /** Columns that are left out, such as labels. */
  ignore?: string[]
  /** Clean rows to learn from; without them each file is held against itself. */
  fit?: string
  /** File, or folder for several files. */
  out?: string
  /** Default `detour`. */
  seed?: string
}

/** A row that stands out. */
export interface OddRow {
  /** Place in the file, 1 = the first below the header. */
  row: number
  score: number
  pValue: number
  reasons: CellReason[]
  text: string
}

/** What came of one file. */
export interface ScoredFile {
  file: string
  /** Written file; null without --out. */
  out: string | null
  rows: number
  /** Columns that were learned from. */
  columns: string[]
  notes: string[]
  seconds: number
  /** By row, higher = odder. */
  scores: number[]
  /**
   * By row. With --fit: chance of a clean row scoring so high (conformal). Without: share of the file's rows that score
   * so high, which says nothing of how many are wrong.
   */
  pValues: number[]
  /** Oddest first. */
  odd: OddRow[]
}

/** A file that could not be scored. */
export interface UnscoredFile {
  file: string
  error: { code: string; message: string; details: ErrorDetails }
}

/** What came of all. */
export interface ScoreResult {
  files: (ScoredFile | UnscoredFile)[]
}

/** Odd rows that are given with their reasons, by file. */
const oddMost = 1000
const shownRows = 10

/**
 * Scores files one after the other; with several, one that cannot be scored does not keep the others from it.
 * @throws whatever a single file gives: ANALYSIS_*, MODELS_TABLE_*
 */
export async function scoreFiles(
  args: ScoreArgs,
  effects: Effects,
  onProgress: (progress: Progress) => void,
): Promise<ScoreResult> {
  const files = await csvFiles(args.paths)
  const outputs = args.out === undefined ? null : await outputsFor(files, args.out)
  const clean = args.fit === undefined ? null : await readClean(args.fit, args.ignore ?? [])
  const detector = openTableDetector(effects)
  const results: ScoreResult['files'] = []
  try {
    for (const [i, file] of files.entries()) {
      const tell = (share: number) =>
        onProgress({ step: `score ${file}`, done: Math.round((i + share) * 100), total: files.length * 100 })
      tell(0)
      try {
        results.push(await scoreFile(file, outputs?.[i] ?? null, { args, clean, detector, effects, tell }))
      } catch (error) {
        if (files.length === 1) throw error
        const { code, message, details } = asDetourError(error)
        results.push({ file, error: { code, message, details } })
      }
    }
  } finally {
    await detector.close()
  }
  return { files: results }
}

interface Clean {
  table: Table
  kinds: TableKinds
}

async function readClean(path: string, ignored: string[]): Promise<Clean> {
  const csv = await openCsv(path)
  try {
    return await readTable(
      csv,
      ignored.filter((name) => csv.header.includes(name)),
    )
  } finally {
    csv.close()
  }
}

interface Way {
  args: ScoreArgs
  clean: Clean | null
  detector: TableDetector
  effects: Effects
  tell: (share: number) => void
}

async function scoreFile(file: string, out: string | null, way: Way): Promise<ScoredFile> {
  const { args, clean, detector, effects, tell } = way
  const began = effects.clock.now()
  const csv = await openCsv(file)
  try {
    const missing = clean?.table.columns.find(({ name }) => !csv.header.includes(name))
    if (missing !== undefined) throw fail('MODELS_TABLE_COLUMN_MISSING', { column: missing.name })
    const { table } = await readTable(csv, args.ignore ?? [], clean?.kinds)
    const found = await detector.score(table, {
      seed: args.seed ?? 'detour',
      ignored: args.ignore ?? [],
      onProgress: tell,
      ...(clean === null ? {} : { clean: clean.table }),
    })
    if (out !== null) await write(csv, out, found)
    const odd = [...found.reasons].map(([row, reasons]) => ({
      row: row + 1,
      score: found.scores[row] ?? 0,
      pValue: found.pValues[row] ?? 1,
      reasons,
      text: sayReasons(reasons),
    }))
    return {
      file,
      out,
      rows: csv.rows,
      columns: found.columns,
      notes: found.notes,
      seconds: (effects.clock.now() - began) / 1000,
      scores: [...found.scores],
      pValues: [...found.pValues],
      odd: odd.sort((a, b) => b.score - a.score || a.row - b.row).slice(0, oddMost),
    }
  } finally {
    csv.close()
  }
}

async function write(
  csv: CsvTable,
  out: string,
  found: Awaited<ReturnType<TableDetector['score']>>,
): Promise<void> {
  const reasons = Array.from({ length: csv.rows }, (_, row) => {
    const own = found.reasons.get(row)
    return own === undefined ? null : sayReasons(own)
  })
  await csv.write(out, [
    { name: 'score', values: found.scores },
    { name: 'p_value', values: found.pValues },
    { name: 'reasons', values: reasons },
  ])
}

/** Whether a file could not be scored. */
export function hasUnscored({ files }: ScoreResult): boolean {
  return files.some((file) => 'error' in file)
}

/** The result for people. */
export function showScore({ files }: ScoreResult): string {
  return files.map(showFile).join('\n')
}

function showFile(file: ScoredFile | UnscoredFile): string {
  if ('error' in file) return `${file.file}: error ${file.error.code}: ${file.error.message}`
  const { rows, columns, seconds, notes, odd, out } = file
  const by = `by ${showNumber(columns.length, 'column')}, in ${showSeconds(seconds)}`
  return [
    `${file.file}: ${showNumber(rows, 'row')} scored ${by}.`,
    ...notes.map((note) => `  ${note}`),
    showTable(
      ['row', 'score', 'p', 'reasons'],
      odd.slice(0, shownRows).map(({ row, score, pValue, text }) => [row, score, pValue, text]),
    ),
    ...(out === null ? [] : [`Written: ${out}.`]),
  ].join('\n')
}
