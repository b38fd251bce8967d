// The strokes that made series are drawn with: noise, seasons, bursts, shifts, and windows around what was
// labelled. They never look at a detector.

import type { Random } from '#data/kernel'
import { type LabelledSeries, probationOf } from '../windows.ts'

/** A series being drawn: values to add to and the indexes that will be labelled. */
export interface Sketch {
  times: Float64Array
  values: Float64Array
  labels: number[]
}

/** Step of made series, ms. */
export const hour = 3_600_000
/** Step of made series, ms. */
export const minutes5 = 300_000
/** Points of a day that are five minutes apart. */
export const day = 288

/** Share of a series that its windows cover together. */
const windowShare = 0.1

/** An empty sketch of `count` points, `stepMs` apart. */
export function sketch(count: number, stepMs: number, start = Date.UTC(2014, 3, 1)): Sketch {
  const times = Float64Array.from({ length: count }, (_, i) => start + i * stepMs)
  return { times, values: new Float64Array(count), labels: [] }
}

/** Adds `by(i)` to each point. */
export function add({ values }: Sketch, by: (i: number) => number): void {
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) + by(i)
}

/** Replaces points `from` to `to` (excluded) by `by(value, i)`. */
export function change(
  { values }: Sketch,
  from: number,
  to: number,
  by: (value: number, i: number) => number,
): void {
  for (let i = Math.max(0, from); i < Math.min(to, values.length); i++) values[i] = by(values[i] as number, i)
}

/** Noise whose neighbours are alike: each point keeps `keep` of the one before; of standard deviation `sd`. */
export function drifting(random: Random, keep: number, sd: number): () => number {
  let state = random.normal(0, sd)
  const fresh = sd * Math.sqrt(1 - keep * keep)
  return () => {
    state = keep * state + random.normal(0, fresh)
    return state
  }
}

/** A number with a heavy tail: exp of a normal. */
export function logNormal(random: Random, median: number, spread: number): number {
  return median * Math.exp(random.normal(0, spread))
}

/** A day's course in [0, 1]: low at night, with two humps of random weight; `at` in days. */
export function dayCourse(random: Random): (at: number) => number {
  const first = 0.3 + 0.2 * random.next()
  const second = 0.6 + 0.25 * random.next()
  const weight = random.next()
  const width = 0.06 + 0.08 * random.next()
  const hump = (at: number, centre: number) => Math.exp(-(((at - centre) / width) ** 2) / 2)
  return (at) => {
    const part = at - Math.floor(at)
    const slow = (1 - Math.cos(2 * Math.PI * (part - 0.1))) / 2
    return 0.5 * slow + 0.5 * (weight * hump(part, first) + (1 - weight) * hump(part, second))
  }
}

/** Bursts at random: on average `count` of them, heights of `height()`, each dying away within `length()`. */
export function bursts(
  into: Sketch,
  random: Random,
  count: number,
  height: () => number,
  length: () => number,
): { at: number; height: number }[] {
  const found: { at: number; height: number }[] = []
  const many = random.poisson(count)
  for (let k = 0; k < many; k++) {
    const at = random.int(0, into.values.length - 1)
    const peak = height()
    burst(into, at, peak, length())
    found.push({ at, height: peak })
  }
  return found
}

/** One burst at `at` that dies away over about `length` points. */
export function burst(into: Sketch, at: number, height: number, length: number): void {
  const rise = Math.max(1, Math.round(length / 6))
  change(into, at, at + rise + Math.ceil(6 * length), (value, i) => {
    const age = i - at
    return value + height * (age < rise ? (age + 1) / rise : Math.exp(-(age - rise) / Math.max(0.3, length)))
  })
}

/** Places for `count` events behind the probation, apart from each other. */
export function placesOf(random: Random, length: number, count: number): number[] {
  const first = probationOf(length) + Math.ceil((windowShare * length) / Math.max(1, count) / 2) + 2
  const room = length * 0.97 - first
  return Array.from({ length: count }, (_, k) => {
    const part = room / count
    return Math.floor(first + part * (k + 0.1 + 0.8 * random.next()))
  })
}

/** The series with a window around each label; all together cover a tenth of it. */
export function finished(made: Sketch, name: string, kind: string): LabelledSeries {
  const { times, values } = made
  const labels = [...new Set(made.labels)].sort((a, b) => a - b)
  const half = Math.floor((windowShare * values.length) / Math.max(1, labels.length) / 2)
  const windows: [number, number][] = []
  for (const at of labels) {
    const from = Math.max(at - half, probationOf(values.length))
    const to = Math.min(at + half, values.length - 1)
    const last = windows.at(-1)
    if (last !== undefined && last[1] >= from) last[1] = to
    else if (from < to) windows.push([from, to])
  }
  return { name, kind, times, values, windows }
}
