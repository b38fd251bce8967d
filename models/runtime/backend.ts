// Chooses where TensorFlow.js does its arithmetic: native code, WebAssembly or plain JavaScript, whichever is there
// and passes a test against plain JavaScript. It trains nothing.

import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
// it brings the gradients along
import '@tensorflow/tfjs-layers'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { reasonOf } from '#data/kernel'

/** Where the arithmetic is done: native code, WebAssembly (SIMD), plain JavaScript. */
export type Backend = 'tfjs-node' | 'wasm' | 'cpu'

/** Every backend, in the order in which they are tried. */
export const backends: readonly Backend[] = ['tfjs-node', 'wasm', 'cpu']

const require = createRequire(import.meta.url)
/** Relative difference from plain JavaScript up to which a backend is right. */
const tolerance = 1e-4

/**
 * The first of the backends that can be loaded and reckons right; it is set when this resolves.
 * @returns its name, and why those before it were left out
 */
export async function chooseBackend(
  wanted: readonly Backend[] = backends,
): Promise<{ backend: Backend; notes: string[] }> {
  tf.enableProdMode()
  const notes: string[] = []
  for (const backend of wanted) {
    try {
      await load[backend]()
      if (backend !== 'cpu') await compareWithCpu(nameOf[backend])
      return { backend, notes }
    } catch (error) {
      notes.push(`${backend}: ${reasonOf(error)}`)
    }
  }
  await load.cpu()
  return { backend: 'cpu', notes }
}

const nameOf: Record<Backend, string> = { 'tfjs-node': 'tensorflow', wasm: 'wasm', cpu: 'cpu' }

const load: Record<Backend, () => Promise<void>> = {
  'tfjs-node': async () => {
    // it calls a function that newer Node versions no longer have
    const util = require('node:util') as Record<string, unknown>
    util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined
    require('@tensorflow/tfjs-node')
    await use('tensorflow')
  },
  wasm: async () => {
    setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}${sep}`)
    await use('wasm')
  },
  cpu: () => use('cpu'),
}

async function use(name: string): Promise<void> {
  if (!(await tf.setBackend(name))) throw new Error(`the backend ${name} did not start`)
  await tf.ready()
}

/** Throws where products, gradients or the way of weights out and in differ from plain JavaScript. */
async function compareWithCpu(name: string): Promise<void> {
  const found = await sample()
  const copied = await copy(found)
  await use('cpu')
  const expected = await sample()
  await use(name)
  for (const [i, value] of expected.entries()) {
    const far = (other: number | undefined) =>
      !(Math.abs((other ?? Number.NaN) - value) <= tolerance * (1 + Math.abs(value)))
    if (far(found[i]) || far(copied[i])) throw new Error('it reckons differently from plain JavaScript')
  }
}

async function sample(): Promise<Float32Array> {
  const numbers = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * 7.3))
  const result = tf.tidy(() => {
    const left = tf.tensor2d(numbers(24), [4, 6])
    const right = tf.tensor2d(numbers(30), [6, 5])
    const loss = (matrix: tf.Tensor) =>
      tf.mean(tf.square(tf.relu(tf.matMul(left, matrix as tf.Tensor2D)))) as tf.Scalar
    return tf.concat([tf.reshape(tf.matMul(left, right), [20]), tf.reshape(tf.grad(loss)(right), [30])])
  })
  const values = (await result.data()) as Float32Array
  result.dispose()
  return values.slice()
}

async function copy(values: Float32Array): Promise<Float32Array> {
  const tensor = tf.tensor1d(values)
  const copied = (await tensor.data()) as Float32Array
  tensor.dispose()
  return copied.slice()
}
