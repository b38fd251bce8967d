// The best answer of one order on its own: every allocation of whole units to places and ways, or, where there are too
// many, the best that a search within limits finds, and says so. It plans no batch and keeps nothing of an order but
// what its pieces cost.

import { PieceCosts } from './exact-costs.ts'
import { Descent } from './exact-descent.ts'
import { Offers, type Search } from './exact-offers.ts'
import { Partitions } from './exact-partitions.ts'
import { statesOf } from './exact-states.ts'
import {
  answerOf,
  Best,
  floorOf,
  leastOtherwise,
  type OrderLimits,
  ordinaryLimits,
  type Prices,
  type ProvenSolution,
  type Supply,
  type Task,
} from './exact-task.ts'
import type { Place, SolverOrder } from './problem.ts'

export { type RankedPlace, rankPlaces } from './exact-ranks.ts'
export {
  type OrderLimits,
  ordinaryLimits,
  type Prices,
  type ProvenSolution,
  type Supply,
} from './exact-task.ts'

const costs = new PieceCosts()
const offers = new Offers()
const partitions = new Partitions()

/**
 * The cheapest way for one order. Of ways that cost the same: the fewest pieces, then the first places and ways.
 * @param supply what is there for it
 * @param prices what stock and capacity cost beside the pieces; the cheapest with them is chosen
 */
export function solveOrder(
  order: SolverOrder,
  supply: Supply,
  prices: Prices | null = null,
  limits: OrderLimits = ordinaryLimits,
): ProvenSolution {
  return solve({ order, supply, prices, limits, excluded: -1, forced: -1 })
}

/** The cheapest way for one order when a place sends nothing. */
export function bestWithout(
  order: SolverOrder,
  supply: Supply,
  place: number,
  limits: OrderLimits = ordinaryLimits,
): ProvenSolution {
  return solve({ order, supply, prices: null, limits, excluded: place, forced: -1 })
}

/**
 * The cheapest way for one order in which a place sends something.
 * @returns null where it cannot, or none was found
 */
export function bestWith(
  order: SolverOrder,
  supply: Supply,
  place: number,
  limits: OrderLimits = ordinaryLimits,
): ProvenSolution | null {
  const answer = solve({ order, supply, prices: null, limits, excluded: -1, forced: place })
  return answer.pieces.length === 0 ? null : answer
}

function solve(task: Task): ProvenSolution {
  const { order } = task
  const best = new Best(task)
  const wanted = order.lines.reduce((sum, line) => sum + line.quantity, 0)
  const pieces = Math.min(order.maxNodes, order.maxNodesPerLine < 1 ? 0 : order.places.length, wanted)
  if (pieces < 1) return answerOf(task, best, best.value, true)
  const states = statesOf(order.lines.map((line) => line.quantity))
  if (states === null) return searchWidely(task, best, pieces)
  costs.open(task, states)
  const search: Search = { task, states, costs, best, pieces, isEveryWay: false }
  let proof = lookAtAll(search)
  if (proof.hasConflict) {
    search.isEveryWay = true
    proof = lookAtAll(search)
  }
  if (proof.isComplete) return answerOf(task, best, best.value, true)
  const wide = searchWidely(task, best, pieces)
  const bound = Math.max(wide.bound, Math.min(proof.bound, best.value))
  return { ...wide, bound, isProven: wide.isProven || bound >= best.target }
}

interface Proof {
  isComplete: boolean
  hasConflict: boolean
  bound: number
}

function lookAtAll(search: Search): Proof {
  const { task, best } = search
  const unproven = { isComplete: false, hasConflict: false, bound: 0 }
  offers.collectWhole(search)
  let amounts = offers.amountsWorth(search)
  if (offers.isTooMany(search, amounts)) {
    new Descent(task, best, search.pieces, task.limits.evaluations / 8).run()
    offers.collectPromising(search, offers.amountsWorth(search))
    partitions.improve(search, offers)
    if (!task.order.places.some(isBounded)) return unproven
    offers.collectWhole(search)
    amounts = offers.amountsWorth(search)
  }
  offers.collectParts(search, amounts)
  return offers.isCut ? unproven : partitions.improve(search, offers)
}

function isBounded(place: Place): boolean {
  return place.least !== undefined || place.ways.some((way) => way.least !== undefined)
}

/** A search without a table; the answer is proven only where what is known of the ways shows that it is the best. */
function searchWidely(task: Task, best: Best, pieces: number): ProvenSolution {
  const { order, supply } = task
  const descent = new Descent(task, best, pieces, task.limits.evaluations)
  const whole = descent.tryWhole()
  descent.run()
  if (task.forced >= 0) return answerOf(task, best, 0, false)
  const floor = floorOf(task, (p, i) => {
    const place = order.places[p] as Place
    if (p === task.excluded || ((place.can >> i) & 1) === 0) return false
    return supply.stock(place.node, (order.lines[i] as SolverOrder['lines'][number]).sku) >= 1
  })
  const bound = Math.min(whole, leastOtherwise(task, floor, pieces))
  return answerOf(task, best, bound, bound >= best.target)
}
