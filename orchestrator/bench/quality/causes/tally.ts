// Counts how many planted slices were found, how many of those found were not planted, and how many were missed.

import type { Slice } from './cases.ts'

/** Right, wrong and missed slices over some cases. */
export interface Tally {
  right: number
  wrong: number
  missed: number
}

/** Of no case. */
export const nothing: Tally = { right: 0, wrong: 0, missed: 0 }

/** The counts of one more case; only the very same slice is right. */
export function tallyOf(truth: readonly Slice[], found: readonly { slice: Slice }[], before: Tally): Tally {
  const wanted = new Set(truth.map(nameOf))
  const right = found.filter(({ slice }) => wanted.has(nameOf(slice))).length
  return {
    right: before.right + right,
    wrong: before.wrong + found.length - right,
    missed: before.missed + wanted.size - right,
  }
}

/** The harmonic mean of precision and recall; 1 where there was nothing to find and nothing was found. */
export function f1Of({ right, wrong, missed }: Tally): number {
  return right + wrong + missed === 0 ? 1 : (2 * right) / (2 * right + wrong + missed)
}

function nameOf(slice: Slice): string {
  const parts = Object.entries(slice).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify(parts)
}
