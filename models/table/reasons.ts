// Why a row is odd: which cells differ from what the rest of their row, or of their column, lets expect. In numbers
// for programs and in words for people.

import type { Level, Table, TableColumn } from './columns.ts'
import { type Feature, valueAt } from './encode.ts'
import { gapsOf } from './gauss.ts'
import type { Matrix } from './matrix.ts'
import type { Looking } from './model.ts'

/** A cell that makes its row odd. */
export interface CellReason {
  column: string
  /** As it came; null = missing. */
  observed: number | string | null
  /** What the others of the row let expect; null = a value, whichever. */
  expected: number | string | null
  /** How far it is off, in usual differences, with its sign. */
  deviation: number
  /** Share of rows that have this text, or that lack a value; null for numbers. */
  share: number | null
}

/** Reasons of one row. */
export interface RowReasons {
  row: number
  reasons: CellReason[]
}

/** Cells that are named at most. */
const named = 3
/** Deviation from which a cell is named beside the first. */
const strong = 2.5

/** Reasons of the rows with at least this score. */
export function reasonsOf(
  model: Looking,
  table: Table,
  robust: Matrix,
  scores: Float64Array,
  from: number,
): RowReasons[] {
  const found: RowReasons[] = []
  for (let row = 0; row < scores.length; row++) {
    if (!((scores[row] as number) >= from)) continue
    const cells = robust.values.subarray(row * robust.columns, (row + 1) * robust.columns)
    found.push({ row, reasons: reasonsOfRow(model, table, row, cells) })
  }
  return found
}

/** The cell that is farthest off; then the farthest when that one is as expected, while it is far enough off. */
function reasonsOfRow(model: Looking, table: Table, row: number, robust: Float32Array): CellReason[] {
  const { features } = model.encoding
  const cells = robust.slice()
  const reasons: CellReason[] = []
  while (reasons.length < named) {
    const gaps = gapsOf(model.gauss, cells)
    const worst = gaps.reduce((a, b) => (Math.abs(b.deviation) > Math.abs(a.deviation) ? b : a))
    if (reasons.length > 0 && Math.abs(worst.deviation) < strong) break
    const feature = features[worst.column] as Feature
    for (const { column, expected } of gaps) {
      if ((features[column] as Feature).column === feature.column) cells[column] = expected
    }
    const reason = reasonOf(model, table, row, { feature, ...worst })
    if (!reasons.some(({ column }) => column === reason.column)) reasons.push(reason)
    else break
  }
  return reasons
}

function reasonOf(
  { encoding: { columns } }: Looking,
  table: Table,
  row: number,
  { feature, expected, deviation }: { feature: Feature; expected: number; deviation: number },
): CellReason {
  const plan = columns[feature.column] as Plan
  const cell = cellOf(table, plan.name, row)
  const base = { column: plan.name, observed: cell, deviation: round(deviation, 3) }
  if (plan.kind === 'category') return { ...base, ...usual(plan.levels, cell) }
  if (feature.aspect === 'missing') return { ...base, expected: null, share: round(feature.mean, 3) }
  return { ...base, expected: inWords(feature, plan, valueAt(feature, expected)), share: null }
}

function cellOf({ columns }: Table, name: string, row: number): number | string | null {
  const column: TableColumn | undefined = columns.find((each) => each.name === name)
  const cell = column?.unreadable?.get(row) ?? column?.values[row] ?? null
  return typeof cell === 'number' && !Number.isFinite(cell)
    ? Number.isNaN(cell)
      ? null
      : String(cell)
    : cell
}

function usual(levels: Level[], cell: number | string | null): Pick<CellReason, 'expected' | 'share'> {
  const share = levels.find(({ text }) => text === String(cell ?? ''))?.share ?? 0
  const most = levels.find(({ text }) => text !== String(cell ?? ''))
  return { expected: most?.text ?? null, share: round(share, 3) }
}

type Plan = Looking['encoding']['columns'][number]

function inWords({ aspect }: Feature, plan: Plan, value: number): number | string {
  if (aspect === 'hour') return `hour ${Math.round(Math.max(0, Math.min(23, value)))}`
  if (aspect === 'weekday') return days[Math.round(Math.max(0, Math.min(6, value)))] ?? ''
  if (plan.kind === 'time') return new Date(Math.max(-8e15, Math.min(8e15, value))).toISOString().slice(0, 16)
  if (plan.kind === 'number') {
    const within = Math.max(plan.least, Math.min(plan.most, value))
    return plan.isWhole ? Math.round(within) : round(within, 4)
  }
  return round(value, 4)
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** To that many digits that count. */
function round(value: number, digits: number): number {
  return Number(value.toPrecision(digits))
}

/** The reasons in words, strongest first: `price 812, expected about 95; carrier "X", as 0.3 % of rows`. */
export function sayReasons(reasons: readonly CellReason[]): string {
  return reasons.map(say).join('; ')
}

function say({ column, observed, expected, share }: CellReason): string {
  if (observed === null && expected === null) return `${column} is missing, as in ${percent(share)} of rows`
  const shown =
    observed === null ? 'is missing' : typeof observed === 'string' ? `"${observed.slice(0, 60)}"` : observed
  if (share !== null) {
    const most = expected === null ? '' : `, mostly "${String(expected).slice(0, 60)}"`
    return `${column} ${shown}, as in ${percent(share)} of rows${most}`
  }
  return `${column} ${shown}, expected about ${expected}`
}

function percent(share: number | null): string {
  return `${Number(((share ?? 0) * 100).toPrecision(2))} %`
}
