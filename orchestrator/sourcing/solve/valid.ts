// Says what is wrong with a problem before it is solved. It asks no costs: those are checked when they are asked for.

import { fail } from '#data/kernel'
import type { Pace } from './pace.ts'
import type { Problem, SolverOrder, Way } from './problem.ts'

/** Lines of an order at most: places tell by bits which of them they can send. */
const linesMost = 30

/**
 * Refuses a problem that cannot be meant; looks at all of it, whatever time is left.
 * @throws SOURCING_PROBLEM_INVALID with the first thing that is wrong
 */
export async function checkProblem(problem: Problem, pace: Pace): Promise<void> {
  for (const [i, { limit }] of problem.capacities.entries()) {
    if (!(limit >= 0)) refuse(`capacity ${i} has the limit ${limit}`)
  }
  for (const order of problem.orders) {
    if (pace.isDue()) await pace.rest()
    checkOrder(problem, order)
  }
}

function checkOrder(problem: Problem, order: SolverOrder): void {
  const { id, lines, places, splitCost, unservedCost, maxNodes, maxNodesPerLine } = order
  if (lines.length > linesMost) refuse(`order ${id} has ${lines.length} lines; at most ${linesMost}`)
  for (const { sku, quantity } of lines) {
    if (!isIndex(sku, problem.skus)) refuse(`order ${id} wants SKU ${sku}`)
    if (!Number.isInteger(quantity) || quantity < 1) refuse(`order ${id} wants ${quantity} units`)
  }
  if (new Set(lines.map((line) => line.sku)).size < lines.length) refuse(`order ${id} names a SKU twice`)
  if (!isAmount(splitCost)) refuse(`order ${id} has the split cost ${splitCost}`)
  if (!isAmount(unservedCost)) refuse(`order ${id} has the cost ${unservedCost} of a unit without a place`)
  if (!(maxNodes >= 0) || !(maxNodesPerLine >= 0)) refuse(`order ${id} has no limit of places`)
  const nodes = new Set<number>()
  for (const { node, ways } of places) {
    if (!isIndex(node, problem.nodes)) refuse(`order ${id} names node ${node}`)
    if (nodes.has(node)) refuse(`order ${id} names node ${node} twice`)
    nodes.add(node)
    for (const way of ways) checkUses(problem, order, way)
  }
}

function checkUses(problem: Problem, order: SolverOrder, way: Way): void {
  for (const { capacity, each, perLine, perUnit } of way.uses) {
    if (!isIndex(capacity, problem.capacities.length)) refuse(`order ${order.id} uses capacity ${capacity}`)
    if (isAmount(each) && isAmount(perLine) && isAmount(perUnit)) continue
    refuse(`order ${order.id} uses ${each}, ${perLine} and ${perUnit} of capacity ${capacity}`)
  }
}

function isIndex(value: number, count: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < count
}

function isAmount(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY
}

function refuse(reason: string): never {
  throw fail('SOURCING_PROBLEM_INVALID', { reason })
}
