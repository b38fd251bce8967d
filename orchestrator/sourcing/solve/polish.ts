// Sharpens prices to the best there are: a linear model of the plans found so far gives prices, these find plans that
// were missing, until none is. It needs HiGHS, and is left out where the model would be too large.

import type { Bound } from './bound.ts'
import type { OrderTable, Tables } from './columns.ts'
import type { HighsWorker } from './highs.ts'
import { type Choice, chosen, type Master, masterOf } from './master.ts'
import type { Pace } from './pace.ts'
import { eachUse, emptyPlan, isAllowed, type Plan, planKey } from './plans.ts'
import type { Pricer } from './pricing.ts'

/** Entries of the largest linear model that is tried. */
const entriesMost = 600_000
/** Entries of the largest that is solved to a corner, where most shares are whole. */
const cornerMost = 250_000
/** Models one after the other, at most. */
const roundsMost = 40

/** Plans of each order that were the best at some prices. */
export class Pool {
  readonly #tables: Tables
  readonly #plans: Map<string, Plan>[]
  readonly #most: number
  readonly #counts: Map<string, number>[]
  /** Entries that a model of all plans would have. */
  entries = 0

  constructor(tables: Tables, most: number) {
    this.#tables = tables
    this.#most = most
    this.#counts = tables.orders.map(() => new Map())
    this.#plans = tables.orders.map((table) => new Map([['', emptyPlan(table)]]))
  }

  /** @returns whether the plan was missing */
  add(order: number, plan: Plan): boolean {
    const plans = this.#plans[order] as Map<string, Plan>
    const table = this.#tables.orders[order] as OrderTable
    const key = planKey(plan)
    const counts = this.#counts[order] as Map<string, number>
    counts.set(key, (counts.get(key) ?? 0) + 1)
    if (plans.has(key) || plans.size > this.#most || !isAllowed(table, plan)) return false
    plans.set(key, plan)
    this.entries += 1
    eachUse(table, plan, () => this.entries++)
    return true
  }

  /** The plan of each order that was added most often. */
  favourites(): Plan[] {
    return this.#plans.map((plans, order) => {
      const counts = this.#counts[order] as Map<string, number>
      let best = plans.get('') as Plan
      let most = 0
      for (const [key, plan] of plans) {
        const count = counts.get(key) ?? 0
        if (count <= most) continue
        most = count
        best = plan
      }
      return best
    })
  }

  /** All plans. */
  choices(): Choice[] {
    return this.#plans.map((plans, order) => ({ order, plans: [...plans.values()] }))
  }
}

/** What the last linear model said. */
export interface Polished {
  /** For each order the plan with the largest share. */
  plans: Plan[]
  /** Orders whose share is not whole; where there is none, the plans are the optimum of the model. */
  torn: number[]
  /** How much more the model cost than the bound, as a share of it. */
  distance: number
  /** Whether the shares are a corner of the model, not of its middle. */
  isCorner: boolean
}

/**
 * Improves the bound until it is the best there is, or near enough.
 * @param nearEnough stops where the model costs at most this share more than the bound
 * @param meanwhile done with the plans of the last model while HiGHS solves the next
 * @returns null where no model was solved
 */
export async function polish(
  bound: Bound,
  pool: Pool,
  pricer: Pricer,
  highs: HighsWorker,
  pace: Pace,
  nearEnough: number,
  meanwhile: (plans: readonly Plan[]) => Promise<void>,
): Promise<Polished | null> {
  let result: Polished | null = null
  for (let i = 0; i < roundsMost && pool.entries <= entriesMost; i++) {
    // the last rounds are for the last digits, which the interior does not give
    const isLast: boolean = result !== null && pool.entries <= cornerMost && result.distance <= 1e-4
    const master = await masterOf(bound.tables, pool.choices(), bound.tables.rows.limits, false, pace)
    const limits = { timeLimit: pace.leftMs / 1000, gap: 0, seed: 1, isInterior: !isLast }
    const solving = highs.solve(master.model, limits, () => pace.stopped !== null)
    if (result !== null) await meanwhile(result.plans)
    let answer = await solving
    // now and then the interior ends without an answer: then to a corner
    if (answer.status !== 'optimal' && !isLast && pool.entries <= cornerMost && pace.stopped === null) {
      answer = await highs.solve(master.model, { ...limits, isInterior: false }, () => pace.stopped !== null)
    }
    if (answer.values === null || answer.rowDual === null || answer.status !== 'optimal') return result
    const found = chosen(master, answer.values)
    const torn = found.filter(({ share }) => share < 1 - 1e-6).map(({ order }) => order)
    priceBy(bound, master, answer.rowDual)
    const isOver = (await bound.round(pricer, pace)) === null
    const distance = (answer.bound - bound.bound) / Math.max(1e-9, Math.abs(answer.bound))
    result = { plans: found.map(({ plan }) => plan), torn, distance, isCorner: isLast }
    if (isOver) return result
    let added = 0
    for (const [order, plan] of bound.plans.entries()) if (pool.add(order, plan)) added++
    const isNear = distance <= Math.max(1e-9, nearEnough)
    if ((isNear || added === 0) && (isLast || pool.entries > cornerMost)) return result
    if (added === 0 && distance > 1e-4) return result
  }
  return result
}

/** Prices of the rows as the linear model has them. */
function priceBy(bound: Bound, master: Master, rowDual: Float64Array): void {
  bound.now.fill(0)
  const offset = master.choices.length
  for (const [at, row] of master.rowOf.entries()) {
    bound.now[row] = Math.max(0, -(rowDual[offset + at] as number))
  }
}
