// Plans of each order that were good at some prices, and how often. It judges none.

import type { OrderTable, Tables } from './columns.ts'
import type { Choice } from './master.ts'
import { eachUse, emptyPlan, isAllowed, type Plan, planKey } from './plans.ts'

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

  /**
   * @param isNeeded also where the order has many plans already
   * @returns whether the plan was missing
   */
  add(order: number, plan: Plan, isNeeded = false): boolean {
    const plans = this.#plans[order] as Map<string, Plan>
    const table = this.#tables.orders[order] as OrderTable
    const key = planKey(plan)
    const counts = this.#counts[order] as Map<string, number>
    counts.set(key, (counts.get(key) ?? 0) + 1)
    if (plans.has(key) || !isAllowed(table, plan)) return false
    if (plans.size > this.#most && !isNeeded) return false
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
    return this.#plans.map((plans, order) => ({
      order,
      plans: [...plans.values()],
    }))
  }
}
