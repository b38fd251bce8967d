// What can really run out in a batch: stock that all orders together could take more of than there is, and capacities.
// Everything else is no constraint and is left out.

import { fail } from '#data/kernel'
import type { Pace } from './pace.ts'
import type { Problem, SolverOrder } from './problem.ts'

/** What can run out in this batch: stock that all orders together could exceed, then capacities. */
export interface Rows {
  limits: Float64Array
  /** Row of the stock of a SKU at a node, key node * skus + sku; absent where there is enough for all. */
  stockRow: ReadonlyMap<number, number>
  /** Row of each capacity, -1 where there is enough for all. */
  capacityRow: Int32Array
}

/** What all orders together could take more of than there is; everything else is no constraint. */
export async function rowsOf(problem: Problem, pace: Pace): Promise<Rows | null> {
  const wished = new Map<number, number>()
  const taken = new Float64Array(problem.capacities.length)
  for (const order of problem.orders) {
    if (pace.isDue() && (await pace.rest())) return null
    for (const place of order.places) {
      for (const [i, { sku, quantity }] of order.lines.entries()) {
        if (((place.can >>> i) & 1) === 0) continue
        const key = place.node * problem.skus + sku
        wished.set(key, (wished.get(key) ?? 0) + quantity)
      }
    }
    for (const [capacity, most] of mostTaken(order)) taken[capacity] = (taken[capacity] as number) + most
  }
  const limits: number[] = []
  const stockRow = new Map<number, number>()
  for (const [key, units] of wished) {
    const node = Math.floor(key / problem.skus)
    const stock = stockAt(problem, node, key - node * problem.skus)
    if (stock < units) stockRow.set(key, limits.push(stock) - 1)
  }
  const capacityRow = Int32Array.from(problem.capacities, ({ limit }, i) =>
    limit < (taken[i] as number) ? limits.push(limit) - 1 : -1,
  )
  return { limits: Float64Array.from(limits), stockRow, capacityRow }
}

/** At most so much of each capacity can an order take. */
function mostTaken(order: SolverOrder): Map<number, number> {
  const units = order.lines.reduce((sum, line) => sum + line.quantity, 0)
  const lines = Math.max(1, order.lines.length)
  const pieces = Math.min(order.maxNodes, units)
  const most = new Map<number, number>()
  for (const place of order.places) {
    for (const way of place.ways) {
      for (const { capacity, each, perLine, perUnit } of way.uses) {
        const use = pieces * (each + perLine * lines) + perUnit * units
        if (use > (most.get(capacity) ?? 0)) most.set(capacity, use)
      }
    }
  }
  return most
}

/**
 * Units that a node can give.
 * @throws SOURCING_PROBLEM_INVALID where that is no whole number, or below zero
 */
function stockAt(problem: Problem, node: number, sku: number): number {
  const stock = problem.stock(node, sku)
  if (stock === Number.POSITIVE_INFINITY || (Number.isInteger(stock) && stock >= 0)) return stock
  throw fail('SOURCING_PROBLEM_INVALID', { reason: `node ${node} has ${stock} units of SKU ${sku}` })
}
