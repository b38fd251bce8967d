// What a way of judging slices offers to the search. Shapes only.

import type { Cuboid } from './cuboid.ts'

/** A common deviation of the leaves of a slice. */
export interface Shift {
  /** Where the leaves lie, in the unit of the judge. */
  centre: number
  /** How far they lie apart, in the same unit. */
  spread: number
  /** Log of the evidence for it against ordinary leaves, its own freedom paid for. */
  evidence: number
}

/** Judges slices of the leaves that nothing explains yet. */
export interface Judge {
  /** Smallest common deviation that counts in a cuboid, from how far its elements lie apart anyway. */
  leastShift(cuboid: Cuboid): number
  /** Fits a common deviation to `members` from `from` to before `to`; null where they do not deviate. */
  fit(members: Int32Array, from: number, to: number, leastShift: number): Shift | null
}

/** A way of judging. */
export interface Evidence {
  /** Leaves that tell something, in the order in which judges want them. */
  telling: Int32Array
  judge(open: Int32Array): Judge
}

/** Part of the leaves of a slice that may go their own way. */
export const stray = 0.05
/** Two slices of one cuboid differ this many times as much as slices do anyway before it tells something. */
export const perSibling = 4

/**
 * How far the middles of elements lie apart: the width that a normal distribution would have whose densest 40 % lie
 * as close together. Causes among the elements do not matter while they are fewer than half.
 * @param middles by element; sorted in place
 * @param chance mean variance that the middles have by chance alone
 */
export function restlessness(middles: Float64Array, chance: number): number {
  middles.sort()
  const some = Math.ceil(0.4 * middles.length)
  let apart = Number.POSITIVE_INFINITY
  for (let i = 0; i + some <= middles.length; i++) {
    apart = Math.min(apart, (middles[i + some - 1] as number) - (middles[i] as number))
  }
  return Number.isFinite(apart) ? Math.sqrt(Math.max(0, (apart / 1.05) ** 2 - chance)) : 0
}
