// Dense nets: made, copied out as plain numbers, asked. They know tensors, not what the numbers stand for; the way
// they learn is in teach.ts.

import * as tf from '@tensorflow/tfjs-core'
import type { Random } from '#data/kernel'

/** What a hidden layer does with its sums. */
export type Hidden = 'relu' | 'tanh'
/** What the last layer does with its sums when the net is asked; losses are reckoned on the sums themselves. */
export type Output = 'linear' | 'sigmoid' | 'softmax'

/** Shape of a net. */
export interface NetShape {
  /** Lengths of the layers, inputs first, outputs last. */
  layers: number[]
  hidden: Hidden
  output: Output
}

/** A net as plain numbers: it can be sent to another thread and written to a file. */
export interface NetState extends NetShape {
  /** Layer by layer: matrix row by row, then bias. */
  weights: Float32Array
}

/** What learns: variables, and the way from inputs to sums. */
export interface Trainable {
  variables: tf.Variable[]
  /** Inputs [n x in] -> sums of the last layer [n x out]; gradients flow through it. */
  forward(inputs: tf.Tensor2D): tf.Tensor2D
}

/** A dense net in memory of the backend; `dispose` it in the end. */
export interface Net extends NetShape, Trainable {
  /** Matrix and bias by layer. */
  variables: tf.Variable[]
}

/** Rows of the largest matrix that is reckoned with at once. */
const rowsAtOnce = 8192

/**
 * A product whose gradient transposes first and multiplies then: on WebAssembly several times faster than the
 * built-in gradient, with the same result.
 * @param left [n x m]
 * @param right [m x k]
 */
export const product: (left: tf.Tensor2D, right: tf.Tensor2D) => tf.Tensor2D = tf.customGrad(
  (left, right, save) => {
    const [a, b, keep] = [left as tf.Tensor2D, right as tf.Tensor2D, save as tf.GradSaveFunc]
    keep([a, b])
    return {
      value: tf.matMul(a, b),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, w] = saved as [tf.Tensor2D, tf.Tensor2D]
        const change = dy as tf.Tensor2D
        return [tf.matMul(change, tf.transpose(w)), tf.matMul(tf.transpose(x), change)]
      },
    }
  },
) as (left: tf.Tensor2D, right: tf.Tensor2D) => tf.Tensor2D

/**
 * A new net with weights drawn at random (He for relu, Glorot for tanh), the same for the same seed.
 * @param layers lengths, inputs first
 */
export function newNet(
  layers: readonly number[],
  random: Random,
  { hidden = 'relu', output = 'linear' }: { hidden?: Hidden; output?: Output } = {},
): Net {
  const variables: tf.Variable[] = []
  for (let i = 1; i < layers.length; i++) {
    const [rows, columns] = [layers[i - 1] as number, layers[i] as number]
    const spread = Math.sqrt(2 / (hidden === 'relu' ? rows : rows + columns))
    const drawn = Float32Array.from({ length: rows * columns }, () => random.normal(0, spread))
    variables.push(variableOf(drawn, [rows, columns]))
    variables.push(variableOf(new Float32Array(columns), [columns]))
  }
  return netOf({ layers: [...layers], hidden, output }, variables)
}

/** Weights that a net of these layers has. */
export function weightCount(layers: readonly number[]): number {
  return layers.slice(1).reduce((sum, columns, i) => sum + columns * (1 + (layers[i] as number)), 0)
}

/** A net with known weights. @throws Error where their number does not fit the layers */
export function netFrom({ layers, hidden, output, weights }: NetState): Net {
  if (weightCount(layers) !== weights.length) throw new Error('the weights do not fit the layers')
  const variables: tf.Variable[] = []
  let at = 0
  const take = (count: number): Float32Array => {
    at += count
    return weights.slice(at - count, at)
  }
  for (let i = 1; i < layers.length; i++) {
    const [rows, columns] = [layers[i - 1] as number, layers[i] as number]
    variables.push(variableOf(take(rows * columns), [rows, columns]))
    variables.push(variableOf(take(columns), [columns]))
  }
  return netOf({ layers: [...layers], hidden, output }, variables)
}

function variableOf(values: Float32Array, shape: number[]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(values, shape)))
}

function netOf(shape: NetShape, variables: tf.Variable[]): Net {
  return { ...shape, variables, forward: (inputs) => sumsOf(shape, variables, inputs) }
}

function sumsOf({ hidden }: NetShape, variables: readonly tf.Variable[], inputs: tf.Tensor2D): tf.Tensor2D {
  let flow = inputs
  for (let i = 0; i < variables.length; i += 2) {
    const sum = tf.add(product(flow, variables[i] as tf.Tensor2D), variables[i + 1] as tf.Tensor)
    const isLast = i + 2 >= variables.length
    flow = (isLast ? sum : hidden === 'relu' ? tf.relu(sum) : tf.tanh(sum)) as tf.Tensor2D
  }
  return flow
}

/** The net as plain numbers. */
export async function stateOf(net: Net): Promise<NetState> {
  const { layers, hidden, output } = net
  return { layers: [...layers], hidden, output, weights: await weightsOf(net) }
}

/** All weights, layer by layer. */
export async function weightsOf({ variables }: Trainable): Promise<Float32Array> {
  const parts = await Promise.all(variables.map((variable) => variable.data()))
  const weights = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    weights.set(part as Float32Array, at)
    at += part.length
  }
  return weights
}

/** Frees the net. */
export function dispose({ variables }: Trainable): void {
  for (const variable of variables) variable.dispose()
}

/**
 * Asks the net, a bounded number of rows at a time.
 * @param inputs [rows x in]
 * @returns [rows x out], after the net's output function
 */
export async function predict(net: Net, inputs: Float32Array, rows: number): Promise<Float32Array> {
  const [width, out] = [net.layers[0] as number, net.layers.at(-1) as number]
  const told = new Float32Array(rows * out)
  for (let from = 0; from < rows; from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - from)
    const part = tf.tidy(() => {
      const given = tf.tensor2d(inputs.subarray(from * width, (from + count) * width), [count, width])
      return answerOf(net, given)
    })
    told.set((await part.data()) as Float32Array, from * out)
    part.dispose()
  }
  return told
}

function answerOf({ variables, hidden, output }: Net, inputs: tf.Tensor2D): tf.Tensor {
  let flow: tf.Tensor2D = inputs
  for (let i = 0; i < variables.length; i += 2) {
    const isRelu = hidden === 'relu' && i + 2 < variables.length
    const sum = tf.fused.matMul({
      a: flow,
      b: variables[i] as tf.Tensor2D,
      bias: variables[i + 1] as tf.Tensor,
      activation: isRelu ? 'relu' : 'linear',
    }) as tf.Tensor2D
    flow = i + 2 < variables.length && hidden === 'tanh' ? tf.tanh(sum) : sum
  }
  if (output === 'sigmoid') return tf.sigmoid(flow)
  return output === 'softmax' ? tf.softmax(flow) : flow
}
