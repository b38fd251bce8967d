// Teaches a net what open orders usually look like, and measures on held-back orders how far they stray.
// It reads no warehouse and writes no file.

import { quantileSorted } from 'simple-statistics'
import { type Random, seededRandom } from '#data/kernel'
import { type Batch, dispose, type Net, newNet, teach, weightsOf } from '../runtime/index.ts'
import { conformal } from '../series/calibrate.ts'
import { type Columns, encode, encodingsOf, type Inputs, placesOf, unpack, widthOf } from './encode.ts'
import { features } from './features.ts'
import { oddnessOf, type Strayed, strayedOf, surprises, withMarks } from './judge.ts'
import type { Encoding, Request, StoredModel } from './protocol.ts'

/** What a training is asked for. */
export type TrainRequest = Extract<Request, { kind: 'train' }>

/** Size of a net and of its training. */
const plans = {
  small: { hidden: [64, 64], epochs: 8, batch: 256 },
  full: { hidden: [128, 128], epochs: 16, batch: 512 },
} as const

/** Features hidden in a row while learning. */
const hiddenShare = 0.3
/** Orders held back, of a hundred. */
const heldOf100 = 24
/** Held-back values that are kept with the model, of each feature and of the oddness. */
const residualsKept = 1200
const oddnessKept = 5000
const learningRate = 0.002
/** Weight of features that only help. */
const helpingWeight = 0.1

/** The trained model, its net left in memory. Lets other work run between batches. */
export async function train(
  request: TrainRequest,
  backend: string,
): Promise<{ model: StoredModel; net: Net }> {
  const columns = unpack(request.rows)
  const random = seededRandom(request.seed)
  const { teaching, first, second } = split(columns)
  const encodings = encodingsOf(columns, teaching)
  const plan = plans[request.size]
  const width = widthOf(encodings)
  const layers = [width + features.length, ...plan.hidden, width]
  const net = newNet(layers, random.fork('weights'))
  try {
    await learn(net, encodings, encode(columns, teaching, encodings), plan, random.fork('batches'))
    const held = await measure(net, encodings, columns, first, second)
    const { size, market, version, trainedAt, from, to } = request
    const meta: StoredModel['meta'] = {
      version,
      market,
      format: 1,
      trainedAt,
      trainedRows: teaching.length,
      heldRows: first.length + second.length,
      from,
      to,
      size,
      backend,
      encodings,
      layers,
      ...held,
    }
    return { model: { meta, weights: await weightsOf(net) }, net }
  } catch (error) {
    dispose(net)
    throw error
  }
}

/** Rows to learn from and two halves to measure on; all rows of an order go the same way. */
function split(columns: Columns) {
  const teaching: number[] = []
  const first: number[] = []
  const second: number[] = []
  for (const [row, id] of (columns.order_id ?? []).entries()) {
    const place = placeOf(String(id))
    if (place >= heldOf100) teaching.push(row)
    else (place < heldOf100 / 2 ? first : second).push(row)
  }
  return { teaching, first, second }
}

/** 0 to 99, the same for the same id. */
function placeOf(id: string): number {
  let hash = 2166136261
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 16777619)
  return ((hash ^ (hash >>> 15)) >>> 0) % 100
}

async function learn(
  net: Net,
  encodings: readonly Encoding[],
  inputs: Inputs,
  plan: { epochs: number; batch: number },
  random: Random,
): Promise<void> {
  const laid = withMarks(inputs, widthOf(encodings))
  const rows = {
    count: inputs.rows,
    batch: (at: Uint32Array, drawn: Random) => batchOf(at, laid, encodings, drawn),
  }
  await teach(net, rows, { loss: { kind: 'mse' }, ...plan, learningRate, random })
}

/** A batch in which part of each row is hidden; only what is hidden counts. */
function batchOf(
  rows: Uint32Array,
  laid: Float32Array,
  encodings: readonly Encoding[],
  random: Random,
): Batch {
  const places = placesOf(encodings)
  const width = widthOf(encodings)
  const full = width + features.length
  const inputs = new Float32Array(rows.length * full)
  const targets = new Float32Array(rows.length * width)
  const weights = new Float32Array(rows.length * width)
  for (const [i, row] of rows.entries()) {
    const source = laid.subarray(row * full, (row + 1) * full)
    inputs.set(source, i * full)
    targets.set(source.subarray(0, width), i * width)
    for (let f = 0; f < features.length; f++) {
      if (random.next() >= hiddenShare || source[width + f] === 1) continue
      const { from, count } = places[f] as { from: number; count: number }
      inputs.fill(0, i * full + from, i * full + from + count)
      inputs[i * full + width + f] = 1
      weights.fill(
        features[f]?.isScored === true ? 1 : helpingWeight,
        i * width + from,
        i * width + from + count,
      )
    }
  }
  return { inputs, targets, weights, rows: rows.length }
}

/** How far held-back rows stray: feature by feature on the first half, as a whole on the second. */
async function measure(
  net: Net,
  encodings: readonly Encoding[],
  columns: Columns,
  first: readonly number[],
  second: readonly number[],
) {
  const inputs = encode(columns, first, encodings)
  const strayed = await strayedOf(net, encodings, inputs)
  const residuals = features.map((_, f) =>
    ascending(everyNth(columnOf(strayed.residuals, f).map(Math.abs), residualsKept)),
  )
  const ranges = features.map(({ kind }, f): [number, number] => {
    const signed = kind === 'word' ? [] : ascending(columnOf(strayed.residuals, f))
    return signed.length === 0 ? [0, 0] : [quantileSorted(signed, 0.05), quantileSorted(signed, 0.95)]
  })
  const shareOf = residuals.map((sizes) => conformal(sizes))
  const rest = await strayedOf(net, encodings, encode(columns, second, encodings))
  const oddness = second.map((_, row) => oddnessOf(surprises(rest, row, shareOf)))
  return {
    residuals,
    ranges,
    oddness: ascending(everyNth(oddness, oddnessKept)),
    heldError: errorOf(strayed, inputs, encodings),
  }
}

function columnOf(matrix: Float64Array, f: number): number[] {
  const column: number[] = []
  for (let at = f; at < matrix.length; at += features.length) {
    const value = matrix[at] as number
    if (!Number.isNaN(value)) column.push(value)
  }
  return column
}

function everyNth(values: readonly number[], kept: number): number[] {
  const step = Math.max(1, values.length / kept)
  return Array.from(
    { length: Math.min(kept, values.length) },
    (_, i) => values[Math.floor(i * step)] as number,
  )
}

const ascending = (values: number[]): number[] =>
  values.map((value) => Math.round(value * 1e5) / 1e5).sort((a, b) => a - b)

/** Squared error of scored numbers against that of their mean, on average over features. */
function errorOf(strayed: Strayed, inputs: Inputs, encodings: readonly Encoding[]): number {
  const places = placesOf(encodings)
  const width = widthOf(encodings)
  const parts: number[] = []
  for (const [f, { kind }] of features.entries()) {
    if (kind === 'word') continue
    const residuals = columnOf(strayed.residuals, f)
    if (residuals.length === 0) continue
    const seen: number[] = []
    for (let row = 0; row < inputs.rows; row++) {
      if (inputs.missing[row * features.length + f] === 1) continue
      seen.push(inputs.values[row * width + (places[f]?.from ?? 0)] as number)
    }
    const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length
    const plain = seen.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    if (plain > 0) parts.push(residuals.reduce((sum, value) => sum + value ** 2, 0) / plain)
  }
  return parts.length === 0 ? 1 : parts.reduce((sum, part) => sum + part, 0) / parts.length
}
