// Sharpens prices to the best there are: a linear model of the plans found so far gives prices, these find plans that
// were missing, until none is; then cuts take away what no whole choice can take. It needs HiGHS, and is left out where
// the model would be too large.

import type { Bound } from './bound.ts'
import type { Cut } from './cuts.ts'
import type { HighsWorker } from './highs.ts'
import { type Column, Linear, type LinearAnswer } from './linear.ts'
import type { Pace } from './pace.ts'
import type { Plan } from './plans.ts'
import type { Pool } from './pool.ts'
import type { Pricer } from './pricing.ts'
import { Separator } from './separate.ts'

/** Entries of the largest linear model that is tried. */
const entriesMost = 600_000
/** Models one after the other, at most: without cuts, and rounds of cuts with the models of each. */
const roundsMost = 40
const cutRoundsMost = 15
const cutModelsMost = 4

/** What the last linear model said. */
export interface Polished {
  /** For each order the plan with the largest share. */
  plans: Plan[]
  /** Orders whose share is not whole; where there is none, the plans are the optimum of the model. */
  torn: number[]
  linear: Linear
  answer: LinearAnswer
}

/** What sharpening works with. */
export interface PolishTools {
  bound: Bound
  pool: Pool
  pricer: Pricer
  highs: HighsWorker
  pace: Pace
}

/**
 * Improves the bound until it is the best that plans alone give, or near enough, then by cuts.
 * @param nearEnough stops where the model costs at most this share more than the bound
 * @param meanwhile done while HiGHS solves a model, with the plans of the one before it, null = it is the first
 * @returns null where no model was solved
 */
export async function polish(
  tools: PolishTools,
  nearEnough: number,
  meanwhile: (plans: readonly Plan[] | null) => Promise<void>,
): Promise<Polished | null> {
  const { bound, pool, pace, highs } = tools
  if (pool.entries > entriesMost) return null
  const linear = new Linear(bound.tables, highs, pace)
  const run = new Run(tools, linear, nearEnough, meanwhile)
  const first = pool.choices().flatMap(({ order, plans }) => plans.map((plan) => ({ order, plan })))
  if (await run.models(first, [], roundsMost)) await run.cut()
  return run.result
}

class Run {
  result: Polished | null = null
  readonly #tools: PolishTools
  readonly #linear: Linear
  readonly #nearEnough: number
  readonly #meanwhile: (plans: readonly Plan[] | null) => Promise<void>

  constructor(
    tools: PolishTools,
    linear: Linear,
    nearEnough: number,
    meanwhile: (plans: readonly Plan[] | null) => Promise<void>,
  ) {
    this.#tools = tools
    this.#linear = linear
    this.#nearEnough = nearEnough
    this.#meanwhile = meanwhile
  }

  /**
   * Solves the model and adds plans in turn, until none is missing.
   * @returns whether there is time for more
   */
  async models(columns: readonly Column[], cuts: readonly Cut[], most: number): Promise<boolean> {
    const { bound, pool, pricer, pace } = this.#tools
    let fresh = columns
    for (let i = 0; i < most; i++) {
      const solving = this.#linear.solve(fresh, i === 0 ? cuts : [], true)
      await this.#meanwhile(this.result?.plans ?? null)
      const answer = await solving
      if (answer === null) return false
      bound.now.set(answer.rowPrices)
      const isCut = this.#linear.cuts.list.length > 0
      const priced = isCut ? { cuts: this.#linear.cuts, prices: answer.cutPrices } : null
      const found = await bound.round(pricer, pace, priced)
      this.result = this.#read(answer)
      if (found === null) return false
      fresh = bound.plans.flatMap((plan, order) => (pool.add(order, plan, true) ? [{ order, plan }] : []))
      const distance = (answer.cost - found) / Math.max(1e-9, Math.abs(answer.cost))
      if (fresh.length === 0 || distance <= Math.max(1e-9, this.#nearEnough)) return true
    }
    return true
  }

  /** Rounds of cuts, as long as they raise the bound. */
  async cut(): Promise<void> {
    const { bound, pace } = this.#tools
    const separator = new Separator(bound.tables, this.#linear.cuts)
    for (let i = 0; i < cutRoundsMost && pace.stopped === null; i++) {
      const answer = this.result?.answer
      if (answer?.inverse === undefined || answer.inverse === null) return
      const before = bound.bound
      const cuts = await separator.find(answer.inverse, this.#linear.columns, answer.shares, pace)
      if (cuts.length === 0 || !(await this.models([], cuts, cutModelsMost))) return
      if (bound.bound - before <= 1e-6 * Math.abs(before)) return
    }
  }

  #read(answer: LinearAnswer): Polished {
    const plans: Plan[] = []
    const most = new Float64Array(this.#tools.bound.tables.orders.length)
    for (const [at, { order, plan }] of this.#linear.columns.entries()) {
      const share = answer.shares[at] as number
      if (plans[order] !== undefined && share <= (most[order] as number)) continue
      plans[order] = plan
      most[order] = share
    }
    const torn = [...most.keys()].filter((order) => (most[order] as number) < 1 - 1e-6)
    return { plans, torn, linear: this.#linear, answer }
  }
}
