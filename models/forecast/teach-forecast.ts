// Teaches the forecaster on days of many series, in a thread: the newest days are held back, to stop in time and to
// tell whether it is better than what each series remembers by itself.

import { seededRandom } from '#data/kernel'
import type { Profile } from '../registry/index.ts'
import {
  type Batch,
  dispose,
  lossOn,
  type NetState,
  newNet,
  type Rows,
  stateOf,
  type TaskContext,
  teach,
} from '../runtime/index.ts'
import type { Examples } from './examples.ts'
import { Forward } from './forward.ts'
import { ahead, inputs, outputs, quantiles } from './view.ts'
import { forecastProfile } from './watched.ts'

/** What the thread is asked. */
export interface ForecastLesson {
  examples: Examples
  seed: string
  /** The net in use, and the last day it learned from. */
  current?: { net: NetState; lastDay: number } | null
  /** Default 12. */
  epochs?: number
}

/** What came of it. */
export interface ForecastTaught {
  net: NetState
  examples: number
  held: number
  /** Mean pinball loss on the held-back days, in standard deviations: of the net, and of the memory alone. */
  heldLoss: number
  memoryLoss: number
  /** Of the net in use; null where there is none, or it had learned from these days. */
  currentLoss: number | null
  /** What it learned from looked like, and where the held-back hours came out. */
  profile: Profile
  backend: string
}

const hidden = [96, 96]
/** Part of the days that is held back, and days between that belong to neither. */
const heldShare = 0.2
const gapDays = 1
const leastExamples = 200

/** @returns null where there is too little to learn from */
export async function teachForecast(
  { examples, seed, epochs = 12, current = null }: ForecastLesson,
  { signal, progress, backend }: TaskContext,
): Promise<ForecastTaught | null> {
  const split = Math.floor(examples.count * (1 - heldShare))
  const from = examples.days[split] ?? Number.POSITIVE_INFINITY
  const all = Array.from({ length: examples.count }, (_, i) => i)
  const learned = all.filter((i) => (examples.days[i] as number) < from - gapDays)
  const heldBack = all.filter((i) => (examples.days[i] as number) >= from)
  if (learned.length < leastExamples || heldBack.length === 0) return null
  const random = seededRandom(seed)
  const net = newNet([inputs, ...hidden, outputs], random.fork('weights'))
  try {
    // It begins as the memory itself with a usual spread: nothing is corrected until that pays.
    const options = {
      loss: { kind: 'pinball', quantiles } as const,
      epochs,
      random: random.fork('order'),
      batch: 256,
      learningRate: 0.0015,
      isFalling: true,
      decay: 0.01,
      signal,
      patience: 3,
      onProgress: progress,
    }
    const held = rowsOf(examples, heldBack)
    await teach(net, rowsOf(examples, learned), { ...options, held })
    const heldLoss = (await lossOn(net, held, options)) / outputs
    const isFresh = current !== null && current.lastDay < from
    const currentLoss = isFresh ? lossOfNet(current.net, examples, heldBack) : null
    const memoryLoss = lossOfMemory(examples, heldBack)
    const state = await stateOf(net)
    return {
      net: state,
      examples: learned.length,
      held: heldBack.length,
      heldLoss,
      memoryLoss,
      currentLoss,
      profile: forecastProfile(state, examples, { learned, held: heldBack }),
      backend,
    }
  } finally {
    dispose(net)
  }
}

function rowsOf(examples: Examples, which: readonly number[]): Rows {
  return {
    count: which.length,
    batch: (at): Batch => {
      const batch = {
        rows: at.length,
        inputs: new Float32Array(at.length * inputs),
        targets: new Float32Array(at.length * ahead),
        weights: new Float32Array(at.length * outputs),
      }
      at.forEach((row, i) => {
        const n = which[row] as number
        batch.inputs.set(examples.inputs.subarray(n * inputs, (n + 1) * inputs), i * inputs)
        for (let hour = 0; hour < ahead; hour++) {
          const target = examples.targets[n * ahead + hour] as number
          if (Number.isNaN(target)) continue
          batch.targets[i * ahead + hour] = target
          batch.weights.fill(
            1,
            (i * ahead + hour) * quantiles.length,
            (i * ahead + hour + 1) * quantiles.length,
          )
        }
      })
      return batch
    },
  }
}

/** The same loss where nothing is corrected and the spread is a normal one; over all outputs, as the net's is. */
function lossOfMemory(examples: Examples, which: readonly number[]): number {
  const said = [-1.2816, 0, 1.2816]
  return meanPinball(examples, which, (_, i) => said[i % quantiles.length] as number)
}

function lossOfNet(net: NetState, examples: Examples, which: readonly number[]): number {
  const forward = new Forward(net)
  let answer: ArrayLike<number> = []
  return meanPinball(examples, which, (n, i) => {
    if (i === 0) answer = forward.ask(examples.inputs.subarray(n * inputs, (n + 1) * inputs))
    return answer[i] as number
  })
}

/** @param said of an example, its output of a number; asked in order */
function meanPinball(
  examples: Examples,
  which: readonly number[],
  said: (n: number, output: number) => number,
): number {
  let sum = 0
  for (const n of which) {
    for (let output = 0; output < outputs; output++) {
      const answer = said(n, output)
      const target = examples.targets[n * ahead + Math.floor(output / quantiles.length)] as number
      if (Number.isNaN(target)) continue
      const share = quantiles[output % quantiles.length] as number
      sum += target >= answer ? share * (target - answer) : (1 - share) * (answer - target)
    }
  }
  return sum / (which.length * outputs)
}
