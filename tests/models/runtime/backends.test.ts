// The same net on every backend that is there: equal answers, equal learning, equal files.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { loadLayersModel } from '@tensorflow/tfjs-layers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { seededRandom } from '#data/kernel'
import {
  type Backend,
  type Bundle,
  backends,
  chooseBackend,
  dispose,
  type Loss,
  loadBundle,
  netFrom,
  newNet,
  predict,
  saveBundle,
  stateOf,
  teach,
} from '../../../models/runtime/index.ts'

const width = 5
const rowCount = 600

/** Rows whose targets are a bent function of the inputs, the same for the same seed. */
function sample(outputs: number, seed = 'sample') {
  const random = seededRandom(seed)
  const inputs = Float32Array.from({ length: rowCount * width }, () => random.normal(0, 1))
  const targets = Float32Array.from({ length: rowCount * outputs }, (_, i) => {
    const row = Math.floor(i / outputs) * width
    const [a, b] = [inputs[row] as number, inputs[row + 1] as number]
    return Math.sin(a) + 0.5 * b * (i % outputs === 0 ? 1 : -1)
  })
  const batch = (at: Uint32Array) => ({
    rows: at.length,
    inputs: Float32Array.from({ length: at.length * width }, (_, i) => {
      return inputs[(at[Math.floor(i / width)] as number) * width + (i % width)] as number
    }),
    targets: Float32Array.from({ length: at.length * outputs }, (_, i) => {
      return targets[(at[Math.floor(i / outputs)] as number) * outputs + (i % outputs)] as number
    }),
  })
  return { inputs, targets, rows: { count: rowCount, batch } }
}

async function taught(loss: Loss = { kind: 'mse' }, outputs = 2, targets = outputs) {
  const { rows, inputs } = sample(targets)
  const random = seededRandom('net')
  const net = newNet([width, 16, 8, outputs], random)
  const result = await teach(net, rows, {
    loss,
    epochs: 5,
    batch: 64,
    learningRate: 0.01,
    random,
    decay: 0.01,
  })
  const told = await predict(net, inputs, rowCount)
  const state = await stateOf(net)
  dispose(net)
  return { result, told, state }
}

async function available(): Promise<Backend[]> {
  const found: Backend[] = []
  for (const backend of backends) {
    const { backend: chosen, notes } = await chooseBackend([backend])
    if (chosen === backend) found.push(backend)
    else console.warn(`without ${backend}: ${notes.join('; ')}`)
  }
  return found
}

const farthest = (a: Float32Array, b: Float32Array) =>
  a.reduce((far, value, i) => Math.max(far, Math.abs(value - (b[i] as number)) / (1 + Math.abs(value))), 0)

describe('the backends', () => {
  test('teach and ask the same net to the same numbers within 1e-4', async () => {
    const found = await available()
    expect(found).toContain('wasm')
    await chooseBackend(['cpu'])
    const plain = await taught()
    for (const backend of found) {
      await chooseBackend([backend])
      const other = await taught()
      expect(other.told.length).toBe(rowCount * 2)
      expect(farthest(plain.told, other.told), backend).toBeLessThan(1e-4)
      expect(Math.abs(plain.result.loss - other.result.loss)).toBeLessThan(1e-4)
    }
  })
})

describe('a net', () => {
  let folder = ''
  beforeEach(async () => {
    await chooseBackend(['wasm'])
    folder = await mkdtemp(join(tmpdir(), 'detour-runtime-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const bundleOf = async (): Promise<Bundle> => ({
    kind: 'sample',
    format: 1,
    meta: { words: ['a', 'b'] },
    nets: { main: (await taught()).state },
    numbers: { residuals: Float32Array.of(1, 2, 3), none: new Float32Array(0) },
  })

  test('learns the same for the same seed and leaves no tensor behind', async () => {
    await taught()
    const before = tf.memory().numTensors
    const [one, two] = [await taught(), await taught()]
    expect(one.state.weights).toEqual(two.state.weights)
    expect(tf.memory().numTensors).toBe(before)
  })

  test.each<[Loss, number, number]>([
    [{ kind: 'mse' }, 2, 2],
    [{ kind: 'huber' }, 2, 2],
    [{ kind: 'pinball', quantiles: [0.1, 0.5, 0.9] }, 6, 2],
    [{ kind: 'binary' }, 1, 1],
    [{ kind: 'cross-entropy' }, 2, 2],
  ])('gets better in the loss %j', async (loss, outputs, targets) => {
    const { rows } = sample(targets)
    const shares = (at: Uint32Array) => {
      const made = rows.batch(at)
      if (loss.kind !== 'binary' && loss.kind !== 'cross-entropy') return made
      const one = made.targets.map((value, i) => {
        const first = made.targets[i - (i % targets)] as number
        return loss.kind === 'binary' ? Number(value > 0) : Number(first > 0 === (i % 2 === 0))
      })
      return { ...made, targets: one }
    }
    const losses: number[] = []
    const random = seededRandom(3)
    const net = newNet([width, 24, outputs], random, { hidden: 'tanh' })
    await teach(
      net,
      { count: rowCount, batch: shares },
      {
        loss,
        epochs: 12,
        batch: 32,
        learningRate: 0.01,
        isFalling: true,
        random,
        onProgress: ({ loss: value }) => losses.push(value),
      },
    )
    dispose(net)
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) * 0.7)
  })

  test('stops early with the weights of its best epoch, and when it is told to', async () => {
    const noise = seededRandom('noise')
    const drawn = Float32Array.from({ length: rowCount }, () => noise.normal(0, 1))
    const { rows } = sample(1)
    const batch = (at: Uint32Array) => ({
      ...rows.batch(at),
      targets: Float32Array.from(at, (i) => drawn[i] as number),
    })
    const random = seededRandom('early')
    const net = newNet([width, 64, 1], random)
    const controller = new AbortController()
    const held = { count: 200, batch }
    const learned = { count: 200, batch: (at: Uint32Array) => batch(at.map((i) => i + 300)) }
    const options = {
      loss: { kind: 'mse' as const },
      epochs: 200,
      learningRate: 0.02,
      random,
      held,
      patience: 3,
    }
    const result = await teach(net, learned, options)
    expect(result.ended).toBe('early')
    const canceled = teach(net, learned, {
      ...options,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    })
    await expect(canceled).rejects.toMatchObject({ code: 'MODELS_CANCELED' })
    dispose(net)
  })

  test('is the same after it was written and read, by Detour and by TensorFlow.js itself', async () => {
    const bundle = await bundleOf()
    const sha256 = await saveBundle(join(folder, 'v1'), bundle)
    const read = await loadBundle(join(folder, 'v1'), { kind: 'sample', format: 1 })
    expect(read).toEqual({ bundle, sha256 })
    const { inputs } = sample(2)
    const net = netFrom(bundle.nets.main as Bundle['nets'][string])
    const told = await predict(net, inputs, rowCount)
    dispose(net)
    const { readFile } = await import('node:fs/promises')
    const json = JSON.parse(await readFile(join(folder, 'v1', 'main.json'), 'utf8')) as tf.io.ModelJSON
    const bytes = await readFile(join(folder, 'v1', 'main.bin'))
    const artifacts = await tf.io.getModelArtifactsForJSON(json, async (manifest) => [
      manifest.flatMap((group) => group.weights),
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer,
    ])
    const model = await loadLayersModel(tf.io.fromMemory(artifacts))
    const answer = model.predict(tf.tensor2d(inputs, [rowCount, width])) as tf.Tensor
    expect(farthest(told, (await answer.data()) as Float32Array)).toBeLessThan(1e-5)
    answer.dispose()
    model.dispose()
  })

  test('is refused with a code when a byte of it is not as it was written, or it is of another format', async () => {
    const home = join(folder, 'v1')
    await saveBundle(home, await bundleOf())
    const wanted = { kind: 'sample', format: 1 }
    const foreign = loadBundle(home, { kind: 'sample', format: 2 })
    await expect(foreign).rejects.toMatchObject({ code: 'MODELS_FILE_FOREIGN' })
    const damaged = { code: 'MODELS_FILE_DAMAGED' }
    for (const [name, text] of [
      ['main.bin', 'short'],
      ['main.json', '{}'],
      ['manifest.json', '{"manifest":1'],
      ['manifest.json', '[]'],
      ['manifest.json', ''],
    ] as const) {
      await writeFile(join(home, name), text)
      await expect(loadBundle(home, wanted), name).rejects.toMatchObject(damaged)
    }
    await rm(join(home, 'manifest.json'))
    await expect(loadBundle(home, wanted)).rejects.toMatchObject(damaged)
  })
})
