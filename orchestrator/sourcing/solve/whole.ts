// The model of every plan that a better solution could have, solved by HiGHS to the end. It is for batches where those
// plans are few.

import type { Bound } from './bound.ts'
import type { HighsWorker } from './highs.ts'
import { chosen, masterOf } from './master.ts'
import type { Pace } from './pace.ts'
import type { Assignment, Plan } from './plans.ts'
import type { Pricer } from './pricing.ts'
import { everyPlan } from './shortlist.ts'

/**
 * Solves it from a solution that there is.
 * @param gap stops at this gap
 * @returns plans, null where it found none, and its bound; null where there are too many plans, or the time was over
 */
export async function solveEvery(
  best: Assignment,
  tools: { bound: Bound; pricer: Pricer; pace: Pace },
  highs: HighsWorker,
  gap: number,
): Promise<{ plans: Plan[] | null; bound: number; isOptimal: boolean } | null> {
  const { pace } = tools
  const listed = await everyPlan(best, tools.bound, tools.pricer, pace)
  if (listed === null) return null
  const { tables } = best
  const master = await masterOf(tables, listed.choices, tables.rows.limits, true, pace, listed.start)
  const limits = { timeLimit: pace.leftMs / 1000, gap, seed: 1 }
  const { values, bound, status } = await highs.solve(master.model, limits, () => pace.stopped !== null)
  const plans = values === null ? null : chosen(master, values).map(({ plan }) => plan)
  return { plans, bound, isOptimal: status === 'optimal' }
}
