// Teaches a net what open orders usually look like, measures on held-back orders how far they stray, and tests the
// recipe on the last weeks. It reads no warehouse and writes no file.

import { quantileSorted } from 'simple-statistics'
import { type Random, seededRandom } from '#data/kernel'
import { fingerprintOf, profileOf } from '../registry/index.ts'
import {
  type Batch,
  dispose,
  type Net,
  newNet,
  type Progress,
  stateOf,
  type TaskContext,
  teach,
} from '../runtime/index.ts'
import { conformal } from '../series/calibrate.ts'
import { testOrders } from './back-test.ts'
import { type Columns, encode, encodingsOf, type Inputs, placesOf, unpack, widthOf } from './encode.ts'
import { features, watchedFeatures } from './features.ts'
import { errorOf, oddnessOf, strayedOf, surprises, withMarks } from './judge.ts'
import type { Encoding, ModelMeta, Trained, TrainInput } from './meta.ts'

/** Size of a net and of its training. */
const plans = {
  small: { hidden: [64, 64], epochs: 8, batch: 256 },
  full: { hidden: [128, 128], epochs: 16, batch: 512 },
} as const

type Plan = (typeof plans)['small' | 'full']

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

/** The trained model with its test. Lets other work of the thread run between batches. @throws MODELS_CANCELED */
export async function train(input: TrainInput, { backend, progress, signal }: TaskContext): Promise<Trained> {
  const columns = unpack(input.rows)
  const random = seededRandom(input.seed)
  const plan = plans[input.size]
  const parts = input.size === 'full' ? 2 : 1
  const tell = (part: number) => (step: Progress) => progress({ share: (part + step.share) / parts })
  const learn = (rows: readonly number[], label: string, onProgress: (step: Progress) => void) =>
    learnOrders(columns, rows, { plan, random: random.fork(label), signal, onProgress })
  const { teaching, first, second } = split(columns)
  const { net, encodings } = await learn(teaching, 'model', tell(0))
  try {
    const held = await measure(net, encodings, columns, first, second)
    const backTest =
      input.size === 'full'
        ? await testOrders(columns, { learn: (rows) => learn(rows, 'test', tell(1)), current: input.current })
        : null
    const seen = new Map(Object.entries(columns).filter(([name]) => watchedFeatures.has(name)))
    return {
      meta: { encodings, ...held },
      net: await stateOf(net),
      rows: { trained: teaching.length, held: first.length + second.length },
      backTest,
      profile: profileOf(seen),
      fingerprint: fingerprintOf(new Map(Object.entries(columns))),
      backend,
    }
  } finally {
    dispose(net)
  }
}

interface LearnOptions {
  plan: Plan
  random: Random
  signal: AbortSignal
  onProgress: (step: Progress) => void
}

/** A net that learned from the rows with these numbers; whoever gets it frees it. */
async function learnOrders(
  columns: Columns,
  at: readonly number[],
  { plan, random, signal, onProgress }: LearnOptions,
): Promise<{ net: Net; encodings: Encoding[] }> {
  const encodings = encodingsOf(columns, at)
  const width = widthOf(encodings)
  const net = newNet([width + features.length, ...plan.hidden, width], random.fork('weights'))
  try {
    const laid = withMarks(encode(columns, at, encodings), width)
    const rows = {
      count: at.length,
      batch: (some: Uint32Array, drawn: Random) => batchOf(some, laid, encodings, drawn),
    }
    const { epochs, batch } = plan
    const more = { random: random.fork('batches'), signal, onProgress, learningRate }
    await teach(net, rows, { loss: { kind: 'mse' }, epochs, batch, ...more })
    return { net, encodings }
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
): Promise<Omit<ModelMeta, 'encodings'>> {
  const inputs: Inputs = encode(columns, first, encodings)
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
