// Weighs whether pieces of work should go elsewhere, all of them together: stock and places of a day that one takes are
// not there for another, and each may stay. It carries nothing out.

import type { DecisionRecord } from '#orchestrator/core'
import { type BuildOptions, buildInSteps, type Model, type OrderModel } from './model/build.ts'
import { goodsOf } from './model/goods.ts'
import { readPlan } from './model/plans.ts'
import { openSession, type SourcingSession } from './model/session.ts'
import { mostSkus } from './model/solve-alone.ts'
import { lateStayOf } from './model/stay-later.ts'
import type { WorkWay } from './model/way.ts'
import { type Move, moveOrder, recordOfMove, refusalOf, type Stays, stayOf } from './move-order.ts'
import { solveBatch } from './solve/batch.ts'
import { Pace } from './solve/pace.ts'
import type { OrderSolution, Place, Problem, SolveOptions, Way } from './solve/problem.ts'
import type { PlannedWork, SourceOptions, SourcingOrder, SourcingWorld } from './world.ts'

/** How work is moved together. */
export interface MoveTogetherOptions extends SolveOptions {
  decisionIdOf(order: SourcingOrder): string
  incidentId: string | null
  /** By how many cents a move must be better than to stay. Default 0. */
  minGainCents?: number
  /**
   * Pieces that still leave their node as it is booked: the others leave a day later, wherever they stay. Absent = all.
   */
  roomAt?: ReadonlyMap<string, number>
}

/** What becomes of one piece of work. */
export interface MovedPlan {
  /** Where it goes, null = it stays. */
  work: PlannedWork | null
  decision: DecisionRecord
}

/** Records of more pieces than that keep only the next best nodes. */
const briefAbove = 200
/** With more pieces than that, each looks at its cheapest places alone. */
const everyPlaceMost = 50
const placesMost = 12
/** A price of a unit without a place which is above everything else that is real. */
const noPlaceCents = 1e8
const everyBit = 0x3fffffff

const noUses: Way['uses'] = []

/** What a piece could do, and which of its places is where it is. */
interface Choice {
  model: OrderModel
  stay: WorkWay | null
  late: WorkWay | null
  solver: OrderModel['solver']
  /** Index of the place where it is. */
  here: number
  /** Ways of that place which are to stay. */
  stays: number
}

/**
 * The best for all pieces together that was found in time; none goes elsewhere unless that is cheaper in all.
 * @param orders work with where it is now (`from`)
 * @returns as the orders
 * @throws SOURCING_PROBLEM_INVALID
 */
export async function moveTogether(
  orders: readonly SourcingOrder[],
  world: SourcingWorld,
  options: MoveTogetherOptions,
): Promise<MovedPlan[]> {
  const pace = new Pace(options)
  const plans = new Map<SourcingOrder, MovedPlan>()
  const isLarge = (order: SourcingOrder) => goodsOf(order, world.product).skus.length > mostSkus
  // What counts for one alone is exact and told in full.
  const isAlone = orders.length === 1 && options.roomAt === undefined
  const joint = orders.filter((order) => !isAlone && !isLarge(order))
  const session = openSession(world)
  for (const [order, plan] of await jointly(joint, session, options, pace)) plans.set(order, plan)
  for (const order of orders) {
    if (plans.has(order)) continue
    await pace.rest()
    plans.set(order, alone(order, session, options))
  }
  return orders.map((order) => plans.get(order) as MovedPlan)
}

function alone(order: SourcingOrder, session: SourcingSession, options: MoveTogetherOptions): MovedPlan {
  const { work, decision } = moveOrder(order, session, optionsOf(order, options))
  return { work: work[0] ?? null, decision }
}

function optionsOf(
  order: SourcingOrder,
  { decisionIdOf, incidentId, minGainCents = 0 }: MoveTogetherOptions,
): SourceOptions {
  return { decisionId: decisionIdOf(order), incidentId, minGainCents }
}

async function jointly(
  orders: readonly SourcingOrder[],
  session: SourcingSession,
  options: MoveTogetherOptions,
  pace: Pace,
): Promise<Map<SourcingOrder, MovedPlan>> {
  const plans = new Map<SourcingOrder, MovedPlan>()
  if (orders.length === 0) return plans
  const build: BuildOptions = {
    isOnePiece: true,
    ...(orders.length > everyPlaceMost ? { placesMost } : { isEveryDay: true }),
    keepsRejected: orders.length <= briefAbove,
    unservedCents: noPlaceCents,
  }
  const model = await buildInSteps(orders, session, build, () => pace.rest())
  const { problem, choices } = problemOf(model, options)
  const solution = await solveBatch(problem, options)
  const how = { method: 'batch' as const, gap: solution.gap, isBrief: orders.length > briefAbove }
  for (const [i, choice] of choices.entries()) {
    await pace.rest()
    const answer = solution.orders[i]
    if (answer === undefined) throw new Error(`order ${choice.model.order.orderId} has no answer`)
    const { move, isStay } = moveOf(choice, answer, model, options)
    const refusal = isStay ? whyStays(move) : refusalOf(move)
    const decision = recordOfMove(move, refusal, how)
    const work = refusal === null ? (move.plan.pieces[0]?.work ?? null) : null
    plans.set(choice.model.order, { work, decision })
  }
  return plans
}

/** The problem with a place for each piece to stay at: it holds its units, and its day has counted it already. */
function problemOf(model: Model, options: MoveTogetherOptions): { problem: Problem; choices: Choice[] } {
  const { problem, orders, session } = model
  const homeNode = problem.nodes
  const capacities = [...problem.capacities]
  const rooms = new Map<string, number>()
  for (const [nodeId, limit] of options.roomAt ?? []) {
    rooms.set(nodeId, capacities.push({ limit: Math.max(0, Math.floor(limit)) }) - 1)
  }
  const choices = orders.map((order) => choiceOf(order, session, { homeNode, rooms }, options))
  const stock = stockOf(choices, problem.skus)
  return {
    problem: {
      nodes: problem.nodes + 1,
      skus: problem.skus,
      orders: choices.map(({ solver }) => solver),
      stock: (node, sku) => (node === homeNode ? Number.POSITIVE_INFINITY : stock(node, sku)),
      capacities,
    },
    choices,
  }
}

function choiceOf(
  model: OrderModel,
  session: SourcingSession,
  { homeNode, rooms }: { homeNode: number; rooms: ReadonlyMap<string, number> },
  { minGainCents = 0 }: MoveTogetherOptions,
): Choice {
  const nodeId = model.order.from?.nodeId ?? ''
  const stay = stayOf(model, session)
  const room = rooms.get(nodeId)
  const late = room === undefined ? null : lateStayOf(model, session)
  const own = model.places.findIndex(({ stand }) => stand.facts.node.nodeId === nodeId)
  const here = own < 0 ? model.places.length : own
  const cheaper = (way: WorkWay, uses: Way['uses']): Way => ({
    uses,
    cost: (units) => Math.max(0, way.cost(units) - minGainCents),
  })
  const stays: Way[] = [
    ...(stay === null
      ? []
      : [cheaper(stay, room === undefined ? noUses : [{ capacity: room, each: 1, perLine: 0, perUnit: 0 }])]),
    ...(late === null ? [] : [cheaper(late, noUses)]),
  ]
  // Another carrier of the same node: units and place of the day are its own already. It makes no room there.
  const others = room === undefined ? (model.places[here]?.ways ?? []).map((way) => freeWay(way)) : []
  const home: Place = { node: homeNode, distance: 0, can: everyBit, ways: [...stays, ...others] }
  const places: Place[] = [...model.places]
  places[here] = home
  const solver = { ...model.solver, places }
  return { model, stay, late, solver, here, stays: stays.length }
}

function freeWay(way: WorkWay): Way {
  return { uses: noUses, least: way.least, cost: (units) => way.cost(units) }
}

/** Units by node and SKU that pieces which are elsewhere could have: what one holds itself is no other's. */
function stockOf(choices: readonly Choice[], skuCount: number): Problem['stock'] {
  const stock = new Map<number, number>()
  for (const { model, here } of choices) {
    for (const [p, { node, stand }] of model.places.entries()) {
      if (p === here) continue
      for (let i = 0; i < stand.available.length; i++) {
        const key = node * skuCount + (model.solver.lines[i]?.sku ?? 0)
        stock.set(key, Math.max(0, stand.available[i] ?? 0))
      }
    }
  }
  return (node, sku) => stock.get(node * skuCount + sku) ?? 0
}

/** The answer for a piece: where it goes, or the best place it could have had. */
function moveOf(
  { model: order, stay, late, here, stays }: Choice,
  { pieces }: OrderSolution,
  model: Model,
  options: MoveTogetherOptions,
): { move: Move; isStay: boolean } {
  const [piece] = pieces
  const isStay = piece === undefined || (piece.place === here && piece.way < stays)
  const unserved = order.goods.skus.map(() => 0)
  const chosen =
    piece === undefined || isStay
      ? bestElsewhere(order)
      : { ...piece, way: piece.way - (piece.place === here ? stays : 0) }
  const plan = readPlan(order, { pieces: chosen === null ? [] : [chosen], unserved })
  // Where a node cannot do it all in time, to stay may mean to leave a day later.
  const against = options.roomAt !== undefined && late !== null && !isStay ? late : stay
  const move = { order, model, plan, stay: against, options: optionsOf(order.order, options) }
  return { move, isStay }
}

function bestElsewhere({ places, goods }: OrderModel) {
  let best: { place: number; way: number; units: readonly number[]; cost: number } | null = null
  for (const [place, { ways, stand }] of places.entries()) {
    const isWhole = goods.quantities.every((units, i) => (stand.available[i] ?? -1) >= units)
    if (!isWhole) continue
    for (const [way, each] of ways.entries()) {
      const cost = each.cost(goods.quantities)
      if (cost < (best?.cost ?? Number.POSITIVE_INFINITY))
        best = { place, way, units: goods.quantities, cost }
    }
  }
  return best
}

/** Why it stays although it could be moved: to stay is best, or others need the place more. */
function whyStays(move: Move): Stays {
  const refusal = refusalOf(move)
  return refusal ?? { code: 'others_first', text: 'other orders need what is there elsewhere more' }
}
