// Leaf rows as the search for root causes takes them: what is compared, which rows count, and what was done to them in
// words. It searches nothing.

import { showCount } from '#data/kernel'
import type { Deviation, Explanation } from '#models'
import { isMissing } from './csv-table.ts'

/** Rows of leaves; arrays of one length. */
export interface LeafRows {
  dimensions: readonly string[]
  /** Values of each dimension, one per row; null = missing. */
  values: readonly (readonly (string | null)[])[]
  /** NaN where there is no number. */
  actual: Float64Array
  expected: Float64Array
  kind: Deviation['kind']
  /** With ratios: what each is among; null = not known. */
  weight: Float64Array | null
}

/** What is to be explained, and what was done to the rows. */
export interface LeavesToExplain {
  deviation: Deviation
  notes: string[]
}

const missingValue = '(missing)'
/** Sums of larger numbers could leave what a number can hold. */
const largest = 1e100

/** Note where nothing says what ratios are among. */
export const amongUnknown =
  'no column says what the ratios are among: they count as the fewest cases that give them'

/** Ratios where all values lie from 0 to 1 and not all are whole, else amounts that add up. */
export function kindOf(actual: Float64Array, expected: Float64Array): Deviation['kind'] {
  const isShare = (value: number) => Number.isNaN(value) || (value >= 0 && value <= 1)
  const isRatio =
    actual.every(isShare) && expected.every(isShare) && actual.some((value) => value > 0 && value < 1)
  return isRatio ? 'ratio' : 'additive'
}

/** The rows that have numbers in all that is compared; null where none has. */
export function leavesOf({
  dimensions,
  values,
  actual,
  expected,
  kind,
  weight,
}: LeafRows): LeavesToExplain | null {
  const used = rowsWithNumbers([actual, expected, ...(weight === null ? [] : [weight])], weight)
  if (used.length === 0) return null
  const left = actual.length - used.length
  const pick = (column: Float64Array) => Float64Array.from(used, (row) => column[row] as number)
  const deviation: Deviation = {
    dimensions,
    values: values.map((column) => used.map((row) => wordOf(column[row] ?? null))),
    actual: pick(actual),
    expected: pick(expected),
    kind,
    ...(weight === null ? {} : { weight: pick(weight) }),
  }
  return {
    deviation,
    notes: left > 0 ? [`${rowsWord(left)} without a number left out`] : [],
  }
}

function wordOf(text: string | null): string {
  return text === null || isMissing(text) ? missingValue : text.trim()
}

/** Rows in which every column has a number that can be summed and the weight is above 0. */
function rowsWithNumbers(columns: readonly Float64Array[], weight: Float64Array | null): number[] {
  const rows: number[] = []
  for (let row = 0; row < (columns[0]?.length ?? 0); row++) {
    if (!columns.every((column) => Math.abs(column[row] as number) <= largest)) continue
    if (weight === null || (weight[row] as number) > 0) rows.push(row)
  }
  return rows
}

/** What was done to rows that came again. */
export function repeatedNotes({ repeated }: Explanation): string[] {
  return repeated > 0 ? [`${rowsWord(repeated)} added to others of the same leaf`] : []
}

function rowsWord(rows: number): string {
  return `${showCount(rows)} ${rows === 1 ? 'row' : 'rows'}`
}
