// Turns plans into answers: places and ways in the words of the problem, costs summed anew. It decides nothing.

import { type OrderTable, usesSame } from './columns.ts'
import { type Assignment, exactSum, type Part, type Plan } from './plans.ts'
import type { BatchSolution, OrderSolution, Piece, Place, Way } from './problem.ts'

/** How the orders go, each with what it costs. */
export function answersOf(assignment: Assignment): OrderSolution[] {
  const { orders } = assignment.tables
  return assignment.plans.map((plan, o) => answerOf(orders[o] as OrderTable, plan))
}

function answerOf(table: OrderTable, plan: Plan): OrderSolution {
  const unserved = [...table.quantities]
  const pieces = plan.parts.map((part) => pieceOf(table, part))
  for (const { units } of pieces) {
    for (const [i, each] of units.entries()) unserved[i] = (unserved[i] as number) - each
  }
  return { pieces, unserved, cost: plan.cost }
}

/** The piece of work that a part is: the cheapest of the ways of its offer. */
function pieceOf(table: OrderTable, { offer, units, cost }: Part): Piece {
  const place = table.place[offer] as number
  const { ways } = table.order.places[place] as Place
  const first = ways[table.way[offer] as number] as Way
  let way = table.way[offer] as number
  let least = Number.POSITIVE_INFINITY
  for (const [w, other] of ways.entries()) {
    if (!usesSame(first, other)) continue
    const each = other.cost(units)
    if (each >= least) continue
    least = each
    way = w
  }
  return { place, way, units, cost }
}

/** Sum of the costs of answers. */
export function costOfAnswers(orders: readonly OrderSolution[]): number {
  return exactSum(orders, (order) => order.cost)
}

/**
 * A solution with its gap; a gap below what sums of this size can tell apart is none.
 * @param bound no solution costs less
 */
export function solutionOf(
  orders: OrderSolution[],
  bound: number,
  rest: Pick<BatchSolution, 'method' | 'seconds' | 'stopped'>,
): BatchSolution {
  const cost = costOfAnswers(orders)
  if (isSame(cost, bound)) return { orders, cost, bound: cost, gap: 0, ...rest, stopped: null }
  const gap = cost === 0 ? 0 : (cost - bound) / Math.abs(cost)
  return { orders, cost, bound, gap, ...rest }
}

/** Whether a bound is the cost, but for rounding: a thousandth of a cent, or the last digits of a large sum. */
export function isSame(cost: number, bound: number): boolean {
  return cost - bound <= Math.max(1e-5, 1e-14 * Math.abs(cost), Math.min(1e-3, 1e-9 * Math.abs(cost)))
}
