// What the columns of a table are: numbers, times, categories, or nothing to learn from (constant, empty, ids). It
// decides by the cells alone and names no column specially, but for ids.

import { showCount } from '#data/kernel'
import { quantile } from './matrix.ts'

/** A column as it came. */
export interface TableColumn {
  name: string
  /** Numbers with NaN for a missing cell, or texts with null for one. */
  values: Float64Array | readonly (string | null)[]
  /** Cells of a column of numbers that are no numbers: row -> text. They count as missing. */
  unreadable?: ReadonlyMap<number, string>
}

/** A table: columns of equal length. */
export interface Table {
  rows: number
  columns: readonly TableColumn[]
}

/** A text of a category and the share of rows that have it; an empty text stands for missing cells. */
export interface Level {
  text: string
  share: number
}

/** What is known of a column that is learned from. */
export type ColumnPlan = { name: string } & (
  | { kind: 'number'; median: number; least: number; most: number; isWhole: boolean }
  | { kind: 'time'; median: number; hasHours: boolean }
  | { kind: 'category'; levels: Level[] }
)

/** The plan of a table, and what was left out or looks strange, in words. */
export interface TablePlan {
  columns: ColumnPlan[]
  notes: string[]
}

/** Share of cells that have to be times for a column of texts to be one. */
const timeShare = 0.9
/** Share of different texts from which on they are ids, or free text. */
const idShare = 0.9
/** Rows below which nothing is taken for an id. */
const idRowsLeast = 20
/** Levels of a category that are kept. */
const levelsMost = 200

/**
 * Looks at each column.
 * @param ignored names that are left out
 * @param keepsConstant whether a column with one value all along tells something: of clean rows it does
 */
export function planTable(
  { columns }: Table,
  ignored: ReadonlySet<string>,
  keepsConstant: boolean,
): TablePlan {
  const plan: TablePlan = { columns: [], notes: [] }
  for (const column of columns) {
    if (ignored.has(column.name)) continue
    const found =
      column.values instanceof Float64Array
        ? planNumbers(column, keepsConstant)
        : planTexts(column, keepsConstant)
    if (typeof found === 'string') plan.notes.push(`${column.name} is left out: ${found}`)
    else plan.columns.push(found)
    plan.notes.push(...remarks(column))
  }
  return plan
}

function remarks({ name, values, unreadable }: TableColumn): string[] {
  const notes: string[] = []
  if (unreadable !== undefined && unreadable.size > 0) {
    const [row, text] = [...unreadable][0] ?? [0, '']
    notes.push(
      `${name} has ${cellsWord(unreadable.size)} without a number, taken as missing; ` +
        `the first is "${text.slice(0, 40)}" in row ${row + 1}`,
    )
  }
  if (values instanceof Float64Array) {
    const infinite = values.reduce(
      (sum, value) => sum + (Math.abs(value) === Number.POSITIVE_INFINITY ? 1 : 0),
      0,
    )
    if (infinite > 0)
      notes.push(`${name} has ${cellsWord(infinite)} that are infinite, taken as the largest or least`)
  }
  return notes
}

function cellsWord(count: number): string {
  return `${showCount(count)} ${count === 1 ? 'cell' : 'cells'}`
}

function planNumbers({ name, values }: TableColumn, keepsConstant: boolean): ColumnPlan | string {
  const sorted = (values as Float64Array).filter(Number.isFinite).sort()
  if (sorted.length === 0) return 'it has no values'
  const [least, most] = [sorted[0] as number, sorted.at(-1) as number]
  const isFull = sorted.length === values.length
  if (least === most && isFull && !keepsConstant) return `every cell is ${least}`
  const isWhole = sorted.every(Number.isInteger)
  if (isWhole && isFull && isNumbering(sorted, values as Float64Array, name)) return 'it numbers the rows'
  return { name, kind: 'number', median: quantile(sorted, 0.5), least, most, isWhole }
}

/** Whole numbers, all different, that leave hardly any out; or rising ones whose name says so. */
function isNumbering(sorted: Float64Array, values: Float64Array, name: string): boolean {
  const { length } = sorted
  if (length < idRowsLeast) return false
  for (let i = 1; i < length; i++) if (sorted[i] === sorted[i - 1]) return false
  const span = (sorted[length - 1] as number) - (sorted[0] as number) + 1
  if (length >= 0.9 * span) return true
  if (!/(^|[_\s])(id|no|nr|number|key|index)$/i.test(name)) return false
  return values.every((value, i) => i === 0 || value > (values[i - 1] as number))
}

function planTexts({ name, values }: TableColumn, keepsConstant: boolean): ColumnPlan | string {
  const counts = new Map<string, number>()
  for (const text of values as readonly (string | null)[]) {
    if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  const present = counts.values().reduce((sum, count) => sum + count, 0)
  if (present === 0) return 'it has no values'
  const sample = [...counts.keys()].slice(0, 1000)
  const times = sample.map(timeOf).filter(Number.isFinite)
  if (times.length >= timeShare * sample.length) return planTimes(name, values, sample)
  if (counts.size === 1 && present === values.length && !keepsConstant)
    return `every cell is "${[...counts.keys()][0]}"`
  if (present >= idRowsLeast && counts.size >= idShare * present)
    return 'nearly every text is another (an id, or free text)'
  if (present < values.length) counts.set('', (counts.get('') ?? 0) + values.length - present)
  const levels = [...counts]
    .map(([text, count]) => ({ text, share: count / values.length }))
    .sort((a, b) => b.share - a.share || (a.text < b.text ? -1 : 1))
  return { name, kind: 'category', levels: levels.slice(0, levelsMost) }
}

function planTimes(name: string, values: TableColumn['values'], sample: string[]): ColumnPlan | string {
  const times = Float64Array.from({ length: values.length }, (_, i) => {
    const text = values[i]
    return typeof text === 'string' ? timeOf(text) : Number.NaN
  })
  const sorted = times.filter(Number.isFinite).sort()
  if (sorted.length === 0) return 'it has no values'
  if (sorted[0] === sorted.at(-1) && sorted.length === times.length) return 'every cell is the same time'
  return {
    name,
    kind: 'time',
    median: quantile(sorted, 0.5),
    hasHours: sample.some((text) => /\d:\d/.test(text)),
  }
}

/**
 * Milliseconds since 1970 of a written time in UTC; NaN where it is none. Years come first, as in ISO 8601, or last
 * after points or strokes.
 */
export function timeOf(text: string): number {
  const trimmed = text.trim()
  const iso =
    /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/
  const found = iso.exec(trimmed)
  if (found !== null) return timeFrom(found.slice(1, 7), found[7])
  const last = /^(\d{1,2})([./])(\d{1,2})[./](\d{4})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(trimmed)
  if (last === null) return Number.NaN
  const [, first = '', mark, second = '', year, ...clock] = last
  const [day, month] = mark === '.' || Number(first) > 12 ? [first, second] : [second, first]
  return timeFrom([year, month, day, ...clock])
}

function timeFrom(parts: (string | undefined)[], zone = 'Z'): number {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) =>
    Number(part ?? 0),
  )
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60)
    return Number.NaN
  const at = Date.UTC(year, month - 1, day, hour, minute, second)
  const shift = /^([+-])(\d{2}):?(\d{2})$/.exec(zone)
  if (shift === null) return at
  return at - Number(`${shift[1]}1`) * (Number(shift[2]) * 60 + Number(shift[3])) * 60_000
}
