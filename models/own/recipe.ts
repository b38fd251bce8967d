// How a target is learned: a small dense net and a straight one beside it, mixed as rows held back by time say, then
// calibrated on others. It reads no file.

import { type Random, seededRandom } from '#data/kernel'
import {
  dispose,
  type Loss,
  type Net,
  type NetState,
  netFrom,
  newNet,
  type Progress,
  predict,
  type Rows,
  stateOf,
  teach,
} from '../runtime/index.ts'
import { conformalInterval, isotonic, type Steps } from './calibrate.ts'
import { type Encoder, encode, encoderOf } from './encode.ts'
import type { Frame } from './frame.ts'
import type { Aim } from './roles.ts'
import { outcomesOf, softmaxOf, type TargetScale, targetScale } from './target.ts'

/** What was learned, beside the nets; plain JSON. */
export interface TargetMeta {
  encoder: Encoder
  aim: Aim
  target: string
  /** Part of the dense net in what is told, 0 to 1; the rest is the straight one's. */
  mix: number
  /** Numbers: how they were scaled. */
  scale: TargetScale
  /** Classes: one rising function for each label; null where nothing is mended. */
  steps: (Steps | null)[]
  /** Numbers: what to add to what is told, scaled, so that nine of ten outcomes lie between. */
  interval: [number, number]
  /** Numbers: sizes of held-back residuals, scaled, ascending; classes: none. */
  residuals: number[]
  /** Numbers: what was told on held-back rows, scaled, ascending. */
  told: number[]
}

/** A learned target. */
export interface Taught {
  meta: TargetMeta
  dense: NetState
  straight: NetState
  rows: { trained: number; held: number }
}

/** What is learned from. */
export interface Lesson {
  frame: Frame
  features: readonly string[]
  timeColumn: string
  target: string
  aim: Aim
  /** Rows with a known outcome, in the order of time. */
  rows: readonly number[]
}

/** How it is learned. */
export interface LearnOptions {
  seed: string
  signal?: AbortSignal | undefined
  onProgress?: ((share: number) => void) | undefined
}

const heldShare = 0.25
const keptMost = 2_000
const mixes = [0, 0.25, 0.5, 0.75, 1]
const epochsMost = 40

/** @throws MODELS_CANCELED, MODELS_FAILED */
export async function learnTarget(lesson: Lesson, options: LearnOptions): Promise<Taught> {
  const { frame, rows, aim, target } = lesson
  const first = Math.ceil(rows.length * (1 - heldShare))
  const teaching = rows.slice(0, first)
  const held = rows.slice(first)
  const [choosing, mending] = [held.filter((_, i) => i % 2 === 0), held.filter((_, i) => i % 2 === 1)]
  const encoder = encoderOf(frame, lesson.features, lesson.timeColumn, teaching)
  const scale = targetScale(frame, target, aim, teaching)
  const part = (some: readonly number[]): Part => ({
    inputs: encode(frame, encoder, some),
    outcomes: outcomesOf(frame, target, aim, scale, some),
    rows: some.length,
  })
  const [taughtPart, chosenPart, mendedPart] = [part(teaching), part(choosing), part(mending)]
  const outputs = aim.kind === 'class' ? aim.labels.length : 1
  const random = seededRandom(options.seed)
  const tell = (from: number, to: number) => (step: Progress) =>
    options.onProgress?.(from + (to - from) * step.share)
  const learn = (layers: number[], label: string, onProgress: (step: Progress) => void) =>
    learnNet(layers, taughtPart, chosenPart, {
      aim,
      random: random.fork(label),
      signal: options.signal,
      onProgress,
    })
  const straight = await learn([encoder.width, outputs], 'straight', tell(0, 0.3))
  const dense = await learn([encoder.width, 64, 32, outputs], 'dense', tell(0.3, 1))
  options.onProgress?.(1)
  const nets = { dense, straight }
  const mix = bestMix(await sumsOf(nets, chosenPart), chosenPart, aim)
  const mended = mixed(await sumsOf(nets, mendedPart), mix)
  const meta = { encoder, aim, target, mix, scale, ...calibrated(mended, mendedPart, aim) }
  return { meta, dense, straight, rows: { trained: teaching.length, held: held.length } }
}

interface Part {
  inputs: Float32Array
  /** One number a row: place of the label, or the scaled outcome. */
  outcomes: Float32Array
  rows: number
}

async function learnNet(
  layers: number[],
  part: Part,
  held: Part,
  options: Pick<LearnOptions, 'signal'> & { aim: Aim; random: Random; onProgress: (step: Progress) => void },
): Promise<NetState> {
  const { aim, random, onProgress, signal } = options
  const net = newNet(layers, random)
  const loss: Loss = aim.kind === 'class' ? { kind: 'cross-entropy' } : { kind: 'huber', delta: 1.5 }
  try {
    await teach(net, rowsOf(part, layers, aim), {
      loss,
      epochs: epochsMost,
      batch: Math.max(32, Math.min(512, Math.round(part.rows / 20))),
      learningRate: layers.length === 2 ? 0.03 : 0.005,
      decay: 0.02,
      held: rowsOf(held, layers, aim),
      patience: 4,
      random,
      onProgress,
      signal,
    })
    return await stateOf(net)
  } finally {
    dispose(net)
  }
}

function rowsOf({ inputs, outcomes, rows }: Part, layers: readonly number[], aim: Aim): Rows {
  const [width, outputs] = [layers[0] as number, layers.at(-1) as number]
  return {
    count: rows,
    batch: (at) => {
      const some = new Float32Array(at.length * width)
      const targets = new Float32Array(at.length * outputs)
      for (let i = 0; i < at.length; i++) {
        const row = at[i] as number
        some.set(inputs.subarray(row * width, (row + 1) * width), i * width)
        if (aim.kind === 'class') targets[i * outputs + (outcomes[row] as number)] = 1
        else targets[i] = outcomes[row] as number
      }
      return { rows: at.length, inputs: some, targets }
    },
  }
}

interface Sums {
  dense: Float32Array
  straight: Float32Array
}

async function sumsOf(
  nets: { dense: NetState; straight: NetState },
  { inputs, rows }: Pick<Part, 'inputs' | 'rows'>,
): Promise<Sums> {
  const asked = await openNets(nets)
  try {
    return await asked.sums(inputs, rows)
  } finally {
    asked.close()
  }
}

/** Both nets in memory, to be asked several times; close it in the end. */
export async function openNets(nets: { dense: NetState; straight: NetState }): Promise<{
  sums(inputs: Float32Array, rows: number): Promise<Sums>
  close(): void
}> {
  const open: Net[] = [netFrom(nets.dense), netFrom(nets.straight)]
  const [dense, straight] = open as [Net, Net]
  return {
    sums: async (inputs, rows) => ({
      dense: await predict(dense, inputs, rows),
      straight: await predict(straight, inputs, rows),
    }),
    close: () => open.forEach(dispose),
  }
}

/** What both nets say together. */
export function mixed({ dense, straight }: Sums, mix: number): Float32Array {
  return dense.map((value, i) => mix * value + (1 - mix) * (straight[i] as number))
}

function bestMix(sums: Sums, part: Part, aim: Aim): number {
  const losses = mixes.map((mix) => lossOf(mixed(sums, mix), part, aim))
  return mixes[losses.indexOf(Math.min(...losses))] as number
}

function lossOf(sums: Float32Array, { outcomes, rows }: Part, aim: Aim): number {
  if (rows === 0) return 0
  if (aim.kind === 'number') {
    return sums.reduce((sum, value, row) => sum + Math.abs(value - (outcomes[row] as number)), 0) / rows
  }
  const shares = softmaxOf(sums, aim.labels.length)
  return outcomes.reduce((sum, label, row) => {
    return sum - Math.log(Math.max(1e-6, shares[row * aim.labels.length + label] as number)) / rows
  }, 0)
}

function calibrated(sums: Float32Array, { outcomes }: Part, aim: Aim) {
  if (aim.kind === 'class') {
    const shares = softmaxOf(sums, aim.labels.length)
    const steps = aim.labels.map((_, label) =>
      isotonic(
        Float64Array.from(outcomes, (_, row) => shares[row * aim.labels.length + label] as number),
        Float64Array.from(outcomes, (came) => Number(came === label)),
      ),
    )
    return { steps, interval: [0, 0] as [number, number], residuals: [], told: [] }
  }
  const residuals = Array.from(outcomes, (came, row) => came - (sums[row] as number))
  const kept = (values: readonly number[]) => {
    const sorted = values.toSorted((a, b) => a - b)
    const step = Math.max(1, sorted.length / keptMost)
    return Array.from(
      { length: Math.min(keptMost, sorted.length) },
      (_, i) => Math.round((sorted[Math.floor(i * step)] as number) * 1e6) / 1e6,
    )
  }
  return {
    steps: [],
    interval: conformalInterval(residuals),
    residuals: kept(residuals.map(Math.abs)),
    told: kept([...sums]),
  }
}
