// How odd rows are: each feature is hidden in turn and foretold from the others; what strays further than it did on
// held-back rows makes a row odd. It neither learns nor knows what an order is for.

import { type Net, predict } from '../runtime/index.ts'
import { conformal, discoveryThreshold } from '../series/calibrate.ts'
import { type Columns, decode, encode, type Inputs, placesOf, widthOf } from './encode.ts'
import { features } from './features.ts'
import type { Encoding, ModelMeta } from './meta.ts'
import type { OrderReason, OrderScore } from './score.ts'

/** How rows stray from what was foretold, [rows x features]; NaN where a feature is missing or not scored. */
export interface Strayed {
  /** Numbers: seen - foretold, on the common scale. Words: -log probability of what was seen. */
  residuals: Float64Array
  /** Numbers: foretold, on the common scale. Words: place of the likeliest. */
  told: Float64Array
}

const rowsAtOnce = 4096
/** The surprises that add up to the oddness of a row: the largest few. */
const summed = 3
/** Share of false alarms among confirmed odd orders. */
const fdr = 0.1
const reasonsAtMost = 3
/** A feature is a reason when at most this share of held-back rows surprised as much. */
const reasonP = 0.1

/** The rows as the net takes them: inputs, then a mark for every feature that is missing. */
export function withMarks(inputs: Inputs, width: number): Float32Array {
  const full = width + features.length
  const laid = new Float32Array(inputs.rows * full)
  for (let row = 0; row < inputs.rows; row++) {
    laid.set(inputs.values.subarray(row * width, (row + 1) * width), row * full)
    for (let f = 0; f < features.length; f++) {
      laid[row * full + width + f] = inputs.missing[row * features.length + f] as number
    }
  }
  return laid
}

/** Hides each scored feature in turn and compares. */
export async function strayedOf(net: Net, encodings: readonly Encoding[], inputs: Inputs): Promise<Strayed> {
  const residuals = new Float64Array(inputs.rows * features.length).fill(Number.NaN)
  const told = new Float64Array(inputs.rows * features.length).fill(Number.NaN)
  const width = widthOf(encodings)
  const places = placesOf(encodings)
  const full = width + features.length
  const laid = withMarks(inputs, width)
  for (let from = 0; from < inputs.rows; from += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, inputs.rows - from)
    for (const [f, feature] of features.entries()) {
      if (!feature.isScored) continue
      const place = places[f] as { from: number; count: number }
      const hidden = laid.slice(from * full, (from + rows) * full)
      for (let row = 0; row < rows; row++) {
        hidden.fill(0, row * full + place.from, row * full + place.from + place.count)
        hidden[row * full + width + f] = 1
      }
      const foretold = await predict(net, hidden, rows)
      for (let row = 0; row < rows; row++) {
        const at = (from + row) * features.length + f
        if (inputs.missing[at] === 1) continue
        const seen = inputs.values.subarray(
          (from + row) * width + place.from,
          (from + row) * width + place.from + place.count,
        )
        const guess = foretold.subarray(row * width + place.from, row * width + place.from + place.count)
        const surprise = feature.kind === 'word' ? ofWord(seen, guess) : ofNumber(seen, guess)
        residuals[at] = surprise.residual
        told[at] = surprise.told
      }
    }
  }
  return { residuals, told }
}

/** Squared error of scored numbers against that of their mean, on average over features; 1 = no better. */
export function errorOf(strayed: Strayed, inputs: Inputs, encodings: readonly Encoding[]): number {
  const places = placesOf(encodings)
  const width = widthOf(encodings)
  const parts: number[] = []
  for (const [f, { kind }] of features.entries()) {
    if (kind === 'word') continue
    let [count, sum, squares, error] = [0, 0, 0, 0]
    for (let row = 0; row < inputs.rows; row++) {
      const residual = strayed.residuals[row * features.length + f] as number
      if (Number.isNaN(residual)) continue
      const seen = inputs.values[row * width + (places[f]?.from ?? 0)] as number
      count++
      sum += seen
      squares += seen ** 2
      error += residual ** 2
    }
    const plain = squares - (count === 0 ? 0 : sum ** 2 / count)
    if (plain > 1e-9 * count) parts.push(error / plain)
  }
  return parts.length === 0 ? 1 : parts.reduce((sum, part) => sum + part, 0) / parts.length
}

function ofNumber(seen: Float32Array, guess: Float32Array) {
  const told = guess[0] as number
  return { residual: (seen[0] as number) - told, told }
}

function ofWord(seen: Float32Array, guess: Float32Array) {
  const likely = guess.map((share) => Math.max(0.001, share))
  const sum = likely.reduce((total, share) => total + share, 0)
  const residual = -Math.log((likely[seen.indexOf(1)] as number) / sum)
  return { residual, told: likely.indexOf(Math.max(...likely)) }
}

/** -log share of held-back rows that surprised as much, by feature; 0 where a feature says nothing. */
export function surprises(
  strayed: Strayed,
  row: number,
  shareOf: readonly ((size: number) => number)[],
): number[] {
  return features.map((_, f) => {
    const size = strayed.residuals[row * features.length + f] as number
    return Number.isNaN(size) ? 0 : -Math.log((shareOf[f] as (size: number) => number)(Math.abs(size)))
  })
}

/** The oddness of a row: its largest surprises together. */
export function oddnessOf(surprise: readonly number[]): number {
  return surprise
    .toSorted((a, b) => b - a)
    .slice(0, summed)
    .reduce((sum, one) => sum + one, 0)
}

/** The scores of the rows, the oddest first. */
export async function judge(
  net: Net,
  { meta, version }: { meta: ModelMeta; version: string },
  columns: Columns,
): Promise<OrderScore[]> {
  const rows = (columns.order_id ?? []).map((_, row) => row)
  const strayed = await strayedOf(net, meta.encodings, encode(columns, rows, meta.encodings))
  const shareOf = meta.residuals.map((residuals) => conformal(residuals))
  const pValueOf = conformal(meta.oddness)
  const judged = rows.map((row) => {
    const surprise = surprises(strayed, row, shareOf)
    return { row, surprise, pValue: pValueOf(oddnessOf(surprise)) }
  })
  const threshold = discoveryThreshold(
    judged.map(({ pValue }) => pValue),
    fdr,
  )
  const least = Math.log(1 / (meta.oddness.length + 1))
  const scores = judged.map(({ row, surprise, pValue }): OrderScore => {
    const reasons = reasonsOf(meta, columns, strayed, row, surprise)
    return {
      orderId: String(columns.order_id?.[row]),
      score: Math.min(1, Math.max(0, Math.log(pValue) / least)),
      pValue,
      isConfirmed: pValue <= threshold,
      placedAt: new Date(Number(columns.placed_at?.[row] ?? 0)).toISOString(),
      reasons: reasons.map(({ reason }) => reason),
      ...rangeOf(reasons[0]),
      model: `orders ${version}`,
    }
  })
  return scores.sort((a, b) => a.pValue - b.pValue || b.score - a.score || (a.orderId < b.orderId ? -1 : 1))
}

interface TracedReason {
  reason: OrderReason
  low: number | null
  high: number | null
}

function reasonsOf(
  meta: ModelMeta,
  columns: Columns,
  strayed: Strayed,
  row: number,
  surprise: readonly number[],
): TracedReason[] {
  const order = features.map((_, f) => f).filter((f) => (surprise[f] as number) >= -Math.log(reasonP))
  order.sort((a, b) => (surprise[b] as number) - (surprise[a] as number))
  return order
    .slice(0, reasonsAtMost)
    .map((f) => trace(meta, columns, strayed, row, f, surprise[f] as number))
}

function trace(
  meta: ModelMeta,
  columns: Columns,
  strayed: Strayed,
  row: number,
  f: number,
  surprise: number,
): TracedReason {
  const feature = features[f] as (typeof features)[number]
  const encoding = meta.encodings[f] as Encoding
  const seen = columns[feature.name]?.[row] ?? null
  const told = strayed.told[row * features.length + f] as number
  const weight = Math.round((1 - Math.exp(-surprise)) * 1000) / 1000
  const base = { feature: feature.name, title: feature.title, weight }
  if (feature.kind === 'word') {
    const expected = encoding.words[told] ?? 'other'
    return { reason: { ...base, value: String(seen), expected }, low: null, high: null }
  }
  const [least, most] = meta.ranges[f] as [number, number]
  const back = (shift: number) => Math.round(decode(feature, encoding, told + shift) * 1000) / 1000
  return { reason: { ...base, value: Number(seen), expected: back(0) }, low: back(least), high: back(most) }
}

function rangeOf(first: TracedReason | undefined) {
  const nothing = { value: null, expected: null, expectedLow: null, expectedHigh: null }
  if (first === undefined) return nothing
  const { value, expected } = first.reason
  if (typeof value !== 'number' || typeof expected !== 'number') return nothing
  return { value, expected, expectedLow: first.low, expectedHigh: first.high }
}
