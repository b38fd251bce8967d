// How one order could go, and how all go together: plans, what they take, what is left. It keeps the books and chooses
// nothing.

import type { OrderTable, Tables } from './columns.ts'

/** A piece of work: an offer of the order's table, and units of each line. */
export interface Part {
  offer: number
  units: readonly number[]
  cost: number
}

/** One way for an order to go; what its parts do not serve stays without a place. */
export interface Plan {
  parts: readonly Part[]
  /** Parts, splits and units without a place. */
  cost: number
}

/** Nothing of the order is sent. */
export function emptyPlan(table: OrderTable): Plan {
  return { parts: [], cost: table.units * table.order.unservedCost }
}

/** A plan of parts, with its cost. */
export function planOf(table: OrderTable, parts: readonly Part[]): Plan {
  const { splitCost, unservedCost } = table.order
  let cost = Math.max(0, parts.length - 1) * splitCost
  let open = table.units
  for (const part of parts) {
    cost += part.cost
    for (const units of part.units) open -= units
  }
  return { parts, cost: cost + open * unservedCost }
}

/** Tells a plan from the others of its order. */
export function planKey(plan: Plan): string {
  return plan.parts
    .map((part) => `${part.offer}:${part.units.join()}`)
    .sort()
    .join(' ')
}

/** Whether a plan keeps to the rules of its order: each place once, pieces at most, pieces of a line at most. */
export function isAllowed(table: OrderTable, plan: Plan): boolean {
  const { parts } = plan
  if (parts.length <= 1) return true
  if (parts.length > table.order.maxNodes) return false
  for (let a = 1; a < parts.length; a++) {
    for (let b = 0; b < a; b++) {
      if (table.place[(parts[a] as Part).offer] === table.place[(parts[b] as Part).offer]) return false
    }
  }
  return table.quantities.every(
    (_, i) => parts.filter((part) => (part.units[i] as number) > 0).length <= table.order.maxNodesPerLine,
  )
}

/** Calls back for everything that a plan takes of what can run out; the same row may come more than once. */
export function eachUse(table: OrderTable, plan: Plan, take: (row: number, amount: number) => void): void {
  const lines = table.quantities.length
  for (const { offer, units } of plan.parts) {
    let lineCount = 0
    let unitCount = 0
    for (let i = 0; i < lines; i++) {
      const each = units[i] as number
      if (each === 0) continue
      lineCount++
      unitCount += each
      const row = table.lineRow[offer * lines + i] as number
      if (row >= 0) take(row, each)
    }
    const end = table.useStart[offer + 1] as number
    for (let k = table.useStart[offer] as number; k < end; k++) {
      const use =
        (table.useEach[k] as number) +
        (table.usePerLine[k] as number) * lineCount +
        (table.usePerUnit[k] as number) * unitCount
      if (use > 0) take(table.useRow[k] as number, use)
    }
  }
}

/** Cost of a plan with the price of what it takes. */
export function pricedAt(prices: Float64Array, table: OrderTable, plan: Plan): number {
  let cost = plan.cost
  eachUse(table, plan, (row, amount) => {
    cost += amount * (prices[row] as number)
  })
  return cost
}

/** What a plan may take above what is left, where amounts are not whole. */
const slack = 1e-9

/** A plan for each order, and what they leave. */
export class Assignment {
  readonly tables: Tables
  readonly plans: Plan[]
  readonly left: Float64Array

  constructor(tables: Tables, plans: readonly Plan[] = tables.orders.map(emptyPlan)) {
    this.tables = tables
    this.plans = [...plans]
    this.left = Float64Array.from(tables.rows.limits)
    for (const [o, plan] of plans.entries()) this.#take(o, plan, 1)
  }

  /** Sum of the costs, exact to the last digit whatever their scale. */
  get cost(): number {
    return exactSum(this.plans, (plan) => plan.cost)
  }

  /** Takes an order out: what it used is free again. */
  clear(order: number): void {
    this.set(order, emptyPlan(this.tables.orders[order] as OrderTable))
  }

  /** Gives an order another plan. */
  set(order: number, plan: Plan): void {
    this.#take(order, this.plans[order] as Plan, -1)
    this.#take(order, plan, 1)
    this.plans[order] = plan
  }

  /** Whether a plan fits into what is left, beside the one that the order has. */
  fits(order: number, plan: Plan): boolean {
    const table = this.tables.orders[order] as OrderTable
    const { left } = this
    let isFitting = true
    if (plan.parts.length <= 1) {
      eachUse(table, plan, (row, amount) => {
        if (amount > (left[row] as number) + slack) isFitting = false
      })
      return isFitting
    }
    const sums = new Map<number, number>()
    eachUse(table, plan, (row, amount) => {
      const sum = (sums.get(row) ?? 0) + amount
      sums.set(row, sum)
      if (sum > (left[row] as number) + slack) isFitting = false
    })
    return isFitting
  }

  #take(order: number, plan: Plan, sign: number): void {
    const { left } = this
    eachUse(this.tables.orders[order] as OrderTable, plan, (row, amount) => {
      left[row] = (left[row] as number) - sign * amount
    })
  }
}

/** A sum that loses nothing where large and small meet. @source Neumaier 1974 */
export function exactSum<T>(items: Iterable<T>, value: (item: T) => number): number {
  let sum = 0
  let lost = 0
  for (const item of items) {
    const each = value(item)
    const next = sum + each
    lost += Math.abs(sum) >= Math.abs(each) ? sum - next + each : each - next + sum
    sum = next
  }
  return sum + lost
}
