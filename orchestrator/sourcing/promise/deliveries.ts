// Ways to have a cart brought: the best by the strategy, and what is sooner and dearer or later and cheaper. It
// promises nothing by itself.

import type { Model, OrderModel } from '../model/build.ts'
import { type ReadPlan, readPlan } from '../model/plans.ts'
import { mostSkus, type Solved } from '../model/solve-alone.ts'
import { supplyOf } from '../model/solve-one.ts'
import type { WorkWay } from '../model/way.ts'
import { zoneClock } from '../network/zone-clock.ts'
import { solveOrder } from '../solve/exact.ts'
import type { Piece, SolverOrder, Way } from '../solve/problem.ts'
import { arrivalOf } from './arrival.ts'
import { type Draft, dayEnd, draftOf, type PromiseTerms } from './option.ts'

/** Plans that are made to find dates; each is sooner than the one before. */
const plansMost = 8

/**
 * Options for what was solved, the best first, then by date; none of them is both later and dearer than another.
 * @param optionsMost at least 1
 */
export function deliveriesOf(best: Solved, terms: PromiseTerms, optionsMost: number): Draft[] {
  if (best.plan.pieces.length === 0) return []
  const first = draftOf(best.order, best.plan, terms)
  if (first === null) return []
  if (optionsMost === 1 || best.order.goods.skus.length > mostSkus) return [first]
  const others = soonerAndSooner(best, terms).flatMap((plan) => draftOf(best.order, plan, terms) ?? [])
  return [first, ...spread(undominated(others, first), optionsMost - 1)]
}

/** Not later and dearer than, or the same as, any other. */
function undominated(drafts: readonly Draft[], first: Draft): Draft[] {
  const kept: Draft[] = []
  const sorted = drafts.toSorted((a, b) => a.option.costCents - b.option.costCents || timeOf(a) - timeOf(b))
  for (const draft of sorted) {
    const isWorse = [first, ...kept].some(
      (other) => timeOf(other) <= timeOf(draft) && other.option.costCents <= draft.option.costCents,
    )
    if (!isWorse) kept.push(draft)
  }
  return kept
}

function timeOf({ option }: Draft): number {
  return Date.parse(option.promisedAt)
}

/** So many, the soonest and the cheapest within, by date. */
function spread(drafts: readonly Draft[], most: number): Draft[] {
  const byTime = drafts.toSorted((a, b) => timeOf(a) - timeOf(b))
  if (byTime.length <= most) return byTime
  if (most === 1) return byTime.slice(0, 1)
  return Array.from({ length: most }, (_, i) => Math.round((i * (byTime.length - 1)) / (most - 1))).flatMap(
    (i) => byTime[i] ?? [],
  )
}

/** The cheapest plan, time aside, then the cheapest of those that are sooner than it, and so on. */
function soonerAndSooner({ model, order, plan }: Solved, terms: PromiseTerms): ReadPlan[] {
  const ends = new Map<WorkWay, number>()
  const endOf = dayOf(order, terms)
  for (const { ways } of order.places) for (const way of ways) ends.set(way, endOf(way))
  const missing = unitsLeft(plan)
  const found: ReadPlan[] = []
  let before = Number.POSITIVE_INFINITY
  while (found.length < plansMost) {
    const next = cheapestBefore(model, order, (way) => (ends.get(way) ?? before) < before)
    if (next === null || next.pieces.length === 0 || unitsLeft(next) > missing) break
    found.push(next)
    before = Math.max(...next.pieces.map(({ way }) => ends.get(way) ?? 0))
  }
  return found
}

/** End of the day by which a way is there as surely as asked for. */
function dayOf({ order }: OrderModel, { confidence, timeZone }: PromiseTerms): (way: WorkWay) => number {
  const clock = zoneClock(timeZone)
  return (way) => {
    const at = arrivalOf(order, way, timeZone).kept(confidence) ?? Number.POSITIVE_INFINITY
    return clock === null || !Number.isFinite(at) ? at : dayEnd(clock, clock.dayAt(at))
  }
}

function cheapestBefore(model: Model, order: OrderModel, isOpen: (way: WorkWay) => boolean): ReadPlan | null {
  const wayOf: { place: number; ways: number[] }[] = []
  const places: SolverOrder['places'][number][] = []
  for (const [at, place] of order.places.entries()) {
    const ways = place.ways.flatMap((way, i) => (isOpen(way) ? [i] : []))
    if (ways.length === 0) continue
    wayOf.push({ place: at, ways })
    places.push({ ...place, ways: ways.flatMap((i) => withoutTime(place.ways[i])) })
  }
  if (places.length === 0) return null
  const answer = solveOrder({ ...order.solver, places }, supplyOf(model.problem))
  const pieces = answer.pieces.map((piece): Piece => {
    const from = wayOf[piece.place]
    return { ...piece, place: from?.place ?? 0, way: from?.ways[piece.way] ?? 0 }
  })
  return readPlan(order, { pieces, unserved: answer.unserved })
}

/** A way whose time costs nothing. */
function withoutTime(way: WorkWay | undefined): Way[] {
  if (way === undefined) return []
  const { weights, prices } = way.asked.session.world.strategy
  const exact = weights.time * way.course.hours * prices.hourCents
  const cents = way.asked.session.world.rounding === 'cents' ? Math.round(exact) : exact
  return [{ uses: way.uses, cost: (units) => Math.max(0, way.cost(units) - cents) }]
}

function unitsLeft({ left }: ReadPlan): number {
  return left.reduce((sum, { quantity }) => sum + quantity, 0)
}
