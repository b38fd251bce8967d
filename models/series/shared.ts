// What slices of one kind strayed together: when half of them stray, that is the matter of the whole and no constraint
// of one of them. It changes no series.

import { keptOf } from './kept.ts'

/** Slices of a kind from which on what they share is taken off each. */
const manySlices = 4

/** A series as a group sees it. */
export interface Member {
  /** How far it strayed in a tick, NaN = unknown. */
  alone(tick: number): number
  /** Groups it is in, in the order in which they are taken off. */
  common: Shared[]
}

/** What the slices of a group have in common, tick by tick. */
export class Shared {
  readonly #kept: number
  readonly #shared: Float32Array
  readonly #members: Member[] = []

  /** @param stepMs length of the buckets */
  constructor(stepMs: number) {
    this.#kept = keptOf(stepMs).scores
    this.#shared = new Float32Array(this.#kept)
  }

  /** A series joins; what is common is taken off it from now on, after what it shares with groups it joined before. */
  join(series: Member): void {
    this.#members.push(series)
    series.common.push(this)
  }

  /** What is taken off in a tick: 0 or more. */
  at(tick: number): number {
    return this.#shared[tick % this.#kept] as number
  }

  /** Reckons a tick anew, once all members have it. @param scratch long enough for all members */
  settle(tick: number, scratch: Float64Array): void {
    const slot = tick % this.#kept
    this.#shared[slot] = 0
    if (this.#members.length < manySlices) return
    let known = 0
    for (const series of this.#members) {
      let z = series.alone(tick)
      for (const other of series.common) {
        if (other === this) break
        z -= other.at(tick)
      }
      if (!Number.isNaN(z)) scratch[known++] = z
    }
    if (known < manySlices) return
    const all = scratch.subarray(0, known).sort()
    const middle = known >> 1
    const median =
      known % 2 === 1 ? (all[middle] as number) : ((all[middle - 1] as number) + (all[middle] as number)) / 2
    this.#shared[slot] = Math.max(0, median)
  }

  /** Series in the group. */
  get size(): number {
    return this.#members.length
  }
}
