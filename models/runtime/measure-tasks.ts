// What the process that measures backends does: the same small net on each that is there. It keeps nothing.

import { seededRandom } from '#data/kernel'
import { backends, chooseBackend } from './backend.ts'
import type { MeasuredBackend } from './measure.ts'
import { dispose, newNet, predict } from './net.ts'
import { teach } from './teach.ts'

const layers = [30, 64, 32, 30]
const [learned, asked, epochs, rounds] = [512, 2_048, 2, 2]

/** Every backend that passes its test: the least time of several rounds, and what its net answers. */
async function measure(): Promise<MeasuredBackend[]> {
  const found: (Omit<MeasuredBackend, 'difference'> & { answers: Float32Array })[] = []
  for (const backend of backends) {
    if ((await chooseBackend([backend])).backend === backend) found.push({ backend, ...(await timesOf()) })
  }
  const plain = found.find(({ backend }) => backend === 'cpu')?.answers
  return found.map(({ answers, ...times }) => ({
    ...times,
    difference: differenceOf(answers, plain ?? answers),
  }))
}

function differenceOf(left: Float32Array, right: Float32Array): number {
  return left.reduce((most, value, i) => Math.max(most, Math.abs(value - (right[i] as number))), 0)
}

async function timesOf(): Promise<{ learnMs: number; askMs: number; answers: Float32Array }> {
  const random = seededRandom('measure')
  const width = layers[0] as number
  const inputs = Float32Array.from({ length: asked * width }, () => random.normal(0, 1))
  const rows = {
    count: learned,
    batch: (at: Uint32Array) => {
      const some = new Float32Array(at.length * width)
      for (const [i, row] of at.entries())
        some.set(inputs.subarray(row * width, (row + 1) * width), i * width)
      return { rows: at.length, inputs: some, targets: some }
    },
  }
  const net = newNet(layers, random)
  let [learnMs, askMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  let answers: Float32Array = new Float32Array()
  for (let round = 0; round < rounds; round++) {
    const began = performance.now()
    await teach(net, rows, { loss: { kind: 'mse' }, epochs, batch: 256, random })
    const between = performance.now()
    answers = await predict(net, inputs, asked)
    learnMs = Math.min(learnMs, (between - began) / (epochs * (learned / 256)))
    askMs = Math.min(askMs, performance.now() - between)
  }
  dispose(net)
  return { learnMs, askMs, answers }
}

/** Tasks by name. */
export const tasks = { measure }
