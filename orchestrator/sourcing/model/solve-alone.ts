// One order solved by itself, however many SKUs it asks for: more than solvers take at once are solved in parts. It
// explains nothing.

import type { ProvenSolution } from '../solve/exact.ts'
import type { Piece } from '../solve/problem.ts'
import type { SourcingOrder } from '../world.ts'
import { type BuildOptions, buildProblem, type Model, type OrderModel } from './build.ts'
import { type ReadPlan, readPlan } from './plans.ts'
import type { SourcingSession } from './session.ts'
import { solveOne } from './solve-one.ts'

/** SKUs of an order that solvers take at once. */
export const mostSkus = 30

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

/**
 * Parts of at most 30 SKUs one after the other; pieces of one node and way become one. Not proven the best. An order
 * that goes whole or not at all does not go where a part of it does not.
 */
function inParts(order: SourcingOrder, session: SourcingSession, build: BuildOptions): Solved {
  const every = { ...build, isEveryDay: true }
  const model = buildProblem([order], session, every)
  const [one] = model.orders
  if (one === undefined) throw new Error(`order ${order.orderId} has no model`)
  const { goods, solver, places } = one
  const pieces = new Map<string, { place: number; way: number; units: number[] }>()
  const unserved = goods.skus.map(() => 0)
  for (let from = 0; from < goods.skus.length; from += mostSkus) {
    const skus = new Set(goods.skus.slice(from, from + mostSkus))
    const part = { ...order, lines: order.lines.filter(({ sku }) => skus.has(sku)) }
    const used = new Set(
      [...pieces.values()].map(({ place }) => places[place]?.stand.facts.node.nodeId ?? ''),
    )
    const free = solver.maxNodes - used.size
    const solved = solveOnly(part, session, every, free > 0 ? null : used)
    for (const piece of solved.pieces) {
      const nodeId = solved.nodeIdOf(piece)
      const place = places.findIndex(({ stand }) => stand.facts.node.nodeId === nodeId)
      const key = `${place}/${piece.way}`
      const whole = pieces.get(key) ?? { place, way: piece.way, units: goods.skus.map(() => 0) }
      pieces.set(key, whole)
      for (const [i, units] of piece.units.entries()) whole.units[from + i] = units
    }
    for (const [i, units] of solved.unserved.entries()) unserved[from + i] = units
  }
  const isShort = unserved.some((units) => units > 0)
  const nodes = new Set([...pieces.values()].map(({ place }) => place))
  const isNone = (solver.isWhole && isShort) || pieces.size !== nodes.size || nodes.size > solver.maxNodes
  const found = isNone ? [] : [...pieces.values()].map((piece) => ({ ...piece, cost: 0 }))
  const plan = readPlan(one, { pieces: found, unserved: isNone ? goods.quantities : unserved })
  return { model, order: one, plan, isProven: false, gap: 1 }
}

function solveOnly(
  part: SourcingOrder,
  session: SourcingSession,
  build: BuildOptions,
  only: ReadonlySet<string> | null,
) {
  const model = buildProblem([part], session, build)
  const [one] = model.orders
  if (one === undefined) throw new Error(`order ${part.orderId} has no model`)
  const isOpen = (nodeId: string) => only === null || only.has(nodeId)
  const places = one.places.filter(({ stand }) => isOpen(stand.facts.node.nodeId))
  const limited: OrderModel = { ...one, places, solver: { ...one.solver, places } }
  const answer = solveOne(model, limited)
  const nodeIdOf = (piece: Piece) => places[piece.place]?.stand.facts.node.nodeId
  return { pieces: answer?.pieces ?? [], unserved: answer?.unserved ?? one.goods.quantities, nodeIdOf }
}
