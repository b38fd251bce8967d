// A dense net that foretells hidden features of a row from the others. It knows tensors, not orders.

import * as tf from '@tensorflow/tfjs-core'
import type { Random } from '#data/kernel'

/** A net: inputs and marks of what is hidden in, inputs out. */
export interface Net {
  /** Lengths of the layers, inputs first. */
  layers: number[]
  /** Matrix and bias by layer. */
  variables: tf.Variable[]
}

/** Rows of the largest matrix that is reckoned with at once. */
const rowsAtOnce = 8192

/**
 * A product whose gradient transposes first and multiplies then: on WebAssembly several times faster than the
 * built-in gradient, with the same result.
 */
const product = tf.customGrad((left, right, save) => {
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
})

/** A new net with weights drawn at random. */
export function newNet(layers: readonly number[], random: Random): Net {
  const variables: tf.Variable[] = []
  for (let i = 1; i < layers.length; i++) {
    const [rows, columns] = [layers[i - 1] as number, layers[i] as number]
    const spread = Math.sqrt(2 / rows)
    const drawn = Float32Array.from({ length: rows * columns }, () => random.normal(0, spread))
    variables.push(tf.variable(tf.tensor2d(drawn, [rows, columns])))
    variables.push(tf.variable(tf.zeros([columns])))
  }
  return { layers: [...layers], variables }
}

/** A net with known weights. @throws Error where their number does not fit the layers */
export function netFrom(layers: readonly number[], weights: Float32Array): Net {
  const variables: tf.Variable[] = []
  let at = 0
  const take = (count: number): Float32Array => {
    at += count
    return weights.slice(at - count, at)
  }
  for (let i = 1; i < layers.length; i++) {
    const [rows, columns] = [layers[i - 1] as number, layers[i] as number]
    if (at + rows * columns + columns > weights.length) throw new Error('the weights do not fit the layers')
    variables.push(tf.variable(tf.tensor2d(take(rows * columns), [rows, columns])))
    variables.push(tf.variable(tf.tensor1d(take(columns))))
  }
  return { layers: [...layers], variables }
}

/** All weights, layer by layer. */
export async function weightsOf(net: Net): Promise<Float32Array> {
  const parts = await Promise.all(net.variables.map((variable) => variable.data()))
  const weights = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    weights.set(part as Float32Array, at)
    at += part.length
  }
  return weights
}

/** Frees the net. */
export function dispose(net: Net): void {
  for (const variable of net.variables) variable.dispose()
}

function forward(net: Net, inputs: tf.Tensor2D): tf.Tensor2D {
  let flow: tf.Tensor = inputs
  for (let i = 0; i < net.variables.length; i += 2) {
    const sum = tf.add(product(flow, net.variables[i] as tf.Tensor), net.variables[i + 1] as tf.Tensor)
    flow = i + 2 < net.variables.length ? tf.relu(sum) : sum
  }
  return flow as tf.Tensor2D
}

/** One batch: inputs with marks [n x in], what they should be [n x out], weight of each error [n x out]. */
export interface Batch {
  inputs: Float32Array
  targets: Float32Array
  weights: Float32Array
  rows: number
}

/** One step of learning. */
export function learn(net: Net, optimizer: tf.Optimizer, batch: Batch): void {
  tf.tidy(() => {
    const [width, out] = [net.layers[0] as number, net.layers.at(-1) as number]
    const inputs = tf.tensor2d(batch.inputs, [batch.rows, width])
    const targets = tf.tensor2d(batch.targets, [batch.rows, out])
    const weights = tf.tensor2d(batch.weights, [batch.rows, out])
    const loss = () => {
      const error = tf.square(tf.sub(forward(net, inputs), targets))
      return tf.div(tf.sum(tf.mul(error, weights)), batch.rows) as tf.Scalar
    }
    optimizer.minimize(loss, false, net.variables)
  })
}

/** Foretells: [rows x in] -> [rows x out]. */
export async function foretell(net: Net, inputs: Float32Array, rows: number): Promise<Float32Array> {
  const [width, out] = [net.layers[0] as number, net.layers.at(-1) as number]
  const told = new Float32Array(rows * out)
  for (let from = 0; from < rows; from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - from)
    const part = tf.tidy(() =>
      forward(net, tf.tensor2d(inputs.subarray(from * width, (from + count) * width), [count, width])),
    )
    told.set((await part.data()) as Float32Array, from * out)
    part.dispose()
  }
  return told
}
