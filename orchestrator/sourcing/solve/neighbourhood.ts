// Improves a solution by solving small groups of orders that compete for the same anew, each by HiGHS, the rest held.
// It starts where the solution pays most above the bound, and never makes it worse.

import type { Random } from '#data/kernel'
import type { OrderTable } from './columns.ts'
import type { HighsWorker } from './highs.ts'
import { listPlans } from './listing.ts'
import { type Choice, chosen, masterOf } from './master.ts'
import type { Pace } from './pace.ts'
import { type Assignment, eachUse, type Plan, planKey } from './plans.ts'
import type { Pricer } from './pricing.ts'

/** Orders of a group, plans of an order in it, and branches of its model, at most. */
const groupMost = 150
const plansMost = 30
const branchesMost = 300
/** Orders that a row brings into a group: those that pay most above their best, and as many at random. */
const wishingMost = 6

/** Solves groups of orders anew. */
export class Neighbourhoods {
  readonly #assignment: Assignment
  readonly #pricer: Pricer
  readonly #prices: Float64Array
  readonly #random: Random
  readonly #pool: readonly Choice[]
  readonly #lists = new Map<number, Plan[]>()
  /** Cost with prices of the best plan of each order, and what its plan costs above that. */
  readonly #least: Float64Array
  readonly #above: Float64Array
  /** Orders that would like some of a row, with a plan near their best. */
  readonly #wishes: number[][]
  /** Orders that were the middle of a group since something changed around them. */
  readonly #tried: Int32Array

  /** @param pool plans that were good at some prices, of each order */
  constructor(
    assignment: Assignment,
    pricer: Pricer,
    prices: Float64Array,
    random: Random,
    pool: readonly Choice[],
  ) {
    this.#pool = pool
    this.#assignment = assignment
    this.#pricer = pricer
    this.#prices = prices
    this.#random = random
    this.#least = new Float64Array(assignment.plans.length)
    this.#above = new Float64Array(assignment.plans.length)
    this.#tried = new Int32Array(assignment.plans.length)
    this.#wishes = Array.from(assignment.left, () => [])
  }

  /** Looks at every order once; before groups are solved. @returns false where the time was over before */
  async open(pace: Pace): Promise<boolean> {
    for (const table of this.#assignment.tables.orders) {
      if (pace.isDue() && (await pace.rest())) return false
      this.#least[table.index] = this.#pricer.solve(table, this.#prices, null)
      this.#look(table.index)
      const rows = new Set<number>()
      for (const plan of [this.#pricer.plan(), this.#assignment.plans[table.index] as Plan]) {
        eachUse(table, plan, (row) => rows.add(row))
      }
      for (const row of rows) if ((this.#prices[row] as number) > 0) this.#wishes[row]?.push(table.index)
    }
    return true
  }

  /**
   * Solves one group.
   * @param below cost above its best, prices included, that a plan may have to be looked at
   * @returns what it saved
   */
  improve(highs: HighsWorker, pace: Pace, below: number): Promise<number> {
    return this.solve(this.#group(), highs, pace, below)
  }

  /** The same for a group that is given. */
  async solve(group: readonly number[], highs: HighsWorker, pace: Pace, below: number): Promise<number> {
    const choices: Choice[] = []
    const start: number[] = []
    for (const order of group) {
      if (pace.isDue() && (await pace.rest())) return 0
      const choice = this.#choice(order, below)
      choices.push(choice.choice)
      start.push(choice.now)
    }
    const { tables, left, plans } = this.#assignment
    const room = Float64Array.from(left)
    for (const order of group) {
      eachUse(tables.orders[order] as OrderTable, plans[order] as Plan, (row, amount) => {
        room[row] = (room[row] as number) + amount
      })
    }
    const master = await masterOf(tables, choices, room, true, pace, start)
    const limits = {
      timeLimit: pace.leftMs / 1000,
      gap: 1e-6,
      branches: branchesMost,
      seed: 1,
    }
    const answer = await highs.solve(master.model, limits, () => pace.stopped !== null)
    return answer.values === null ? 0 : this.#take(chosen(master, answer.values))
  }

  /** Gives the group its new plans if they are cheaper and fit. */
  #take(found: { order: number; plan: Plan }[]): number {
    const assignment = this.#assignment
    const before = found.map(({ order }) => ({
      order,
      plan: assignment.plans[order] as Plan,
    }))
    let saved = 0
    for (const [i, { plan }] of found.entries()) saved += (before[i]?.plan.cost ?? 0) - plan.cost
    if (saved <= 1e-7) return 0
    for (const { order } of found) assignment.clear(order)
    let isFitting = true
    for (const { order, plan } of found) {
      if (isFitting && assignment.fits(order, plan)) assignment.set(order, plan)
      else isFitting = false
    }
    if (isFitting) {
      for (const { order } of found) {
        this.#tried[order] = 0
        this.#look(order)
      }
      return saved
    }
    for (const { order } of found) assignment.clear(order)
    for (const { order, plan } of before) assignment.set(order, plan)
    return 0
  }

  /** The plan that an order has, and those near its best. */
  #choice(order: number, below: number): { choice: Choice; now: number } {
    const table = this.#assignment.tables.orders[order] as OrderTable
    const now = this.#assignment.plans[order] as Plan
    const plans = this.#lists.get(order) ?? this.#list(table, below)
    this.#lists.set(order, plans)
    const key = planKey(now)
    const at = plans.findIndex((plan) => planKey(plan) === key)
    if (at >= 0) return { choice: { order, plans }, now: at }
    return { choice: { order, plans: [...plans, now] }, now: plans.length }
  }

  #list(table: OrderTable, below: number): Plan[] {
    const plans = new Map(this.#pool[table.index]?.plans.map((plan) => [planKey(plan), plan]))
    if (table.box === null) return [...plans.values()]
    const { index } = table
    for (const { plan } of listPlans(table, this.#prices, (this.#least[index] as number) + below, plansMost)
      .plans) {
      plans.set(planKey(plan), plan)
    }
    return [...plans.values()]
  }

  /** An order that pays much above its best, and orders that share with it, and with those, what is scarce. */
  #group(): number[] {
    const { tables } = this.#assignment
    const group = new Set([this.#middle()])
    for (const order of group) {
      if (group.size >= groupMost) break
      const table = tables.orders[order] as OrderTable
      const rows: number[] = []
      const add = (row: number) => {
        if ((this.#prices[row] as number) > 0) rows.push(row)
      }
      this.#pricer.solve(table, this.#prices, null)
      eachUse(table, this.#pricer.plan(), add)
      eachUse(table, this.#assignment.plans[order] as Plan, add)
      for (const row of rows) this.#addSome(group, this.#wishes[row] ?? [])
    }
    for (const order of group) if (group.size > groupMost) group.delete(order)
    return [...group]
  }

  /** Some of those who want a row: the ones that pay most above their best, and a few at random. */
  #addSome(group: Set<number>, wishing: readonly number[]): void {
    const most: number[] = []
    for (const order of wishing) {
      const above = this.#above[order] as number
      let at = most.length
      while (at > 0 && above > (this.#above[most[at - 1] as number] as number)) at--
      if (at < wishingMost) most.splice(at, 0, order)
      if (most.length > wishingMost) most.pop()
    }
    for (const order of most) group.add(order)
    for (let i = 0; i < wishingMost && wishing.length > wishingMost; i++)
      group.add(this.#random.pick(wishing))
  }

  /** Works out what an order pays above its best, prices included. */
  #look(order: number): void {
    const table = this.#assignment.tables.orders[order] as OrderTable
    const plan = this.#assignment.plans[order] as Plan
    let priced = plan.cost
    eachUse(table, plan, (row, amount) => {
      priced += amount * (this.#prices[row] as number)
    })
    this.#above[order] = Math.max(0, priced - (this.#least[order] as number))
  }

  /** Where to begin: what is paid above the best, less for those that were tried before. */
  #middle(): number {
    const weights = Array.from(
      this.#tried,
      (tried, order) => (this.#above[order] as number) / (1 + tried) ** 2,
    )
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const order =
      total > 0 ? this.#random.weighted(weights) : this.#random.int(0, Math.max(0, weights.length - 1))
    this.#tried[order] = (this.#tried[order] as number) + 1
    return order
  }
}
