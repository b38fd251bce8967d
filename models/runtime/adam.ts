// Adam with weight decay, on plain arrays beside the variables: TensorFlow.js reckons the gradients, and the few
// thousand weights of a dense net are moved faster in one loop than by a dozen operations on each variable.

import * as tf from '@tensorflow/tfjs-core'

const [fadeFirst, fadeSecond, small] = [0.9, 0.999, 1e-7]

interface Slot {
  variable: tf.Variable
  weights: Float32Array
  first: Float32Array
  second: Float32Array
  best: Float32Array | null
}

/**
 * The state of a training.
 * @source Kingma, Ba: Adam (2015); Loshchilov, Hutter: Decoupled weight decay regularization (2019)
 */
export class Adam {
  readonly #slots: readonly Slot[]
  #steps = 0

  private constructor(slots: readonly Slot[]) {
    this.#slots = slots
  }

  /** A new training of the variables. */
  static async on(variables: readonly tf.Variable[]): Promise<Adam> {
    const slots = variables.map(async (variable): Promise<Slot> => {
      const weights = ((await variable.data()) as Float32Array).slice()
      const zeros = () => new Float32Array(weights.length)
      return { variable, weights, first: zeros(), second: zeros(), best: null }
    })
    return new Adam(await Promise.all(slots))
  }

  /**
   * Moves the variables along their gradients, which are freed.
   * @param decay share by which matrices shrink, times the rate
   */
  step(grads: tf.NamedTensorMap, rate: number, decay: number): void {
    this.#steps++
    const size = (rate * Math.sqrt(1 - fadeSecond ** this.#steps)) / (1 - fadeFirst ** this.#steps)
    for (const slot of this.#slots) {
      const gradient = grads[slot.variable.name]
      if (gradient === undefined) continue
      const { weights, first, second } = slot
      const values = gradient.dataSync()
      const kept = slot.variable.rank > 1 ? 1 - rate * decay : 1
      for (let i = 0; i < weights.length; i++) {
        const value = values[i] as number
        const one = fadeFirst * (first[i] as number) + (1 - fadeFirst) * value
        const two = fadeSecond * (second[i] as number) + (1 - fadeSecond) * value * value
        first[i] = one
        second[i] = two
        weights[i] = kept * (weights[i] as number) - (size * one) / (Math.sqrt(two) + small)
      }
      gradient.dispose()
      write(slot, weights)
    }
  }

  /** Remembers the weights as the best so far. */
  keep(): void {
    for (const slot of this.#slots) slot.best = slot.weights.slice()
  }

  /** Puts the best weights back, where some were kept. */
  restore(): void {
    for (const slot of this.#slots) if (slot.best !== null) write(slot, slot.best)
  }
}

function write({ variable }: Slot, weights: Float32Array): void {
  // the copy: a backend may hold on to the array it is given
  const fresh = tf.tensor(weights.slice(), variable.shape)
  variable.assign(fresh)
  fresh.dispose()
}
