// Turns cells into numbers on one scale, by what was learned of each column, and numbers back into cells for reasons.
// It never sees a label.

import { type ColumnPlan, type Table, type TableColumn, timeOf } from './columns.ts'
import { type Matrix, quantile } from './matrix.ts'

/** What a feature says of its column. */
export type Aspect = 'value' | 'hour' | 'weekday' | 'rarity' | 'level' | 'missing'

/** A number made of a cell, and how it is brought to scale. */
export interface Feature {
  /** Place in the plan. */
  column: number
  aspect: Aspect
  /** Of a level: which. */
  text?: string
  /** Of the rows learned from; a missing cell counts as the median. */
  mean: number
  spread: number
  median: number
  /** Spread of the middle, never 0. */
  robustSpread: number
}

/** How a table becomes numbers. */
export interface Encoding {
  columns: ColumnPlan[]
  features: Feature[]
}

/** Two views of the same rows: by mean and spread, and by the middle with far values drawn in. */
export interface Scaled {
  standard: Matrix
  robust: Matrix
}

/** Levels that become a feature each, where a category has no more than `levelsFew`. */
const levelsShown = 12
const levelsFew = 50
/** Least share of rows of a level that becomes a feature. */
const levelLeast = 0.01
const standardMost = 1000
/** Spreads up to which robust values are kept as they are. */
const drawnFrom = 3
const [hourMs, dayMs] = [3_600_000, 86_400_000]

/**
 * Learns how columns become features.
 * @param keepsConstant whether features without spread are kept (of clean rows) or left out
 */
export function learnEncoding(table: Table, columns: ColumnPlan[], keepsConstant: boolean): Encoding {
  const features: Feature[] = []
  for (const [column, plan] of columns.entries()) {
    const cells = cellsOf(table, plan.name)
    for (const aspect of aspectsOf(plan, cells)) {
      const values = valuesOf(cells, plan, aspect.aspect, aspect.text)
      const scale = scaleOf(values, keepsConstant)
      if (scale !== null) features.push({ column, ...aspect, ...scale })
    }
  }
  return { columns, features }
}

function cellsOf({ columns }: Table, name: string): TableColumn {
  const found = columns.find((column) => column.name === name)
  return found ?? { name, values: [] }
}

function aspectsOf(plan: ColumnPlan, { values }: TableColumn): { aspect: Aspect; text?: string }[] {
  if (plan.kind === 'category') {
    const shown = plan.levels.filter(({ share }) => share >= levelLeast).slice(0, levelsShown)
    if (plan.levels.length <= 2) return shown.slice(0, 1).map(({ text }) => ({ aspect: 'level', text }))
    const levels = plan.levels.length <= levelsFew ? shown : []
    return [{ aspect: 'rarity' }, ...levels.map(({ text }) => ({ aspect: 'level' as const, text }))]
  }
  const hasMissing = values instanceof Float64Array && values.some(Number.isNaN)
  const missing = hasMissing || (plan.kind === 'time' && (values as (string | null)[]).includes(null))
  const base: { aspect: Aspect }[] = [{ aspect: 'value' }]
  if (plan.kind === 'time')
    base.push(...(plan.hasHours ? [{ aspect: 'hour' } as const] : []), { aspect: 'weekday' })
  return missing ? [...base, { aspect: 'missing' }] : base
}

/** One number a row; NaN where a cell is missing and the aspect needs one. */
function valuesOf({ values }: TableColumn, plan: ColumnPlan, aspect: Aspect, text?: string): Float64Array {
  if (plan.kind === 'category') {
    const shares = new Map(plan.levels.map((level) => [level.text, level.share]))
    const least = Math.min(...shares.values()) / 2
    return Float64Array.from({ length: values.length }, (_, i) => {
      const level = values[i] ?? ''
      if (aspect === 'level') return String(level) === text ? 1 : 0
      return -Math.log(shares.get(String(level)) ?? least)
    })
  }
  const found = new Float64Array(values.length)
  for (let i = 0; i < found.length; i++) {
    const number = plan.kind === 'number' ? finite(values[i], plan) : instant(values[i])
    if (aspect === 'value') found[i] = number
    else if (aspect === 'missing') found[i] = Number.isNaN(number) ? 1 : 0
    else
      found[i] =
        aspect === 'hour' ? (((number % dayMs) + dayMs) % dayMs) / hourMs : new Date(number).getUTCDay()
  }
  return found
}

function finite(cell: unknown, { least, most }: { least: number; most: number }): number {
  const value = typeof cell === 'number' ? cell : cell === null ? Number.NaN : Number(cell)
  if (value === Number.POSITIVE_INFINITY) return most + (most - least)
  return value === Number.NEGATIVE_INFINITY ? least - (most - least) : value
}

function instant(cell: unknown): number {
  return typeof cell === 'string' ? timeOf(cell) : Number(cell ?? Number.NaN)
}

function scaleOf(
  values: Float64Array,
  keepsConstant: boolean,
): Omit<Feature, 'column' | 'aspect' | 'text'> | null {
  const present = values.filter(Number.isFinite).sort()
  if (present.length === 0 || (present[0] === present.at(-1) && !keepsConstant)) return null
  const median = quantile(present, 0.5)
  if (present[0] === present.at(-1)) {
    const spread = Math.abs(median) / 10 || 1
    return { mean: median, spread, median, robustSpread: spread }
  }
  const gaps = values.length - present.length
  const mean = (present.reduce((sum, value) => sum + value, 0) + gaps * median) / values.length
  const squares = present.reduce((sum, value) => sum + (value - mean) ** 2, 0) + gaps * (median - mean) ** 2
  const spread = Math.sqrt(squares / values.length)
  const between = (low: number, high: number) => quantile(present, high) - quantile(present, low)
  const middle = between(0.25, 0.75) / 1.349 || between(0.05, 0.95) / 3.29 || spread
  if (!(spread > 0) || !Number.isFinite(spread)) return null
  return { mean, spread, median, robustSpread: Math.max(middle, spread / 10) }
}

/** Encodes all rows of a table; what a model knows nothing of is left out. */
export function encode(table: Table, { columns, features }: Encoding): Scaled {
  const { rows } = table
  const width = features.length
  const standard = new Float32Array(rows * width)
  const robust = new Float32Array(rows * width)
  for (const [j, feature] of features.entries()) {
    const plan = columns[feature.column] as ColumnPlan
    const values = valuesOf(cellsOf(table, plan.name), plan, feature.aspect, feature.text)
    const { mean, spread, median, robustSpread } = feature
    for (let i = 0, at = j; i < rows; i++, at += width) {
      const value = values[i] as number
      const known = value - value === 0 ? value : median
      const place = (known - mean) / spread
      standard[at] = Math.max(-standardMost, Math.min(standardMost, place))
      const far = (known - median) / robustSpread
      robust[at] = far <= drawnFrom && far >= -drawnFrom ? far : drawIn(far)
    }
  }
  return {
    standard: { rows, columns: width, values: standard },
    robust: { rows, columns: width, values: robust },
  }
}

/** Far values by their logarithm, so that one of them does not outweigh all others. */
function drawIn(value: number): number {
  const size = Math.abs(value)
  return size <= drawnFrom ? value : Math.sign(value) * (drawnFrom + Math.log(1 + size - drawnFrom))
}

/** The number that a robust value stands for. */
export function valueAt({ median, robustSpread }: Feature, robust: number): number {
  const size = Math.abs(robust)
  const drawn = size <= drawnFrom ? size : drawnFrom + Math.exp(Math.min(size - drawnFrom, 700)) - 1
  return median + Math.sign(robust) * drawn * robustSpread
}
