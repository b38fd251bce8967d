// What a net is taught to make small. Each loss takes the sums of the last layer; it knows no net.

import * as tf from '@tensorflow/tfjs-core'

/**
 * A loss: `mse` and `huber` compare outputs with targets one by one; `pinball` takes one target per group of
 * quantiles: outputs are [n x (targets * quantiles)], target by target; `cross-entropy` has one-hot targets;
 * `binary` has targets from 0 to 1, each output by itself.
 */
export type Loss =
  | { kind: 'mse' }
  | { kind: 'huber' /** Where it turns from square to straight. Default 1. */; delta?: number }
  | { kind: 'pinball' /** Between 0 and 1, ascending. */; quantiles: readonly number[] }
  | { kind: 'cross-entropy' }
  | { kind: 'binary' }

/**
 * Loss per output, before weights: [n x out], or [n x 1] for cross-entropy.
 * @param sums [n x out], before the output function
 * @param targets [n x out]; for pinball [n x out / quantiles]
 */
export function lossOf(loss: Loss, sums: tf.Tensor2D, targets: tf.Tensor2D): tf.Tensor2D {
  switch (loss.kind) {
    case 'mse':
      return tf.square(tf.sub(sums, targets))
    case 'huber':
      return huber(tf.sub(sums, targets), loss.delta ?? 1)
    case 'pinball':
      return pinball(sums, targets, loss.quantiles)
    case 'cross-entropy':
      return crossEntropy(sums, targets)
    case 'binary':
      // max(s, 0) - s t + log(1 + exp(-|s|))
      return tf.add(
        tf.sub(tf.relu(sums), tf.mul(sums, targets)),
        tf.log(tf.add(tf.exp(tf.neg(tf.abs(sums))), 1)),
      )
  }
}

function huber(error: tf.Tensor2D, delta: number): tf.Tensor2D {
  const size = tf.abs(error)
  const inner = tf.minimum(size, delta)
  return tf.add(tf.mul(tf.square(inner), 0.5), tf.mul(tf.sub(size, inner), delta)) as tf.Tensor2D
}

function pinball(sums: tf.Tensor2D, targets: tf.Tensor2D, quantiles: readonly number[]): tf.Tensor2D {
  const [rows, count] = [sums.shape[0], targets.shape[1]]
  const each = tf.sub(
    tf.reshape(targets, [rows, count, 1]),
    tf.reshape(sums, [rows, count, quantiles.length]),
  )
  const share = tf.tensor1d([...quantiles])
  // q * error above, (1 - q) * -error below
  return tf.reshape(tf.sub(tf.relu(each), tf.mul(each, tf.sub(1, share))), [
    rows,
    count * quantiles.length,
  ]) as tf.Tensor2D
}

function crossEntropy(sums: tf.Tensor2D, targets: tf.Tensor2D): tf.Tensor2D {
  return tf.neg(tf.sum(tf.mul(tf.logSoftmax(sums), targets), 1, true)) as tf.Tensor2D
}
