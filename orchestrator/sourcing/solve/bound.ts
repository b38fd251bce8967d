// Prices for what can run out: with them each order can be solved alone, and what the orders then cost, less what the
// prices bring for all there is, is a bound that no solution can beat. Prices rise where too much is taken.

import type { Random } from '#data/kernel'
import type { OrderTable, Tables } from './columns.ts'
import type { Pace } from './pace.ts'
import { eachUse, type Plan } from './plans.ts'
import type { PricedCuts, Pricer } from './pricing.ts'

/** Groups of orders of a pass after each of which the prices move, and orders of a group at least. */
const groupsMost = 20
const groupLeast = 20
/** Added to what there is of each row, so that prices of what is rare do not leap. */
const calm = 2

/** The best prices found so far. */
export class Bound {
  readonly tables: Tables
  /** Best bound so far. */
  bound = Number.NEGATIVE_INFINITY
  /** Prices of the best bound without cuts, and that bound. */
  best: Float64Array
  bare = Number.NEGATIVE_INFINITY
  /** Prices of the round under way. */
  now: Float64Array
  /** Plans of the last round, one for each order. */
  plans: Plan[] = []
  /** What the last round took above what there is. */
  readonly excess: Float64Array
  /** Prices that `pass` moves, and the orders in the turn of its last one. */
  readonly #walk: Float64Array
  readonly #inTurn: Int32Array

  constructor(tables: Tables) {
    this.tables = tables
    const { limits } = tables.rows
    this.best = new Float64Array(limits.length)
    this.now = new Float64Array(limits.length)
    this.excess = new Float64Array(limits.length)
    this.#walk = new Float64Array(limits.length)
    this.#inTurn = Int32Array.from(tables.orders.keys())
  }

  /**
   * Solves every order at the prices and keeps the bound if it is better.
   * @param cuts with their prices; null = none
   * @returns the bound at these prices, or null when the time was over before all orders were solved
   */
  async round(pricer: Pricer, pace: Pace, cuts: PricedCuts | null = null): Promise<number | null> {
    const { orders, rows } = this.tables
    const { excess, now } = this
    const plans: Plan[] = []
    let sum = 0
    let lost = 0
    for (let r = 0; r < excess.length; r++) excess[r] = -(rows.limits[r] as number)
    for (const table of orders) {
      if (pace.isDue(64) && (await pace.rest())) return null
      const cost = pricer.solve(table, now, null, cuts)
      const next = sum + cost
      lost += Math.abs(sum) >= Math.abs(cost) ? sum - next + cost : cost - next + sum
      sum = next
      const plan = pricer.plan()
      plans.push(plan)
      this.#use(table, plan)
    }
    let bound = sum + lost
    for (let r = 0; r < now.length; r++) bound -= (now[r] as number) * (rows.limits[r] as number)
    for (const [at, { limit }] of (cuts?.cuts.list ?? []).entries()) bound -= (cuts?.prices[at] ?? 0) * limit
    this.plans = plans
    this.raise(bound)
    if (cuts === null && bound > this.bare) {
      this.bare = bound
      this.best = Float64Array.from(now)
    }
    return bound
  }

  /**
   * Goes over all orders in groups and moves the prices after each (incremental subgradients): where the whole way is
   * long, as to the price of goods that are short everywhere, this needs a tenth of the rounds. The mean of the prices
   * is left in `now`, for `round`.
   * @param size what the price of a row moves by when twice is taken what there is
   * @param use told the plan of each order
   * @returns false when the time was over before
   * @source Nedic, Bertsekas 2001
   */
  async pass(
    pricer: Pricer,
    pace: Pace,
    size: number,
    random: Random,
    use: ((order: number, plan: Plan) => void) | null,
  ): Promise<boolean> {
    const { orders, rows } = this.tables
    const { now } = this
    const walk = this.#walk
    const count = Math.max(groupLeast, Math.ceil(orders.length / groupsMost))
    const inTurn = this.#inTurn
    shuffle(inTurn, random)
    const taken = this.excess
    now.fill(0)
    let groups = 0
    for (let from = 0; from < orders.length; from += count) {
      const group = inTurn.subarray(from, from + count)
      taken.fill(0)
      for (const o of group) {
        if (pace.isDue(64) && (await pace.rest())) return false
        const table = orders[o] as OrderTable
        pricer.solve(table, walk, null)
        const plan = pricer.plan()
        use?.(o, plan)
        this.#use(table, plan)
      }
      const share = group.length / orders.length
      for (let r = 0; r < walk.length; r++) {
        const limit = rows.limits[r] as number
        const push = (size * ((taken[r] as number) - limit * share)) / (limit + calm)
        walk[r] = Math.max(0, (walk[r] as number) + push)
        now[r] = (now[r] as number) + (walk[r] as number)
      }
      groups++
    }
    for (let r = 0; r < now.length; r++) now[r] = (now[r] as number) / groups
    return true
  }

  /** Whether the plans of the last round take nothing above what there is. */
  get isPossible(): boolean {
    return this.excess.every((each) => each <= 1e-9)
  }

  /** Takes a bound that was proven otherwise. */
  raise(bound: number): void {
    if (bound > this.bound) this.bound = bound
  }

  #use(table: OrderTable, plan: Plan): void {
    const { excess } = this
    eachUse(table, plan, (row, amount) => {
      excess[row] = (excess[row] as number) + amount
    })
  }
}

/** Puts numbers in an order at random. */
export function shuffle(list: Int32Array, random: Random): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.int(0, i)
    const each = list[i] as number
    list[i] = list[j] as number
    list[j] = each
  }
}
