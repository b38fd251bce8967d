// Solves tiny problems by trying every allocation, for tests to compare with. Nothing in it is shared with what it
// checks.

import type { Problem, SolverOrder } from '../../../../orchestrator/sourcing/solve/problem.ts'

/** A cost that is found by trying everything; Infinity where nothing is allowed. */
export interface Exhaustive {
  cost: number
  /** Pieces of the cheapest answers, at least. */
  pieces: number
}

interface Step {
  place: number
  way: number
  units: number[]
}

/** The cheapest answer of all orders of a problem together. */
export function solveExhaustively(
  problem: Problem,
  isAllowed: (steps: readonly Step[]) => boolean = () => true,
): Exhaustive {
  const stock = new Map<string, number>()
  const left = problem.capacities.map((capacity) => capacity.limit)
  const best: Exhaustive = { cost: Infinity, pieces: 0 }
  const nextOrder = (at: number, spent: number, pieces: number): void => {
    const order = problem.orders[at]
    if (order === undefined) {
      if (spent < best.cost || (spent === best.cost && pieces < best.pieces)) {
        best.cost = spent
        best.pieces = pieces
      }
      return
    }
    const wanted = order.lines.map((line) => line.quantity)
    const steps: Step[] = []
    const nextPlace = (place: number): void => {
      if (place === order.places.length) {
        const cost = costOf(order, steps, wanted)
        if (isAllowed(steps) && cost < Infinity) nextOrder(at + 1, spent + cost, pieces + steps.length)
        return
      }
      nextPlace(place + 1)
      const from = order.places[place]
      if (from === undefined) return
      for (const units of amounts(wanted)) {
        const can = units.every(
          (amount, i) =>
            amount === 0 ||
            (Math.floor(from.can / 2 ** i) % 2 === 1 &&
              amount <=
                problem.stock(from.node, skuOf(order, i)) -
                  (stock.get(`${from.node} ${skuOf(order, i)}`) ?? 0)),
        )
        if (!can) continue
        for (let way = 0; way < from.ways.length; way++) {
          apply(order, place, way, units, 1)
          if (left.every((room) => room >= 0)) {
            steps.push({ place, way, units })
            nextPlace(place + 1)
            steps.pop()
          }
          apply(order, place, way, units, -1)
        }
      }
    }
    const apply = (
      of: SolverOrder,
      place: number,
      way: number,
      units: readonly number[],
      sign: number,
    ): void => {
      const from = of.places[place]
      const lines = units.filter((amount) => amount > 0).length
      const count = units.reduce((sum, amount) => sum + amount, 0)
      for (const use of from?.ways[way]?.uses ?? []) {
        left[use.capacity] =
          (left[use.capacity] ?? 0) - sign * (use.each + use.perLine * lines + use.perUnit * count)
      }
      for (const [i, amount] of units.entries()) {
        const key = `${from?.node} ${skuOf(of, i)}`
        stock.set(key, (stock.get(key) ?? 0) + sign * amount)
        wanted[i] = (wanted[i] ?? 0) - sign * amount
      }
    }
    nextPlace(0)
  }
  nextOrder(0, 0, 0)
  return best
}

function skuOf(order: SolverOrder, i: number): number {
  return order.lines[i]?.sku ?? -1
}

/** Every amount up to what is wanted, but nothing. */
function amounts(wanted: readonly number[]): number[][] {
  let all: number[][] = [[]]
  for (const most of wanted) {
    all = all.flatMap((amount) => Array.from({ length: most + 1 }, (_, units) => [...amount, units]))
  }
  return all.filter((amount) => amount.some((units) => units > 0))
}

function costOf(order: SolverOrder, steps: readonly Step[], left: readonly number[]): number {
  if (steps.length > order.maxNodes) return Infinity
  for (let i = 0; i < order.lines.length; i++) {
    if (steps.filter((step) => (step.units[i] ?? 0) > 0).length > order.maxNodesPerLine) return Infinity
  }
  const unserved = left.reduce((sum, units) => sum + units, 0)
  if (order.isWhole && steps.length > 0 && unserved > 0) return Infinity
  let cost = unserved * order.unservedCost + Math.max(0, steps.length - 1) * order.splitCost
  for (const { place, way, units } of steps) cost += order.places[place]?.ways[way]?.cost(units) ?? Infinity
  return cost
}
