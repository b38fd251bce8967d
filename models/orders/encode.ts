// From columns to inputs of the net and back: numbers on a common scale, words as one input each, what is missing
// marked as such. It learns its scales from the rows it is given to learn from, from no others.

import { quantileSorted } from 'simple-statistics'
import { type Feature, features, type PackedRows, type Shape } from './features.ts'
import type { Encoding } from './meta.ts'

/** Rows as they came, by column. */
export type Columns = Record<string, (number | string | null)[]>

/** Rows as inputs. */
export interface Inputs {
  rows: number
  /** [rows x width], 0 where missing. */
  values: Float32Array
  /** [rows x features], 1 where missing. */
  missing: Uint8Array
}

/** Inputs per word feature at most, "other" included. */
const wordsAtMost = 16
/** No input is further from the middle than this, so that one wild value does not rule the net. */
const reach = 6

/** The packed rows, unpacked. */
export function unpack(packed: PackedRows): Columns {
  return Object.fromEntries(
    Object.entries(packed.columns).map(([name, texts]) => [
      name,
      texts.flatMap((text) => JSON.parse(text) as (number | string | null)[]),
    ]),
  )
}

/** Scales and words of every feature, from the rows with these numbers. */
export function encodingsOf(columns: Columns, rows: readonly number[]): Encoding[] {
  return features.map((feature) => {
    const column = columns[feature.name] ?? []
    const { kind } = feature
    if (kind === 'word') return { name: feature.name, centre: 0, spread: 1, words: wordsOf(column, rows) }
    const shaped = rows.map((row) => shapes[kind].forth(Number(column[row] ?? Number.NaN)))
    const known = shaped.filter(Number.isFinite).sort((a, b) => a - b)
    if (known.length === 0) return { name: feature.name, centre: 0, spread: 1, words: [] }
    const centre = quantileSorted(known, 0.5)
    const middle = (quantileSorted(known, 0.95) - quantileSorted(known, 0.05)) / 3.29
    const spread = middle > 1e-6 ? middle : Math.max(1e-3, deviation(known))
    return { name: feature.name, centre, spread, words: [] }
  })
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}

function wordsOf(column: readonly (number | string | null)[], rows: readonly number[]): string[] {
  const counts = new Map<string, number>()
  for (const row of rows) {
    const value = String(column[row] ?? '')
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  const byCount = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  return byCount.slice(0, wordsAtMost - 1).map(([value]) => value)
}

/** Inputs of each feature: first place and number. */
export function placesOf(encodings: readonly Encoding[]): { from: number; count: number }[] {
  let from = 0
  return encodings.map(({ words }, i) => {
    const count = features[i]?.kind === 'word' ? words.length + 1 : 1
    from += count
    return { from: from - count, count }
  })
}

/** Number of inputs. */
export function widthOf(encodings: readonly Encoding[]): number {
  return placesOf(encodings).reduce((sum, { count }) => sum + count, 0)
}

/** The rows with these numbers as inputs. */
export function encode(columns: Columns, rows: readonly number[], encodings: readonly Encoding[]): Inputs {
  const places = placesOf(encodings)
  const width = widthOf(encodings)
  const values = new Float32Array(rows.length * width)
  const missing = new Uint8Array(rows.length * features.length)
  features.forEach((feature, f) => {
    const column = columns[feature.name] ?? []
    const encoding = encodings[f] as Encoding
    const { from } = places[f] as { from: number }
    rows.forEach((row, i) => {
      const value = column[row] ?? null
      if (feature.kind === 'word') values[i * width + from + wordAt(encoding, value)] = 1
      else {
        const scaled = scaledOf(feature.kind, encoding, value)
        if (Number.isFinite(scaled)) values[i * width + from] = scaled
        else missing[i * features.length + f] = 1
      }
    })
  })
  return { rows: rows.length, values, missing }
}

function scaledOf(kind: Shape, { centre, spread }: Encoding, value: number | string | null): number {
  if (value === null) return Number.NaN
  const scaled = (shapes[kind].forth(Number(value)) - centre) / spread
  return Math.max(-reach, Math.min(reach, scaled))
}

/** Place of a word among the inputs of its feature; the last one is for all others. */
export function wordAt({ words }: Encoding, value: number | string | null): number {
  const at = words.indexOf(String(value ?? ''))
  return at < 0 ? words.length : at
}

/** An input of a number feature in the unit of the feature. */
export function decode(feature: Feature, { centre, spread }: Encoding, scaled: number): number {
  if (feature.kind === 'word') return Number.NaN
  return shapes[feature.kind].back(centre + spread * scaled)
}

const shapes: Record<Shape, { forth(value: number): number; back(shaped: number): number }> = {
  log: {
    forth: (value) => Math.log1p(Math.max(0, value)),
    back: (shaped) => Math.max(0, Math.expm1(shaped)),
  },
  signed: { forth: (value) => Math.asinh(value), back: (shaped) => Math.sinh(shaped) },
  plain: { forth: (value) => value, back: (shaped) => shaped },
}
