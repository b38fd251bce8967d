// Asks a dense net without a backend: a few thousand multiplications, there and then. It teaches nothing.

import type { NetState } from '../runtime/index.ts'

/** A net that answers at once. */
export class Forward {
  readonly #net: NetState
  readonly #layers: Float32Array[]

  constructor(net: NetState) {
    this.#net = net
    this.#layers = net.layers.map((length) => new Float32Array(length))
  }

  /**
   * The outputs for one row; the list is good until the next question.
   * @param row [inputs]
   */
  ask(row: Float32Array): Float32Array {
    const { weights, layers, hidden } = this.#net
    let from = row
    let at = 0
    for (let layer = 1; layer < layers.length; layer++) {
      const to = this.#layers[layer] as Float32Array
      const [rows, columns] = [layers[layer - 1] as number, layers[layer] as number]
      const bias = at + rows * columns
      for (let k = 0; k < columns; k++) to[k] = weights[bias + k] as number
      for (let i = 0; i < rows; i++) {
        const value = from[i] as number
        if (value === 0) continue
        const base = at + i * columns
        for (let k = 0; k < columns; k++) to[k] = (to[k] as number) + value * (weights[base + k] as number)
      }
      at = bias + columns
      if (layer < layers.length - 1) {
        for (let k = 0; k < columns; k++) {
          const sum = to[k] as number
          to[k] = hidden === 'relu' ? Math.max(0, sum) : Math.tanh(sum)
        }
      }
      from = to
    }
    return from
  }
}
