// One order of a problem solved by itself, soft limits on the number of nodes within. It reads nothing back.

import { bestWith, type ProvenSolution, type Supply, solveOrder } from '../solve/exact.ts'
import type { Problem, SolverOrder } from '../solve/problem.ts'
import type { Model, OrderModel } from './build.ts'
import { crowdCents } from './plans.ts'

/** What is there for an order of a problem where no other takes anything. */
export function supplyOf(problem: Problem): Supply {
  return {
    stock: problem.stock,
    left: (capacity) => problem.capacities[capacity]?.limit ?? 0,
  }
}

/**
 * The cheapest way for one order.
 * @param options place: that has to send something; left out = none has to. supply: what is there, default all
 * @returns null where that place cannot
 */
export function solveOne(
  model: Model,
  order: OrderModel,
  { place, supply = supplyOf(model.problem) }: { place?: number; supply?: Supply } = {},
): ProvenSolution | null {
  const solve = (solver: SolverOrder) =>
    place === undefined ? solveOrder(solver, supply) : bestWith(solver, supply, place)
  const first = solve(order.solver)
  if (first === null || crowdCents(order, first.pieces) === 0) return first
  return withFewerNodes(order, first, solve)
}

/** Soft limits: fewer nodes may be dearer without and cheaper with their prices. */
function withFewerNodes(
  order: OrderModel,
  first: ProvenSolution,
  solve: (solver: SolverOrder) => ProvenSolution | null,
): ProvenSolution {
  const { rules } = order.trip.session
  const perLine = rules.of('max_nodes_per_line').flatMap(({ limit }) => Math.max(1, limit ?? 1))
  const lineLimits = [order.solver.maxNodesPerLine, ...perLine]
  let best = first
  let bestCents = first.cost + crowdCents(order, first.pieces)
  for (let maxNodes = 1; maxNodes <= Math.min(first.pieces.length, order.solver.maxNodes); maxNodes++) {
    for (const limit of lineLimits) {
      const maxNodesPerLine = Math.min(limit, order.solver.maxNodesPerLine)
      const other = solve({ ...order.solver, maxNodes, maxNodesPerLine })
      if (other === null) continue
      const cents = other.cost + crowdCents(order, other.pieces)
      if (cents >= bestCents) continue
      best = other
      bestCents = cents
    }
  }
  return best
}
