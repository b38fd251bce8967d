// Orders one after the other: the nearest place for each (the baseline that others are measured by), or the cheapest
// way for each out of what is left. It never takes back what an earlier order got.

import { type ProvenSolution, type Supply, solveOrder } from './exact.ts'
import { costOf, fits, unservedCost, useOf } from './exact-task.ts'
import type { BatchSolution, OrderSolution, Piece, Place, Problem, SolverOrder, Way } from './problem.ts'

/** What is left while orders take their turns. */
export class Remainder implements Supply {
  private readonly problem: Problem
  private readonly given = new Map<number, number>()
  private readonly rooms: Float64Array

  constructor(problem: Problem) {
    this.problem = problem
    this.rooms = Float64Array.from(problem.capacities, (capacity) => capacity.limit)
  }

  stock(node: number, sku: number): number {
    return this.problem.stock(node, sku) - (this.given.get(node * this.problem.skus + sku) ?? 0)
  }

  left(capacity: number): number {
    return this.rooms[capacity] ?? 0
  }

  /** Takes what a piece needs, or gives it back. */
  take(order: SolverOrder, piece: Piece, sign: 1 | -1 = 1): void {
    const { node, ways } = order.places[piece.place] as Place
    let lines = 0
    let count = 0
    for (const [i, units] of piece.units.entries()) {
      if (units === 0) continue
      lines++
      count += units
      const key = node * this.problem.skus + (order.lines[i] as SolverOrder['lines'][number]).sku
      this.given.set(key, (this.given.get(key) ?? 0) + sign * units)
    }
    for (const use of (ways[piece.way] as Way).uses) {
      this.rooms[use.capacity] = (this.rooms[use.capacity] as number) - sign * useOf(use, lines, count)
    }
  }
}

/** Each order in turn the cheapest way out of what is left. */
export function greedyCheapest(problem: Problem): BatchSolution {
  const remainder = new Remainder(problem)
  return inTurn(problem, (order) => {
    const answer: ProvenSolution = solveOrder(order, remainder)
    for (const piece of answer.pieces) remainder.take(order, piece)
    const { pieces, unserved, cost } = answer
    return { pieces, unserved, cost }
  })
}

/**
 * Each order in turn from the nearest place that has all of it and room for it, on its cheapest way; where there is
 * none, each line from the nearest places that have some. What does not fit stays without a place.
 */
export function greedyNearest(problem: Problem): BatchSolution {
  const remainder = new Remainder(problem)
  return inTurn(problem, (order) => nearestOf(order, remainder))
}

/**
 * The same, letting others run in between.
 * @param rest asked after each order; true = the others stay without a place
 */
export async function nearestInSteps(
  problem: Problem,
  rest: () => Promise<boolean>,
): Promise<OrderSolution[]> {
  const remainder = new Remainder(problem)
  const orders: OrderSolution[] = []
  for (const order of problem.orders) {
    const isOver = await rest()
    orders.push(isOver ? settled(order, [], remainder) : nearestOf(order, remainder))
  }
  return orders
}

function nearestOf(order: SolverOrder, remainder: Remainder): OrderSolution {
  const near = order.places
    .map((_, place) => place)
    .sort((a, b) => {
      const ofA = (order.places[a] as Place).distance
      const ofB = (order.places[b] as Place).distance
      return (Number.isNaN(ofA) ? 1e300 : ofA) - (Number.isNaN(ofB) ? 1e300 : ofB) || a - b
    })
  const pieces = fromOne(order, near, remainder) ?? lineByLine(order, near, remainder)
  return settled(order, pieces, remainder)
}

function inTurn(problem: Problem, solve: (order: SolverOrder) => OrderSolution): BatchSolution {
  const orders = problem.orders.map(solve)
  const cost = orders.reduce((sum, order) => sum + order.cost, 0)
  const bound = Number.NEGATIVE_INFINITY
  return { orders, cost, bound, gap: Number.POSITIVE_INFINITY, method: 'greedy', seconds: 0, stopped: 'gap' }
}

function fromOne(order: SolverOrder, near: readonly number[], remainder: Remainder): Piece[] | null {
  if (order.maxNodes < 1 || order.maxNodesPerLine < 1) return []
  const units = order.lines.map((line) => line.quantity)
  for (const place of near) {
    if (!units.every((amount, i) => amount <= availableOf(order, place, i, remainder))) continue
    const piece = cheapestPiece(order, place, units, remainder)
    if (piece === null) continue
    remainder.take(order, piece)
    return [piece]
  }
  return null
}

function lineByLine(order: SolverOrder, near: readonly number[], remainder: Remainder): Piece[] {
  const pieces: Piece[] = []
  for (const [i, line] of order.lines.entries()) {
    let wanted = line.quantity
    let shared = 0
    for (const place of near) {
      if (wanted === 0 || shared === order.maxNodesPerLine) break
      const amount = Math.min(wanted, availableOf(order, place, i, remainder))
      if (amount === 0 || !grow(order, pieces, place, i, amount, remainder)) continue
      wanted -= amount
      shared++
    }
  }
  return pieces
}

/** Adds units of a line to the piece of a place, or begins one. */
function grow(
  order: SolverOrder,
  pieces: Piece[],
  place: number,
  i: number,
  amount: number,
  remainder: Remainder,
): boolean {
  const at = pieces.findIndex((piece) => piece.place === place)
  const before = pieces[at]
  if (before === undefined && pieces.length >= order.maxNodes) return false
  const units = order.lines.map((_, k) => (before?.units[k] ?? 0) + (k === i ? amount : 0))
  if (before !== undefined) remainder.take(order, before, -1)
  const piece = cheapestPiece(order, place, units, remainder)
  if (piece === null) {
    if (before !== undefined) remainder.take(order, before)
    return false
  }
  remainder.take(order, piece)
  if (before === undefined) pieces.push(piece)
  else pieces[at] = piece
  return true
}

/** Pieces with their cost; an order that is to be whole and is not gives everything back. */
function settled(order: SolverOrder, pieces: readonly Piece[], remainder: Remainder): OrderSolution {
  const unserved = order.lines.map((line) => line.quantity)
  for (const { units } of pieces) {
    for (const [i, amount] of units.entries()) unserved[i] = (unserved[i] as number) - amount
  }
  const left = unserved.reduce((sum, units) => sum + units, 0)
  if (order.isWhole && left > 0 && pieces.length > 0) {
    for (const piece of pieces) remainder.take(order, piece, -1)
    return settled(order, [], remainder)
  }
  const spent = pieces.reduce((sum, piece) => sum + piece.cost, 0)
  const splits = Math.max(0, pieces.length - 1) * order.splitCost
  return { pieces, unserved, cost: spent + splits + unservedCost(order, left) }
}

function availableOf(order: SolverOrder, p: number, i: number, remainder: Remainder): number {
  const { node, can } = order.places[p] as Place
  if (((can >> i) & 1) === 0) return 0
  return Math.max(0, Math.floor(remainder.stock(node, (order.lines[i] as SolverOrder['lines'][number]).sku)))
}

function cheapestPiece(
  order: SolverOrder,
  place: number,
  units: readonly number[],
  supply: Supply,
): Piece | null {
  const lines = units.filter((amount) => amount > 0).length
  const count = units.reduce((sum, amount) => sum + amount, 0)
  let found: Piece | null = null
  for (const [way, candidate] of (order.places[place] as Place).ways.entries()) {
    if (!fits(candidate, supply, lines, count)) continue
    const cost = costOf(candidate, units)
    if (cost < (found?.cost ?? Number.POSITIVE_INFINITY)) found = { place, way, units, cost }
  }
  return found
}
