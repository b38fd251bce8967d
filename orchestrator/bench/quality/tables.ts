// How well the table detector ranks the odd rows of labelled tables, beside three well-known detectors on the same
// rows: held against themselves, and learned from half of the usual rows. Labels are never learned from.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Effects, seededRandom } from '#data/kernel'
import { openTableDetector, type Table, type TableDetector } from '#models'
import { openCsv, readTable } from '#orchestrator/analysis'
import type { BenchOptions, BenchRow } from '../row.ts'
import { type Ranking, rankingOf } from './ranking.ts'
import { type Numbers, tableBaselines } from './table-baselines.ts'

const label = 'label'
const fileName = /\.csv$/i

/** A table and which of its rows are labelled odd. */
interface Labelled {
  name: string
  table: Table
  isOdd: Uint8Array
}

type Rankings = Record<string, Ranking>

/** Name of the detector that is measured. */
const own = 'Detour'
/** On this part of tables it may be this far below the best of the others, and no more. */
const [behindBy, behindShare] = [0.05, 0.1]

/** Rows of the quality of the table detector on the labelled tables in `tabular/`; none without data. */
export async function tableQuality(effects: Effects, { data }: BenchOptions): Promise<BenchRow[]> {
  if (data === null) return []
  const folder = join(data, 'tabular')
  const files = (await readdir(folder).catch(() => [])).filter((name) => fileName.test(name)).sort()
  const rows: BenchRow[] = []
  const detector = openTableDetector(effects)
  try {
    const open = new Map<string, Rankings>()
    const fitted = new Map<string, Rankings>()
    for (const file of files) {
      const labelled = await readLabelled(join(folder, file), file.replace(fileName, ''))
      if (labelled === null) continue
      open.set(labelled.name, await rankAll(detector, labelled, null))
      const { clean, rest } = split(labelled)
      fitted.set(labelled.name, await rankAll(detector, rest, clean))
    }
    rows.push(...rowsOf('unlabelled', open), ...rowsOf('fit on clean rows', fitted))
  } finally {
    await detector.close()
  }
  return rows
}

async function readLabelled(path: string, name: string): Promise<Labelled | null> {
  const csv = await openCsv(path)
  try {
    if (!csv.header.includes(label)) return null
    const [labels] = await csv.numbers([label])
    const { table } = await readTable(csv, [label])
    return { name, table, isOdd: Uint8Array.from(labels ?? [], (value) => (value === 1 ? 1 : 0)) }
  } finally {
    csv.close()
  }
}

/** Half of the usual rows to learn from, and all others to score. */
function split({ name, table, isOdd }: Labelled): { clean: Table; rest: Labelled } {
  const random = seededRandom(name)
  const isClean = isOdd.map((odd) => (odd === 0 && random.next() < 0.5 ? 1 : 0))
  const rows = (wanted: number) =>
    Uint32Array.from({ length: table.rows }, (_, i) => i).filter((row) => isClean[row] === wanted)
  const rest = rows(0)
  return {
    clean: part(table, rows(1)),
    rest: { name, table: part(table, rest), isOdd: Uint8Array.from(rest, (row) => isOdd[row] as number) },
  }
}

function part({ columns }: Table, rows: Uint32Array): Table {
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

async function rankAll(
  detector: TableDetector,
  { table, isOdd }: Labelled,
  clean: Table | null,
): Promise<Rankings> {
  const { scores } = await detector.score(table, clean === null ? {} : { clean })
  const rankings: Rankings = {}
  const keep = (name: string, values: ArrayLike<number>) => {
    rankings[name] = rankingOf(values, isOdd) ?? { auroc: 0.5, auprc: 0 }
  }
  keep(own, scores)
  const [rows, learned] = [numbersOf(table), clean === null ? null : numbersOf(clean)]
  for (const [name, score] of Object.entries(tableBaselines)) keep(name, score(rows, learned))
  return rankings
}

/** The columns of numbers; what is missing is 0. */
function numbersOf({ rows, columns }: Table): Numbers {
  const numbers = columns.flatMap(({ values }) => (values instanceof Float64Array ? [values] : []))
  const values = new Float32Array(rows * numbers.length)
  for (const [j, column] of numbers.entries()) {
    for (let i = 0; i < rows; i++)
      values[i * numbers.length + j] = Number.isFinite(column[i]) ? (column[i] as number) : 0
  }
  return { rows, columns: numbers.length, values }
}

/** A row for each table and measure, and one for their means. */
function rowsOf(way: string, rankings: Map<string, Rankings>): BenchRow[] {
  if (rankings.size === 0) return []
  const all = [...rankings.values()]
  const names = Object.keys(tableBaselines)
  return (['auroc', 'auprc'] as const).flatMap((measure) => {
    const meanOf = (name: string) =>
      all.reduce((sum, each) => sum + (each[name]?.[measure] ?? 0) / all.length, 0)
    const row = (what: string, figureOf: (name: string) => number, isMean: boolean): BenchRow => {
      const value = figureOf(own)
      const best = Math.max(...names.map(figureOf))
      return {
        group: 'quality',
        name: `table ${what}, ${way}`,
        value,
        unit: measure.toUpperCase(),
        baseline: names.map((name) => `${name} ${figureOf(name).toFixed(3)}`).join(', '),
        ratio: value / best,
        goal: isMean ? best : null,
        pass: isMean ? value >= best : null,
      }
    }
    return [
      ...[...rankings].map(([name, each]) => row(name, (detector) => each[detector]?.[measure] ?? 0, false)),
      row(`mean of ${all.length}`, meanOf, true),
      behindRow(way, measure, all),
    ]
  })
}

/** On which part of the tables it is clearly behind the best of the others. */
function behindRow(way: string, measure: keyof Ranking, all: readonly Rankings[]): BenchRow {
  const isBehind = (each: Rankings) => {
    const best = Math.max(...Object.keys(tableBaselines).map((name) => each[name]?.[measure] ?? 0))
    return (each[own]?.[measure] ?? 0) < best - behindBy
  }
  const value = all.filter(isBehind).length / all.length
  return {
    group: 'quality',
    name: `tables ${behindBy} below the best of the others, ${way}, by ${measure.toUpperCase()}`,
    value,
    unit: 'share',
    baseline: null,
    ratio: null,
    // How precisely few odd rows are found varies too much from one detector to the next.
    goal: measure === 'auroc' ? behindShare : null,
    pass: measure === 'auroc' ? value <= behindShare : null,
  }
}
