// Days of series to learn from, as plain lists that can be sent to a thread. It reads no tables.

import { ahead, inputs } from './view.ts'

/** Examples in order of time. */
export interface Examples {
  count: number
  /** Day of each, from 1970-01-01. */
  days: Float64Array
  /** [count x inputs] */
  inputs: Float32Array
  /** [count x ahead], NaN where an hour is not known. */
  targets: Float32Array
}

/** An example by itself. */
export interface Example {
  day: number
  inputs: Float32Array
  targets: Float32Array
}

/** Examples laid side by side, the oldest first; of the same day in the order given. */
export function laidOut(examples: readonly Example[]): Examples {
  const sorted = examples.toSorted((a, b) => a.day - b.day)
  const count = sorted.length
  const laid: Examples = {
    count,
    days: new Float64Array(count),
    inputs: new Float32Array(count * inputs),
    targets: new Float32Array(count * ahead),
  }
  sorted.forEach((example, i) => {
    laid.days[i] = example.day
    laid.inputs.set(example.inputs, i * inputs)
    laid.targets.set(example.targets, i * ahead)
  })
  return laid
}
