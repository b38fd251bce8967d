// Makes solutions by prices that go on moving: orders that keep taking the same plan get it, a share of them at a time,
// and the prices of what is left follow. It never takes more than there is.

import type { Random } from '#data/kernel'
import { type Bound, shuffle } from './bound.ts'
import type { OrderTable } from './columns.ts'
import type { Pace } from './pace.ts'
import { firstStep } from './passes.ts'
import { Assignment, eachUse, isAllowed, type Plan, planKey } from './plans.ts'
import type { Pricer } from './pricing.ts'
import { Exchange } from './repair.ts'

/** Passes before orders are settled, groups of a pass, and orders of a group at least. */
const passes = 8
const groups = 10
const groupLeast = 20
/** Share of the open orders that is settled at a time, and how many at least. */
const settledShare = 0.18
const settledLeast = 10
/** Dives in a row, and their step of prices as a share of the first one of passes. */
const divesMost = 2
const stepShare = 0.033
/** Share of the orders that get new plans after the first time. */
const againShare = 0.3
/** Added to what is left of each row, so that prices of what is rare do not leap. */
const calm = 2

/** What an order took in the passes of a stage, and how often. */
type Wishes = Map<string, { plan: Plan; count: number }>

/** Makes one solution after the other: of all orders first, then of some of them anew. */
export class Dives {
  readonly #pricer: Pricer
  readonly #random: Random
  readonly #pace: Pace
  #isFirst = true

  constructor(pricer: Pricer, random: Random, pace: Pace) {
    this.#pricer = pricer
    this.#random = random
    this.#pace = pace
  }

  /**
   * Some solutions, each from the best so far, which stays as it is.
   * @returns the cheapest, the one so far where the time was over or nothing was cheaper
   */
  async improve(first: Assignment, bound: Bound): Promise<Assignment> {
    let best = first
    for (let i = 0; i < divesMost; i++) {
      const found = await this.#next(best, bound.best, firstStep(bound) * stepShare)
      if (found === null) break
      if (found.cost < best.cost) best = found
    }
    return best
  }

  async #next(best: Assignment, prices: Float64Array, step: number): Promise<Assignment | null> {
    const solution = new Assignment(best.tables, best.plans)
    const share = this.#isFirst ? 1 : againShare
    let open = [...best.plans.keys()].filter(() => share === 1 || this.#random.next() < share)
    for (const order of open) solution.clear(order)
    const run = new Run(solution, this.#pricer, Float64Array.from(prices), step, this.#random, this.#pace)
    while (open.length > 0) {
      const wishes = await run.wishes(open)
      if (wishes === null) return null
      const settled = run.settle(open, wishes)
      if (settled.size === 0) break
      open = open.filter((order) => !settled.has(order))
    }
    this.#isFirst = false
    await new Exchange(solution, this.#pricer, prices).settle(this.#pace, () => undefined)
    return solution
  }
}

class Run {
  readonly #solution: Assignment
  readonly #pricer: Pricer
  readonly #prices: Float64Array
  readonly #step: number
  readonly #random: Random
  readonly #pace: Pace
  readonly #taken: Float64Array

  constructor(
    solution: Assignment,
    pricer: Pricer,
    prices: Float64Array,
    step: number,
    random: Random,
    pace: Pace,
  ) {
    this.#solution = solution
    this.#pricer = pricer
    this.#prices = prices
    this.#step = step
    this.#random = random
    this.#pace = pace
    this.#taken = new Float64Array(prices.length)
  }

  /** What each open order takes, some times over, while the prices follow; null when the time was over before. */
  async wishes(open: readonly number[]): Promise<Map<number, Wishes> | null> {
    const wishes = new Map<number, Wishes>(open.map((order) => [order, new Map()]))
    const count = Math.max(groupLeast, Math.ceil(open.length / groups))
    const inTurn = Int32Array.from(open)
    for (let i = 0; i < passes; i++) {
      shuffle(inTurn, this.#random)
      for (let from = 0; from < inTurn.length; from += count) {
        if (this.#pace.isDue() && (await this.#pace.rest())) return null
        const group = inTurn.subarray(from, from + count)
        this.#taken.fill(0)
        for (const order of group) this.#wish(order, wishes.get(order) as Wishes)
        this.#follow(group.length / open.length)
      }
    }
    return wishes
  }

  #wish(order: number, wishes: Wishes): void {
    const { tables, left } = this.#solution
    const table = tables.orders[order] as OrderTable
    this.#pricer.solve(table, this.#prices, left)
    const plan = this.#pricer.plan()
    const key = planKey(plan)
    const wish = wishes.get(key)
    if (wish === undefined) wishes.set(key, { plan, count: 1 })
    else wish.count++
    eachUse(table, plan, (row, amount) => {
      this.#taken[row] = (this.#taken[row] as number) + amount
    })
  }

  /** Prices rise where a group took more than its share of what is left. */
  #follow(share: number): void {
    const { left } = this.#solution
    const prices = this.#prices
    for (let r = 0; r < prices.length; r++) {
      const limit = Math.max(0, left[r] as number)
      const push = (this.#step * ((this.#taken[r] as number) - limit * share)) / (limit + calm)
      prices[r] = Math.max(0, (prices[r] as number) + push)
    }
  }

  /** Gives the surest orders what they took most often, where it fits. */
  settle(open: readonly number[], wishes: Map<number, Wishes>): Set<number> {
    const { tables } = this.#solution
    const sure = open.flatMap((order) => {
      const most = [...(wishes.get(order) as Wishes).values()].reduce((a, b) => (b.count > a.count ? b : a))
      return [{ order, ...most }]
    })
    const least = Math.max(settledLeast, Math.ceil(open.length * settledShare))
    const settled = new Set<number>()
    for (const { order, plan } of sure.sort((a, b) => b.count - a.count)) {
      if (settled.size >= least) break
      if (!isAllowed(tables.orders[order] as OrderTable, plan)) continue
      if (!this.#solution.fits(order, plan)) continue
      this.#solution.set(order, plan)
      settled.add(order)
    }
    return settled
  }
}
