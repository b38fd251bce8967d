// What the solver of one order is asked, and the best answer so far. It decides nothing itself.

import type { OrderSolution, Piece, Place, SolverOrder, Way } from './problem.ts'

/** What is there for an order. */
export interface Supply {
  /** Units of a SKU that a node can give; Infinity = as many as wanted. */
  stock(node: number, sku: number): number
  /** What is left of a capacity. */
  left(capacity: number): number
}

/** What stock and capacity cost beside what pieces cost: 0 or more of each unit. */
export interface Prices {
  stock(node: number, sku: number): number
  capacity(capacity: number): number
}

/** How far the solver of one order goes before it takes the best it has. */
export interface OrderLimits {
  /** Costs asked of ways, at most. */
  evaluations: number
  /** Steps through tables and partial solutions, at most. */
  steps: number
}

/** Enough for the proven optimum of ordinary orders, and for an answer within tens of milliseconds of any. */
export const ordinaryLimits: OrderLimits = { evaluations: 60_000, steps: 5_000_000 }

/** How one order goes, with what is known of better ways. */
export interface ProvenSolution extends OrderSolution {
  /** Cost, and the price of the stock and capacity it takes. The same as `cost` where no prices were given. */
  priced: number
  /** No solution has a smaller `priced`. */
  bound: number
  /** Whether it is the best there is. */
  isProven: boolean
}

/** One question to the solver. */
export interface Task {
  order: SolverOrder
  supply: Supply
  prices: Prices | null
  limits: OrderLimits
  /** Index of a place that sends nothing, of one that sends something; -1 = none. */
  excluded: number
  forced: number
}

/** Smaller differences of cost are none. */
export function tolerance(value: number): number {
  return Number.isFinite(value) ? 1e-9 + 1e-13 * Math.abs(value) : 0
}

/** Cost of units without a place. */
export function unservedCost(order: SolverOrder, units: number): number {
  return units === 0 ? 0 : order.unservedCost * units
}

/** Whether a piece of work fits into what is left; `lines` and `units` of the piece. */
export function fits(way: Way, supply: Supply, lines: number, units: number): boolean {
  for (const use of way.uses) {
    if (useOf(use, lines, units) > supply.left(use.capacity) * (1 + 1e-12) + 1e-9) return false
  }
  return true
}

/** What a piece of work takes of a capacity. */
export function useOf(use: Way['uses'][number], lines: number, units: number): number {
  return use.each + use.perLine * lines + use.perUnit * units
}

/** Cost of a piece of work; what is no number is not possible. */
export function costOf(way: Way, units: readonly number[]): number {
  const cost = way.cost(units)
  return cost >= 0 ? cost : Number.POSITIVE_INFINITY
}

/** What a piece on a way, or from a place, costs at least by what is known of it. */
export function leastOf({ least }: Pick<Way, 'least'>, units: readonly number[]): number {
  if (least === undefined) return Number.NEGATIVE_INFINITY
  let sum = least.each
  for (let i = 0; i < units.length; i++) {
    const amount = units[i] as number
    if (amount > 0) sum += amount * (least.perUnit[i] as number)
  }
  return sum
}

/**
 * What any piece costs at least, and any unit of each line, over all ways.
 * @param canSend whether place p could send some of line i
 */
export function floorOf(task: Task, canSend: (p: number, i: number) => boolean): Required<Way>['least'] {
  const { lines, places } = task.order
  let each = Number.POSITIVE_INFINITY
  const perUnit = lines.map(() => Number.POSITIVE_INFINITY)
  for (let p = 0; p < places.length; p++) {
    const place = places[p] as Place
    let isUsed = false
    for (let i = 0; i < lines.length; i++) {
      if (!canSend(p, i)) continue
      isUsed = true
      if (place.least !== undefined) {
        perUnit[i] = Math.min(perUnit[i] as number, place.least.perUnit[i] ?? 0)
        continue
      }
      for (const { least } of place.ways) perUnit[i] = Math.min(perUnit[i] as number, least?.perUnit[i] ?? 0)
    }
    if (!isUsed) continue
    if (place.least !== undefined) each = Math.min(each, place.least.each)
    else for (const { least } of place.ways) each = Math.min(each, least?.each ?? 0)
  }
  return { each: each === Number.POSITIVE_INFINITY ? 0 : each, perUnit }
}

/** No answer costs less that is more or less than one piece with everything, by what is known of the ways. */
export function leastOtherwise(task: Task, floor: Required<Way>['least'], pieces: number): number {
  const { order } = task
  let all = 0
  let wanted = 0
  let dropped = Number.POSITIVE_INFINITY
  for (let i = 0; i < order.lines.length; i++) {
    const { quantity } = order.lines[i] as SolverOrder['lines'][number]
    const perUnit = floor.perUnit[i] as number
    const least = order.isWhole ? perUnit : Math.min(perUnit, order.unservedCost)
    all += quantity * least
    wanted += quantity
    dropped = Math.min(dropped, order.unservedCost - least)
  }
  const nothing = unservedCost(order, wanted)
  const split = pieces > 1 ? order.splitCost + 2 * floor.each + all : Number.POSITIVE_INFINITY
  const inPart = order.isWhole ? Number.POSITIVE_INFINITY : floor.each + all + dropped
  return Math.min(nothing, split, inPart)
}

/** A piece of work that is looked at. */
export interface Draft {
  place: number
  way: number
  units: readonly number[]
  /** With prices. */
  priced: number
}

/** Whether pieces take more of a capacity together than is left, where each fits alone. */
export function fitTogether(order: SolverOrder, supply: Supply, drafts: readonly Draft[]): boolean {
  if (drafts.length < 2) return true
  const taken = new Map<number, number>()
  for (const draft of drafts) {
    const way = order.places[draft.place]?.ways[draft.way]
    if (way === undefined) return false
    let lines = 0
    let units = 0
    for (const amount of draft.units) {
      if (amount > 0) lines++
      units += amount
    }
    for (const use of way.uses) {
      const sum = (taken.get(use.capacity) ?? 0) + useOf(use, lines, units)
      if (sum > supply.left(use.capacity) * (1 + 1e-12) + 1e-9) return false
      taken.set(use.capacity, sum)
    }
  }
  return true
}

/** The best answer so far: starts with nothing served. */
export class Best {
  /** With prices; Infinity = none that is allowed. */
  value: number
  drafts: Draft[] = []

  constructor(task: Task) {
    const wanted = task.order.lines.reduce((sum, line) => sum + line.quantity, 0)
    this.value = task.forced >= 0 ? Number.POSITIVE_INFINITY : unservedCost(task.order, wanted)
  }

  /** What a better one costs less than. */
  get target(): number {
    return this.value - tolerance(this.value)
  }

  take(value: number, drafts: readonly Draft[]): void {
    this.value = value
    this.drafts = drafts.map((draft) => ({ ...draft }))
  }
}

/** The answer in full, costs asked anew. */
export function answerOf(task: Task, best: Best, bound: number, isProven: boolean): ProvenSolution {
  const { order } = task
  const unserved = order.lines.map((line) => line.quantity)
  const pieces: Piece[] = []
  let cost = 0
  for (const draft of [...best.drafts].sort((a, b) => a.place - b.place)) {
    const way = order.places[draft.place]?.ways[draft.way] as Way
    const units = [...draft.units]
    const piece = { place: draft.place, way: draft.way, units, cost: costOf(way, units) }
    for (let i = 0; i < units.length; i++) unserved[i] = (unserved[i] as number) - (units[i] as number)
    cost += piece.cost
    pieces.push(piece)
  }
  cost += Math.max(0, pieces.length - 1) * order.splitCost
  cost += unservedCost(
    order,
    unserved.reduce((sum, units) => sum + units, 0),
  )
  const priced = task.prices === null ? cost : best.value
  return { pieces, unserved, cost, priced, bound: isProven ? priced : Math.min(bound, priced), isProven }
}
