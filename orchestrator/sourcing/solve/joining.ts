// Joins parts of an order to larger amounts at least cost, one more part at a time. It knows no places.

import type { Box } from './boxes.ts'

/**
 * Costs of amounts with one part more.
 * @param part cost of each amount as one part
 * @param costs of each amount with the parts so far
 * @param next filled with the new costs, and `firsts` with the part that was added; 0 = as before
 * @returns whether one part more is cheaper for any amount
 */
export function joinOnce(
  box: Box,
  part: Float64Array,
  costs: Float64Array,
  next: Float64Array,
  firsts: Int32Array,
  splitCost: number,
): boolean {
  const { size, parts, partStart } = box
  let isBetter = false
  for (let s = 1; s < size; s++) {
    let best = costs[s] as number
    let first = 0
    const end = partStart[s + 1] as number
    for (let k = partStart[s] as number; k < end; k++) {
      const v = parts[k] as number
      const cost = (part[v] as number) + splitCost + (costs[s - v] as number)
      if (cost >= best) continue
      best = cost
      first = v
    }
    next[s] = best
    firsts[s] = first
    if (first !== 0) isBetter = true
  }
  return isBetter
}
