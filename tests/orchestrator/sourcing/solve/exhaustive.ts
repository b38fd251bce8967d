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
  const trial = new Trial(problem, isAllowed)
  trial.tryOrder(0, 0, 0)
  return trial.best
}

class Trial {
  readonly best: Exhaustive = { cost: Infinity, pieces: 0 }
  private readonly problem: Problem
  private readonly isAllowed: (steps: readonly Step[]) => boolean
  private readonly given = new Map<string, number>()
  private readonly rooms: number[]

  constructor(problem: Problem, isAllowed: (steps: readonly Step[]) => boolean) {
    this.problem = problem
    this.isAllowed = isAllowed
    this.rooms = problem.capacities.map((capacity) => capacity.limit)
  }

  tryOrder(at: number, spent: number, pieces: number): void {
    const order = this.problem.orders[at]
    const { best } = this
    if (order !== undefined) {
      const wanted = order.lines.map((line) => line.quantity)
      this.tryPlace(order, 0, [], wanted, (cost, more) => this.tryOrder(at + 1, spent + cost, pieces + more))
    } else if (spent < best.cost || (spent === best.cost && pieces < best.pieces)) {
      best.cost = spent
      best.pieces = pieces
    }
  }

  private tryPlace(
    order: SolverOrder,
    place: number,
    steps: Step[],
    left: number[],
    go: (cost: number, pieces: number) => void,
  ): void {
    const from = order.places[place]
    if (from === undefined) {
      const cost = costOf(order, steps, left)
      if (cost < Infinity && this.isAllowed(steps)) go(cost, steps.length)
      return
    }
    this.tryPlace(order, place + 1, steps, left, go)
    for (const units of amounts(left)) {
      if (!this.has(order, place, units)) continue
      for (let way = 0; way < from.ways.length; way++) {
        const step = { place, way, units }
        this.apply(order, step, left, 1)
        if (this.rooms.every((room) => room >= 0)) {
          this.tryPlace(order, place + 1, [...steps, step], left, go)
        }
        this.apply(order, step, left, -1)
      }
    }
  }

  private has(order: SolverOrder, place: number, units: readonly number[]): boolean {
    const { node = -1, can = 0 } = order.places[place] ?? {}
    return units.every((amount, i) => {
      const sku = skuOf(order, i)
      const stock = this.problem.stock(node, sku) - (this.given.get(`${node} ${sku}`) ?? 0)
      return amount === 0 || (Math.floor(can / 2 ** i) % 2 === 1 && amount <= stock)
    })
  }

  private apply(order: SolverOrder, { place, way, units }: Step, left: number[], sign: number): void {
    const from = order.places[place]
    const lines = units.filter((amount) => amount > 0).length
    const count = units.reduce((sum, amount) => sum + amount, 0)
    for (const { capacity, each, perLine, perUnit } of from?.ways[way]?.uses ?? []) {
      const used = each + perLine * lines + perUnit * count
      this.rooms[capacity] = (this.rooms[capacity] ?? 0) - sign * used
    }
    for (const [i, amount] of units.entries()) {
      const key = `${from?.node} ${skuOf(order, i)}`
      this.given.set(key, (this.given.get(key) ?? 0) + sign * amount)
      left[i] = (left[i] ?? 0) - sign * amount
    }
  }
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
