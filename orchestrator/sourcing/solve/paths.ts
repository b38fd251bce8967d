// Improves a solution by chains of moves: an order takes the plan that it should have, who is in its way moves to
// another plan and pushes the next, until somebody finds room. The cheapest chain is a shortest path over what can run
// out. It never makes a solution dearer, and never takes more than there is.

import type { Random } from '#data/kernel'
import { Chains } from './chains.ts'
import type { OrderTable } from './columns.ts'
import { amountOf, type Option } from './labels.ts'
import { listPlans } from './listing.ts'
import type { Pace } from './pace.ts'
import { type Assignment, eachUse, type Plan, planKey, pricedAt } from './plans.ts'
import type { Pricer } from './pricing.ts'

/** Options of an order, and plans that are looked at for them, at most. */
const optionsMost = 16
const lookedAtMost = 300
const slack = 1e-9
/** Random moves after which it is looked anew where they could begin. */
const annealEvery = 500

/** Where random moves begin: orders that pay more than their best, rows with a price of which some is left. */
interface Starts {
  keen: number[]
  waste: number[]
}

/** Chains over one assignment, guided by prices that stay. */
export class Paths {
  readonly #assignment: Assignment
  readonly #pricer: Pricer
  readonly #prices: Float64Array
  readonly #below: number
  readonly #chains: Chains
  /** Orders that have an option which takes of a row that has a price. */
  readonly #wishes: number[][]

  /** @param below cost with prices above the best of an order that most of its options have */
  constructor(assignment: Assignment, pricer: Pricer, prices: Float64Array, below: number) {
    this.#assignment = assignment
    this.#pricer = pricer
    this.#prices = prices
    this.#below = below
    this.#chains = new Chains(assignment, prices, below / 3)
    this.#wishes = Array.from(assignment.left, () => [])
  }

  /** Lists what each order could do; first of all. @returns false where the time was over before */
  async open(pace: Pace): Promise<boolean> {
    for (const table of this.#assignment.tables.orders) {
      if (pace.isDue() && (await pace.rest())) return false
      const own = this.#assignment.plans[table.index] as Plan
      const options = this.#plansOf(table, own).map((plan) => this.#option(table, plan))
      const now = options[0] as Option
      this.#chains.add(
        options.sort((a, b) => a.priced - b.priced),
        now,
      )
      const wished = new Set(options.flatMap(({ rows }) => rows))
      for (const row of wished) if ((this.#prices[row] as number) > 0) this.#wishes[row]?.push(table.index)
    }
    return true
  }

  /** The plan that an order has, and some near its best: the farther, the fewer there are. */
  #plansOf(table: OrderTable, own: Plan): Plan[] {
    const least = this.#pricer.solve(table, this.#prices, null)
    const plans = new Map([own, this.#pricer.plan()].map((plan) => [planKey(plan), plan]))
    const key = planKey(own)
    if (table.box === null) return [...plans.values()]
    for (let reach = this.#below / 4; reach <= this.#below * 16; reach *= 4) {
      const { plans: listed, isComplete } = listPlans(
        table,
        this.#prices,
        least + reach,
        optionsMost,
        lookedAtMost,
      )
      for (const { plan } of listed) if (planKey(plan) !== key) plans.set(planKey(plan), plan)
      if (!isComplete || listed.length >= optionsMost / 2) break
    }
    return [...plans.values()]
  }

  /**
   * Goes over all orders that pay more than their best, and over what is left of things that have a price.
   * @returns what that saved
   */
  async sweep(pace: Pace): Promise<number> {
    let saved = 0
    const above = this.#chains.now.map((option, order) => ({
      order,
      above: option.priced - this.#least(order),
    }))
    for (const { order } of above.filter((each) => each.above > 1e-6).sort((a, b) => b.above - a.above)) {
      if (pace.isDue() && (await pace.rest())) return saved
      saved += this.#improve(order)
    }
    const { left } = this.#assignment
    for (let row = 0; row < left.length; row++) {
      if (!((this.#prices[row] as number) > 1e-6 && (left[row] as number) > slack)) continue
      for (const order of this.#wishes[row] as number[]) {
        if (pace.isDue() && (await pace.rest())) return saved
        if ((left[row] as number) <= slack) break
        saved += this.#improve(order)
      }
    }
    return saved
  }

  /**
   * Moves at random that may cost a little, less and less (annealing); the best is kept.
   * @param warmth what a move may cost on average at first
   * @returns what that saved
   * @source Kirkpatrick, Gelatt, Vecchi 1983
   */
  async anneal(pace: Pace, random: Random, moves: number, warmth: number): Promise<number> {
    let saved = 0
    let most = 0
    let best = [...this.#chains.now]
    let starts: Starts = { keen: [], waste: [] }
    for (let i = 0; i < moves; i++) {
      if (pace.isDue() && (await pace.rest())) break
      if (i % annealEvery === 0) starts = this.#starts()
      saved += this.#randomMove(random, starts, warmth * (1 - i / moves))
      if (saved <= most + 1e-6) continue
      most = saved
      best = [...this.#chains.now]
    }
    for (const [order, option] of best.entries())
      if (this.#chains.now[order] !== option) this.#chains.set(order, option)
    return most
  }

  #starts(): Starts {
    const { left } = this.#assignment
    const isWaste = (row: number) => (left[row] as number) > slack && (this.#wishes[row]?.length ?? 0) > 0
    return {
      keen: [...this.#chains.now.keys()].filter(
        (o) => (this.#chains.now[o] as Option).priced > this.#least(o) + 1e-6,
      ),
      waste: [...left.keys()].filter(isWaste),
    }
  }

  #randomMove(random: Random, { keen, waste }: Starts, warmth: number): number {
    const kind = random.next()
    let order = random.int(0, this.#chains.now.length - 1)
    if (kind < 0.4 && keen.length > 0) order = random.pick(keen)
    else if (kind < 0.7 && waste.length > 0) order = random.pick(this.#wishes[random.pick(waste)] ?? [order])
    const options = this.#chains.options[order] as Option[]
    const option = options[Math.floor(options.length * random.next() ** 2)] as Option
    const now = this.#chains.now[order] as Option
    if (option === now) return 0
    const allowed = -warmth * Math.log(1 - random.next())
    const gain = now.priced - option.priced + this.#wasted(option, now) + allowed
    return gain <= 1e-6 ? 0 : this.#chains.move(order, option, gain, -allowed)
  }

  /** Tries the options of an order that are worth it. @returns what that saved */
  #improve(order: number): number {
    let saved = 0
    for (const option of this.#chains.options[order] as Option[]) {
      const now = this.#chains.now[order] as Option
      if (option === now) continue
      const gain = now.priced - option.priced + this.#wasted(option, now)
      if (gain > 1e-6) saved += this.#chains.move(order, option, gain, 1e-6)
    }
    return saved
  }

  /** Price of what an option would take of what is left over. */
  #wasted(option: Option, now: Option): number {
    let sum = 0
    const { left } = this.#assignment
    for (let i = 0; i < option.rows.length; i++) {
      const row = option.rows[i] as number
      const price = this.#prices[row] as number
      if (price === 0 || (left[row] as number) <= 0) continue
      const more = (option.amounts[i] as number) - amountOf(now, row)
      if (more > 0) sum += price * Math.min(more, left[row] as number)
    }
    return sum
  }

  #least(order: number): number {
    const [first] = this.#chains.options[order] as Option[]
    return (first as Option).priced
  }

  #option(table: OrderTable, plan: Plan): Option {
    const uses = new Map<number, number>()
    eachUse(table, plan, (row, amount) => uses.set(row, (uses.get(row) ?? 0) + amount))
    return {
      plan,
      rows: [...uses.keys()],
      amounts: [...uses.values()],
      priced: pricedAt(this.#prices, table, plan),
    }
  }
}
