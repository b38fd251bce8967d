// How often and in what steps prices go over all orders, by the size of a batch and how scarce things are. It makes no
// solutions.

import type { Random } from '#data/kernel'
import type { Bound } from './bound.ts'
import type { Pace } from './pace.ts'
import type { Pool } from './pool.ts'
import type { Pricer } from './pricing.ts'

/** Passes, their last step as a share of the first, and from which on plans are kept. */
export interface Passes {
  passes: number
  stepLast: number
  keptFrom: number
}

/** Small models go on with a linear model, large ones live by these prices. */
export const fewPasses: Passes = { passes: 24, stepLast: 0.005, keptFrom: 14 }
export const manyPasses: Passes = { passes: 140, stepLast: 0.0004, keptFrom: 128 }
/** After the few where much is scarce: prices have a long way to go. */
export const furtherPasses: Passes = { passes: 76, stepLast: 0.001, keptFrom: 64 }

/** What greedy pays above the bound, as a share, from which on much is scarce. */
const scarceFrom = 0.3

/** What passes work with. */
export interface PassTools {
  bound: Bound
  pool: Pool
  pricer: Pricer
  pace: Pace
  random: Random
}

/**
 * Walks the prices in ever smaller steps and keeps the plans of the last passes.
 * @param size the first step
 * @returns false when the time was over before
 */
export async function walkPrices(
  { bound, pool, pricer, pace, random }: PassTools,
  size: number,
  { passes, stepLast, keptFrom }: Passes,
): Promise<boolean> {
  for (let i = 0; i < passes; i++) {
    const step = size * stepLast ** (i / passes)
    const isKept = i >= keptFrom
    if (!(await bound.pass(pricer, pace, step, random, isKept ? (o, plan) => pool.add(o, plan) : null)))
      return false
  }
  return true
}

/** A first step of prices: an order that is not served must be able to bid its way in, within reason. */
export function firstStep({ tables, bound }: Bound): number {
  const { orders } = tables
  const empty = orders.reduce((sum, { units, order }) => sum + units * order.unservedCost, 0)
  return Math.min(empty / 2, 10 * Math.max(1, bound)) / orders.length
}

/**
 * Whether so much is scarce that dives are worth their time: greedy is far above the bound, and orders of several lines
 * tear the linear model. With one line each it is nearly whole.
 * @param cost of greedy
 */
export function isMuchScarce({ tables, bound }: Bound, cost: number): boolean {
  return cost - bound > scarceFrom * cost && tables.orders.some(({ order }) => order.lines.length > 1)
}
