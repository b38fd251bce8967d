// Which plans a model of whole plans is made of: every one that a better solution could have, or the few that a linear
// model likes best. It solves nothing.

import type { Bound } from './bound.ts'
import type { OrderTable } from './columns.ts'
import { listPlans } from './listing.ts'
import type { Choice } from './master.ts'
import type { Pace } from './pace.ts'
import { type Assignment, eachUse, type Plan, planKey } from './plans.ts'
import type { Polished } from './polish.ts'
import type { Pricer } from './pricing.ts'

/** Plans of the list for each order, on average, beside the one that it has. */
const plansMean = 1.7
/** Plans of the largest model that is solved to the end, and plans of one order in it. */
const wholeMost = 60_000
const listMost = 2_000

/** Plans of each order, and of each the plan that a solution has. */
export interface Shortlist {
  choices: Choice[]
  start: number[]
}

/**
 * Every plan that a better solution could have: a bound at the prices leaves out the others.
 * @returns null where there are too many, or the time was over
 */
export async function everyPlan(
  solution: Assignment,
  bound: Bound,
  pricer: Pricer,
  pace: Pace,
): Promise<Shortlist | null> {
  const distance = solution.cost - bound.bare
  const choices: Choice[] = []
  const start: number[] = []
  let count = 0
  for (const table of solution.tables.orders) {
    if (pace.isDue() && (await pace.rest())) return null
    if (table.box === null) return null
    const least = pricer.solve(table, bound.best, null)
    const below = least + distance + 1e-6 + 1e-9 * Math.abs(least)
    const { plans, isComplete } = listPlans(table, bound.best, below, listMost)
    count += plans.length
    if (!isComplete || count > wholeMost) return null
    const own = withOwn(
      plans.map(({ plan }) => plan),
      solution.plans[table.index] as Plan,
    )
    choices.push({ order: table.index, plans: own.plans })
    start.push(own.at)
  }
  return { choices, start }
}

/** Plans with one that must be among them, and where it is. */
function withOwn(plans: readonly Plan[], own: Plan): { plans: readonly Plan[]; at: number } {
  const key = planKey(own)
  const at = plans.findIndex((plan) => planKey(plan) === key)
  return at < 0 ? { plans: [...plans, own], at: plans.length } : { plans, at }
}

/**
 * The plans of a linear model that cost least above the best of their order, prices included, and those that a
 * solution has.
 * @returns choices, and of each the plan of the solution
 */
export function shortlist({ linear, answer }: Polished, solution: Assignment, pricer: Pricer): Shortlist {
  const { orders } = solution.tables
  const { rowPrices, cutPrices } = answer
  const { columns, cuts } = linear
  const least = orders.map((table) => pricer.solve(table, rowPrices, null, { cuts, prices: cutPrices }))
  const above = Float64Array.from(columns, ({ order, plan }) => {
    const table = orders[order] as OrderTable
    let priced = plan.cost - (least[order] as number)
    eachUse(table, plan, (row, amount) => {
      priced += amount * (rowPrices[row] as number)
    })
    cuts.eachUse(table, plan, (cut, amount) => {
      priced += amount * (cutPrices[cut] as number)
    })
    return priced
  })
  const listed = [...columns.keys()].sort((a, b) => (above[a] as number) - (above[b] as number) || a - b)
  const plans: Plan[][] = orders.map(() => [])
  for (const at of listed.slice(0, Math.round(orders.length * plansMean))) {
    const { order, plan } = columns[at] as (typeof columns)[number]
    plans[order]?.push(plan)
  }
  const start: number[] = []
  const choices = plans.map((some, order) => {
    const own = withOwn(some, solution.plans[order] as Plan)
    start.push(own.at)
    return { order, plans: own.plans }
  })
  return { choices, start }
}

/** Orders that a linear model gave shares of plans, or another plan than a solution has. */
export function unsettled({ linear, answer, plans }: Polished, solution: Assignment): number[] {
  const orders = new Set<number>()
  for (const [at, { order }] of linear.columns.entries()) {
    const share = answer.shares[at] as number
    if (share > 1e-6 && share < 1 - 1e-6) orders.add(order)
  }
  for (const [order, plan] of plans.entries()) {
    if (planKey(plan) !== planKey(solution.plans[order] as Plan)) orders.add(order)
  }
  return [...orders].sort((a, b) => a - b)
}
