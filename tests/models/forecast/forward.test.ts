// The forecaster asked without a backend answers what TensorFlow.js answers.

import { describe, expect, test } from 'vitest'
import { seededRandom } from '#data/kernel'
import { Forward } from '../../../models/forecast/index.ts'
import {
  chooseBackend,
  dispose,
  type Hidden,
  newNet,
  predict,
  stateOf,
} from '../../../models/runtime/index.ts'

const layers = [40, 32, 16, 9]

describe('a net without a backend', () => {
  for (const hidden of ['relu', 'tanh'] as const satisfies readonly Hidden[]) {
    test(`answers as TensorFlow.js does (${hidden})`, async () => {
      await chooseBackend(['wasm', 'cpu'])
      const random = seededRandom(`forward ${hidden}`)
      const net = newNet(layers, random, { hidden })
      try {
        const rows = 25
        const inputs = Float32Array.from({ length: rows * 40 }, (_, i) =>
          i % 7 === 0 ? 0 : random.normal(0, 1),
        )
        const told = await predict(net, inputs, rows)
        const forward = new Forward(await stateOf(net))
        for (let row = 0; row < rows; row++) {
          const answer = forward.ask(inputs.subarray(row * 40, (row + 1) * 40))
          for (let k = 0; k < 9; k++) {
            expect(Math.abs((answer[k] as number) - (told[row * 9 + k] as number))).toBeLessThan(1e-4)
          }
        }
      } finally {
        dispose(net)
      }
    })
  }
})
