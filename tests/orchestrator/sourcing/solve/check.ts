// Checks an answer to a problem from scratch: costs, stock, capacities and every limit of every order. It never trusts
// what the answer says of itself.

import type {
  BatchSolution,
  OrderSolution,
  Problem,
  SolverOrder,
  Way,
} from '../../../../orchestrator/sourcing/solve/problem.ts'

/** What a check found. */
export interface Checked {
  /** Cost of the answer, worked out anew. */
  cost: number
  /** What is wrong with it, in words; none = it holds. */
  complaints: string[]
}

/** What is taken of stock (key node * skus + sku) and of capacities. */
interface Taken {
  stock: Map<number, number>
  capacities: Float64Array
}

/** Checks a solution of a problem. */
export function checkSolution(problem: Problem, solution: BatchSolution): Checked {
  const complaints: string[] = []
  const taken: Taken = { stock: new Map(), capacities: new Float64Array(problem.capacities.length) }
  let cost = 0
  if (solution.orders.length !== problem.orders.length) {
    complaints.push(`${solution.orders.length} answers for ${problem.orders.length} orders`)
  }
  for (const [at, order] of problem.orders.entries()) {
    const answer = solution.orders[at]
    if (answer === undefined) continue
    cost += checkOrder(problem, order, answer, taken, complaints)
  }
  for (const [key, units] of taken.stock) {
    const node = Math.floor(key / problem.skus)
    const sku = key % problem.skus
    if (units > problem.stock(node, sku))
      complaints.push(`node ${node} gives ${units} of SKU ${sku}, more than it has`)
  }
  for (const [at, used] of taken.capacities.entries()) {
    const { limit } = problem.capacities[at] as Problem['capacities'][number]
    if (exceeds(used, limit)) complaints.push(`capacity ${at}: ${used} taken of ${limit}`)
  }
  if (differs(cost, solution.cost)) complaints.push(`costs ${cost}, not ${solution.cost}`)
  if (solution.bound > cost + 1e-6 + 1e-9 * Math.abs(cost))
    complaints.push(`bound ${solution.bound} above ${cost}`)
  return { cost, complaints }
}

function checkOrder(
  problem: Problem,
  order: SolverOrder,
  answer: OrderSolution,
  taken: Taken,
  complaints: string[],
): number {
  const complain = (text: string) => complaints.push(`order ${order.id}: ${text}`)
  const left = order.lines.map((line) => line.quantity)
  const sharing = order.lines.map(() => 0)
  const used = new Set<number>()
  let cost = 0
  for (const piece of answer.pieces) {
    const place = order.places[piece.place]
    const way = place?.ways[piece.way]
    if (place === undefined || way === undefined) {
      complain(`no way ${piece.way} of place ${piece.place}`)
      continue
    }
    if (used.has(piece.place)) complain(`two pieces from place ${piece.place}`)
    used.add(piece.place)
    for (const [i, units] of piece.units.entries()) {
      if (units === 0) continue
      if (!Number.isInteger(units) || units < 0) complain(`${units} units of line ${i}`)
      if (((place.can >> i) & 1) === 0) complain(`place ${piece.place} cannot send line ${i}`)
      left[i] = (left[i] ?? 0) - units
      sharing[i] = (sharing[i] ?? 0) + 1
      const key = place.node * problem.skus + (order.lines[i]?.sku ?? 0)
      taken.stock.set(key, (taken.stock.get(key) ?? 0) + units)
    }
    takeCapacity(way, piece.units, taken, complain)
    const own = way.cost(piece.units)
    if (!Number.isFinite(own)) complain(`place ${piece.place} cannot send this on way ${piece.way}`)
    if (differs(own, piece.cost)) complain(`a piece costs ${own}, not ${piece.cost}`)
    cost += own
  }
  return cost + checkLimits(order, answer, left, sharing, complain)
}

function takeCapacity(
  way: Way,
  units: readonly number[],
  taken: Taken,
  complain: (text: string) => void,
): void {
  const lines = units.filter((amount) => amount > 0).length
  const count = units.reduce((sum, amount) => sum + amount, 0)
  if (count === 0) complain('a piece without units')
  for (const { capacity, each, perLine, perUnit } of way.uses) {
    taken.capacities[capacity] = (taken.capacities[capacity] ?? 0) + each + perLine * lines + perUnit * count
  }
}

/** Splits and units without a place; what they cost. */
function checkLimits(
  order: SolverOrder,
  answer: OrderSolution,
  left: readonly number[],
  sharing: readonly number[],
  complain: (text: string) => void,
): number {
  const pieces = answer.pieces.length
  if (pieces > order.maxNodes) complain(`${pieces} pieces, at most ${order.maxNodes}`)
  for (const [i, units] of left.entries()) {
    if (units < 0) complain(`more of line ${i} than wanted`)
    if (units !== (answer.unserved[i] ?? 0))
      complain(`${units} of line ${i} unserved, not ${answer.unserved[i]}`)
    if ((sharing[i] ?? 0) > order.maxNodesPerLine) complain(`line ${i} comes from ${sharing[i]} places`)
  }
  const unserved = left.reduce((sum, units) => sum + units, 0)
  if (order.isWhole && pieces > 0 && unserved > 0) complain('a part of an order that is to be whole')
  return Math.max(0, pieces - 1) * order.splitCost + (unserved === 0 ? 0 : unserved * order.unservedCost)
}

function exceeds(used: number, limit: number): boolean {
  return used > limit * (1 + 1e-9) + 1e-6
}

function differs(a: number, b: number): boolean {
  return a !== b && !(Math.abs(a - b) <= 1e-6 + 1e-9 * Math.abs(a))
}
