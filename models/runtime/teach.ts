// How nets learn: Adam over shuffled batches, with early stopping on held-back rows, progress, and a way to cancel.
// The same seed and data give the same net. It reads no rows and writes no file.

import { setImmediate } from 'node:timers/promises'
import * as tf from '@tensorflow/tfjs-core'
import { fail, type Random } from '#data/kernel'
import { Adam } from './adam.ts'
import { type Loss, lossOf } from './losses.ts'
import type { Trainable } from './net.ts'

/** Rows as a net learns from them. */
export interface Batch {
  rows: number
  /** [rows x in] */
  inputs: Float32Array
  /** [rows x out]; for pinball [rows x out / quantiles]. */
  targets: Float32Array
  /** Weight of each error, [rows x out] or [rows x 1]; 1 each where it is not given. */
  weights?: Float32Array
}

/** Rows to learn from. */
export interface Rows {
  count: number
  /**
   * The batch of these rows; may be made anew each time (hidden features, noise).
   * @param at numbers of the rows
   * @param random of this training, for whatever is drawn
   */
  batch(at: Uint32Array, random: Random): Batch
}

/** How far a training has come. */
export interface Progress {
  /** 1 to `epochs`. */
  epoch: number
  epochs: number
  /** 0 to 1 over the whole training, as far as it is known. */
  share: number
  /** Mean over this epoch. */
  loss: number
  /** On held-back rows; null where there are none. */
  heldLoss: number | null
}

/** How to learn. */
export interface TeachOptions {
  loss: Loss
  epochs: number
  random: Random
  /** Rows of a batch. Default 256. */
  batch?: number
  /** Default 0.002. */
  learningRate?: number
  /** Whether the rate falls to nearly nothing along half a cosine. Default false. */
  isFalling?: boolean
  /** Share by which weights shrink each step, times the rate (AdamW). Default 0. */
  decay?: number
  /** Rows that are only measured on: the weights of the best epoch are kept. */
  held?: Rows
  /** Epochs without a better held-back loss after which it stops. Default 4. */
  patience?: number
  /** Told after each epoch. */
  onProgress?: ((progress: Progress) => void) | undefined
  signal?: AbortSignal | undefined
}

/** What came of a training. */
export interface Taught {
  /** Of the epoch whose weights were kept. */
  epoch: number
  loss: number
  heldLoss: number | null
  ended: 'done' | 'early'
}

/** Rows of held-back batches. */
const heldBatch = 4096
/** Part of the held-back loss by which an epoch has to be better, to count. */
const leastGain = 1e-4

/**
 * Teaches a net; other work of the thread gets its turn between batches.
 * @throws MODELS_CANCELED when the signal says so; MODELS_FAILED where the loss is no number. The net's weights are
 *   then whatever they were.
 */
export async function teach(net: Trainable, rows: Rows, options: TeachOptions): Promise<Taught> {
  const { epochs, random, held, patience = 4 } = options
  const adam = await Adam.on(net.variables)
  const [order, drawn] = [numbers(rows.count), random.fork('drawn')]
  let [last, waited]: [Taught | null, number] = [null, 0]
  for (let epoch = 1; epoch <= epochs; epoch++) {
    shuffle(order, random)
    const loss = await learnEpoch(net, rows, { adam, order, drawn, epoch }, options)
    const heldLoss = held === undefined ? null : await lossOn(net, held, options)
    options.onProgress?.({ epoch, epochs, share: epoch / epochs, loss, heldLoss })
    if (heldLoss === null) {
      last = { epoch, loss, heldLoss, ended: 'done' }
      continue
    }
    const best = last?.heldLoss ?? Number.POSITIVE_INFINITY
    if (last === null || heldLoss < best - leastGain * Math.abs(best)) {
      last = { epoch, loss, heldLoss, ended: 'done' }
      adam.keep()
      waited = 0
    } else if (++waited >= patience) {
      last = { ...last, ended: 'early' }
      break
    }
  }
  adam.restore()
  return last ?? { epoch: 0, loss: 0, heldLoss: null, ended: 'done' }
}

/** The mean loss on rows, without learning; drawn the same each time. */
export async function lossOn(
  net: Trainable,
  rows: Rows,
  { loss, random, signal }: Pick<TeachOptions, 'loss' | 'random' | 'signal'>,
): Promise<number> {
  const drawn = random.fork('held')
  let [sum, count] = [0, 0]
  for (let from = 0; from < rows.count; from += heldBatch) {
    stopIf(signal)
    const at = numbers(Math.min(heldBatch, rows.count - from), from)
    const part = rows.batch(at, drawn)
    sum += scalarOf(tf.tidy(() => meanLoss(net, part, loss))) * part.rows
    count += part.rows
    await setImmediate()
  }
  return count === 0 ? 0 : sum / count
}

interface Epoch {
  adam: Adam
  order: Uint32Array
  drawn: Random
  epoch: number
}

async function learnEpoch(
  net: Trainable,
  rows: Rows,
  { adam, order, drawn, epoch }: Epoch,
  {
    loss,
    epochs,
    batch: size = 256,
    learningRate = 0.002,
    isFalling = false,
    decay = 0,
    signal,
  }: TeachOptions,
): Promise<number> {
  const steps = Math.max(1, Math.ceil(order.length / size))
  let sum = 0
  for (let step = 0; step < steps; step++) {
    stopIf(signal)
    const part = rows.batch(order.subarray(step * size, (step + 1) * size), drawn)
    if (part.rows === 0) continue
    const done = (epoch - 1 + step / steps) / epochs
    const rate = isFalling ? learningRate * (0.02 + 0.49 * (1 + Math.cos(Math.PI * done))) : learningRate
    const { value, grads } = tf.variableGrads(() => meanLoss(net, part, loss), net.variables)
    const made = scalarOf(value)
    adam.step(grads, rate, decay)
    sum += made * part.rows
    await setImmediate()
  }
  return order.length === 0 ? 0 : sum / order.length
}

function meanLoss(net: Trainable, { rows, inputs, targets, weights }: Batch, loss: Loss): tf.Scalar {
  const width = inputs.length / rows
  const each = lossOf(
    loss,
    net.forward(tf.tensor2d(inputs, [rows, width])),
    tf.tensor2d(targets, [rows, targets.length / rows]),
  )
  const weighted =
    weights === undefined ? each : tf.mul(each, tf.tensor2d(weights, [rows, weights.length / rows]))
  return tf.div(tf.sum(weighted), rows) as tf.Scalar
}

function scalarOf(scalar: tf.Scalar): number {
  const value = scalar.dataSync()[0] as number
  scalar.dispose()
  if (!Number.isFinite(value)) throw fail('MODELS_FAILED', { reason: 'the loss is not a number any more' })
  return value
}

/** @throws MODELS_CANCELED when the signal says so */
export function stopIf(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw fail('MODELS_CANCELED')
}

function numbers(count: number, from = 0): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => from + i)
}

function shuffle(order: Uint32Array, random: Random): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.int(0, i)
    const other = order[i] as number
    order[i] = order[j] as number
    order[j] = other
  }
}
