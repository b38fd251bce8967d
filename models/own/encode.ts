// From columns of any table to inputs of a net: numbers on a common scale, words as one input each, instants as hours
// from the time of the row, what is missing marked. Scales come from the rows that are learned from, from no others.

import { quantileSorted } from 'simple-statistics'
import type { Frame, FrameColumn } from './frame.ts'

/** How a column becomes inputs; plain JSON. */
export interface ColumnEncoding {
  name: string
  kind: FrameColumn['kind']
  /** Whether the logarithm is taken first: long tails on one side. */
  isLog: boolean
  centre: number
  spread: number
  words: string[]
  /** Whether there is an input for "missing". */
  hasGaps: boolean
  /** First input and number of inputs. */
  from: number
  count: number
  /** Mean of each input over the rows learned from: what is usual. */
  usual: number[]
}

/** How rows become inputs. */
export interface Encoder {
  columns: ColumnEncoding[]
  timeColumn: string
  width: number
}

const wordsMost = 24
const widthMost = 1_024
const reach = 6
const hourMs = 3_600_000
/** Inputs of the time of the row: hour of day and day of week, as points on circles. */
const clockInputs = 4

/** Scales from the rows with these numbers. */
export function encoderOf(
  frame: Frame,
  features: readonly string[],
  timeColumn: string,
  rows: readonly number[],
): Encoder {
  const columns: ColumnEncoding[] = []
  let width = clockInputs
  for (const name of features) {
    const column = frame.columns.get(name)
    if (column === undefined) continue
    const encoding = columnEncoding(frame, column, timeColumn, rows, width)
    if (width + encoding.count > widthMost) break
    columns.push(encoding)
    width += encoding.count
  }
  const encoder = { columns, timeColumn, width }
  return { ...encoder, columns: withUsual(encoder, encode(frame, encoder, rows), rows.length) }
}

function columnEncoding(
  frame: Frame,
  column: FrameColumn,
  timeColumn: string,
  rows: readonly number[],
  from: number,
): ColumnEncoding {
  const { name, kind } = column
  const hasGaps = rows.some((row) => column.values[row] === null)
  const base = { name, kind, isLog: false, centre: 0, spread: 1, words: [], hasGaps, from, usual: [] }
  if (kind === 'word') {
    const words = wordsOf(column, rows)
    return { ...base, words, count: words.length + 1 + Number(hasGaps) }
  }
  const known = rows.map((row) => numberAt(frame, column, timeColumn, row)).filter(Number.isFinite)
  return { ...base, ...scaleOf(known), count: 1 + Number(hasGaps) }
}

function scaleOf(known: readonly number[]): { isLog: boolean; centre: number; spread: number } {
  if (known.length === 0) return { isLog: false, centre: 0, spread: 1 }
  const sorted = known.toSorted((a, b) => a - b)
  const [low, middle, high] = [0.05, 0.5, 0.95].map((q) => quantileSorted(sorted, q)) as [
    number,
    number,
    number,
  ]
  const isLog = (sorted[0] as number) >= 0 && high - middle > 4 * (middle - low) && high > 10
  const shaped = isLog ? sorted.map(Math.log1p) : sorted
  const centre = quantileSorted(shaped, 0.5)
  const middleSpread = (quantileSorted(shaped, 0.95) - quantileSorted(shaped, 0.05)) / 3.29
  const mean = shaped.reduce((sum, value) => sum + value, 0) / shaped.length
  const deviation = Math.sqrt(shaped.reduce((sum, value) => sum + (value - mean) ** 2, 0) / shaped.length)
  const spread = middleSpread > 1e-9 ? middleSpread : deviation > 1e-9 ? deviation : 1
  return { isLog, centre, spread }
}

function wordsOf(column: FrameColumn, rows: readonly number[]): string[] {
  const counts = new Map<string, number>()
  for (const row of rows) {
    const value = column.values[row]
    if (value !== null && value !== undefined) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1)
  }
  const byCount = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  return byCount.slice(0, wordsMost).map(([word]) => word)
}

/** A value as a number: instants as hours from the time of the row. NaN where it is missing. */
export function numberAt(
  frame: Frame,
  { kind, values }: FrameColumn,
  timeColumn: string,
  row: number,
): number {
  const value = values[row] ?? null
  if (value === null) return Number.NaN
  if (kind !== 'time') return Number(value)
  const at = frame.columns.get(timeColumn)?.values[row] ?? null
  return at === null ? Number.NaN : (Number(value) - Number(at)) / hourMs
}

/** The rows with these numbers as inputs, [rows x width]. */
export function encode(frame: Frame, encoder: Encoder, rows: ArrayLike<number>): Float32Array {
  const { width, timeColumn } = encoder
  const inputs = new Float32Array(rows.length * width)
  const times = frame.columns.get(timeColumn)?.values ?? []
  for (let i = 0; i < rows.length; i++) writeClock(inputs, i * width, Number(times[rows[i] as number] ?? 0))
  for (const encoding of encoder.columns) {
    const column = frame.columns.get(encoding.name)
    const places = new Map(encoding.words.map((word, at) => [word, at]))
    for (let i = 0; i < rows.length; i++) {
      const at = i * width + encoding.from
      const row = rows[i] as number
      const value = column?.values[row] ?? null
      const last = at + encoding.count - 1
      if (column === undefined || value === null) {
        if (encoding.hasGaps) inputs[last] = 1
      } else if (encoding.kind === 'word') {
        inputs[at + (places.get(String(value)) ?? encoding.words.length)] = 1
      } else {
        const number = numberAt(frame, column, timeColumn, row)
        const shaped = encoding.isLog ? Math.log1p(Math.max(0, number)) : number
        const scaled = (shaped - encoding.centre) / encoding.spread
        inputs[at] = Number.isFinite(scaled) ? Math.max(-reach, Math.min(reach, scaled)) : 0
      }
    }
  }
  return inputs
}

function writeClock(inputs: Float32Array, at: number, time: number): void {
  const day = (time / (24 * hourMs)) * 2 * Math.PI
  inputs.set([Math.sin(day), Math.cos(day), Math.sin(day / 7), Math.cos(day / 7)], at)
}

function withUsual({ columns, width }: Encoder, inputs: Float32Array, rows: number): ColumnEncoding[] {
  return columns.map((column) => {
    const usual = new Array<number>(column.count).fill(0)
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < column.count; i++) {
        usual[i] = (usual[i] as number) + (inputs[row * width + column.from + i] as number) / rows
      }
    }
    return { ...column, usual }
  })
}
