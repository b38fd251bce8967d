// One order solved by itself, however many SKUs it asks for: more than solvers take at once are solved in parts. It
// explains nothing.

import type { ProvenSolution } from '../solve/exact.ts'
import type { SourcingOrder } from '../world.ts'
import { type BuildOptions, buildProblem, type Model, type OrderModel } from './build.ts'
import type { PlaceModel } from './places.ts'
import { type ReadPlan, readPlan } from './plans.ts'
import type { SourcingSession } from './session.ts'
import { solveOne } from './solve-one.ts'

/** SKUs of an order that solvers take at once. */
export const mostSkus = 30
/** Times that a part of an order is solved again without nodes that cannot send it beside the others. */
const triesMost = 8

/** An order, solved. */
export interface Solved {
  model: Model
  order: OrderModel
  plan: ReadPlan
  isProven: boolean
  /** How far it may be from the best, 0 to 1. */
  gap: number
}

function gapOf({ isProven, priced, bound }: ProvenSolution): number {
  return isProven || priced <= 0 ? 0 : Math.min(1, Math.max(0, (priced - bound) / priced))
}

/** The cheapest way for an order by itself. */
export function solveAlone(order: SourcingOrder, session: SourcingSession, build: BuildOptions): Solved {
  const model = buildProblem([order], session, build)
  const [one] = model.orders
  if (one === undefined) throw new Error(`order ${order.orderId} has no model`)
  if (one.goods.skus.length > mostSkus) return inParts(order, session, build)
  const answer = solveOne(model, one)
  if (answer === null) throw new Error(`order ${order.orderId} has no answer`)
  return { model, order: one, plan: readPlan(one, answer), isProven: answer.isProven, gap: gapOf(answer) }
}

/** A piece of work in the making, by places of the whole order. */
interface Whole {
  place: number
  way: number
  units: number[]
}

/**
 * Parts of at most 30 SKUs one after the other; what a node sends of them is one piece, by the cheapest way for all of
 * it. Not proven the best. An order that goes whole or not at all does not go where a part of it does not.
 */
function inParts(order: SourcingOrder, session: SourcingSession, build: BuildOptions): Solved {
  const every = { ...build, isEveryDay: true }
  const model = buildProblem([order], session, every)
  const [one] = model.orders
  if (one === undefined) throw new Error(`order ${order.orderId} has no model`)
  const { goods, solver } = one
  const pieces = new Map<number, Whole>()
  const unserved = goods.skus.map(() => 0)
  for (let from = 0; from < goods.skus.length; from += mostSkus) {
    const skus = new Set(goods.skus.slice(from, from + mostSkus))
    const part = { ...order, lines: order.lines.filter(({ sku }) => skus.has(sku)) }
    const solved = solvePart(part, model, one, { from, pieces }, every)
    for (const whole of solved.pieces) pieces.set(whole.place, whole)
    for (const [i, units] of solved.unserved.entries()) unserved[from + i] = units
  }
  const isNone = solver.isWhole && unserved.some((units) => units > 0)
  const found = isNone ? [] : [...pieces.values()].map((piece) => ({ ...piece, cost: 0 }))
  const plan = readPlan(one, { pieces: found, unserved: isNone ? goods.quantities : unserved })
  return { model, order: one, plan, isProven: false, gap: 1 }
}

/** Solves a part beside what parts before it send; nodes that cannot send both are left out, and it is solved again. */
function solvePart(
  part: SourcingOrder,
  whole: Model,
  { goods, places, solver }: OrderModel,
  { from, pieces }: { from: number; pieces: ReadonlyMap<number, Whole> },
  build: BuildOptions,
): { pieces: Whole[]; unserved: readonly number[] } {
  const model = buildProblem([part], whole.session, build)
  const [one] = model.orders
  if (one === undefined) throw new Error(`order ${part.orderId} has no model`)
  const placeOf = new Map(places.map(({ node }, i) => [node, i]))
  const shut = new Set<number>()
  for (let tries = 0; tries < triesMost; tries++) {
    const isOpen = ({ node }: PlaceModel) => !shut.has(node)
    const isUsed = ({ node }: PlaceModel) => pieces.has(placeOf.get(node) ?? -1)
    const isFull = pieces.size >= solver.maxNodes
    const open = one.places.filter((place) => isOpen(place) && (!isFull || isUsed(place)))
    const maxNodes = Math.max(1, solver.maxNodes - (isFull ? 0 : pieces.size))
    const answer = solveOne(model, {
      ...one,
      places: open,
      solver: { ...one.solver, places: open, maxNodes },
    })
    const before = shut.size
    const joined = (answer?.pieces ?? []).flatMap((piece): Whole[] => {
      const node = open[piece.place]?.node ?? -1
      const place = placeOf.get(node) ?? -1
      const sent = pieces.get(place)?.units ?? goods.skus.map(() => 0)
      const units = sent.toSpliced(from, piece.units.length, ...piece.units)
      const way = cheapestWay(units, places[place], whole)
      if (way < 0) shut.add(node)
      return [{ place, way, units }]
    })
    if (shut.size === before) return { pieces: joined, unserved: answer?.unserved ?? one.goods.quantities }
  }
  return { pieces: [], unserved: one.goods.quantities }
}

/** The way of a place that is cheapest for units and whose day has room for them, -1 = none. */
function cheapestWay(units: readonly number[], place: PlaceModel | undefined, { problem }: Model): number {
  let best = -1
  let least = Number.POSITIVE_INFINITY
  for (const [i, way] of (place?.ways ?? []).entries()) {
    const load = way.load(units)
    const hasRoom = way.uses.every(
      ({ capacity, each, perLine, perUnit }) =>
        each + perLine * load.lines + perUnit * load.units <= (problem.capacities[capacity]?.limit ?? 0),
    )
    const cents = hasRoom ? way.cost(units) : Number.POSITIVE_INFINITY
    if (cents >= least) continue
    best = i
    least = cents
  }
  return best
}
